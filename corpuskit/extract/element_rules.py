"""What the rules say about an element by its tag and attributes, wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from corpuskit.extract import rules
from corpuskit.text.raised import RAISED

TELLING: Final = frozenset(("class", "id", "itemprop", "role"))
"""Attributes that `rules_of` takes; more than half of all elements have none of them."""

HIDING: Final = frozenset(("aria-hidden", "for", "hidden", "style"))
"""Attributes that `is_hidden` reads."""

SUSPECTED: Final = "suspect"
"""Kind of an element whose name is one of rules.SUSPECT."""

SECTIONS: Final = frozenset(("main", "article", "section", "blockquote"))
HEADED: Final = rules.HEADINGS | {"dt", "summary"}
_COUNTED: Final = SECTIONS | HEADED | RAISED | rules.LISTS | {"a", "pre"}

_TRUSTED: Final = frozenset(("body", "html", "main", *rules.HEADINGS))
"""Elements whose class and id are ignored: on the body they name the kind of page, and the id of a
heading is made from its text."""


@dataclass(frozen=True, slots=True)
class ElementRules:
    """What the rules say about elements of one tag, class, id, role and item property."""

    tag: str
    unseen: bool
    """Its content is not text of the page."""
    surroundings: bool
    """A publishing system puts it around its articles."""
    aside: bool
    """A control or an area beside the content."""
    edge: bool
    """A header or footer, which is content only inside an article."""
    tabs: bool
    """A list of tabs, which may hold what they show."""
    kind: str | None
    """The kind of region that it is (see `Region.kind`), SUSPECTED or None."""
    block: bool
    counted: bool
    """The walk over the page counts how many of its kind are open."""


@lru_cache(maxsize=65_536)
def rules_of(
    tag: str,
    classes: str = "",
    identifier: str = "",
    role: str | None = None,
    itemprop: str | None = None,
) -> ElementRules:
    """What the rules say about an element; remembered, since pages repeat their elements."""
    system = next((rules.CONTENT[name] for name in classes.split() if name in rules.CONTENT), None)
    surroundings = any(
        f".{name}" in rules.SURROUNDINGS or f"{tag}.{name}" in rules.SURROUNDINGS
        for name in classes.split()
    )
    kind = system or _region_kind(tag, role, itemprop)
    if not kind and tag in rules.BLOCKS and _is_suspect(tag, classes, identifier):
        kind = SUSPECTED
    return ElementRules(
        tag,
        unseen=tag in rules.UNSEEN,
        surroundings=surroundings,
        aside=tag in rules.INTERFACE or role in rules.ROLES,
        edge=tag in ("header", "footer"),
        tabs=role == "tablist",
        kind=None if surroundings else kind,
        block=tag in rules.BLOCKS,
        counted=tag in _COUNTED,
    )


def _is_suspect(tag: str, classes: str, identifier: str) -> bool:
    if tag in _TRUSTED:
        return False
    return bool(rules.SUSPECT.search(classes) or rules.SUSPECT.search(identifier))


def _region_kind(tag: str, role: str | None, itemprop: str | None) -> str | None:
    if "main" in (tag, role):
        return "main"
    return "article" if "article" in (tag, role) or itemprop == "articleBody" else None


def is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether attributes hide the element."""
    hidden = attributes.get("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True  # a reader's search opens what is hidden "until found"
    if attributes.get("aria-hidden") == "true":
        return True
    if tag == "label" and "for" in attributes:
        return True
    style = attributes.get("style")
    return bool(style and rules.HIDDEN_STYLE.search(style))
