"""Helpers of the tests on dumps: reading all of one, and making multistream ones."""

from __future__ import annotations

import bz2
import re
from pathlib import Path

from corpuskit.connectors.base import Input, Piece
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
from corpuskit.document import RawRecord

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="km">
  <siteinfo>
    <sitename>វិគី</sitename>
    <dbname>kmwiki</dbname>
    <base>https://km.wikipedia.org/wiki/%E1%9E%91</base>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="6" case="first-letter">ឯកសារ</namespace>
      <namespace key="14" case="first-letter">ចំណាត់ថ្នាក់ក្រុម</namespace>
    </namespaces>
  </siteinfo>
"""
FOOT = "</mediawiki>\n"


def page(
    number: int,
    text: str = "អក្សរ",
    *,
    ns: int = 0,
    more: str = "",
    model: str = "wikitext",
    attributes: str = "",
) -> str:
    """A page in XML; `text` is escaped already."""
    return (
        f"  <page>\n    <title>ទំព័រ {number}</title>\n    <ns>{ns}</ns>\n    <id>{number}</id>\n"
        f"    {more}<revision>\n      <id>{number + 1000}</id>\n"
        f"      <timestamp>2024-01-01T01:01:00Z</timestamp>\n      <model>{model}</model>\n"
        f"      <text{attributes}>{text}</text>\n    </revision>\n  </page>\n"
    )


def dump(*pages: str) -> bytes:
    return (HEAD + "".join(pages) + FOOT).encode()


def multistream(xml: bytes, pages: int) -> bytes:
    """The same dump as Wikimedia stores it: the head, so many pages a stream, the foot."""
    head, *rest = re.split(rb"(?=  <page>)", xml)
    last, foot = rest[-1].split(b"</page>\n")
    rest[-1] = last + b"</page>\n"
    streams = [b"".join(rest[at : at + pages]) for at in range(0, len(rest), pages)]
    return b"".join(bz2.compress(one) for one in (head, *streams, foot))


def connector(path: Path, **options: object) -> WikimediaConnector:
    return WikimediaConnector(WikimediaOptions(path=str(path), **options), path.parent)


def pieces(path: Path) -> tuple[Input, list[Piece]]:
    source = connector(path)
    (item,) = source.inputs()
    return item, source.scan(item)


def read(path: Path, **options: object) -> list[RawRecord]:
    source = connector(path, **options)
    return [
        record
        for item in source.inputs()
        for piece in source.scan(item)
        for record in source.read(item, piece)
    ]


def read_whole(path: Path) -> list[RawRecord]:
    """All of a dump as one piece."""
    source = connector(path)
    (item,) = source.inputs()
    return list(source.read(item, Piece(0, 1 << 62, 1, 1)))
