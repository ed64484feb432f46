"""License evidence: what is declared, what is merely linked, and what contradicts."""

from __future__ import annotations

import pytest

from corpuskit.document import Evidence
from corpuskit.extract.blocks import blocks_of
from corpuskit.extract.evidence import License, merge, page_license
from corpuskit.extract.stating import stating_elements
from corpuskit.extract.structured import page_nodes
from corpuskit.markup.tree import parse

BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
BY = "https://creativecommons.org/licenses/by/4.0/"


def license_of(head: str = "", body: str = "", headers: dict[str, str] | None = None) -> License:
    markup = f"<html><head>{head}</head><body>{body}</body></html>"
    root = parse(markup)
    assert root is not None
    nodes = page_nodes(root.iter("script"))
    return page_license(stating_elements(root), markup, nodes, blocks_of(root), headers)


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


def test_of_statements_that_differ_the_most_restrictive_holds() -> None:
    license_ = license_of(body=f"<footer><a href='{BY}'>CC</a> <a href='{BY_SA}'>CC</a></footer>")
    assert (license_.id, license_.confidence) == ("CC-BY-SA-4.0", "detected")
    assert license_.evidence[-1]["kind"] == "conflict"
    assert license_.evidence[-1]["value"] == "CC-BY-4.0 / CC-BY-SA-4.0"


def test_links_in_the_text_are_about_something_else() -> None:
    license_ = license_of(body=f"<p>see <a href='{BY}'>one</a> or <a href='{BY_SA}'>other</a></p>")
    assert (license_.id, license_.confidence) == (None, None)
    assert [item["kind"] for item in license_.evidence] == ["part of the page"] * 2


def test_words_about_rights_are_evidence_of_no_license() -> None:
    license_ = license_of("<meta name=rights content='All rights reserved'>")
    assert license_.id is None
    assert license_.evidence[0]["value"] == "All rights reserved"
    assert license_of(body="<p>no word</p>") == License()


def test_what_the_operator_said_stands() -> None:
    operator = License(
        "CC-BY-4.0", "declared", [{"kind": "operator", "value": "CC-BY-4.0", "where": "recipe"}]
    )
    page = license_of(f"<link rel=license href='{BY_SA}'>")
    merged = merge(operator, page)
    assert (merged.id, merged.confidence) == ("CC-BY-4.0", "declared")
    assert [item["kind"] for item in merged.evidence] == ["operator", "rel=license", "conflict"]
    agreeing = merge(operator, license_of(f"<link rel=license href='{BY}'>"))
    assert [item["kind"] for item in agreeing.evidence] == ["operator", "rel=license"]
    assert merge(License(), page).id == "CC-BY-SA-4.0"


def test_of_what_a_record_and_its_page_state_the_most_restrictive_holds() -> None:
    column: Evidence = {"kind": "column", "value": "CC BY 4.0", "where": "license"}
    record = License("CC-BY-4.0", "declared", [column])
    merged = merge(record, license_of(body=f"<footer><a href='{BY_SA}'>CC</a></footer>"))
    assert (merged.id, merged.confidence) == ("CC-BY-SA-4.0", "detected")
    assert merged.evidence[-1]["value"] == "CC-BY-4.0 / CC-BY-SA-4.0"


@pytest.mark.parametrize(
    ("header", "license_"),
    [
        (f'<{BY}>; rel="license"', "CC-BY-4.0"),
        (f"<{BY}>; rel=license, <{BY_SA}>; rel=next", "CC-BY-4.0"),
        ("</license.xml>; rel=license; type=application/rsl+xml", None),
        (f"<{BY}>; rel=next", None),
    ],
)
def test_a_header_declares_the_license(header: str, license_: str | None) -> None:
    found = license_of(headers={"link": header})
    assert found.id == license_
    assert [item["where"] for item in found.evidence] == (["http link"] if license_ else [])


def test_terms_of_use_for_machines_are_no_license() -> None:
    rsl = "<link rel=license type='application/rsl+xml' href='https://a.example/license.xml'>"
    assert license_of(rsl) == License()
    assert license_of(rsl + f"<link rel=license href='{BY}'>").id == "CC-BY-4.0"


@pytest.mark.parametrize(
    "part",
    [
        "<figure><img src=a.jpg><figcaption>Foto: A. / {link}</figcaption></figure>",
        "<div class='wp-caption'>Photo: {link}</div>",
        "<div id=comments><p>This page is licensed under {link}</p></div>",
        "<footer><div class='widget'>This page is licensed under {link}</div></footer>",
        "<pre>This file is licensed under {link}</pre>",
        "<blockquote>This work is licensed under {link}</blockquote>",
        "<div itemscope itemtype='https://schema.org/ImageObject'>{declared}</div>",
        "<div about='https://a.example/photo.jpg'>{declared}</div>",
        "<figure>{declared}</figure>",
        "<footer>Icons by A., {link}</footer>",
        "<footer>Photos on this site are licensed under {link}</footer>",
        "<footer>Theme: Twenty (MIT License). Powered by software under {link}</footer>",
        "<p>Wikipedia is under {link}.</p>",
    ],
)
def test_what_concerns_a_part_of_the_page_is_not_its_license(part: str) -> None:
    link = f"<a href='{BY}'>CC BY 4.0</a>"
    declared = f"<a rel=license href='{BY}'>CC BY 4.0</a>"
    license_ = license_of(body=part.format(link=link, declared=declared) + "<p>text</p>" * 9)
    assert license_.id is None


def test_structured_data_that_differ_are_a_conflict() -> None:
    def node(license_: str) -> str:
        content = f'{{"@type": "Article", "license": "{license_}"}}'
        return f"<script type='application/ld+json'>{content}</script>"

    assert license_of(node(BY) + node(BY_SA)).id == "CC-BY-SA-4.0"


def test_a_button_alone_is_a_statement() -> None:
    button = "<img src='https://licensebuttons.net/l/by-nc/4.0/88x31.png'>"
    assert license_of(body=f"<footer>{button}</footer>").id == "CC-BY-NC-4.0"
    assert license_of(body=f"<p>text</p><figure>{button}</figure>").id is None


def test_few_statements_about_parts_are_kept() -> None:
    gallery = f"<figure><a href='{BY}?%d'>CC BY</a></figure>"
    license_ = license_of(body="".join(gallery % number for number in range(50)))
    assert len(license_.evidence) == 3
