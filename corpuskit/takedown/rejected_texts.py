"""Rejected records by their texts, which only the outputs of steps have.

Published rejects hold neither texts nor digests of them, so that a text that was rejected can be
found as long as `.work` is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from corpuskit import logs
from corpuskit.errors import WorkspaceError
from corpuskit.publish.published import TaskOutputs
from corpuskit.store import Store
from corpuskit.takedown.request import TakedownRequest
from corpuskit.text.keys import match_key

NOT_SEARCHED: Final = (
    "rejected records hold no digest of their texts, and what the build read (.work) is not here "
    "or not whole: what was rejected is not found by --text or --sha256; name its URL or id"
)
_DIGESTS: Final = ("text_sha256", "raw_sha256")

_log = logs.logger(__name__)


@dataclass
class RecordTexts:
    """Records by source and source_ref whose text a request names, each with its digest."""

    digests: dict[tuple[str, str], str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    """Digests of the request that a record has."""
    is_complete: bool = True
    """Whether the texts of all records could be searched."""


def records_with_texts(
    store: Store, outputs: Sequence[TaskOutputs], request: TakedownRequest
) -> RecordTexts:
    """Every record that was read, lost ones included, whose text a request names by digest or as a
    text that says the same, beside case, spaces and punctuation."""
    records = RecordTexts(is_complete=bool(outputs) or not request.digests)
    if not request.digests:
        return records
    keys = frozenset(map(match_key, request.texts))
    for task in outputs:
        try:
            for key, digest, names in _named(store, task, request.digests, keys):
                records.digests[key] = digest
                records.named |= names
        except (FileNotFoundError, WorkspaceError) as error:
            _log.warning("%s: its texts are not searched", error)
            records.is_complete = False
    return records


def _named(
    store: Store, task: TaskOutputs, digests: frozenset[str], keys: frozenset[str]
) -> Iterator[tuple[tuple[str, str], str, set[str]]]:
    """Source and source_ref of a record, the digest of its text, and by which it was named."""
    with store.table_file(task.annotated) as file:
        names = [name for name in (*_DIGESTS, "text") if name in file.schema.names]
    if not keys:
        names.remove("text")
    measured = store.table(task.annotated, names)
    refs = store.table(task.extracted, ["source_ref"])["source_ref"].to_pylist()
    columns = {name: measured[name].to_pylist() for name in names}
    for row, ref in enumerate(refs):
        own = {columns[name][row] for name in _DIGESTS if name in columns}
        text = columns["text"][row] if keys else None
        if ref and (own & digests or (text and match_key(text) in keys)):
            yield (task.source, ref), columns["text_sha256"][row], own & digests
