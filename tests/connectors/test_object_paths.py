"""Sources whose `path` is in an object store: the same records as from a folder."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from end_to_end.builds import khmer
from services.s3 import DROPPED, KEY, SECRET, S3Server, faulty_proxy, moto

import corpuskit as ck
from corpuskit.connectors import object_paths
from corpuskit.connectors.base import Agent, Connector, FetchContext
from corpuskit.connectors.files import FilesConnector
from corpuskit.connectors.object_paths import is_object_path, reading_objects
from corpuskit.errors import SourceError
from corpuskit.object_store.client import ObjectClient
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture
def url(server: S3Server) -> StoreUrl:
    return server.bucket("texts") / uuid.uuid4().hex


def put(url: StoreUrl, *names: str) -> None:
    for name in names:
        ObjectClient(url).put(name, f"{khmer(1)}\n{name}".encode())


def files(url: StoreUrl | str, folder: Path) -> Connector:
    kind = reading_objects(FilesConnector)
    return kind(kind.Options.model_validate({"path": str(url)}), Path(), folder)


def fetch(connector: Connector) -> list[str]:
    lines: list[str] = []
    connector.fetch(FetchContext(Agent("tests", "corpus@example.org"), lines.append))
    return lines


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("", ["a.txt", "b/c.txt", "b/d.md"]),
        ("/", ["a.txt", "b/c.txt", "b/d.md"]),
        ("/*.txt", ["a.txt"]),
        ("/**/*.txt", ["a.txt", "b/c.txt"]),
        ("/b", ["c.txt", "d.md"]),
        ("/b/?.md", ["d.md"]),
        ("/a.txt", ["a.txt"]),
        ("/.hidden/*", ["e.txt"]),
    ],
)
def test_a_path_names_what_it_names_on_disk(
    url: StoreUrl, tmp_path: Path, pattern: str, names: list[str]
) -> None:
    objects = ("a.txt", "b/c.txt", "b/d.md", ".hidden/e.txt")
    put(url, *objects)
    for name in objects:
        path = tmp_path / "disk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ObjectClient(url).read(name)[0])
    local = FilesConnector(
        FilesConnector.Options.model_validate({"path": f"disk{pattern}"}), tmp_path
    )
    connector = files(f"{url}{pattern}", tmp_path / "kept")
    fetch(connector)
    assert [item.name for item in connector.inputs()] == names
    assert [item.name for item in local.inputs()] == names
    for item, other in zip(connector.inputs(), local.inputs(), strict=True):
        assert Path(item.path).read_bytes() == Path(other.path).read_bytes()


def test_it_says_what_it_asks_and_fetches_once(
    server: S3Server, url: StoreUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(url, "a.txt", "b.txt")
    connector = files(f"{url}/*.txt", tmp_path)
    assert connector.remote()
    assert connector.asks() == [f"GET {url}/*.txt"]
    with pytest.raises(SourceError, match="not fetched yet; run corpuskit fetch"):
        connector.inputs()
    assert len(fetch(connector)) == 2
    put(url, "later.txt")
    with faulty_proxy(server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        assert fetch(files(f"{url}/*.txt", tmp_path)) == []
        assert proxy.requests == []
    assert [item.name for item in connector.inputs()] == ["a.txt", "b.txt"]


def test_an_interrupted_fetch_goes_on(
    url: StoreUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(url, *(f"{number}.txt" for number in range(5)))
    connector = files(url, tmp_path)
    reader = object_paths.ObjectFile

    def third_fails(client: ObjectClient, name: str) -> object:
        if name == "2.txt":
            raise OSError("connection lost")
        return reader(client, name)

    with monkeypatch.context() as patch:
        patch.setattr(object_paths, "ObjectFile", third_fails)
        with pytest.raises(SourceError, match="connection lost"):
            fetch(connector)
    with pytest.raises(SourceError, match="not fetched yet"):
        connector.inputs()
    assert len(fetch(connector)) == 3
    assert len(connector.inputs()) == 5


def test_what_names_nothing_is_an_error(url: StoreUrl, tmp_path: Path) -> None:
    for path in (url, f"{url}/*.txt", f"{url}/a.txt", "s3://no-such-bucket/texts"):
        with pytest.raises(SourceError, match=r"names no object; check bucket|no-such-bucket"):
            fetch(files(path, tmp_path))
    put(url, "a.txt")
    with pytest.raises(SourceError, match="names no object"):
        fetch(files(f"{url}/*.md", tmp_path))
    with pytest.raises(SourceError, match="before its bucket"):
        files(f"s3://{KEY}:{SECRET}@bucket/a", tmp_path)


def test_an_object_that_was_replaced_since_is_an_error(url: StoreUrl, tmp_path: Path) -> None:
    put(url, "a.txt")
    connector = files(url, tmp_path)
    fetch(connector)
    Path(connector.inputs()[0].path).unlink()
    ObjectClient(url).put("a.txt", b"shorter")
    with pytest.raises(SourceError, match="has changed since it was listed; delete"):
        fetch(connector)


def test_empty_objects_that_stand_for_folders_are_no_files(url: StoreUrl, tmp_path: Path) -> None:
    put(url, "a/b.txt")
    ObjectClient(url).put("a", b"")
    connector = files(url, tmp_path)
    fetch(connector)
    assert [item.name for item in connector.inputs()] == ["a/b.txt"]


def test_which_paths_are_objects() -> None:
    assert is_object_path("s3://b/x")
    assert is_object_path("gs://b/*.parquet")
    assert not any(
        map(is_object_path, ("texts/*.txt", "https://a.example/x", "s3", None, ["s3://"]))
    )


def test_the_same_build_as_from_a_folder(server: S3Server, url: StoreUrl, tmp_path: Path) -> None:
    """Lines, tables and texts, through a store that loses connections."""
    texts = [f"{khmer(number)}\n{number}" for number in range(1, 9)]
    disk = tmp_path / "texts"
    disk.mkdir()
    (disk / "a.txt").write_text(texts[0], encoding="utf-8")
    (disk / "b.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts[1:4]))
    pq.write_table(pa.table({"text": texts[4:]}), disk / "c.parquet")
    for path in disk.iterdir():
        ObjectClient(url).put(path.name, path.read_bytes())

    def recipe(folder: str, place: Path) -> Path:
        sources = [
            f'[[source]]\nname = "{name}"\nconnector = "{connector}"\npath = "{folder}/{pattern}"\n'
            f'license = "CC0-1.0"\nlicense_verified_by = "the tests"\n{more}'
            for name, connector, pattern, more in (
                ("texts", "files", "*.txt", ""),
                ("lines", "files", "b.jsonl", ""),
                ("rows", "tables", "*.parquet", 'map = { text = "text" }\n'),
            )
        ]
        head = (
            'name = "objects"\nlanguages = ["khm_Khmr"]\n'
            'operator = { name = "corpuskit tests", contact = "corpus@example.org" }\n'
        )
        place.write_text(head + "".join(sources), encoding="utf-8")
        return place

    here = ck.build(ck.load_recipe(recipe("texts", tmp_path / "here.toml")), tmp_path / "here",
                    workers=1)  # fmt: skip
    dropped = iter([True, False, True, True, *[False] * 10_000])
    with faulty_proxy(server) as proxy, proxy.environment():
        proxy.fault = lambda method, key: DROPPED if next(dropped) else None
        loaded = ck.load_recipe(recipe(str(url), tmp_path / "there.toml"))
        there = ck.build(loaded, tmp_path / "there", workers=1)
    assert here.manifest["documents"] == 8
    assert there.dataset.to_table(columns=["id", "text", "source_ref"]).equals(
        here.dataset.to_table(columns=["id", "text", "source_ref"])
    )
    assert there.manifest["inputs"] == here.manifest["inputs"]
    assert there.ledger.to_json() == here.ledger.to_json()
    assert SECRET not in str(there.manifest)
