"""What must not be used: the list is sound, recipes that name it are refused, pages of it lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.errors import CatalogueError, RecipeError
from corpuskit.exclusions import FILE, domains, exclusions, is_below, of_host, of_hub
from corpuskit.languages import language_codes
from corpuskit.recipe import parse_recipe
from corpuskit.urls import domain

ENTRY = """
[[excluded]]
name = "ours"
about = "a site of ours"
why = "its owner wrote to us and said no"
evidence = "letter of 2026-11-01, file 7"
verified_by = "legal team, 2026-11-02"
domains = ["ours.example"]
"""


def recipe(**source: Any) -> dict[str, Any]:
    return {
        "name": "x",
        "languages": ["khm_Khmr"],
        "operator": {"name": "Tests", "contact": "corpus@example.org"},
        "source": [{"name": "s", "license": "NOASSERTION", **source}],
    }


def problems(**source: Any) -> str:
    with pytest.raises(RecipeError) as raised:
        parse_recipe(recipe(**source))
    return str(raised.value)


def test_the_list_is_sound() -> None:
    names = [one.name for one in exclusions()]
    assert len(names) == len(set(names))
    assert {"jw.org", "bible-sites"} <= set(names)
    for one in exclusions():
        assert set(one.languages) <= set(language_codes()), one.name
        assert one.domains or one.hubs or one.homepage, one.name
        for name in one.domains:
            assert domain(f"https://{name}/") == name, "a whole site, not a part of one"


def test_a_language_has_its_own_and_those_of_all() -> None:
    names = {one.name for one in exclusions("khm_Khmr")}
    assert {"jw.org", "khpos"} <= names
    assert "mypos" not in names


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("https://wol.jw.org/km/", "jw.org"),
        ("JW.ORG", "jw.org"),
        ("http://www.bible.com/bible/85", "bible-sites"),
        ("https://notjw.org/", None),
        ("https://jw.org.example/", None),
        ("", None),
        (None, None),
    ],
)
def test_of_host(place: str | None, name: str | None) -> None:
    found = of_host(place)
    assert (found and found.name) == name


def test_below() -> None:
    assert is_below("a.example.org", ["example.org"])
    assert is_below("example.org.", ["Example.org"])
    assert not is_below("anexample.org", ["example.org"])
    assert not is_below("example.org", [])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ({"connector": "web", "seeds": ["https://www.jw.org/km/"]}, "jw.org"),
        ({"connector": "web", "seeds": ["https://a.example"], "hosts": ["wol.jw.org"]}, "jw.org"),
        ({"connector": "commoncrawl", "crawl": "CC-MAIN-2025-33", "domains": "bible.is"}, "bible"),
        (
            {"connector": "tables", "hub": "csebuetnlp/xlsum", "revision": "0" * 40, "files": "a"},
            "xl-sum",
        ),
        ({"connector": "tables", "url": "https://wol.jw.org/all.jsonl"}, "jw.org"),
    ],
)
def test_a_source_that_names_one_is_refused(source: dict[str, Any], name: str) -> None:
    said = problems(**source)
    assert f"source[1]: {name}" in said
    assert "must not be used" in said
    assert "allow_excluded" in said


def test_with_a_license_it_may_be_named_all_the_same() -> None:
    source = {"connector": "web", "seeds": ["https://www.jw.org/km/"]}
    assert "source[1].license: needed" in problems(**source, allow_excluded=["jw.org"])
    given = {"license": "CC0-1.0", "license_verified_by": "us, today"}
    said = problems(**source, **given, allow_excluded=["jw.orgs"])
    assert "nothing excluded is 'jw.orgs' (did you mean 'jw.org'?)" in said
    good = {"license": "LicenseRef-Letter", "license_verified_by": "legal team, letter 3"}
    parse_recipe(recipe(**source, **good, allow_excluded=["jw.org"]))
    assert "jw.org" not in domains(["jw.org"])
    assert "bible.com" in domains(["jw.org"])


def test_pages_of_excluded_domains_are_lost_with_a_reason(tmp_path: Path) -> None:
    urls = ("https://news.example.kh/1", "https://wol.jw.org/km/2", "https://example.org/jw.org")
    rows = [{"text": khmer(number), "url": url} for number, url in enumerate(urls)]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    source = {"connector": "files", "path": str(tmp_path / "rows.jsonl")}
    build = ck.build(parse_recipe(recipe(**source)), tmp_path / "b", workers=1)
    assert build.ledger["policy/excluded_domain"] == 1
    kept = [row["url"] for batch in build.documents(columns=["url"]) for row in batch.to_pylist()]
    assert sorted(kept) == sorted((urls[0], urls[2]))
    good = {"license": "LicenseRef-Letter", "license_verified_by": "legal team, letter 3"}
    allowed = parse_recipe(recipe(**source, **good, allow_excluded=["jw.org"]))
    assert ck.build(allowed, tmp_path / "b2", workers=1).ledger["policy/excluded_domain"] == 0


def test_an_operators_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text(ENTRY, encoding="utf-8")
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    found = of_host("https://www.ours.example/")
    assert found is not None and found.name == "ours"
    assert of_host("https://jw.org/") is not None
    assert of_hub("facebook/FLORES") is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.replace("why", "because"), "why"),
        (ENTRY.replace("[[excluded]]", "[[exclude]]"), "unknown table"),
        ("[[excluded", "Expected"),
    ],
)
def test_a_broken_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    with pytest.raises(CatalogueError, match=message):
        exclusions()
