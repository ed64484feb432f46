"""What a page declares about its license.

If a page declares a license (`rel=license`, Dublin Core, schema.org) the confidence is
`declared`; if it merely links to one it is `detected`, because a link in a footer may be about a
picture. If the page's statements differ, none is used, and the conflict is kept as evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from lxml.html import HtmlElement

from corpuskit.document import Evidence
from corpuskit.extract.stating import StatingElements
from corpuskit.extract.structured import first_text
from corpuskit.licenses import spdx_of_text, spdx_of_url

_META_NAMES: Final = frozenset(
    ("dcterms.license", "dcterms.rights", "dc.rights", "dc.rights.license", "license", "rights")
)
_LANDMARKS: Final = ("footer", "header", "aside", "nav", "main", "article")

_WORDS: Final = ("licens", "Licens", "rights", "creativecommons.org")
"""A page without any of these words states no license."""

_MAX_VALUE = 500
"""Characters kept of a statement: an address or a sentence, not a contract."""


@dataclass(slots=True)
class License:
    """A license, how certain it is (`declared`, `detected`), and the evidence."""

    id: str | None = None
    confidence: str | None = None
    evidence: list[Evidence] = field(default_factory=list)


def page_license(page: StatingElements, markup: str, nodes: list[dict[str, Any]]) -> License:
    """The license that a page states; `nodes` are its JSON-LD objects."""
    declared = [*_links(page), *_metas(page), *_structured(page, nodes)]
    statements = declared or list(_mentions(page))
    # few pages state anything, so that looking for these words comes last
    if not (statements and any(word in markup for word in _WORDS)):
        return License()
    evidence = _distinct(statements)
    ids = sorted({spdx for row in statements if (spdx := spdx_of_text(row["value"]))})
    if len(ids) > 1:
        evidence.append(Evidence(kind="conflict", value=" / ".join(ids), where="page"))
        return License(evidence=evidence)
    if not ids:
        return License(evidence=evidence)
    return License(ids[0], "declared" if declared else "detected", evidence)


def merge(known: License, page: License) -> License:
    """`known`, as stated by the operator or the source, with the page's evidence added.

    A known license is never overwritten; a page that states another is evidence of a conflict.
    """
    evidence = _distinct([*known.evidence, *page.evidence])
    if not known.id:
        return License(page.id, page.confidence, evidence)
    if page.id and page.id != known.id:
        conflict = Evidence(kind="conflict", value=f"{known.id} / {page.id}", where="page")
        evidence = _distinct([*evidence, conflict])
    return License(known.id, known.confidence, evidence)


def _distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    by_value = {
        (statement["kind"], statement["value"], statement["where"]): statement
        for statement in evidence
    }
    return list(by_value.values())


def _links(page: StatingElements) -> list[Evidence]:
    return [
        _seen("rel=license", link.get("href", ""), _where(link))
        for link in page.links
        if "license" in (link.get("rel") or "").lower().split() and link.get("href")
    ]


def _metas(page: StatingElements) -> list[Evidence]:
    return [
        _seen("dc:rights" if name.startswith("dc") else "meta", value, f"meta {name}")
        for name, value in page.metas
        if name in _META_NAMES
    ]


def _structured(page: StatingElements, nodes: list[dict[str, Any]]) -> list[Evidence]:
    value = first_text(nodes, "license")
    links = [  # _metas covers <meta itemprop>
        _seen("schema.org", link.get("href"), "itemprop license")
        for link in page.links
        if link.get("itemprop") == "license" and link.get("href") and link.tag != "area"
    ]
    return [_seen("schema.org", value, "json-ld license"), *links] if value else links


def _mentions(page: StatingElements) -> list[Evidence]:
    return [
        _seen("CC link", href, _where(link))
        for link in page.links
        if "creativecommons.org" in (href := link.get("href") or "")
        and link.tag == "a"
        and spdx_of_url(href)
    ]


def _seen(kind: str, value: str, where: str) -> Evidence:
    return Evidence(kind=kind, value=value.strip()[:_MAX_VALUE], where=where)


def _where(element: HtmlElement) -> str:
    """`head`, a landmark (`footer`), or `body`."""
    for ancestor in element.iterancestors():
        if ancestor.tag in _LANDMARKS or ancestor.tag == "head":
            return f"{ancestor.tag} {element.tag}"
    return f"body {element.tag}"
