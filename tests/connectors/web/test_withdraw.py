"""Taking out of archives what a site has withdrawn."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from connectors.web.crawls import check_warcs, records
from warcio.archiveiterator import ArchiveIterator

from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.connectors.fetching.warc_response import PageVerdicts
from corpuskit.connectors.web import history
from corpuskit.connectors.web.archive import CrawlArchive
from corpuskit.connectors.web.frontier import KEPT, PAGE, Entry, Frontier, UrlOutcome
from corpuskit.connectors.web.keep import Keeper
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.records import Maker
from corpuskit.connectors.web.withdraw import take_out
from corpuskit.document import Robots, Tdm

SAID = PageVerdicts(
    Robots(verdict="allowed", ua="corpuskit", rule=None, robots_sha256=None, checked_at=None),
    Tdm(verdict="unknown", signals=[]),
)
MAKER = Maker("corpuskit/1 (+x; y)")


def url(number: int) -> str:
    return f"http://a.example/{number}"


def kept(folder: Path, numbers: range) -> Frontier:
    """A frontier and an archive of pages."""
    frontier = Frontier(folder / "frontier.sqlite")
    first = len(frontier.archives()) + 1
    keeper = Keeper(CrawlArchive(folder, frontier.archives(), MAKER, first), frontier)
    for number in numbers:
        entry = Entry(url(number), PAGE, 0)
        frontier.add([entry])
        body = f"<p>text of page {number}</p>".encode()
        headers = [("Content-Type", "text/html"), ("ETag", f'"{number}"')]
        at = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
        fields = {name.lower(): value for name, value in headers}
        answer = RawAnswer(entry.url, 200, "OK", headers, body, "192.0.2.1", at, fields)
        keeper.page(entry, answer, None, SAID, None, [])
    return frontier


def withdraw(frontier: Frontier, *numbers: int) -> None:
    noted = [history.withdraw(url(number), "read/http_status 410") for number in numbers]
    frontier.settle(Entry(url(0), PAGE, 0), UrlOutcome(KEPT), noted=noted)


def read(folder: Path) -> dict[str, str | None]:
    found = records(folder, WebOptions(seeds=["http://a.example/"]))
    return {str(record.url): record.reason or record.content.decode() for record in found}


def test_what_is_withdrawn_is_no_longer_stored_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    frontier = kept(tmp_path, range(5))
    frontier.close()
    frontier = kept(tmp_path, range(5, 8))
    before = read(tmp_path)
    second = (tmp_path / "pages-00002.warc.gz").read_bytes()
    withdraw(frontier, 1, 3)
    assert take_out(tmp_path, frontier.history) == 2
    assert read(tmp_path) == before | dict.fromkeys([url(1), url(3)], "read/withdrawn")
    check_warcs(tmp_path)
    assert (tmp_path / "pages-00002.warc.gz").read_bytes() == second
    path = tmp_path / "pages-00001-r1.warc.gz"
    assert frontier.archives()[path.name] == path.stat().st_size
    with path.open("rb") as file:
        types = [record.rec_type for record in ArchiveIterator(file)]
        file.seek(0)
        raw = b"".join(one.content_stream().read() for one in ArchiveIterator(file))
    assert types == ["warcinfo", "response", "metadata", "response", "metadata", "response"]
    assert b"text of page 1" not in raw and b"text of page 2" in raw
    # Asked for again it would be kept anew.
    assert frontier.history.capture(url(1)) is None
    assert frontier.history.capture(url(2)) is not None
    # Where the others stand now is known: they can be taken out as well.
    assert take_out(tmp_path, frontier.history) == 0
    withdraw(frontier, 4)
    assert take_out(tmp_path, frontier.history) == 1
    assert read(tmp_path)[url(4)] == "read/withdrawn" and read(tmp_path)[url(2)] == before[url(2)]
    assert [one.name for one in sorted(tmp_path.glob("*-r*"))] == ["pages-00001-r2.warc.gz"]
    frontier.close()


@pytest.mark.parametrize("died", ["before", "after"])
def test_a_run_that_dies_on_the_way_leaves_one_state_or_the_other(
    tmp_path: Path, died: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier = kept(tmp_path, range(3))
    withdraw(frontier, 1)
    target = "replaced" if died == "before" else "settled_withdrawals"

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(history.History, target, die)
        with pytest.raises(KeyboardInterrupt):
            take_out(tmp_path, frontier.history)
    CrawlArchive(tmp_path, frontier.archives(), MAKER)  # as the next run begins
    expected = {"before": "<p>text of page 1</p>", "after": "read/withdrawn"}[died]
    assert read(tmp_path)[url(1)] == expected
    assert len(read(tmp_path)) == 3
    take_out(tmp_path, frontier.history)
    assert read(tmp_path) == {
        url(0): "<p>text of page 0</p>", url(1): "read/withdrawn", url(2): "<p>text of page 2</p>"
    }  # fmt: skip
    assert frontier.history.withdrawn() == {} and frontier.history.capture(url(1)) is None
    frontier.close()
