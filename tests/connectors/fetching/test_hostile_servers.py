"""Every connector that fetches, before servers that do what servers do in the real world.

What passes leaves the same records as a good server; what does not pass ends in one error that
says so, or in records with a reason. (The crawler has its own tests of this: it asks strangers.)
"""

from __future__ import annotations

import bz2
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.commoncrawl.servers import CRAWL, archive
from connectors.file_server import serving as serving_files
from connectors.hostile import Hostile, hostile
from connectors.oai.repositories import Fixed, some
from connectors.oai.repositories import serving as serving_oai
from services.mediawiki import mediawiki

from corpuskit.connectors.base import Agent, Connector, FetchContext
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.fetching import retry, session
from corpuskit.connectors.oai.connector import OaiConnector
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
from corpuskit.errors import SourceError

pytestmark = pytest.mark.xdist_group("sources")

AGENT = Agent("corpuskit tests", "corpus@example.org")
DUMP = "kmwiki-current.xml.bz2"
Records = list[tuple[str, str | None, bytes]]


@dataclass(frozen=True)
class Case:
    """A good server, and the connector to it by any address that leads there."""

    upstream: str
    made: Callable[[str, Path], Connector]
    spared: tuple[str, ...] = ()


@contextmanager
def commoncrawl(data: Path, _: Path) -> Iterator[Case]:
    def made(url: str, store: Path) -> Connector:
        options = CommonCrawlOptions(
            crawl=CRAWL, tld="io", max_records=6, delay=0, index_url=url, data_url=url
        )
        return CommonCrawlConnector(options, Path(), store)

    with archive(data / "warc-sea") as server:
        yield Case(server.url, made, spared=("/collinfo.json",))


@contextmanager
def dump(data: Path, _: Path) -> Iterator[Case]:
    content = (data / "mediawiki-sea" / "km" / DUMP).read_bytes()
    digest = hashlib.sha1(content).hexdigest()

    def made(url: str, store: Path) -> Connector:
        options = WikimediaOptions(path=f"{url}/{DUMP}", sha1=digest)
        return WikimediaConnector(options, store, store)

    with serving_files(**{DUMP: content}) as served:
        yield Case(served.base, made)


@contextmanager
def wiki(data: Path, folder: Path) -> Iterator[Case]:
    def made(url: str, store: Path) -> Connector:
        options = WikimediaOptions(api=f"{url}/api.php", delay=0, max_records=3)
        return WikimediaConnector(options, store, store)

    with mediawiki(folder, "km") as server:
        content = (data / "mediawiki-sea" / "km" / DUMP).read_bytes()
        server.load(bz2.decompress(content))
        yield Case(server.url, made, spared=("/robots.txt",))


def table(rows: int | None) -> Callable[[Path, Path], object]:
    @contextmanager
    def served(_: Path, __: Path) -> Iterator[Case]:
        file = io.BytesIO()
        texts = pa.table(
            {"text": [hashlib.sha256(b"%d" % row).hexdigest() for row in range(9_000)]}
        )
        pq.write_table(texts, file, row_group_size=1_000)

        def made(url: str, store: Path) -> Connector:
            return TablesConnector(TablesOptions(url=f"{url}/a.parquet", rows=rows), store, store)

        with serving_files(**{"a.parquet": file.getvalue()}) as server:
            yield Case(server.base, made)

    return served


@contextmanager
def oai(_: Path, __: Path) -> Iterator[Case]:
    with serving_oai(Fixed(some(25))) as served:
        base, _, path = served.url.removeprefix("http://").partition("/")

        def made(url: str, store: Path) -> Connector:
            options = OaiOptions.model_validate({"url": f"{url}/{path}", "delay": 0})
            return OaiConnector(options, store, store)

        yield Case(f"http://{base}", made)


CASES = {
    "commoncrawl": commoncrawl, "dump": dump, "wiki": wiki, "table": table(None),
    "sample": table(20), "oai": oai,
}  # fmt: skip


@pytest.fixture(scope="module")
def server_of(
    data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Case]]:
    """The server of a case, started when it is first needed."""
    with ExitStack() as servers:

        @cache
        def started(name: str) -> Case:
            made = CASES[name](data_dir, tmp_path_factory.mktemp("server"))
            return servers.enter_context(made)

        yield started


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, server_of: Callable[[str], Case]) -> Case:
    return server_of(request.param)


@pytest.fixture(scope="module")
def records_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Records]:
    """What a case gives without a fault."""

    @cache
    def undisturbed(case: Case) -> Records:
        with hostile(case.upstream, "storm", 0) as server:
            records = fetched(case, server, tmp_path_factory.mktemp("store"))
        assert any(content for _, _, content in records)
        return records

    return undisturbed


@pytest.fixture
def expected(quick: None, case: Case, records_of: Callable[[Case], Records]) -> Records:
    return records_of(case)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses and deadlines are tested elsewhere; here nobody waits for them."""
    monkeypatch.setattr(retry, "wait_before", lambda *_, **__: 0.001)
    monkeypatch.setattr(session, "DEADLINE", 0.5)


def fetched(case: Case, server: Hostile, store: Path) -> Records:
    connector = case.made(server.url, store)
    connector.fetch(FetchContext(AGENT, lambda line: None))
    place = server.url.removeprefix("http://").replace(":", "_")
    return [
        (record.source_ref.replace(place, "SERVER"), record.reason, record.content)
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]


@pytest.mark.parametrize(("fault", "times"), [("storm", 3), ("reset", 1), ("too long", 1)])
def test_what_passes_leaves_no_trace(
    case: Case, expected: Records, tmp_path: Path, fault: str, times: int
) -> None:
    with hostile(case.upstream, fault, times, case.spared) as server:
        assert fetched(case, server, tmp_path) == expected
        assert server.wrong >= times


@pytest.mark.parametrize("case", ["commoncrawl", "wiki", "sample", "oai"], indirect=True)
def test_a_slow_drip_of_an_answer_is_given_up(
    case: Case, expected: Records, tmp_path: Path
) -> None:
    """Whole files (a dump, a table) may take their time: what has come of them is kept."""
    with hostile(case.upstream, "drip", 1, case.spared) as server:
        assert fetched(case, server, tmp_path) == expected
        assert server.wrong >= 1


def test_a_length_that_is_too_short_is_noticed(
    case: Case, expected: Records, tmp_path: Path
) -> None:
    """What is asked again comes whole; of a file nothing tells but the file itself."""
    with hostile(case.upstream, "too short", 1, case.spared) as server:
        try:
            records = fetched(case, server, tmp_path)
        except SourceError:
            return
    assert records == expected or any(reason for _, reason, _ in records)


@pytest.mark.parametrize("fault", ["loop", "file", "bomb", "page", "storm"])
def test_what_does_not_pass_is_one_error(case: Case, tmp_path: Path, fault: str) -> None:
    with hostile(case.upstream, fault, 1_000_000, case.spared) as server:
        try:
            records = fetched(case, server, tmp_path)
        except SourceError as error:
            assert str(error)
            records = []
        assert max(server.asked.values()) < 100
    assert all(reason for _, reason, _ in records)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"root:" in content for content in kept)
