"""schema.org statements in a page: JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml.html import HtmlElement

from corpuskit import logs

_log = logs.logger(__name__)

_MAX_SCRIPT = 1_000_000
"""Longer scripts are not read; real ones have about 10 kB."""

_MAX_NODES = 1_000

_PAGE_TYPES: Final = re.compile(
    r"(?:Article|Posting|WebPage|CreativeWork|Report|Book|Dataset|LegalDocument|Legislation)$"
)
"""Types (the end of the name) that describe the page or its text, not a picture in it."""


def page_nodes(scripts: Iterable[HtmlElement]) -> list[dict[str, Any]]:
    """JSON-LD objects that describe the page's text, in the order of the page."""
    nodes = []
    for script in scripts:
        if script.get("type", "").strip().lower() == "application/ld+json" and script.text:
            nodes += [node for node in _objects(script.text) if _describes_page(node)]
    return nodes


def first_text(nodes: list[dict[str, Any]], key: str) -> str | None:
    """The first value of `key` that is a string (or an object with a `url` or `@id`)."""
    for node in nodes:
        value = node.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            value = value.get("url") or value.get("@id")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def all_texts(nodes: list[dict[str, Any]], key: str) -> list[str]:
    """Every value of `key` as `first_text` reads it, in the order of the page, each once."""
    found: dict[str, None] = {}
    for node in nodes:
        values = node.get(key)
        for value in values if isinstance(values, list) else [values]:
            if text := first_text([{key: value}], key):
                found[text] = None
    return list(found)


def _objects(script: str) -> Iterator[dict[str, Any]]:
    if len(script) > _MAX_SCRIPT:
        _log.debug("JSON-LD of %d characters skipped", len(script))
        return
    try:
        queue = [json.loads(script, strict=False)]
    except (ValueError, RecursionError):
        return  # not JSON, as in one of ten scripts
    for _ in range(_MAX_NODES):
        if not queue:
            return
        value = queue.pop(0)
        if isinstance(value, list):
            queue += value
        elif isinstance(value, dict):
            yield value
            queue += [value[key] for key in ("@graph", "mainEntity") if key in value]


def _describes_page(node: dict[str, Any]) -> bool:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and _PAGE_TYPES.search(name) for name in names)
