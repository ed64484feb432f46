"""Model files: verified wherever they come from, downloaded once, usable without a network."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpuskit.connectors.fetching import retry
from corpuskit.errors import ModelError
from corpuskit.identify.model_file import (
    EMBEDDED_MODELS,
    find_model,
    model_folder,
    verified,
)

OTHER = "0" * 64


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "corpuskit" / "models"


def test_the_embedded_file_is_the_pinned_one() -> None:
    known = EMBEDDED_MODELS["lid176"]
    assert verified(known.file, known.sha256) == known.file
    notice = known.file.with_name("NOTICE.md").read_text()
    assert known.sha256 in notice
    assert "ShareAlike 3.0" in notice


def test_paths_and_file_urls_are_verified(own_model: Path, own_sha256: str) -> None:
    assert find_model("own.bin", own_sha256, own_model.parent) == own_model
    assert find_model(str(own_model), own_sha256, Path("/nowhere")) == own_model
    assert find_model(own_model.as_uri(), own_sha256, Path("/nowhere")) == own_model
    for given in ("own.bin", own_model.as_uri()):
        with pytest.raises(ModelError, match=f"is {own_sha256}, expected {OTHER}"):
            find_model(given, OTHER, own_model.parent)
    with pytest.raises(ModelError, match="No such file"):
        find_model("none.bin", own_sha256, own_model.parent)


def test_downloaded_once_then_offline(
    server, cache: Path, own_model: Path, own_sha256: str
) -> None:
    address, asked, made = server
    url = f"{address}/own.bin"
    path = find_model(url, own_sha256, Path())
    assert path == cache / own_sha256 / "own.bin" == model_folder() / own_sha256 / "own.bin"
    assert path.read_bytes() == own_model.read_bytes()
    assert [one.name for one in path.parent.iterdir()] == ["own.bin"]
    made.shutdown()
    made.server_close()
    assert find_model(url, own_sha256, Path()) == path
    assert asked == ["/own.bin"]


def test_a_damaged_cache_is_fetched_again(server, own_sha256: str) -> None:
    address, asked, _ = server
    path = find_model(f"{address}/own.bin", own_sha256, Path())
    path.write_bytes(b"damaged")
    assert find_model(f"{address}/own.bin", own_sha256, Path()) == path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == own_sha256
    assert len(asked) == 2


def test_a_wrong_download_leaves_nothing(server, cache: Path, own_sha256: str) -> None:
    address, _, _ = server
    with pytest.raises(ModelError, match=f"is {own_sha256}, expected {OTHER}"):
        find_model(f"{address}/own.bin", OTHER, Path())
    with pytest.raises(ModelError, match="404"):
        find_model(f"{address}/none.bin", OTHER, Path())
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_no_server(own_sha256: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "wait_before", lambda *_, **__: 0.0)
    with pytest.raises(ModelError, match=r"cannot be downloaded .*give its path"):
        find_model("http://127.0.0.1:9/own.bin", own_sha256, Path())


def test_an_unwritable_cache(server, tmp_path: Path, monkeypatch, own_sha256: str) -> None:
    address, _, _ = server
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match=r"model cache .*Not a directory"):
        find_model(f"{address}/own.bin", own_sha256, Path())
