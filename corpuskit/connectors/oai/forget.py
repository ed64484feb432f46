"""Taking out of a harvest what was taken down.

Of a record its header is left, as of one that the repository has deleted; the document that it led
to is deleted. A record that the repository sends again is harvested again: builds reject it.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from lxml import etree

from corpuskit.connectors import xml
from corpuskit.connectors.base import TakenDown
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.warc_layout import frames, layout_of
from corpuskit.connectors.containers.warc_replace import replace_records
from corpuskit.connectors.containers.warc_write import payload_digest
from corpuskit.connectors.oai.archive import FULL_TEXT_FIELD
from corpuskit.connectors.oai.records import raw_records
from corpuskit.connectors.reasons import DELETED

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"


def forget(folder: Path, taken: TakenDown) -> list[str]:
    """Take out what was taken down of every request in a folder; a line that says how much."""
    count = sum(_forget(path.parent, taken) for path in sorted(folder.glob("*/harvest.sqlite")))
    return [f"took {count:,} records out of the harvest, but for their headers"] if count else []


def _forget(folder: Path, taken: TakenDown) -> int:
    gone: dict[str, bytes] = {}
    archives = sorted(folder.glob("records-*.warc.gz"))
    for path in archives:
        for frame in _frames(path):
            if _is_taken(frame, path, taken):
                gone[_record_id(frame)] = _deleted(frame.block)
                _delete_document(frame, folder)
    if not gone:
        return 0
    _forget_rows(folder / "harvest.sqlite", gone.values())
    for path in archives:
        replace_records(path, folder / "tmp", lambda fields: _in_place(fields, gone))
    return len(gone)


def _frames(path: Path) -> Iterator[Frame]:
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
    if layout is not None:
        yield from frames(str(path), layout, 0)


def _is_taken(frame: Frame, path: Path, taken: TakenDown) -> bool:
    """Whether any of the texts of a record was taken down."""
    return any(
        record.reason != DELETED and taken(source_ref=record.source_ref, url=record.url)
        for record in raw_records(frame, path.name, path.parent)
    )


def _record_id(frame: Frame) -> str:
    return frame.head.fields.get("warc-record-id", "") if frame.head else ""


def _deleted(content: bytes) -> bytes:
    """The header of a record, as a repository writes that of a deleted one."""
    header = next(xml.children(xml.parse(content), "header"))
    record = etree.Element(f"{{{_NAMESPACE}}}record", nsmap={None: _NAMESPACE})
    kept = etree.SubElement(record, f"{{{_NAMESPACE}}}header", status="deleted")
    for name in ("identifier", "datestamp"):
        etree.SubElement(kept, f"{{{_NAMESPACE}}}{name}").text = xml.first_text(header, name)
    deleted: bytes = etree.tostring(record, encoding="utf-8")
    return deleted


def _in_place(
    fields: Mapping[str, str], gone: Mapping[str, bytes]
) -> tuple[dict[str, str], bytes] | None:
    block = gone.get(fields.get("warc-record-id", ""))
    if block is None:
        return None
    head = {
        "WARC-Type": "resource",
        "WARC-Date": fields.get("warc-date", ""),
        "WARC-Target-URI": fields.get("warc-target-uri", ""),
        "WARC-Payload-Digest": payload_digest(block),
        "Content-Type": "text/xml",
    }
    return head, block


def _delete_document(frame: Frame, folder: Path) -> None:
    stated = frame.head.fields.get(FULL_TEXT_FIELD.lower()) if frame.head else None
    name = json.loads(stated).get("file") if stated else None
    if name and (folder / name).resolve().is_relative_to(folder.resolve()):
        (folder / name).unlink(missing_ok=True)


def _forget_rows(path: Path, deleted: Iterable[bytes]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = ON")
        base.execute("BEGIN IMMEDIATE")
        for block in deleted:
            header = next(xml.children(xml.parse(block), "header"))
            base.execute(
                "UPDATE records SET xml = ?, deleted = 1, full_text = NULL WHERE identifier = ?",
                (zlib.compress(block, 6), xml.first_text(header, "identifier")),
            )
        base.execute("COMMIT")
        base.execute("VACUUM")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
