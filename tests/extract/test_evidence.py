"""License evidence: what is declared, what is merely linked, and what contradicts."""

from __future__ import annotations

import pytest

from corpuskit.extract.evidence import License, merge, page_license
from corpuskit.extract.stating import stating_elements
from corpuskit.extract.structured import page_nodes
from corpuskit.markup.tree import parse

BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
BY = "https://creativecommons.org/licenses/by/4.0/"


def license_of(head: str = "", body: str = "") -> License:
    markup = f"<html><head>{head}</head><body>{body}</body></html>"
    root = parse(markup)
    assert root is not None
    return page_license(stating_elements(root), markup, page_nodes(root.iter("script")))


@pytest.mark.parametrize(
    ("head", "body", "kind", "where"),
    [
        (f"<link rel=license href='{BY_SA}'>", "", "rel=license", "head link"),
        ("", f"<footer><a rel='license nofollow' href='{BY_SA}'>x</a></footer>",
         "rel=license", "footer a"),
        (f"<meta name=DCTERMS.license content='{BY_SA}'>", "", "dc:rights", "meta dcterms.license"),
        ("<meta name=dc.rights content='CC BY-SA 4.0'>", "", "dc:rights", "meta dc.rights"),
        ("<script type='application/ld+json'>"
         f'{{"@type": "Article", "license": "{BY_SA}"}}</script>',
         "", "schema.org", "json-ld license"),
        ("", f"<a itemprop=license href='{BY_SA}'>x</a>", "schema.org", "itemprop license"),
    ],
)  # fmt: skip
def test_declarations(head: str, body: str, kind: str, where: str) -> None:
    license_ = license_of(head, body)
    assert (license_.id, license_.confidence) == ("CC-BY-SA-4.0", "declared")
    assert [(item["kind"], item["where"]) for item in license_.evidence] == [(kind, where)]


def test_a_link_in_the_footer_is_only_detected() -> None:
    license_ = license_of(body=f"<footer><a href='{BY_SA}'>CC</a></footer>")
    assert (license_.id, license_.confidence) == ("CC-BY-SA-4.0", "detected")
    assert license_.evidence == [{"kind": "CC link", "value": BY_SA, "where": "footer a"}]


def test_a_declaration_is_not_weakened_by_links() -> None:
    license_ = license_of(f"<link rel=license href='{BY}'>", f"<a href='{BY_SA}'>a picture</a>")
    assert (license_.id, license_.confidence) == ("CC-BY-4.0", "declared")


def test_statements_that_differ_give_no_license() -> None:
    license_ = license_of(body=f"<a href='{BY}'>one</a> <a href='{BY_SA}'>other</a>")
    assert (license_.id, license_.confidence) == (None, None)
    assert license_.evidence[-1]["kind"] == "conflict"
    assert license_.evidence[-1]["value"] == "CC-BY-4.0 / CC-BY-SA-4.0"


def test_words_about_rights_are_evidence_of_no_license() -> None:
    license_ = license_of("<meta name=rights content='All rights reserved'>")
    assert license_.id is None
    assert license_.evidence[0]["value"] == "All rights reserved"
    assert license_of(body="<p>no word</p>") == License()


def test_what_the_operator_said_stands() -> None:
    operator = License(
        "CC-BY-4.0", "declared", [{"kind": "operator", "value": "x", "where": "recipe"}]
    )
    page = license_of(f"<link rel=license href='{BY_SA}'>")
    merged = merge(operator, page)
    assert (merged.id, merged.confidence) == ("CC-BY-4.0", "declared")
    assert [item["kind"] for item in merged.evidence] == ["operator", "rel=license", "conflict"]
    agreeing = merge(operator, license_of(f"<link rel=license href='{BY}'>"))
    assert [item["kind"] for item in agreeing.evidence] == ["operator", "rel=license"]
    assert merge(License(), page).id == "CC-BY-SA-4.0"
