"""A dump fetched over HTTP: resumed, checked, kept; and a build that fetches it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from connectors.file_server import serving
from end_to_end.builds import write_recipe

import corpuskit as ck
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
from corpuskit.connectors.wikimedia.download import place_of
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")
NAME = "kmwiki-current.xml.bz2"


@pytest.fixture
def dump(data_dir: Path) -> bytes:
    return (data_dir / "mediawiki-sea" / "km" / NAME).read_bytes()


def connector(url: str, store: Path, **options: str) -> WikimediaConnector:
    return WikimediaConnector(WikimediaOptions(path=url, **options), store, store)


def test_a_broken_connection_is_gone_on_from(dump: bytes, tmp_path: Path) -> None:
    with serving(**{NAME: dump}) as served:
        served.cut[f"/{NAME}"] = [3000, 2000]
        source = connector(served.url(f"/{NAME}"), tmp_path, sha1=hashlib.sha1(dump).hexdigest())
        assert source.remote()
        assert served.base in source.asks()[0]
        with pytest.raises(SourceError, match="fetch it first"):
            source.inputs()
        lines: list[str] = []
        source.fetch(FetchContext(AGENT, lines.append))
        assert [one.get("range") for _, one in served.requests] == [
            None, "bytes=3000-", "bytes=5000-"
        ]  # fmt: skip
        assert "corpus@example.org" in served.requests[0][1]["user-agent"]
        source.fetch(FetchContext(AGENT, lines.append))
        assert len(served.requests) == 3
        assert served.sent == len(dump)
    (item,) = source.inputs()
    assert item.name == NAME
    assert Path(item.path).read_bytes() == dump
    assert lines[-1].startswith(NAME)
    assert len([one for piece in source.scan(item) for one in source.read(item, piece)]) == 42


def test_another_dump_than_the_one_named_is_refused(dump: bytes, tmp_path: Path) -> None:
    with serving(**{NAME: dump}) as served:
        source = connector(served.url(f"/{NAME}"), tmp_path, sha1="0" * 40)
        with pytest.raises(SourceError, match="another dump, or damaged"):
            source.fetch(FetchContext(AGENT, print))
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_dump_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with serving() as served, pytest.raises(SourceError, match="404"):
        connector(served.url("/x.xml.bz2"), tmp_path).fetch(FetchContext(AGENT, print))


def test_urls_of_one_file_name_are_stored_apart() -> None:
    one, other = (place_of(f"https://a.example/{date}/a%2Fb%20c.xml") for date in (1, 2))
    assert one != other
    assert one.name == other.name == "a_b_c.xml"
    assert place_of("https://a.example/").name == "dump.xml"


def test_a_build_fetches_once_and_never_again(dump: bytes, tmp_path: Path) -> None:
    with serving(**{NAME: dump}) as served:
        recipe = write_recipe(tmp_path, Path("DUMP"), connector="wikimedia")
        recipe.write_text(recipe.read_text().replace("DUMP", served.url(f"/{NAME}")))
        build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
        assert len(served.requests) == 1
    assert build.manifest["documents"] >= 20
    again = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert again.manifest["documents"] == build.manifest["documents"]
    assert ck.verify(again) == []
