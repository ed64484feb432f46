"""The dataset card: whatever a recipe or plug-in says, it stays YAML, tables and plain text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from publish.pages.made_facts import HOSTILE, SECRET, facts_of

from corpuskit.publish.pages.card import card
from corpuskit.publish.pages.datasheet import datasheet
from corpuskit.publish.pages.governance import governance, governance_page
from corpuskit.publish.pages.markdown import paragraph, plain


def pages_of(value: str) -> dict[str, str]:
    facts = facts_of(value)
    return {
        "card": card(facts).split("---\n", 2)[2],
        "datasheet": datasheet(facts),
        "governance": governance_page(governance(facts)),
    }


def html_of(text: str) -> str:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)


def shape(text: str) -> list[str]:
    """The elements of a page in order, as a Markdown parser finds them, without inline ones."""
    return re.findall(
        r"<(/?(?:h[1-6]|table|tr|t[hd]|ul|ol|li|p|pre|blockquote|hr))\b", html_of(text)
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_a_page(value: str) -> None:
    expected = pages_of("plain")
    for name, text in pages_of(value).items():
        assert shape(text) == shape(expected[name]), name
        html = html_of(text)
        assert not re.search(r"<(script|img|a|em|s|del)\b", html), name
        assert html.count("<strong>") == html_of(expected[name]).count("<strong>")
        assert SECRET not in text
        assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_front_matter(value: str) -> None:
    head = yaml.safe_load(card(facts_of(value)).split("---\n", 2)[1])
    assert set(head) <= {
        "language", "license", "license_name", "task_categories", "size_categories", "configs",
    }  # fmt: skip
    assert isinstance(head["license"], str)
    assert isinstance(head.get("license_name", ""), str)
    assert head["configs"][0]["data_files"][0]["path"] == ["data/train/a.parquet"]


@given(st.text(max_size=40))
def test_plain_text_comes_out_of_markdown_as_it_went_in(text: str) -> None:
    rendered = html_of(f"| head |\n|---|\n| x{plain(text)}x |\n")
    assert rendered.count("<td>") == 1


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip()))
def test_a_paragraph_stays_one(text: str) -> None:
    rendered = html_of(f"{paragraph(text)}\n")
    assert rendered.count("<p>") <= 1
    assert not re.search(r"<(h\d|ul|ol|hr|blockquote|pre|em|strong|s|a)\b", rendered)


@pytest.mark.parametrize(
    ("license", "head"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}),
        ("MIT", {"license": "mit"}),
        ("LicenseRef-Ministry", {"license": "other", "license_name": "licenseref-ministry"}),
        ("CC-BY-4.0\nevil: true", {"license": "other", "license_name": "cc-by-4.0-evil-true"}),
        ("ask | us", {"license": "other", "license_name": "ask-us"}),
        ("2024-01-01", {"license": "other", "license_name": "2024-01-01"}),
        ("NOASSERTION", {"license": "other", "license_name": "unknown"}),
    ],
)
def test_the_license_in_the_front_matter(license: str, head: dict[str, str]) -> None:
    front = yaml.safe_load(card(facts_of(license)).split("---\n", 2)[1])
    assert {key: front[key] for key in front if key.startswith("license")} == head


def test_counts_are_per_language_and_source_and_licenses_per_row() -> None:
    text = card(facts_of("CC-BY-4.0"))
    assert "| `khm_Khmr` | CC-BY-4.0 | 10 | 100 |" in text
    assert "| CC-BY-4.0 | 10 | 100.0 % | 100 |" in text


def test_what_nobody_stated_is_said() -> None:
    facts = facts_of("x")
    bare = replace(facts, manifest=facts.manifest | {"recipe": {"operator": {
        "name": "x", "contact": "a@uni.edu.kh"}}})  # fmt: skip
    assert "The operator has not stated any" in card(bare)
    assert "The operator has not said; `[about] purpose` in the recipe can." in datasheet(bare)
    assert "Ask for the removal of a text: a@uni.edu.kh." in card(bare)


def test_evaluation_items_are_on_the_card_where_they_were_searched_for() -> None:
    facts = facts_of("plain")
    assert "| plain | 9 | 1 | 2 |" in card(facts)
    manifest = {key: value for key, value in facts.manifest.items() if key != "contamination"}
    bare = replace(facts, manifest=manifest)
    assert "Evaluation items" not in card(bare)
    assert "Texts were not searched for evaluation items." in governance_page(governance(bare))
