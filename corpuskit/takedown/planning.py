"""From what a takedown takes out to its journal: nothing is changed yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from corpuskit.errors import TakedownError
from corpuskit.ledger import EditCount, Ledger
from corpuskit.publish.edits import COLUMNS, count_edits, merged
from corpuskit.publish.published import TaskOutputs, digest_of
from corpuskit.store import Store
from corpuskit.takedown.journal import RejectsChange, ShardChange, TakedownJournal
from corpuskit.takedown.ledger_changes import decided_later, ledger_after
from corpuskit.takedown.reading import NOT_AS_PUBLISHED, published_file
from corpuskit.takedown.request import TakedownRequest
from corpuskit.takedown.selection import Selection, TakenRow
from corpuskit.tombstones import (
    DOMAIN,
    ID,
    RECORD,
    SOURCE,
    TEXT,
    URL,
    TakedownEvent,
    hash_of,
    record_hash,
    url_hash,
)
from corpuskit.urls import canonical_url


def plan_takedown(
    store: Store,
    manifest: Mapping[str, Any],
    ledger: Ledger,
    request: TakedownRequest,
    selection: Selection,
    *,
    outputs: Sequence[TaskOutputs],
    had_work: bool,
) -> TakedownJournal:
    """The journal of a takedown. TakedownError if a file that it changes is damaged."""
    rows = _by_file(selection.documents)
    paths = [entry["path"] for entry in manifest["files"] if entry["kind"] == "data"]
    touched = [path for path in paths if path in rows or path in selection.keepers]
    last = [entry["path"] for entry in manifest["files"] if entry["kind"] == "rejects"][-1:]
    lost = _by_file(selection.rejects)
    added = Counter(row.source for row in selection.documents)
    changed = [*lost, *(path for path in last if added and path not in lost)]
    before = _digests(store, manifest, [*touched, *changed])
    shards = {
        path: ShardChange(
            before[path],
            [row.row for row in rows.get(path, ())],
            {str(row): places for row, places in selection.keepers.get(path, {}).items()},
        )
        for path in touched
    }
    rejects = {
        path: RejectsChange(
            before[path],
            [row.row for row in lost.get(path, ())],
            [row.row for row in lost.get(path, ()) if decided_later(ledger, row.reason)],
            dict(sorted(added.items())) if path in last else {},
        )
        for path in changed
    }
    edits = merged(_edits_of(store, path, change.remove) for path, change in shards.items())
    after = ledger_after(ledger, selection.documents, selection.rejects, edits)
    event = event_of(request, selection, before)
    return TakedownJournal(
        event.line(), dict(manifest), after.to_json(), shards, rejects, outputs, had_work
    )


def event_of(
    request: TakedownRequest, selection: Selection, files: Mapping[str, str]
) -> TakedownEvent:
    """The tombstone: hashes of everything that goes, and of what was named as a whole.

    An address that a document that stays has as well is left out unless it was named.
    """
    rows = [*selection.documents, *selection.rejects]
    urls = {canonical for row in rows if (canonical := canonical_url(row.url))}
    urls -= selection.shared_urls - request.urls
    texts = {row.text_sha256 for row in rows if row.text_sha256} | request.digests
    hashes = {
        ID: {hash_of(ID, row.id) for row in rows if row.id} | {
            hash_of(ID, name) for name in request.ids
        },
        RECORD: {record_hash(row.source, row.source_ref) for row in rows if row.source_ref},
        URL: {url_hash(url) for url in urls | request.urls},
        TEXT: {hash_of(TEXT, digest) for digest in texts},
        DOMAIN: {hash_of(DOMAIN, name) for name in request.domains},
        SOURCE: {hash_of(SOURCE, name) for name in request.sources},
    }  # fmt: skip
    return TakedownEvent(
        time=request.time,
        reason=request.reason,
        documents=len(selection.documents),
        records=len(selection.rejects),
        hashes={kind: tuple(sorted(values)) for kind, values in hashes.items() if values},
        requester=request.requester_hash,
        files=dict(files),
    )


def _by_file(rows: Iterable[TakenRow]) -> dict[str, list[TakenRow]]:
    files: dict[str, list[TakenRow]] = {}
    for row in sorted(rows, key=lambda row: (row.file, row.row)):
        files.setdefault(row.file, []).append(row)
    return files


def _digests(store: Store, manifest: Mapping[str, Any], paths: Sequence[str]) -> dict[str, str]:
    """The digests of files, compared with the manifest's."""
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    for path in paths:
        if not store.exists(path) or digest_of(store, path) != listed[path]:
            raise TakedownError(f"{path} {NOT_AS_PUBLISHED}")
    return {path: listed[path] for path in paths}


def _edits_of(store: Store, path: str, rows: Sequence[int]) -> dict[str, EditCount]:
    """The edits that were made to some documents of a shard."""
    if not rows:
        return {}
    with published_file(store, path) as file:
        table = file.read(columns=list(COLUMNS))
    return count_edits(table.take(pa.array(rows)).to_batches())
