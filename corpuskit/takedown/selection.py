"""What a request names in a published corpus: documents of the shards, rows of the rejects.

Reads nothing but the published files, so that it works where `.work` was deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.document import text_sha256
from corpuskit.publish.published import TaskOutputs
from corpuskit.store import Store
from corpuskit.takedown.addresses import Mask, as_mask, at_domains, at_urls
from corpuskit.takedown.reading import published_file
from corpuskit.takedown.rejected_texts import RecordTexts, records_with_texts
from corpuskit.takedown.request import TakedownRequest
from corpuskit.takedown.similar import SimilarDocument, similar_documents
from corpuskit.text.keys import match_key

_SHARD: Final = (
    "id", "url", "url_canonical", "text_sha256", "raw_sha256", "source", "source_ref",
)  # fmt: skip
_REJECTS: Final = (
    "id", "url", "source", "source_ref", "reason", "duplicate_of", "similarity", "earlier_build",
    "earlier_url", "text",
)  # fmt: skip

_LEAST: Final = 100
"""Characters of a rejected text's beginning that tell which text it is."""

NAMED: Final = "named"
REPRESENTATIVE: Final = "kept for a duplicate that is named"
MEMBER: Final = "duplicate of a document that goes"
SIMILAR: Final = "near-duplicate of the text"


@dataclass(frozen=True)
class TakenRow:
    """A document or rejected record that is taken down, or that could be."""

    file: str
    row: int
    """Its number in the file."""
    id: str | None
    url: str | None
    source: str
    source_ref: str | None
    why: str
    """One of NAMED, REPRESENTATIVE, MEMBER, SIMILAR."""
    similarity: float | None = None
    url_canonical: str | None = None
    text_sha256: str | None = None
    reason: str | None = None
    """Of a rejected record."""
    duplicate_of: str | None = None


@dataclass
class Selection:
    """Everything that a takedown takes out, and what it could take along."""

    documents: list[TakenRow] = field(default_factory=list)
    rejects: list[TakenRow] = field(default_factory=list)
    related: list[TakenRow] = field(default_factory=list)
    """Published near-duplicates of what is named, that stay unless they are asked for."""
    shared_urls: frozenset[str] = frozenset()
    """Canonical URLs of documents that go which documents that stay have as well."""
    missing: list[str] = field(default_factory=list)
    """What was named and is nowhere in the corpus."""
    all_searched: bool = True
    """Whether rejected records were searched for the texts that are named."""

    keepers: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """By file and row of a document that stays, the places of its duplicates that go."""


def select(
    store: Store,
    manifest: Mapping[str, Any],
    request: TakedownRequest,
    *,
    with_duplicates: bool = False,
    outputs: Sequence[TaskOutputs] = (),
) -> Selection:
    """What a request names: also whole clusters of duplicates whose representative goes.

    `outputs` are those that the corpus was made of, in which rejected records are found by text.

    `with_duplicates` takes along published documents that are near-duplicates of what is named.
    """
    shards = _Files(store, manifest, "data", _SHARD)
    rejects = _Files(store, manifest, "rejects", _REJECTS)
    named = {path: _named(table, request) for path, table in shards.tables.items()}
    records = records_with_texts(store, outputs, request)
    lost = {path: _named_rejects(table, request, records) for path, table in rejects.tables.items()}
    selection = Selection(
        missing=_missing(request, shards, rejects, named, lost, records),
        all_searched=records.is_complete,
    )
    related = _representatives(rejects, lost)
    similar = similar_documents(store, manifest, request.texts)
    for path, table in shards.tables.items():
        selection.documents += _rows(path, table, named[path], NAMED)
        _sort_related(selection, path, table, ~named[path], related, similar, with_duplicates)
    gone = pa.array([row.id for row in selection.documents], pa.string())
    for path, table in rejects.tables.items():
        member = as_mask(pc.is_in(table["duplicate_of"], gone))
        member = (member | _of_earlier(table, request)) & ~lost[path]
        selection.rejects += _with_digests(_rows(path, table, lost[path], NAMED), records)
        selection.rejects += _rows(path, table, member, MEMBER)
    selection.shared_urls = _shared(shards, selection)
    selection.keepers = _keepers(shards, selection)
    return selection


class _Files:
    """Columns of the published files of a kind, by path."""

    def __init__(
        self, store: Store, manifest: Mapping[str, Any], kind: str, columns: tuple[str, ...]
    ) -> None:
        self.tables: dict[str, pa.Table] = {}
        for entry in manifest["files"]:
            if entry["kind"] == kind:
                with published_file(store, entry["path"]) as file:
                    table = file.read(columns=list(columns))
                self.tables[entry["path"]] = table.combine_chunks()


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table[name].combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def _is_one_of(table: pa.Table, name: str, values: frozenset[str]) -> Mask:
    return as_mask(pc.is_in(table[name], pa.array(sorted(values), pa.string())))


def _named(table: pa.Table, request: TakedownRequest) -> Mask:
    """Rows of a shard that the request names."""
    return (
        _is_one_of(table, "id", request.ids)
        | _is_one_of(table, "text_sha256", request.digests)
        | _is_one_of(table, "raw_sha256", request.digests)
        | _is_one_of(table, "source", request.sources)
        | _is_one_of(table, "url_canonical", request.urls)
        | at_urls(_column(table, "url"), request.urls)
        | at_domains(_column(table, "url"), request.domains)
    )


def _named_rejects(table: pa.Table, request: TakedownRequest, records: RecordTexts) -> Mask:
    """Rows of the rejects that the request names; rows that were taken down name nothing."""
    url = _column(table, "url")
    named = (
        _is_one_of(table, "id", request.ids)
        | _is_one_of(table, "source", request.sources)
        | at_urls(url, request.urls)
        | at_domains(url, request.domains)
        | _has_named_text(table, records)
        | _begin_as(table, request)
    )
    return named & as_mask(pc.is_valid(table["source_ref"]))


def _has_named_text(table: pa.Table, records: RecordTexts) -> Mask:
    """Rows of the rejects whose text the request names."""
    mask = _is_one_of(table, "source_ref", frozenset(ref for _, ref in records.digests))
    for row in np.flatnonzero(mask).tolist():
        key = table["source"][row].as_py(), table["source_ref"][row].as_py()
        mask[row] = key in records.digests
    return mask


def _with_digests(rows: Iterator[TakenRow], records: RecordTexts) -> Iterator[TakenRow]:
    for row in rows:
        digest = records.digests.get((row.source, row.source_ref or ""))
        yield replace(row, text_sha256=digest) if digest is not None else row


def _begin_as(table: pa.Table, request: TakedownRequest) -> Mask:
    """Rows of the rejects whose text is the beginning of a text that the request names, or all of
    it, apart from case, spaces and punctuation."""
    begins = np.zeros(table.num_rows, dtype=bool)
    if not request.digests or "text" not in table.column_names:
        return begins
    keys = [match_key(text) for text in request.texts]
    for row, text in enumerate(table["text"].to_pylist()):
        if text is not None:
            key = match_key(text)
            begins[row] = text_sha256(text) in request.digests or any(
                key == named or (len(key) >= _LEAST and named.startswith(key)) for named in keys
            )
    return begins


def _of_earlier(table: pa.Table, request: TakedownRequest) -> Mask:
    """Rows of the rejects that name a document of an earlier corpus which the request names."""
    if "earlier_url" not in table.column_names:  # an earlier version wrote the file
        return np.zeros(table.num_rows, dtype=bool)
    url = _column(table, "earlier_url")
    is_earlier = as_mask(pc.is_valid(table["earlier_build"]))
    named = (
        _is_one_of(table, "duplicate_of", request.ids)
        | at_urls(url, request.urls)
        | at_domains(url, request.domains)
    )
    return is_earlier & named


def _representatives(rejects: _Files, lost: Mapping[str, Mask]) -> dict[str, float]:
    """Documents that were kept for a duplicate that is named: id and similarity."""
    kept: dict[str, float] = {}
    for path, table in rejects.tables.items():
        rows = table.filter(pa.array(lost[path]))
        for name, similarity in zip(
            rows["duplicate_of"].to_pylist(), rows["similarity"].to_pylist(), strict=True
        ):
            if name is not None:
                kept[name] = max(similarity or 0.0, kept.get(name, 0.0))
    return kept


def _sort_related(
    selection: Selection,
    path: str,
    table: pa.Table,
    staying: Mask,
    related: Mapping[str, float],
    similar: Mapping[str, SimilarDocument],
    with_duplicates: bool,
) -> None:
    """Book near-duplicates of what is named: they go along, or are shown."""
    names = {**dict.fromkeys(related, REPRESENTATIVE), **dict.fromkeys(similar, SIMILAR)}
    mask = _is_one_of(table, "id", frozenset(names)) & staying
    for row in _rows(path, table, mask, NAMED):
        assert row.id is not None
        duplicate = similar.get(row.id)
        similarity = duplicate.similarity if duplicate else related[row.id]
        marked = replace(row, why=names[row.id], similarity=similarity)
        if duplicate is not None and duplicate.same:
            selection.documents.append(replace(row, similarity=similarity))
        elif with_duplicates:
            selection.documents.append(marked)
        else:
            selection.related.append(marked)


def _rows(path: str, table: pa.Table, mask: Mask, why: str) -> Iterator[TakenRow]:
    numbers = np.flatnonzero(mask)
    for number, values in zip(
        numbers.tolist(), table.take(pa.array(numbers)).to_pylist(), strict=True
    ):
        for name in ("raw_sha256", "text", "earlier_build", "earlier_url"):
            values.pop(name, None)
        yield TakenRow(path, number, why=why, **values)


def _keepers(shards: _Files, selection: Selection) -> dict[str, dict[int, list[str]]]:
    gone = {row.id for row in selection.documents}
    places: dict[str, list[str]] = {}
    for row in selection.rejects:
        if row.duplicate_of is not None and row.duplicate_of not in gone:
            places.setdefault(row.duplicate_of, []).append(row.url or row.id or "")
    keepers: dict[str, dict[int, list[str]]] = {}
    for path, table in shards.tables.items():
        rows = np.flatnonzero(_is_one_of(table, "id", frozenset(places)))
        names = table["id"].take(pa.array(rows)).to_pylist()
        if names:
            keepers[path] = {
                row: places[name] for row, name in zip(rows.tolist(), names, strict=True)
            }
    return keepers


def _shared(shards: _Files, selection: Selection) -> frozenset[str]:
    """URLs of documents that go and of documents that stay."""
    urls = {row.url_canonical for row in selection.documents if row.url_canonical}
    gone: dict[str, list[int]] = {}
    for document in selection.documents:
        gone.setdefault(document.file, []).append(document.row)
    shared: set[str] = set()
    for path, table in shards.tables.items():
        mask = as_mask(pc.is_in(table["url_canonical"], pa.array(sorted(urls), pa.string())))
        mask[gone.get(path, [])] = False
        shared.update(table["url_canonical"].filter(pa.array(mask)).to_pylist())
    return frozenset(shared)


def _missing(
    request: TakedownRequest,
    shards: _Files,
    rejects: _Files,
    named: Mapping[str, Mask],
    lost: Mapping[str, Mask],
    records: RecordTexts,
) -> list[str]:
    """What the request names and no row has."""
    tables = [
        table.filter(pa.array(mask[path]))
        for files, mask in ((shards, named), (rejects, lost))
        for path, table in files.tables.items()
    ]
    seen = {name: _values(tables, name) for name in ("id", "source", "text_sha256", "raw_sha256")}
    urls = pa.array(sorted(_values(tables, "url")), pa.string())
    texts = seen["text_sha256"] | seen["raw_sha256"]
    if any(mask.any() for mask in lost.values()):
        texts |= frozenset(records.named)
    return [
        *(f"id {name}" for name in sorted(request.ids - seen["id"])),
        *(f"sha256 {digest}" for digest in sorted(request.sha256 - texts)),
        *(f"source {name!r}" for name in sorted(request.sources - seen["source"])),
        *(f"url {url}" for url in sorted(request.urls) if not at_urls(urls, {url}).any()),
        *(f"domain {name}" for name in sorted(request.domains)
          if not at_domains(urls, {name}).any()),
    ]  # fmt: skip


def _values(tables: list[pa.Table], name: str) -> set[str]:
    return {
        value
        for table in tables
        if name in table.column_names
        for value in table[name].to_pylist()
        if value is not None
    }
