"""Harvests of repositories that are busy, broken, forgetful or hostile."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from connectors.oai.repositories import Fixed, Pyoai, Reply, Served, serving, some

from corpuskit.connectors.base import Agent
from corpuskit.connectors.oai import harvest as module
from corpuskit.connectors.oai import repository as asking
from corpuskit.connectors.oai.harvest import Harvest
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.oai.repository import Repository
from corpuskit.connectors.oai.store import HarvestStore
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")
Before = Callable[[dict[str, str]], Reply | None]


class Run:
    """A harvest into a folder, and what came of it."""

    def __init__(self, served: Served, folder: Path, **options: object) -> None:
        self.pauses: list[float] = []
        self.lines: list[str] = []
        self.given = OaiOptions.model_validate({"url": served.url, "delay": 0, **options})
        self.folder = folder
        self.repository = Repository(served.url, AGENT, 0, self.pauses.append)

    def go(self) -> list[str]:
        """Identifiers of the records that are there, in order."""
        with closing(HarvestStore(self.folder / "x.sqlite")) as store:
            Harvest(self.repository, store, self.given, self.lines.append).run()
            return [one.identifier for number in store.born() for one in store.records_of(number)]


def once(*replies: Reply | None, at: int = 3) -> Before:
    """Answers in place of the repository's from request `at` on, counted from 1; None: its own."""
    waiting = [None] * (at - 1) + list(replies)

    def before(_: dict[str, str]) -> Reply | None:
        return waiting.pop(0) if waiting else None

    return before


def named(count: int) -> list[str]:
    return sorted(f"oai:example.org:{number}" for number in range(count))


def test_a_busy_server_is_waited_for(tmp_path: Path) -> None:
    with serving(Pyoai(some(25))) as served:
        run = Run(served, tmp_path)
        busy = Reply(b"<html>busy</html>", 503, {"Retry-After": "30"})
        served.before = once(busy, Reply(b"", 500), busy)
        assert run.go() == named(25)
    assert run.pauses == [30, 2, 30]


def test_a_server_that_stays_busy_ends_the_run_which_goes_on_later(tmp_path: Path) -> None:
    with serving(Pyoai(some(45))) as served:
        run = Run(served, tmp_path)
        served.before = once(*[Reply(b"", 503)] * 99, at=4)
        with pytest.raises(SourceError, match="given up after 7 tries"):
            run.go()
        served.before = lambda _: None
        asked = len(served.asked)
        assert run.go() == named(45)
    identify, *lists = served.asked[asked:]
    assert identify == {"verb": "Identify"}
    assert len(lists) == 3  # of five answers two were there
    assert all("resumptionToken" in one for one in lists)


def test_a_refusal_is_not_asked_again(tmp_path: Path) -> None:
    with serving(Pyoai(some(5))) as served:
        served.before = once(Reply(b"", 403), at=1)
        with pytest.raises(SourceError, match="answers 403"):
            Run(served, tmp_path).go()
    assert len(served.asked) == 1


def test_answers_may_be_compressed_cut_off_or_something_else(tmp_path: Path) -> None:
    repository = Fixed(some(65))
    page = Reply(b"<!DOCTYPE html><html><body>down for repair &nbsp;</body></html>")

    def before(asked: dict[str, str]) -> Reply | None:
        odd = [None, None, page, Reply(repository(asked), cut=True), page]
        number = len(served.asked) - 1
        if number < len(odd) and odd[number] is not None:
            return odd[number]
        body = repository(asked)
        if number == 7:  # whole for HTTP, cut off for XML
            return Reply(body[: len(body) // 2])
        return Reply(gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"})

    with serving(repository) as served:
        run = Run(served, tmp_path)
        served.before = before
        assert run.go() == named(65)
    assert run.pauses == [15, 1, 30, 15]


def test_a_page_is_no_repository(tmp_path: Path) -> None:
    with serving(lambda _: b"<!DOCTYPE html><html>Welcome</html>") as served:
        run = Run(served, tmp_path)
        with pytest.raises(SourceError, match=r"not an answer of OAI-PMH: .*'html'; is it"):
            run.go()
    assert len(served.asked) == asking.MISREADINGS
    assert sum(run.pauses) == 105


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_ANSWER", 1_000_000)
    bomb = gzip.compress(bytes(5_000_000))
    with serving(Pyoai(some(5))) as served:
        served.before = once(Reply(bomb, headers={"Content-Encoding": "gzip"}), at=2)
        with pytest.raises(SourceError, match="more than 1000000 bytes"):
            Run(served, tmp_path).go()
    assert len(served.asked) == 2


@pytest.mark.parametrize("status", [200, 404, 422])
def test_errors_of_the_protocol(tmp_path: Path, status: int) -> None:
    repository = Fixed(some(5))
    with serving(repository) as served:
        served.before = once(Reply(repository.error("cannotDisseminateFormat"), status), at=2)
        with pytest.raises(SourceError, match="cannotDisseminateFormat: no"):
            Run(served, tmp_path).go()


def test_another_version_of_the_protocol(tmp_path: Path) -> None:
    about = b"<OAI-PMH><Identify><protocolVersion>1.1</protocolVersion></Identify></OAI-PMH>"
    with (
        serving(lambda _: about) as served,
        pytest.raises(SourceError, match=r"not a repository of OAI-PMH 2\.0 .*'1\.1'"),
    ):
        Run(served, tmp_path).go()


@pytest.mark.parametrize("granularity", ["YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD"])
def test_a_token_that_is_forgotten(tmp_path: Path, granularity: str) -> None:
    repository = Fixed(some(65), granularity)
    with serving(repository) as served:
        run = Run(served, tmp_path)

        def before(_: dict[str, str]) -> None:
            repository.mark = "new tokens " if len(served.asked) >= 5 else "old"

        served.before = before
        assert run.go() == named(65)
    again = [one for one in served.lists if "from" in one]
    assert again == [
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": repository.stamp(some(65)[29])}
    ]
    assert len(served.lists) == 3 + 1 + 4


def test_a_forgotten_token_of_a_list_without_order(tmp_path: Path) -> None:
    records = some(45)
    records[2], records[20] = records[20], records[2]
    repository = Fixed(records)
    with serving(repository) as served:
        run = Run(served, tmp_path)

        def before(_: dict[str, str]) -> None:
            repository.mark = "new" if len(served.asked) >= 4 else "old"

        served.before = before
        assert run.go() == named(45)
    assert [one for one in served.lists if "from" in one] == []
    assert len(served.lists) == 2 + 1 + 5


def test_tokens_that_are_never_known(tmp_path: Path) -> None:
    repository = Fixed(some(25))
    with serving(repository) as served:
        served.before = lambda asked: (
            Reply(repository.error("badResumptionToken"), 400)
            if "resumptionToken" in asked
            else None
        )
        # the last datestamp brings one more record each time until nothing new comes
        run = Run(served, tmp_path)
        assert run.go() == named(25)  # from the last one on, there are fewer than an answer holds
        stamp = datetime(2020, 1, 1)
        repository.records = [one.__class__(one.number, stamp) for one in some(25)]
        with pytest.raises(SourceError, match="ends before its end, 3 times in a row"):
            Run(served, tmp_path / "same").go()


@pytest.mark.parametrize("turning", [True, False])
def test_a_list_without_end(tmp_path: Path, turning: bool) -> None:
    """The same token and records again and again, or ever new tokens for the same records."""
    repository = Fixed(some(12))

    def answer(asked: dict[str, str]) -> bytes:
        if asked["verb"] == "Identify":
            return repository(asked)
        page = repository({"verb": "ListRecords"})
        token = f"t{len(served.asked)}" if turning else "t"
        return re.sub(rb"<resumptionToken>.*?<", f"<resumptionToken>{token}<".encode(), page)

    with serving(answer) as served, pytest.raises(SourceError, match="goes in circles"):
        Run(served, tmp_path).go()
    assert len(served.lists) == module.MAX_BARREN + 1


def test_answers_without_records_are_passed_over(tmp_path: Path) -> None:
    repository = Fixed(some(25))

    def before(asked: dict[str, str]) -> Reply | None:
        if len(served.asked) % 2:
            return None
        token = asked.get("resumptionToken", f"{repository.mark}|0|")
        return Reply(repository.wrap(f"<ListRecords>{repository.token(token)}</ListRecords>"))

    with serving(repository) as served:
        served.before = before
        assert Run(served, tmp_path).go() == named(25)


def test_an_end_without_records(tmp_path: Path) -> None:
    repository = Fixed(some(20))
    with serving(repository) as served:
        served.before = once(Reply(repository.error("noRecordsMatch")), at=3)
        assert len(Run(served, tmp_path).go()) == 10


@pytest.mark.parametrize("room", [None, 25])
def test_stopped_after_any_answer_no_answer_is_asked_for_twice(
    tmp_path: Path, room: int | None
) -> None:
    with serving(Fixed(some(45))) as served:
        run = Run(served, tmp_path, max_records=room)
        stops = 0
        while True:
            run.lines = Stopping()
            try:
                found = run.go()
                break
            except KeyboardInterrupt:
                stops += 1
    assert found == named(room or 45)
    assert stops == len(served.lists) == (3 if room else 5)


class Stopping(list[str]):
    """Stops a run when it says that an answer is kept."""

    def append(self, line: str) -> None:
        raise KeyboardInterrupt


def test_so_many_and_no_more(tmp_path: Path) -> None:
    with serving(Pyoai(some(45))) as served:
        run = Run(served, tmp_path, max_records=13)
        assert len(run.go()) == 13
        assert len(run.go()) == 13
    assert len(served.lists) == 2
