"""Harvests of real servers of OAI-PMH, and of one that does what repositories do."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from connectors.oai.repositories import Fixed, OaiRepo, Pyoai, Record, Served, serving, some
from pydantic import ValidationError
from warcio.archiveiterator import ArchiveIterator

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.oai import connector as connector_module
from corpuskit.connectors.oai.connector import OaiConnector
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.reasons import DELETED
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")


def connector(served: Served, folder: Path, **options: object) -> OaiConnector:
    given = OaiOptions.model_validate({"url": served.url, "delay": 0, **options})
    return OaiConnector(given, folder, folder / "store")


def harvest(served: Served, folder: Path, **options: object) -> list[RawRecord]:
    """What a source gives after it is fetched."""
    source = connector(served, folder, **options)
    source.fetch(FetchContext(AGENT, lambda _: None))
    return read(source)


def read(source: OaiConnector) -> list[RawRecord]:
    return [
        record
        for item in source.inputs()
        for piece in source.scan(item)
        for record in source.read(item, piece)
    ]


@pytest.fixture(params=[Pyoai, OaiRepo, Fixed])
def kind(request: pytest.FixtureRequest) -> type[Pyoai | OaiRepo | Fixed]:
    return request.param


def test_a_whole_repository(kind: type[Fixed], tmp_path: Path) -> None:
    given = some(57)
    with serving(kind(given)) as served:
        found = harvest(served, tmp_path)
        assert len(served.lists) == 6
        assert all("corpus@example.org" in one["user-agent"] for one in served.headers)
    told = [one for one in given if kind is not OaiRepo or not one.deleted]
    assert Counter(record.reason for record in found) == {None: 52} | (
        {} if kind is OaiRepo else {DELETED: 5}
    )
    by_ref = {record.source_ref: record for record in found}
    assert set(by_ref) == {f"{one.identifier}@{one.stamp:%Y-%m-%dT%H:%M:%SZ}" for one in told}
    one = by_ref["oai:example.org:7@2020-01-08T12:00:07Z"]
    assert one.content.decode() == "ព្រះរាជាណាចក្រកម្ពុជា ក្រមទី 7 & <ច្បាប់>"
    assert (one.title, one.lang_declared, one.content_type) == ("លេខ 7", "km", "text/plain")
    assert (one.published_at, one.published_at_source) == (datetime(2020, 2, 3, tzinfo=UTC), "meta")
    assert (one.license, one.license_confidence) == ("CC-BY-4.0", "declared")
    assert one.license_evidence[0]["value"] == "http://creativecommons.org/licenses/by/4.0/"
    assert one.url == "https://example.org/item/7"
    assert one.fetched_at is not None
    assert one.warc is not None


def test_the_store_is_an_archive_that_others_read(kind: type[Fixed], tmp_path: Path) -> None:
    with serving(kind(some(9))) as served:
        source = connector(served, tmp_path)
        source.fetch(FetchContext(AGENT, lambda _: None))
    (item,) = source.inputs()
    with Path(item.path).open("rb") as file:
        kept = list(ArchiveIterator(file))
    assert [one.rec_type for one in kept] == ["resource"] * 9
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", item.path], capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_a_second_harvest_asks_for_what_changed(kind: type[Fixed], tmp_path: Path) -> None:
    given = [one for one in some(35) if not one.deleted]
    repository = kind(given)
    with serving(repository) as served:
        before = {record.source_ref for record in harvest(served, tmp_path)}
        asked = len(served.asked)
        assert {record.source_ref for record in harvest(served, tmp_path)} == before
        assert len(served.asked) == asked  # nothing is asked where all is there
        stamp = datetime(2099, 1, 1)
        given[3] = Record(3, stamp, dc={"description": ["ថ្មី"]})
        given[4] = Record(4, stamp, deleted=True)
        given.append(Record(99, stamp, dc={"description": ["បន្ថែម"]}))
        after = harvest(served, tmp_path, renew="2098-01-01")
        first, *others = served.lists[4:]
        asked = len(served.asked)
        assert len(harvest(served, tmp_path, renew="2098-01-01")) == len(after)
        assert len(served.asked) == asked  # what was renewed is renewed
    assert first["from"][:2] == "20"
    assert first["from"] > "2025"
    assert others == []
    texts = {
        record.source_ref: record.content.decode() for record in after if record.reason is None
    }
    refs = [record.source_ref for record in after]
    assert len(refs) == len(set(refs)) == 33
    assert texts["oai:example.org:3@2099-01-01T00:00:00Z"] == "ថ្មី"
    assert texts["oai:example.org:99@2099-01-01T00:00:00Z"] == "បន្ថែម"
    gone = [record for record in after if record.source_ref.startswith("oai:example.org:4@")]
    if kind is not OaiRepo:
        assert [(record.reason, record.content) for record in gone] == [(DELETED, b"")]


@pytest.mark.parametrize("kind", [Pyoai, OaiRepo])
def test_sets_and_times(kind: type[Pyoai | OaiRepo], tmp_path: Path) -> None:
    with serving(kind(some(60))) as served:
        found = harvest(served, tmp_path, set="laws", since="2020-02-01", until="2020-02-10")
    numbers = [record.source_ref.split(":")[2].split("@")[0] for record in found]
    assert numbers == ["21", "23", "25", "27"] + (["29"] if kind is Pyoai else [])
    assert served.lists[0]["from"] == "2020-02-01T00:00:00Z"
    assert served.lists[0]["until"] == "2020-02-10T23:59:59Z"


def test_nothing_matches(kind: type[Fixed], tmp_path: Path) -> None:
    with serving(kind(some(5))) as served:
        source = connector(served, tmp_path, since="2050-01-01")
        source.fetch(FetchContext(AGENT, lambda _: None))
        with pytest.raises(SourceError, match="no records that match"):
            source.inputs()


def test_files_that_are_gone_are_written_again(tmp_path: Path) -> None:
    with serving(Fixed(some(9))) as served:
        before = harvest(served, tmp_path)
        (path,) = tmp_path.rglob("*.warc.gz")
        path.unlink()
        assert harvest(served, tmp_path) == before
        assert len(served.lists) == 1


def test_what_a_run_says(tmp_path: Path) -> None:
    with serving(OaiRepo([one for one in some(13) if not one.deleted])) as served:
        lines: list[str] = []
        connector(served, tmp_path).fetch(FetchContext(AGENT, lines.append))
        connector(served, tmp_path, renew="2098-01-01").fetch(FetchContext(AGENT, lines.append))
    assert lines == [
        f"{served.url}: 10 of about 12 records",
        f"{served.url}: 12 of about 12 records",
        f"{served.url} does not tell which records it deleted",
    ]
    assert connector(served, tmp_path, full_text=["pdf"]).asks() == [
        f"GET {served.url}?verb=Identify",
        f"GET {served.url}?verb=ListRecords&metadataPrefix=oai_dc and what follows, "
        "one request every 0 s",
        "the documents (pdf) that records lead to, after each robots.txt",
    ]


def test_a_source_that_is_not_harvested_says_so(tmp_path: Path) -> None:
    with serving(Fixed(some(9))) as served, pytest.raises(SourceError, match="not harvested yet"):
        connector(served, tmp_path).inputs()


@pytest.mark.parametrize(
    "options",
    [
        {"url": "http://a/?verb=Identify"},
        {"url": "ftp://a/"},
        {"url": "http://a/", "metadata_prefix": "oai dc"},
        {"url": "http://a/", "since": "2020-01-02", "until": "2020-01-01"},
        {"url": "http://a/", "full_text": ["exe"]},
    ],
)
def test_options_that_make_no_sense(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OaiOptions.model_validate(options)


KILLED = """
import sys
from pathlib import Path
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.oai import connector as connector_module
from corpuskit.connectors.oai.connector import OaiConnector
from corpuskit.connectors.oai.options import OaiOptions
source = OaiConnector(OaiOptions(url=sys.argv[1], delay=0), Path(), Path(sys.argv[2]))
source.fetch(FetchContext(Agent("tests", "corpus@example.org"), lambda _: None))
"""


def kept(folder: Path) -> dict[str, bytes]:
    """What a source would read."""
    return {
        path.name: path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".gz", ".json") and path.is_file()
    }


def killed(served: Served, command: list[str | Path], requests: int, wait: float | None) -> bool:
    """Whether a run was killed: while it waited for an answer, or some time after asking."""
    left = requests

    def before(_: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left == 0 and wait is None:
            child.kill()
            child.wait()
        elif left == 0:
            threading.Timer(wait or 0, child.kill).start()

    served.before = before
    with subprocess.Popen(command) as child:
        return child.wait(60) == -9


def test_killed_at_any_moment_it_leaves_the_same_store(tmp_path: Path) -> None:
    with serving(Fixed(some(75))) as served:
        command = [sys.executable, "-c", KILLED, served.url]
        subprocess.run([*command, tmp_path / "whole"], check=True, timeout=60)
        whole = len(served.lists)
        moments = [(1, None), (2, None), (3, None), (4, None), (3, 0.004), (4, 0.001), (1, 0.02)]
        kills = [killed(served, [*command, tmp_path / "killed"], *one) for one in moments]
        served.before = lambda _: None
        subprocess.run([*command, tmp_path / "killed"], check=True, timeout=60)
    assert sum(kills) >= 4
    assert kept(tmp_path / "killed") == kept(tmp_path / "whole")
    # each answer that came was kept: only what a kill cut off was asked for again
    assert len(served.lists) <= 2 * whole + sum(kills)


def test_a_harvest_of_another_format_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Fixed(some(15))) as served:
        found = harvest(served, tmp_path)
        asked = len(served.asked)
        monkeypatch.setattr(connector_module, "FORMAT", connector_module.FORMAT + 1)
        with pytest.raises(SourceError, match="harvest"):
            read(connector(served, tmp_path))
        assert harvest(served, tmp_path) == found
        assert len(served.asked) == 2 * asked
    assert len(list((tmp_path / "store").glob("*/harvest.sqlite"))) == 2
