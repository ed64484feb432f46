"""What was harvested as WARC: a record of type `resource` for each record of the repository.

STORE/<request>/harvest.sqlite          what a harvest goes on from
STORE/<request>/records-001-00000.warc.gz   records first seen in the first harvest, 1,000 a file
STORE/<request>/files/…                 documents that records lead to, one WARC each
STORE/<request>/harvest.json            which files of records there are; written last

Records stand in the order of their identifiers, whatever the order in which they came, and keep
their place when they change: a harvest of a few changes rewrites few files.
"""

from __future__ import annotations

import json
import uuid
from itertools import islice
from pathlib import Path
from typing import Final

from corpuskit.connectors.containers.warc_write import member, payload_digest
from corpuskit.connectors.oai.repository import request_url
from corpuskit.connectors.oai.store import HarvestedRecord, HarvestStore
from corpuskit.connectors.pieces import RECORDS
from corpuskit.display import mask
from corpuskit.store import atomic_file

FULL_TEXT_FIELD: Final = "Corpuskit-Full-Text"
"""A field of our own in a record's head: what became of its document, as JSON."""

_LIST: Final = "harvest.json"


def write(store: HarvestStore, folder: Path, url: str, prefix: str) -> None:
    """Write what is in the store; a file that is there as it should be is left alone."""
    names = []
    for harvest in store.born():
        records = store.records_of(harvest)
        number = 0
        while batch := list(islice(records, RECORDS)):
            names.append(f"records-{harvest:03d}-{number:05d}.warc.gz")
            _replace(folder, names[-1], b"".join(_member(record, url, prefix) for record in batch))
            number += 1
    _replace(folder, _LIST, json.dumps(names).encode())


def files(folder: Path) -> list[Path] | None:
    """The files of records in order; None if no harvest has come to its end."""
    path = folder / _LIST
    return [folder / name for name in json.loads(path.read_bytes())] if path.exists() else None


def stands(folder: Path) -> bool:
    """Whether all files of records are there."""
    paths = files(folder)
    return paths is not None and all(path.exists() for path in paths)


def _replace(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if path.exists() and path.read_bytes() == content:
        return
    with atomic_file(path, folder / "tmp") as file:
        file.write(content)


def _member(record: HarvestedRecord, url: str, prefix: str) -> bytes:
    target = request_url(
        mask(url), {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": record.identifier}
    )
    fields = {
        "WARC-Type": "resource",
        "WARC-Date": record.date,
        "WARC-Target-URI": target,
        "WARC-Payload-Digest": payload_digest(record.xml),
        "Content-Type": "text/xml",
    }
    if record.full_text is not None:
        fields[FULL_TEXT_FIELD] = json.dumps(record.full_text)
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{target} {record.date} {payload_digest(record.xml)}")
    return member(f"<urn:uuid:{name}>", fields, record.xml)
