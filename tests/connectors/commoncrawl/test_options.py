"""What a recipe may ask for, and what it is told when it asks for something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import corpuskit as ck
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.errors import RecipeError


def test_hosts_are_spelled_as_the_index_does() -> None:
    options = CommonCrawlOptions(crawl="CC-MAIN-2026-43", tld=".KH", domains="*.ไทย.example.")
    assert options.tld == ["kh"]
    assert options.domains == ["xn--o3cw4h.example"]
    assert options.crawl == ["CC-MAIN-2026-43"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs tld or domains"),
        ({"tld": "kh"}, "needs crawl"),
        ({"crawl": "CC-MAIN-2026-43", "languages": "khm"}, "need the columnar index"),
        ({"index": "x.parquet"}, "needs languages, tld or domains"),
        ({"index": "x.parquet", "languages": "khm_Khmr"}, "ISO 639-3"),
        ({"crawl": "../x", "tld": "kh"}, "is not the name of a crawl"),
        ({"crawl": "x", "tld": "a/b"}, "is not a host name"),
        ({"crawl": "x", "tld": "kh", "index_url": "ftp://a"}, r"is not an http\(s\) URL"),
        ({"crawl": "x", "tld": "kh", "delay": 0.5}, "at least 1 second"),
        ({"crawl": "x", "tld": "kh", "delay": 0.5, "index_url": "http://127.0.0.1"}, "at least 1"),
        ({"crawl": "x", "tld": "kh", "max_records": 0}, "greater than or equal to 1"),
        ({"index": "https://a.org/x.parquet", "tld": "kh", "delay": 0.1}, "at least 1 second"),
    ],
)
def test_refused(given: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CommonCrawlOptions(**given)


def test_ones_own_servers_may_be_asked_faster() -> None:
    own = {"index_url": "http://localhost:8080", "data_url": "http://192.168.1.7"}
    assert CommonCrawlOptions(crawl="x", tld="kh", delay=0.1, **own).delay == 0.1


def test_a_recipe_is_told_where_the_mistake_is(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(
        'name = "x"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "a", contact = "corpus@example.org" }\n'
        '[[source]]\nname = "cc"\nconnector = "commoncrawl"\nlicense = "NOASSERTION"\n'
    )
    with pytest.raises(RecipeError, match="needs tld or domains"):
        ck.load_recipe(path)
