"""Publishing to a prefix in an object store, and from there."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.builds import published
from push.hub_server import serving
from push.test_push import publish
from services.s3 import BUSY, S3Server, faulty_proxy, moto

import corpuskit as ck
from corpuskit.cli import run as run_here
from corpuskit.errors import PushError, WorkspaceError
from corpuskit.object_store import client as object_client
from corpuskit.object_store.client import ObjectClient
from corpuskit.object_store.lease import NAME as LEASE
from corpuskit.object_store.store import ObjectStore
from corpuskit.push.destinations import PushFile
from corpuskit.push.prefix import etag_of
from corpuskit.store import LocalStore, file_sha256
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture
def url(server: S3Server) -> StoreUrl:
    """An empty prefix."""
    return server.bucket("corpora") / f"published/{uuid.uuid4().hex}"


@pytest.fixture
def corpus(demo: ck.Build, tmp_path: Path) -> Path:
    shutil.copytree(demo.folder, tmp_path / "b")
    return tmp_path / "b"


def objects(url: StoreUrl) -> dict[str, bytes]:
    client = ObjectClient(url)
    return {name: client.read(name)[0] for name, _ in client.list("") if name != LEASE}


def local(build: Path) -> dict[str, bytes]:
    """What a build publishes, by name."""
    return {name: (build / name).read_bytes() for name in published(build)}


def test_a_prefix_gets_the_files_of_the_manifest_and_that_last(
    server: S3Server, url: StoreUrl, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(["publish", str(corpus), str(url), "--dry-run"]) == 0
    assert "would send" in capsys.readouterr().out
    assert list(ObjectClient(url).list("")) == []
    with faulty_proxy(server) as proxy, proxy.environment():
        assert run_here(["publish", str(corpus), str(url)]) == 0
        puts = [key.removeprefix(f"{url.prefix}/") for method, key, _ in proxy.requests
                if method == "PUT" and "/.work/" not in key]  # fmt: skip
        assert puts[-1] == "manifest.json"
        assert sorted(name for name in puts if name in local(corpus)) == sorted(local(corpus))
        assert objects(url) == local(corpus)
        proxy.requests = []
        result = ck.push(corpus, str(url))
        assert result.uploads == ()
        assert {method for method, *_ in proxy.requests} == {"GET", "HEAD"}
        read = [key for method, key, _ in proxy.requests if method == "GET"]
        assert not any("/data/" in key for key in read), "shards are compared by their ETag"
    assert ck.verify(ck.open_build(url)) == []


def test_a_new_version_replaces_the_old_one_also_if_it_was_interrupted(
    server: S3Server, url: StoreUrl, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    monkeypatch.setattr(object_client, "_REPEATS", 0)
    ck.push(corpus, url)
    ck.takedown(corpus, sources=["libreoffice-help"], reason="x")
    with faulty_proxy(server) as proxy, proxy.environment():
        proxy.fault = lambda method, key: (
            BUSY if method == "PUT" and key.endswith("README.md") else None
        )
        with pytest.raises(WorkspaceError, match=r"README\.md.*503"):
            ck.push(corpus, str(url))
        with pytest.raises(WorkspaceError):
            ck.open_build(url)
        sent = {key.removeprefix(f"{url.prefix}/") for method, key, fault in proxy.requests
                if method == "PUT" and fault is None}  # fmt: skip
        proxy.fault = lambda method, key: None
        result = ck.push(corpus, str(url))
    again = {file.name for file in result.uploads}
    assert "README.md" in again and not again & sent
    assert any(name.startswith("data/") for name in result.deletions)
    assert objects(url) == local(corpus)


def test_a_build_in_a_store_is_published_anywhere(
    url: StoreUrl, corpus: Path, tmp_path: Path
) -> None:
    ck.push(corpus, url)
    ck.push(url, tmp_path / "out")
    assert local(tmp_path / "out") == local(corpus)
    other = StoreUrl(url.scheme, url.bucket, f"{url.prefix}-2")
    ck.push(str(url), str(other))
    assert objects(other) == local(corpus)
    with serving() as hub:
        code, _, error = publish(hub, str(url))
        assert code == 0, error
        assert hub.repositories["corpus-lab/khmer"].files == local(corpus)


def test_content_that_no_etag_tells_is_read(
    url: StoreUrl, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ck.push(corpus, url)
    monkeypatch.setattr(ObjectStore, "fingerprint", lambda self, name: '"0x8DCF"')
    assert ck.push(corpus, url).uploads == ()
    readme = (corpus / "README.md").read_bytes()
    ObjectClient(url).put("README.md", readme[:-2] + b"!\n")
    assert [file.name for file in ck.push(corpus, url).uploads] == ["README.md"]
    assert objects(url) == local(corpus)


@pytest.mark.parametrize("size", [0, 1, 8 << 20, (8 << 20) + 1, 20_000_000])
def test_the_etag_is_the_one_of_s3(url: StoreUrl, tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(b"\1" * size)
    content = PushFile("file", size, file_sha256(tmp_path / "file"), LocalStore(tmp_path))
    store = ObjectStore(url)
    with store.writing("file") as target:
        target.write(b"\1" * size)
    assert (store.fingerprint("file") or "").strip('"') == etag_of(content)


def test_prefixes_that_cannot_be(url: StoreUrl, corpus: Path) -> None:
    client = ObjectClient(url)
    for name, content, message in (
        ("holiday.jpg", b"", "holds objects that are no corpus"),
        ("manifest.json", b'{"files": []}', "is not the manifest of a corpus"),
        (".work/identity.json", b"{}", "is where a build is made"),
    ):
        client.put(name, content)
        with pytest.raises(PushError, match=message):
            ck.push(corpus, url)
        client.delete(name)
    with pytest.raises(WorkspaceError, match="is not the URL of a prefix"):
        ck.push(corpus, "s3://corpora/a/../b")
    ck.push(corpus, url)
    with pytest.raises(PushError, match="is in the build itself"):
        ck.push(url, url / "copy")
    lease = json.dumps({"owner": "rival", "renewals": 3, "seconds": 3_000, "nonce": ""}).encode()
    client.put(LEASE, lease)
    client.delete("README.md")
    with pytest.raises(WorkspaceError, match="in use"):
        ck.push(corpus, url)
