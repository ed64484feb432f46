"""Credentials of a recipe are in no file of a build and in nothing that a command prints."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.file_server import serving as serving_files
from connectors.oai.repositories import Pyoai, Record
from connectors.oai.repositories import serving as serving_oai
from end_to_end.builds import khmer, run

from corpuskit.cli import run as run_here

pytestmark = pytest.mark.xdist_group("sources")

SECRET = "Zq7hunter2Qz"
HEAD = """
name = "secrets"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "remote"
license = "NOASSERTION"
"""


def recipe(folder: Path, *lines: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text("\n".join((HEAD, *lines, "")), encoding="utf-8")
    return path


def holding_the_secret(folder: Path) -> list[str]:
    """Files below a folder that hold the secret, compressed ones opened."""
    secret = SECRET.encode()
    holding = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        contents = [path.read_bytes(), str(path.relative_to(folder)).encode()]
        if path.suffix == ".gz":
            contents.append(gzip.decompress(contents[0]))
        if path.suffix == ".parquet":
            contents.append(str(pq.read_table(path).to_pylist()).encode())
        if path.suffix == ".arrow":
            with pa.memory_map(str(path)) as file:
                contents.append(str(pa.ipc.open_file(file).read_all().to_pylist()).encode())
        holding += [str(path.relative_to(folder))] if any(secret in c for c in contents) else []
    return holding


def checked(done: CompletedProcess[str]) -> CompletedProcess[str]:
    assert SECRET not in done.stdout
    assert SECRET not in done.stderr
    return done


def with_user(url: str) -> str:
    return url.replace("://", f"://ann:{SECRET}@")


def test_a_table_from_a_url_with_credentials(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps({"text": khmer(number), "url": "https://a.example/"}) for number in (1, 2)]
    out, log = tmp_path / "b", tmp_path / "log"
    with serving_files(**{"t.jsonl": "\n".join(lines).encode()}) as served:
        url = f"{with_user(served.base)}/t.jsonl?access_token={SECRET}&X-Amz-Signature={SECRET}"
        path = recipe(tmp_path, 'connector = "tables"', f'url = "{url}"')
        assert run_here(["fetch", path, "--dry-run"]) == 0
        shown = capsys.readouterr().out
        assert "/t.jsonl?access_token=***&X-Amz-Signature=***" in shown
        assert run_here(["fetch", path, "--dry-run", "--json"]) == 0
        assert SECRET not in shown + capsys.readouterr().out
        done = checked(run("-vv", "--log-file", log, "build", path, "--out", out))
        assert done.returncode == 0, done.stderr
        assert any(f"access_token={SECRET}" in path for path, _ in served.requests)
    assert holding_the_secret(out) == []
    assert SECRET not in log.read_text(encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (source,) = manifest["recipe"]["source"]
    assert "***" in str(source["url"])
    for command in (("inspect", out), ("inspect", out, "--json"), ("verify", out, "--json")):
        assert run_here(command) == 0
        assert SECRET not in capsys.readouterr().out


def test_a_repository_whose_url_has_credentials(tmp_path: Path) -> None:
    records = [Record(number, datetime(2020, 1, 1), dc={"description": [khmer(number)]})
               for number in (1, 2)]  # fmt: skip
    out, log = tmp_path / "b", tmp_path / "log"
    with serving_oai(Pyoai(records)) as served:
        url = with_user(served.url)
        path = recipe(tmp_path, 'connector = "oai"', f'url = "{url}"', "delay = 0")
        assert "GET " in checked(run("fetch", path, "--dry-run")).stdout
        done = checked(run("-vv", "--log-file", log, "build", path, "--out", out))
        assert done.returncode == 0, done.stderr
    assert holding_the_secret(out) == []
    assert SECRET not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "lines",
    [
        ('connector = "tables"', 'url = "http://ann:{0}@127.0.0.1:9/t.jsonl?sig={0}"'),
        ('connector = "tables"', 'url = "s3://AKIDX:{0}/a+b@bucket/t.jsonl?region=x"'),
        ('connector = "tables"', 'url = "s3://AKIDX:{0}@bucket/t.x?endpoint_override=127.0.0.1:9"'),
        ('connector = "oai"', 'url = "http://ann:{0}@127.0.0.1:9/oai?token={0}"'),
        ('connector = "web"', 'seeds = ["ftp://ann:{0}@a.example/"]'),
        ('connector = "files"', 'path = "https://ann:{0}@a.example/?key={0}"'),
        ('connector = "nope"', 'password = "{0}"', 'url = "https://a.example/?password={0}"'),
    ],
)
def test_an_error_shows_no_credentials(
    tmp_path: Path, lines: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(tmp_path, *(line.format(SECRET) for line in lines))
    log, out = tmp_path / "log", tmp_path / "b"
    override = f"exclude.domains=https://ann:{SECRET}@a.example"
    for command in (
        ("fetch", path, "--dry-run"),
        ("build", path, "--out", out, "--set", override),
        ("-vv", "--log-file", log, "build", path, "--out", out, "--set", override),
    ):
        assert run_here(command) != 0 or "--dry-run" in command
        shown = capsys.readouterr()
        assert SECRET not in shown.out + shown.err
    assert SECRET not in log.read_text(encoding="utf-8")
    assert holding_the_secret(tmp_path / "b") == []
