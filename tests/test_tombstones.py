"""Tombstones: what they name, what they hold, what cannot be read."""

from __future__ import annotations

import json
import pickle

import pytest

from corpuskit.errors import TombstoneError
from corpuskit.tombstones import (
    MARK,
    TakedownEvent,
    Tombstones,
    hash_of,
    read_events,
    record_hash,
    url_hash,
)

TIME = "2026-11-30T12:00:00Z"


def stones(**hashes: str) -> Tombstones:
    named = {kind: (value,) for kind, value in hashes.items()}
    return Tombstones((TakedownEvent(TIME, "x", 1, 0, named),))


@pytest.mark.parametrize(
    ("tombstones", "facts", "other"),
    [
        (stones(id=hash_of("id", "ab")), {"id": "ab"}, {"id": "ac"}),
        (stones(text=hash_of("text", "ab")), {"text_sha256": "ab"}, {"id": "ab"}),
        (
            stones(url=url_hash("https://a.example/x")),
            {"url": "HTTPS://a.Example:443/x#part"},
            {"url": "https://a.example/x/"},
        ),
        (
            stones(domain=hash_of("domain", "a.example")),
            {"url": "http://www.A.example./x"},
            {"url": "http://ba.example/"},
        ),
        (
            stones(record=record_hash("pages", "warc:1")),
            {"source_ref": "warc:1"},
            {"source_ref": "warc:2"},
        ),
        (
            stones(record=record_hash("pages", "warc:1")),
            {"source_ref": MARK + record_hash("pages", "warc:1")},
            {"source_ref": MARK + record_hash("other", "warc:1")},
        ),
    ],
    ids=["id", "text", "url", "domain", "record", "mark"],
)
def test_each_kind_names_what_it_should_and_nothing_else(
    tombstones: Tombstones, facts: dict[str, str], other: dict[str, str]
) -> None:
    (event,) = tombstones.events
    assert tombstones.of_document("pages", **facts) == event.id
    assert tombstones.of_document("pages", **other) is None
    nothing = dict.fromkeys(("id", "text_sha256", "url", "source_ref"))
    assert tombstones.of_document("pages", **nothing) is None
    again = pickle.loads(pickle.dumps(tombstones))
    assert again == tombstones and hash(again) == hash(tombstones)
    assert again.of_document("pages", **facts) == event.id


def test_a_source_as_a_whole() -> None:
    named = stones(source=hash_of("source", "pages"))
    assert named.has_source("pages") and not named.has_source("page")
    assert named.of_document("pages") and not named.of_document("others")


def test_what_is_written_is_read_and_equal_takedowns_are_one() -> None:
    first = TakedownEvent(
        TIME, "a request", 2, 1, {"id": (hash_of("id", "ab"),)}, "0" * 32, {"data/a": "f" * 64}
    )
    second = TakedownEvent(TIME, "another", 0, 1, {"url": (url_hash("http://a.example/"),)})
    content = (first.line() + "\n" + second.line()).encode()
    assert read_events(content) == [first, second]
    assert first.id != second.id
    both = Tombstones((first,)) | Tombstones((first, second))
    assert both.events == (first, second)
    assert both.summary()["hashes"] == {"id": 1, "url": 1}
    assert both.why_not_fetch("http://a.example") == f"taken down ({second.id})"
    assert both.why_not_fetch("http://b.example") is None
    assert not Tombstones() and Tombstones().of_document("pages", id="ab") is None


def line(**changes: object) -> str:
    event = TakedownEvent(TIME, "x", 1, 0, {"id": (hash_of("id", "ab"),)})
    return json.dumps({**json.loads(event.line()), **changes})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "line 1"),
        ("[]", "line 1: not a tombstone"),
        (line(format=9), "line 1: another version of corpuskit wrote it"),
        (line(hashes={"name": ["0" * 32]}), "unknown kind 'name'"),
        (line(hashes={"id": ["ann@a.example"]}), "not a hash of 32 hex digits"),
        (line(more=1), "line 1: not a tombstone"),
        (line() + "\n" + "[" * 100_000, "line 2"),
    ],
)
def test_a_line_that_cannot_be_understood_is_an_error(content: str, message: str) -> None:
    with pytest.raises(TombstoneError, match=message):
        read_events(content.encode())
    with pytest.raises(TombstoneError, match="is not UTF-8"):
        read_events(b"\xff")


@pytest.mark.parametrize(
    "wrong",
    [
        {"time": 5}, {"time": "yesterday"}, {"reason": 7}, {"reason": "\ud800"}, {"requester": 1},
        {"documents": "x"}, {"documents": None}, {"records": 1.5}, {"files": []},
        {"files": {"data/x": 5}}, {"hashes": []},
    ],
)  # fmt: skip
def test_values_of_a_wrong_type_are_an_error_with_its_line(wrong: dict[str, object]) -> None:
    right = TakedownEvent(TIME, "x", 1, 0, {}).line()
    line = json.dumps({**json.loads(right), **wrong})
    with pytest.raises(TombstoneError, match="line 2"):
        read_events(f"{right}{line}\n".encode())
