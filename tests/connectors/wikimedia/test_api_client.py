"""What wikis answer in place of what was asked, over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import Asked, Reply, Server

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.policy import TRIES
from corpuskit.connectors.wikimedia.api import listing, site
from corpuskit.connectors.wikimedia.api.client import MAX_STEPS, Api
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
LAG = {"error": {"code": "maxlag", "info": "Waiting for 10.0.0.1: 7 seconds lagged."}}


def reply(found: object, status: int = 200, **headers: str) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status, json.dumps(found).encode(), kind | headers)


def api(server: Server, slept: list[float] | None = None) -> Api:
    return Api(f"{server.url}/w/api.php", AGENT, 0, (slept if slept is not None else []).append)


def page(number: int, **more: object) -> dict[str, object]:
    return {
        "pageid": number, "ns": 0, "title": f"ទំព័រ {number}", "lastrevid": number + 100,
        "contentmodel": "wikitext", "pagelanguage": "km",
        "revisions": [{"revid": number + 100, "timestamp": "2024-01-01T01:01:00Z"}], **more,
    }  # fmt: skip


def batch(*pages: dict[str, object], following: str | None = None, **more: object) -> Reply:
    found: dict[str, object] = {"batchcomplete": True, "query": {"pages": list(pages)}, **more}
    if following is not None:
        found["continue"] = {"gapcontinue": following, "continue": "gapcontinue||"}
    return reply(found)


def listed(server: Server, folder: Path) -> list[list[int]]:
    found = listing.pages(api(server), 0, folder, folder / "tmp")
    return [[one.number for one in some] for some in found]


def test_a_wiki_that_lags_is_waited_for() -> None:
    answers = [reply(LAG, **{"Retry-After": "5"}), reply(LAG), reply({"query": {}})]
    slept: list[float] = []
    with Server(lambda asked: answers.pop(0)) as server:
        assert api(server, slept).query({"meta": "siteinfo"}) == {"query": {}}
        assert server.asked[0].query == {
            "action": "query", "format": "json", "formatversion": "2", "maxlag": "5",
            "meta": "siteinfo",
        }  # fmt: skip
    assert slept == [5, 2]


def test_a_wiki_that_lags_for_ever_ends_the_run() -> None:
    with Server(lambda asked: reply(LAG)) as server:
        with pytest.raises(SourceError, match="maxlag: Waiting for"):
            api(server).query({})
        assert len(server.asked) == TRIES


def test_a_long_retry_after_ends_the_run() -> None:
    with Server(lambda asked: reply(LAG, **{"Retry-After": "86400"})) as server:
        with pytest.raises(SourceError, match="asks to wait 86400 s"):
            api(server).query({})
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Reply(200, b"<!DOCTYPE html><p>", {"Content-Type": "text/html"}), "text/html in place of"),
        (Reply(200, b'{"query": {"pages', {}), "in place of JSON"),
        (reply([]), "in place of JSON"),
    ],
)
def test_something_else_than_json_is_asked_for_again(answer: Reply, message: str) -> None:
    with Server(lambda asked: answer) as server:
        with pytest.raises(SourceError, match=message):
            api(server).query({})
        assert len(server.asked) == TRIES
    answers = [answer, reply({"query": {}})]
    with Server(lambda asked: answers.pop(0)) as server:
        assert api(server).query({}) == {"query": {}}


def test_an_error_that_stays_is_said_at_once() -> None:
    error = {"error": {"code": "readapidenied", "info": "You need read permission."}}
    with Server(lambda asked: reply(error)) as server:
        with pytest.raises(SourceError, match="readapidenied: You need read permission"):
            api(server).query({})
        assert len(server.asked) == 1


def test_a_storm_of_5xx_is_survived_or_ends_the_run() -> None:
    storm = [Reply(503), Reply(500), Reply(502, cut=True, body=b"xx"), Reply(429)]
    with Server(lambda asked: storm.pop() if storm else reply({"query": {}})) as server:
        assert api(server).query({}) == {"query": {}}
    with Server(lambda asked: Reply(503)) as server, pytest.raises(SourceError, match="503"):
        api(server).query({})


def test_batches_that_come_in_several_answers_are_one(tmp_path: Path) -> None:
    first = {"query": {"pages": [{"pageid": 1, "ns": 0, "title": "ក", "lastrevid": 5}]},
             "continue": {"rvcontinue": "x", "continue": "||info"}}  # fmt: skip
    revision = {"revid": 5, "timestamp": "2024-01-01T01:01:00Z"}
    second = {"batchcomplete": True, "query": {"pages": [{"pageid": 1, "revisions": [revision]}]}}
    answers = [reply(first), reply(second)]
    with Server(lambda asked: answers.pop(0)) as server:
        ((one,),) = listing.pages(api(server), 0, tmp_path, tmp_path / "tmp")
        assert server.asked[1].query["rvcontinue"] == "x"
    assert (one.title, one.revision, one.time) == ("ក", 5, "2024-01-01T01:01:00Z")


def test_a_batch_that_is_never_complete_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuskit.connectors.wikimedia.api.client.MAX_STEPS", 5)
    assert MAX_STEPS > 5

    def answer(asked: Asked) -> Reply:
        return reply({"query": {}, "continue": {"rvcontinue": str(time.monotonic_ns())}})

    with Server(answer) as server, pytest.raises(SourceError, match="never completes"):
        listed(server, tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: batch(page(1), following="ក"),
        lambda asked: batch(page(1), following=f"{time.monotonic_ns()}"),
        lambda asked: batch(following=f"{time.monotonic_ns()}"),
    ],
    ids=["the same", "ever new", "empty"],
)
def test_a_list_without_an_end_ends_the_run(
    tmp_path: Path, answer: Callable[[Asked], Reply]
) -> None:
    with Server(answer) as server:
        with pytest.raises(SourceError, match="goes in circles"):
            listed(server, tmp_path)
        assert len(server.asked) <= 1 + listing.MAX_BARREN


def test_a_list_goes_on_where_it_stopped(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        at = int(asked.query.get("gapcontinue", "0"))
        if at == 2 and len(server.asked) == 3:
            return reply({"error": {"code": "gone", "info": "for today"}})
        return batch(page(2 * at + 1), page(2 * at), following=str(at + 1) if at < 3 else None)

    with Server(answer) as server:
        with pytest.raises(SourceError, match="for today"):
            listed(server, tmp_path)
        assert listed(server, tmp_path) == [[0, 1], [2, 3], [4, 5], [6, 7]]
        assert len(server.asked) == 5
        assert listed(server, tmp_path) == [[0, 1], [2, 3], [4, 5], [6, 7]]
        assert len(server.asked) == 5


def test_a_page_listed_twice_counts_once(tmp_path: Path) -> None:
    answers = [batch(page(1), page(2), following="x"), batch(page(2), page(3))]
    with Server(lambda asked: answers.pop(0)) as server:
        assert listed(server, tmp_path) == [[1, 2], [3]]
        assert listed(server, tmp_path) == [[1, 2], [3]]


def test_what_is_no_page_ends_the_run(tmp_path: Path) -> None:
    wrong = batch({"title": "ក", "missing": True})
    with Server(lambda asked: wrong) as server, pytest.raises(SourceError, match="not a page"):
        listed(server, tmp_path)


def test_an_empty_wiki_lists_nothing(tmp_path: Path) -> None:
    with Server(lambda asked: reply({"batchcomplete": True})) as server:
        assert listed(server, tmp_path) == [[]]


def test_the_recorded_siteinfo_of_a_wiki(data_dir: Path, tmp_path: Path) -> None:
    recorded = data_dir / "mediawiki-sea" / "km" / "http" / "api-siteinfo.json"
    answers = [Reply(404), Reply(200, recorded.read_bytes(), {"Content-Type": "application/json"})]
    with Server(lambda asked: answers.pop(0)) as server:
        found = site.ask(api(server), tmp_path / "site.json", tmp_path / "tmp")
    names = found.info.namespaces
    assert (names["ចំណាត់ថ្នាក់ក្រុម"], names["Category"], names["ចំណាត់ក្រុម"]) == (14, 14, 14)
    assert (names["ឯកសារ"], names["រូបភាព"], found.info.language) == (6, 6, "km")


@pytest.mark.parametrize("said", ['"format": 2, ', ""])
def test_what_another_version_kept_is_not_misread(
    data_dir: Path, tmp_path: Path, said: str
) -> None:
    recorded = data_dir / "mediawiki-sea" / "km" / "http" / "api-siteinfo.json"
    answers = [Reply(404), Reply(200, recorded.read_bytes(), {"Content-Type": "application/json"})]
    path = tmp_path / "site.json"
    with Server(lambda asked: answers.pop(0)) as server:
        site.ask(api(server), path, tmp_path / "tmp")
        kept = path.read_text(encoding="utf-8")
        assert kept.count('"format": 1, ') == 1
        path.write_text(kept.replace('"format": 1, ', said), encoding="utf-8")
        with pytest.raises(SourceError, match="kept by another version of corpuskit"):
            site.ask(api(server), path, tmp_path / "tmp")


def test_what_is_no_mediawiki(tmp_path: Path) -> None:
    answers = [Reply(404), reply({"hello": "world"})]
    with (
        Server(lambda asked: answers.pop(0)) as server,
        pytest.raises(SourceError, match="no siteinfo"),
    ):
        site.ask(api(server), tmp_path / "site.json", tmp_path / "tmp")
    assert not (tmp_path / "site.json").exists()


def test_robots_txt_that_cannot_be_had_forbids_all(tmp_path: Path) -> None:
    with Server(lambda asked: Reply(503)) as server:
        with pytest.raises(SourceError, match="503"):
            site.ask(api(server), tmp_path / "site.json", tmp_path / "tmp")
        assert set(server.paths) == {"/robots.txt"}


@pytest.mark.parametrize(
    ("rights", "license_", "value"),
    [
        ({"url": "", "text": "CC BY-SA 4.0"}, "CC-BY-SA-4.0", "CC BY-SA 4.0"),
        ({"url": "//creativecommons.org/licenses/by/3.0/", "text": ""}, "CC-BY-3.0", None),
        ({"url": "https://example.org/terms", "text": "Ours"}, None, "https://example.org/terms"),
        ({"url": "", "text": ""}, None, None),
    ],
)
def test_the_license_a_wiki_declares(
    tmp_path: Path, rights: dict[str, str], license_: str | None, value: str | None
) -> None:
    general = {"base": "https://a.example/wiki/X", "wikiid": "a", "lang": "km"}
    query = {"general": general, "namespaces": {}, "rightsinfo": rights}
    answers = [Reply(404), reply({"query": query})]
    with Server(lambda asked: answers.pop(0)) as server:
        found = site.ask(api(server), tmp_path / "site.json", tmp_path / "tmp")
    record = RawRecord(source_ref="a")
    found.license(record)
    assert record.license == license_
    said = value or rights["url"]
    assert [item["value"] for item in record.license_evidence] == ([said] if said else [])
