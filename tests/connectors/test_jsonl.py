from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.jsonl import MAX_LINE, lines, moment, parse, string, text_of, utc


@given(st.lists(st.binary(max_size=9)), st.lists(st.integers(1, 5)))
def test_lines_are_the_same_however_the_chunks_fall(parts, sizes):
    data = b"\n".join([b"", *parts])
    chunks, at = [], 0
    for size in [*sizes, len(data) + 1]:
        chunks.append(data[at : at + size])
        at += size
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    assert list(lines(chunk for chunk in chunks if chunk)) == expected


def test_a_line_too_long_is_passed_over_without_being_kept():
    chunk = b"x" * 1_000_000
    found = list(lines([b"a\n", *([chunk] * 100), b"\nb\n", *([chunk] * 40)]))
    assert found == [
        b"a",
        Damage("read/too_large", "a line of 100000000 bytes"),
        b"b",
        Damage("read/too_large", "a line of 40000000 bytes"),
    ]
    assert MAX_LINE < 40_000_000


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\rb\rc", [b"a", b"b", b"c"]),
        (b'{"a": 1}\r{"a": 2}\r', [b'{"a": 1}', b'{"a": 2}']),
        (b"\xef\xbb\xbf{}\r\r {}", [b"\xef\xbb\xbf{}", b"", b" {}"]),
        (b"a\rb\nc\r\n", [b"a\rb", b"c\r"]),
        (b'{"a": "b\rc"}', [b'{"a": "b\rc"}']),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 100])
def test_lines_may_end_with_carriage_returns_only(data, expected, size):
    assert list(lines(data[at : at + size] for at in range(0, len(data), size))) == expected


def test_an_integer_too_long_to_read_loses_the_value_only():
    assert parse(b'{"text": "a", "n": %s, "m": 7}' % (b"9" * 5000)) == {
        "text": "a",
        "n": None,
        "m": 7,
    }


def test_damage_stands_for_the_line_it_cuts():
    damage = Damage("read/corrupt", "here")
    assert list(lines([b"a\nb", damage, b"c\nd"])) == [b"a", damage, b"c", b"d"]
    assert list(lines([b"a\n", damage])) == [b"a", damage]


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none()))
def test_objects_are_read_as_they_were_written(row):
    assert parse(json.dumps(row).encode()) == row
    assert parse(b"\xef\xbb\xbf" + json.dumps(row, ensure_ascii=False).encode() + b"\r") == row


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "read/invalid_json"),
        (b"not json", "read/invalid_json"),
        (b'{"text": "a"} {"text": "b"}', "read/invalid_json"),
        (b"[1]", "read/invalid_json"),
        (b"null", "read/invalid_json"),
        (b"[" * 100_000, "read/invalid_json"),
        (b'{"a":' * 100_000, "read/invalid_json"),
        (b"9" * 10_000, "read/invalid_json"),
        (b'{"text": "\xff"}', "read/invalid_utf8"),
        (b'{"text": "\xed\xa0\x80"}', "read/invalid_utf8"),
    ],
)
def test_lines_that_hold_no_object(line, reason):
    found = parse(line)
    assert isinstance(found, Damage)
    assert found.reason == reason
    assert len(found.detail) <= 200


def test_control_characters_in_strings_are_let_through():
    assert parse(b'{"text": "a\tb\x00c\\u0000"}') == {"text": "a\tb\x00c\x00"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": "ខ្មែរ"}, "ខ្មែរ".encode()),
        ({"text": "a\ud800b"}, "a\ufffdb".encode()),
        (json.loads('{"text": "\\ud83d\\ude00"}'), "😀".encode()),
        ({}, Damage("read/no_text", "column 'text' is missing")),
        ({"text": None}, Damage("read/no_text", "column 'text' is null")),
        ({"text": ["a"]}, Damage("read/no_text", "column 'text' is list")),
        ({"text": 3}, Damage("read/no_text", "column 'text' is int")),
        ({"text": " \n"}, Damage("read/empty", "column 'text'")),
        ({"text": "ក" * 4_000_000}, Damage("read/too_large", "12000000 bytes")),
    ],
)
def test_texts(row, expected):
    assert text_of(row, "text") == expected


def test_other_columns():
    row = {"a": " x ", "b": 7, "c": True, "d": None, "e": "", "f": "\udfff"}
    found = [string(row, name) for name in ("a", "b", "c", "d", "e", "f", "g", None)]
    assert found == ["x", "7", None, None, None, "\ufffd", None, None]


def test_times():
    row = {
        "a": "2024-05-01",
        "b": "2024-05-01T10:00:00+07:00",
        "c": 1714557600,
        "d": "May 1st",
        "e": 1e30,
        "f": float("nan"),
        "g": True,
    }
    day = datetime(2024, 5, 1, tzinfo=UTC)
    assert moment(row, "a") == day
    assert moment(row, "b") == day.replace(hour=3)
    assert moment(row, "c") == day.replace(hour=10)
    assert [moment(row, name) for name in ("d", "e", "f", "g", "h", None)] == [None] * 6
    assert utc(date(2024, 5, 1)) == utc(datetime(2024, 5, 1)) == day
    assert utc(datetime(2024, 5, 1, 7, tzinfo=timezone(timedelta(hours=7)))) == day


def test_a_damaged_line_says_where_without_a_line_number_of_its_own() -> None:
    fault = parse(b'{"text": "a" "b"}')
    assert isinstance(fault, Damage)
    assert fault.detail == "Expecting ',' delimiter at character 14 of the line"
    deep = parse(b"[" * 100_000)
    assert isinstance(deep, Damage)
    assert deep.detail == "nested too deeply"
