"""Documents that records lead to: fetched once, each kept as a WARC file of its own."""

from __future__ import annotations

import hashlib
import json
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from corpuskit import logs
from corpuskit.connectors import xml
from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.containers.warc_write import member
from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.fetching.warc_response import PageVerdicts, response
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.oai.records import links
from corpuskit.connectors.oai.store import HarvestedRecord, HarvestStore
from corpuskit.connectors.oai.visit import DocumentVisitor, FetchedDocument
from corpuskit.store import atomic_file

_log = logs.logger(__name__)

MAX_LINKS: Final = 5
"""Addresses of a record that are tried: repositories give a handle, a DOI, a page and a file."""

_SAID_EVERY: Final = 10


def fetch(
    store: HarvestStore,
    folder: Path,
    options: OaiOptions,
    context: FetchContext,
) -> None:
    """Look for the document of every record where that has not been done."""
    waiting = store.without_full_text()
    if not waiting:
        return
    binding = context.binding
    with closing(
        DocumentVisitor(context.agent, options, folder, context.excluded, binding=binding)
    ) as visitor:
        for number, identifier in enumerate(waiting, 1):
            record = store.record(identifier)
            store.tell(identifier, _outcome(record, visitor, folder))
            if number % _SAID_EVERY == 0 or number == len(waiting):
                context.report(
                    f"{options.url}: documents of {number:,} of {len(waiting):,} records"
                )


def _outcome(record: HarvestedRecord, visitor: DocumentVisitor, folder: Path) -> dict[str, Any]:
    """What becomes of a record's document: where it is kept, or the first reason why not."""
    failure: dict[str, Any] = {"detail": "no link"}
    for url in _links(record.xml)[:MAX_LINKS]:
        try:
            return _keep(record, visitor.visit(url), folder)
        except FetchError as error:
            _log.info("%s: %s (%s)", without_secrets(url), error.code, error.detail)
            if "reason" not in failure:
                failure = {"reason": error.code, "detail": error.detail, "url": url}
    return failure


def _links(record: bytes) -> list[str]:
    try:
        metadata = next(xml.children(xml.parse(record), "metadata"), None)
    except ValueError:  # reading it says so
        return []
    return [] if metadata is None else links(metadata)


def _keep(record: HarvestedRecord, document: FetchedDocument, folder: Path) -> dict[str, Any]:
    digest = hashlib.sha256(f"{record.identifier}\n{record.datestamp}".encode()).hexdigest()[:32]
    name = f"files/{digest[:2]}/{digest}.warc.gz"
    fields, block = response(document.answer, PageVerdicts(document.robots, document.tdm))
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{digest} {fields['WARC-Payload-Digest']}")
    content = member(f"<urn:uuid:{identity}>", fields, block)
    with atomic_file(folder / name, folder / "tmp") as file:
        file.write(content)
    return {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "kind": document.kind,
        "url": document.answer.url,
        "robots": json.loads(json.dumps(document.robots, default=str)),
        "tdm": document.tdm,
    }
