"""Reading XML of others: nothing it names is fetched, and no entity is expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_SPACES = re.compile(r"\s+")


def parse(content: bytes) -> etree._Element:
    """The root element; ValueError says why there is none.

    Entities are left alone: they may be bombs or files.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(str(error)) from None
    if root is None:
        raise ValueError("no element")
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments, entities and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without the namespace: it differs between editions of a format."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of those names."""
    return (child for child in element if local(child) in names)


def first_text(root: etree._Element, name: str) -> str | None:
    """The text of the first element of that name that has any, on one line."""
    return next(all_texts(root, name), None)


def all_texts(root: etree._Element, *names: str) -> Iterator[str]:
    """The text of every element of those names that has any, on one line."""
    for element in root.iter():
        if local(element) in names and (text := _SPACES.sub(" ", element.text or "").strip()):
            yield text
