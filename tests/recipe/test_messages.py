"""A mistake in a recipe is one line, in words that a user of the recipe knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from corpuskit.errors import RecipeError
from corpuskit.recipe import parse_recipe

SOURCE: dict[str, Any] = {"name": "a", "connector": "tables", "license": "NOASSERTION"}
RECIPE: dict[str, Any] = {
    "name": "lao",
    "languages": ["lao_Laoo"],
    "operator": {"name": "Institute", "contact": "corpus@institute.la"},
    "source": [SOURCE | {"path": "t.csv"}],
}


def lines(**keys: Any) -> list[str]:
    """The problems of a recipe without the file's name."""
    with pytest.raises(RecipeError) as caught:
        parse_recipe(RECIPE | keys, "r.toml")
    return [line.removeprefix("r.toml: ") for line in str(caught.value).splitlines()]


def source_lines(**keys: Any) -> list[str]:
    """The problems of its source without the source's key."""
    return [line.removeprefix("source[1]") for line in lines(source=[SOURCE | keys])]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"name": ""}, "name: expected letters, digits, `.`, `_` or `-`, the first a letter or "
         "digit, got ''"),
        ({"source": []}, "source: expected at least 1 item, got [] (`[[source]]`: one such table "
         "for each source)"),
        ({"source": {"name": "a"}}, "source: expected a list, got {'name': 'a'} (`[[source]]`: "
         "one such table for each source)"),
        ({"languages": []}, "languages: expected at least 1 item, got []"),
        ({"quality": {"lao_Laoo": {"min_clusters": "many"}}},
         "quality.lao_Laoo.min_clusters: expected a number or false, got 'many'"),
        ({"quality": {"laoo": {"min_clusters": 9}}},
         "quality.laoo: not among `languages` (did you mean 'lao_Laoo'?)"),
        ({"quality": {"lao_Laoo": {"min_chars": 90, "max_chars": 80}}},
         "quality.lao_Laoo: chars: no value is at least 90 and at most 80"),
        ({"identify": {"sha256": "abc"}},
         "identify.sha256: expected a sha256 of 64 hexadecimal digits, got 'abc'"),
        ({"about": {"version": "1"}},
         "about.version: expected three numbers MAJOR.MINOR.PATCH such as 1.0.0, got '1'"),
        ({"dedup": {"threshold": 1.5}}, "dedup.threshold: expected 1 or less, got 1.5"),
        ({"dedup": {"near": "no"}}, "dedup.near: expected true or false, got 'no'"),
        ({"limits": {"memory": "5MB"}}, "limits.memory: expected 100,000,000 or more, got 5000000"),
        ({"output": {"shard_size": "big"}},
         'output.shard_size: expected a size such as "256MB" or "1GiB", got \'big\''),
        ({"rules": {"politeness": {"maxx": 3}}},
         "rules.politeness.maxx: unknown key (did you mean 'max'?)"),
        ({"rules": {"politeness": {"lao_Lao": {"min": 3}}}},
         "rules.politeness.lao_Lao: not among `languages` (did you mean 'lao_Laoo'?)"),
    ],
)  # fmt: skip
def test_one_line_for_a_key(keys: dict[str, Any], line: str) -> None:
    assert lines(**keys) == [line]


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({}, ": needs exactly one of path, url and hub, got none"),
        ({"path": "a.csv", "hub": "a/b"}, ": needs exactly one of path, url and hub, got path and "
         "hub"),
        ({"path": "a.csv", "captured": "last week"},
         ".captured: expected a date such as 2026-11-30, got 'last week'"),
        ({"path": "a.csv", "captured": 20261130},
         ".captured: expected a date such as 2026-11-30, got 20261130"),
        ({"connector": "wikimedia"},
         ": needs path (a dump) or api (the address of a wiki's api.php)"),
        ({"connector": "commoncrawl", "tld": "la"}, ": needs crawl, such as 'CC-MAIN-2026-43'"),
        ({"connector": "commoncrawl", "crawl": "x", "tld": "l a"},
         ".tld: 'l a' is not a host name; write it like 'example.org.kh'"),
        ({"connector": "oai", "url": "https://a.example/oai#top"},
         ".url: expected the base URL alone, without verb= and #, got 'https://a.example/oai#top'"),
        ({"path": "a.csv", "map": {"body": "x"}}, ".map.body: expected 'text', 'id', 'url', "
         "'title', 'fetched_at', 'published_at', 'language', 'license', 'warc_file', "
         "'warc_record_id', 'warc_offset' or 'warc_length', got 'body'"),
    ],
)  # fmt: skip
def test_one_line_for_an_option(keys: dict[str, Any], line: str) -> None:
    assert source_lines(**keys) == [line]


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize("connector", ["tables", "files"])
def test_nothing_is_captured_in_the_future(connector: str, as_text: bool) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    captured = day.isoformat() if as_text else day
    keys = {"connector": connector, "path": "t", "captured": captured}
    assert source_lines(**keys) == [f".captured: {day} is in the future"]
    today = SOURCE | keys | {"captured": datetime.now(UTC).date()}
    parse_recipe(RECIPE | {"source": [today]})


def test_what_follows_from_a_misspelled_key_is_not_reported() -> None:
    table = {"name": "a", "conector": "tables", "licence": "NOASSERTION", "path": "t"}
    assert lines(source=[table]) == [
        "source[1].conector: unknown key (did you mean 'connector'?)",
        "source[1].licence: unknown key (did you mean 'license'?)",
    ]
    quality = {"lao_Laoo": {"min_chars": 1}}
    assert lines(languages=["lao_Lao"], quality=quality) == [
        "languages[1]: no language 'lao_Lao' (did you mean lao_Laoo?)"
    ]


def test_an_option_that_resembles_a_key_does_not_stand_for_it() -> None:
    table = {"name": "a", "connector": "files", "path": "t", "license_column": "rights"}
    (line,) = lines(source=[table])
    assert line.startswith("source[1].license: missing (")


def test_what_is_missing_is_shown_as_it_is_written() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe({"name": "lao", "languages": ["lao_Laoo"]}, "r.toml")
    assert str(caught.value).splitlines() == [
        "r.toml: operator: missing (`[operator]`: who builds the corpus)",
        "r.toml: source: missing (`[[source]]`: one such table for each source)",
    ]
