"""JSON-LD: only nodes about the page's text, and never a raise."""

from __future__ import annotations

import pytest

from corpuskit.extract.structured import first_text, page_nodes
from corpuskit.markup.tree import parse


def nodes(*scripts: str) -> list[dict[str, object]]:
    ld = "".join(f"<script type='application/ld+json'>{script}</script>" for script in scripts)
    root = parse(f"<html><head>{ld}</head><body><p>x</p></body></html>")
    assert root is not None
    return page_nodes(root.iter("script"))


def test_nodes_about_the_page_are_found_wherever_they_stand() -> None:
    objects = nodes(
        '{"@graph": [{"@type": "ImageObject", "license": "i"}, {"@type": "NewsArticle", "n": 1}]}',
        '[{"@type": ["WebPage", "FAQPage"], "n": 2}]',
        '{"@type": "WebSite", "n": 3}',
    )
    assert [node["n"] for node in objects] == [1, 2]


@pytest.mark.parametrize("script", ["", "not json", "[" * 100_000, "null", '"text"', "{" * 50])
def test_what_is_not_json_is_nothing(script: str) -> None:
    assert nodes(script) == []


def test_values_are_texts_or_addresses() -> None:
    objects: list[dict[str, object]] = [{"a": 3}, {"a": {"@id": "u"}, "b": ["t", "s"], "c": " "}]
    assert first_text(objects, "a") == "u"
    assert first_text(objects, "b") == "t"
    assert first_text(objects, "c") is None
