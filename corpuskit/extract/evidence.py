"""What a page declares about its license.

If a page declares a license (`rel=license`, an HTTP Link, Dublin Core, schema.org) the confidence
is `declared`; if a notice names one or links to one it is `detected`. What concerns a part of the
page (a picture, a comment, a widget) is kept as evidence and is not the page's license. If the
page's statements differ, the conflict is kept as evidence and the most restrictive one holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml.html import HtmlElement

from corpuskit.document import Evidence
from corpuskit.extract.blocks import PageBlocks
from corpuskit.extract.notice_words import mentions_rights
from corpuskit.extract.statements import (
    RightsStatement,
    linked_license,
    place_of,
    rights_statements,
    scope_of_link,
    where_of,
)
from corpuskit.extract.stating import StatingElements
from corpuskit.extract.structured import all_texts
from corpuskit.licenses.expression import stated_license
from corpuskit.licenses.identifiers import spdx_of_url
from corpuskit.licenses.terms import join, most_restrictive
from corpuskit.link_header import links_of_header

_META_NAMES: Final = frozenset(
    (
        "dcterms.license", "dcterms.rights", "dcterms.rights.license", "dcterms.accessrights",
        "dc.rights", "dc.rights.license", "dc.license", "license", "licence", "rights",
        "dc:rights", "dc:license", "dct:license", "dct:rights", "dcterms:license",
        "dcterms:rights", "cc:license", "copyright-license",
    )
)  # fmt: skip

_MAX_VALUE = 500
"""Characters kept of a statement: an address or a sentence, not a contract."""
_MAX_PARTS: Final = 3
"""Statements about parts of a page that are kept: a gallery may have hundreds."""
_MAX_STATEMENTS: Final = 20

TERMS_TYPE: Final = "application/rsl+xml"
"""What a link with rel=license leads to where it names terms of use (RSL 1.0, section 4.5), which
are an opt-out or its opposite, and no license for people."""


@dataclass(slots=True)
class License:
    """A license, how certain it is (`declared`, `detected`), and the evidence."""

    id: str | None = None
    confidence: str | None = None
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A piece of evidence, the license that it states, and whether it is about the page."""

    evidence: Evidence
    license: str | None
    is_declared: bool = False
    is_code: bool = False


def page_license(
    page: StatingElements,
    markup: str,
    nodes: list[dict[str, Any]],
    blocks: PageBlocks | None = None,
    headers: Mapping[str, str] | None = None,
) -> License:
    """The license that a page states; `nodes` are its JSON-LD objects, `blocks` its lines of text,
    `headers` those of the HTTP response (lower-case names)."""
    header_statements = list(_header_links(headers or {}))
    if not header_statements and not mentions_rights(markup):
        return License()
    declared = [*header_statements, *_links(page), *_metas(page), *_structured(page, nodes)]
    parts: list[Evidence] = []
    detected = [*_mentions(page, parts)]
    reserved: list[Evidence] = []
    for statement in rights_statements(blocks) if blocks is not None else ():
        detected += _of_text(statement, parts, reserved)
    statements = [*declared, *detected][:_MAX_STATEMENTS]
    return _decided(statements, parts[:_MAX_PARTS], reserved[:1])


def header_license(headers: Mapping[str, str] | None) -> License:
    """The license that the headers of a response state; nothing else states that of plain text."""
    return _decided(list(_header_links(headers or {})), [], [])


def _of_text(
    statement: RightsStatement, parts: list[Evidence], reserved: list[Evidence]
) -> Iterator[_Statement]:
    if statement.scope == "reserved":
        reserved.append(_seen("rights reserved", statement.value, statement.where))
    elif statement.scope == "part":
        parts.append(_seen("part of the page", statement.value, statement.where))
    else:
        evidence = _seen("notice", statement.value, statement.where)
        yield _Statement(evidence, statement.license, is_code=statement.scope == "code")


def _decided(
    statements: list[_Statement], parts: list[Evidence], reserved: list[Evidence]
) -> License:
    """The license that holds of all that were stated, with the evidence for it."""
    licenses = _stated(statements)
    evidence = [statement.evidence for statement in statements]
    held = most_restrictive(licenses)
    if len(licenses) > 1:
        evidence.append(_seen("conflict", " / ".join(sorted(licenses)), "page"))
    elif held and reserved:
        evidence.append(_seen("conflict", f"{held} / rights reserved", "page"))
    evidence = _distinct([*evidence, *reserved, *parts])
    if held is None:
        return License(evidence=evidence)
    code = [row.license for row in statements if row.is_code and row.license]
    is_declared = any(row.is_declared and row.license in licenses for row in statements)
    confidence = "declared" if is_declared else "detected"
    return License(join([held, *code], "AND"), confidence, evidence)


def _stated(statements: list[_Statement]) -> list[str]:
    """The licenses stated for the page, each once. One without its version (`CC BY-SA`) says
    nothing new beside the same with a version."""
    stated = dict.fromkeys(row.license for row in statements if row.license and not row.is_code)
    return [
        license_
        for license_ in stated
        if not any(
            other.startswith(f"{license_.removeprefix('LicenseRef-')}-")
            for other in stated
            if license_.startswith("LicenseRef-CC-")
        )
    ]


def merge(known: License, page: License) -> License:
    """`known`, as stated by the operator or the source, with the page's evidence added.

    The operator's word on a whole source stands; a page that states another license is evidence of
    a conflict. Of what a record and its page state the most restrictive holds.
    """
    evidence = _distinct([*known.evidence, *page.evidence])
    if not known.id:
        return License(page.id, page.confidence, evidence)
    if not page.id or page.id == known.id:
        return License(known.id, known.confidence, evidence)
    conflict = _seen("conflict", f"{known.id} / {page.id}", "page")
    evidence = _distinct([*evidence, conflict])
    if _is_the_operators(known):
        return License(known.id, known.confidence, evidence)
    held = most_restrictive([known.id, page.id])
    confidence = page.confidence if held == page.id else known.confidence
    return License(held, confidence, evidence)


def _is_the_operators(known: License) -> bool:
    return any(
        statement["kind"] == "operator" and statement["value"] == known.id
        for statement in known.evidence
    )


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    by_value = {
        (statement["kind"], statement["value"], statement["where"]): statement
        for statement in evidence
    }
    return list(by_value.values())


def _declared(kind: str, value: str, where: str) -> _Statement:
    return _Statement(_seen(kind, value, where), stated_license(value), is_declared=True)


def _header_links(headers: Mapping[str, str]) -> Iterator[_Statement]:
    for link in links_of_header(headers.get("link", "")):
        if "license" in link.relations and link.media_type != TERMS_TYPE:
            yield _declared("rel=license", link.target, "http link")


def _links(page: StatingElements) -> Iterator[_Statement]:
    for link in page.links:
        if not _is_license_link(link):
            continue
        if link.tag != "link" and place_of(link) == "part":
            continue
        yield _declared("rel=license", link.get("href", ""), where_of(link))


def _is_license_link(link: HtmlElement) -> bool:
    relations = (link.get("rel") or "").lower()
    if "license" not in relations:
        return False
    is_terms = (link.get("type") or "").strip().lower() == TERMS_TYPE
    names = ("license", "cc:license", "dct:license", "dcterms:license")
    return bool(link.get("href")) and not is_terms and not {*names}.isdisjoint(relations.split())


def _metas(page: StatingElements) -> Iterator[_Statement]:
    for name, value in page.metas:
        if name in _META_NAMES:
            yield _declared("dc:rights" if name.startswith("dc") else "meta", value, f"meta {name}")


def _structured(page: StatingElements, nodes: list[dict[str, Any]]) -> Iterator[_Statement]:
    for value in all_texts(nodes, "license"):
        yield _declared("schema.org", value, "json-ld license")
    for link in page.links:  # _metas covers <meta itemprop>
        if _is_license_property(link) and place_of(link) != "part":
            yield _declared("schema.org", link.get("href"), "itemprop license")


def _is_license_property(link: HtmlElement) -> bool:
    """Whether microdata or RDFa say that a link leads to the license."""
    is_license = link.get("itemprop") == "license" or link.get("property") in _META_NAMES
    return bool(is_license and link.get("href") and link.tag != "area")


def _mentions(page: StatingElements, parts: list[Evidence]) -> Iterator[_Statement]:
    """Links to licenses and buttons of them that no attribute declares to be the page's."""
    for element in [*page.links, *page.buttons]:
        is_declared = _is_license_link(element) or _is_license_property(element)
        if element.tag == "link" or (is_declared and place_of(element) != "part"):
            continue
        license_ = linked_license(element)
        if license_ is None or _is_in_declared_link(element):
            continue
        value, where = element.get("href") or element.get("src") or "", where_of(element)
        if scope_of_link(element, license_) in ("page", "code"):
            yield _Statement(_seen(_kind_of(value), value, where), license_)
        else:
            parts.append(_seen("part of the page", value, where))


def _kind_of(address: str) -> str:
    is_cc = "creativecommons.org" in address or "licensebuttons.net" in address
    return "CC link" if is_cc else "license link"


def _is_in_declared_link(element: HtmlElement) -> bool:
    """Whether a button is in a link, which says the same."""
    parent = element.getparent()
    return (
        element.tag == "img" and parent is not None and bool(spdx_of_url(parent.get("href") or ""))
    )


def _seen(kind: str, value: str, where: str) -> Evidence:
    return Evidence(kind=kind, value=value.strip()[:_MAX_VALUE], where=where)
