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
from corpuskit.extract.metadata import metas
from corpuskit.extract.structured import first_text
from corpuskit.licenses import spdx_of_text, spdx_of_url

_META_NAMES: Final = frozenset(
    ("dcterms.license", "dcterms.rights", "dc.rights", "dc.rights.license", "license", "rights")
)
_LANDMARKS: Final = ("footer", "header", "aside", "nav", "main", "article")

_MAX_VALUE = 500
"""Characters kept of a statement: an address or a sentence, not a contract."""


@dataclass(slots=True)
class License:
    """A license, how certain it is (`declared`, `detected`), and the evidence."""

    id: str | None = None
    confidence: str | None = None
    evidence: list[Evidence] = field(default_factory=list)


def page_license(root: HtmlElement, markup: str, nodes: list[dict[str, Any]]) -> License:
    """The license of the page under `root`; `nodes` are its JSON-LD objects."""
    if not any(word in markup for word in ("licens", "Licens", "rights", "creativecommons.org")):
        return License()  # a cheap check first: most pages declare nothing
    declared = [*_links(root), *_metas(root), *_structured(root, nodes)]
    statements = declared or list(_mentions(root))
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


def _links(root: HtmlElement) -> list[Evidence]:
    return [
        _seen("rel=license", link.get("href", ""), _where(link))
        for link in root.iter("link", "a", "area")
        if link.get("href") and "license" in (link.get("rel") or "").lower().split()
    ]


def _metas(root: HtmlElement) -> list[Evidence]:
    return [
        _seen("dc:rights" if name.startswith("dc") else "meta", value, f"meta {name}")
        for name, value in metas(root)
        if name in _META_NAMES
    ]


def _structured(root: HtmlElement, nodes: list[dict[str, Any]]) -> list[Evidence]:
    value = first_text(nodes, "license")
    links = [  # _metas covers <meta itemprop>
        _seen("schema.org", link.get("href"), "itemprop license")
        for link in root.iter("a", "link")
        if link.get("itemprop") == "license" and link.get("href")
    ]
    return [_seen("schema.org", value, "json-ld license"), *links] if value else links


def _mentions(root: HtmlElement) -> list[Evidence]:
    links = root.iter("a")
    return [
        _seen("CC link", link.get("href"), _where(link))
        for link in links
        if "creativecommons.org" in (link.get("href") or "") and spdx_of_url(link.get("href"))
    ]


def _seen(kind: str, value: str, where: str) -> Evidence:
    return Evidence(kind=kind, value=value.strip()[:_MAX_VALUE], where=where)


def _where(element: HtmlElement) -> str:
    """`head`, a landmark (`footer`), or `body`."""
    for ancestor in element.iterancestors():
        if ancestor.tag in _LANDMARKS or ancestor.tag == "head":
            return f"{ancestor.tag} {element.tag}"
    return f"body {element.tag}"
