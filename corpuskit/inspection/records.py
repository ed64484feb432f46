"""Published documents and rejects by the names that people have for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import record_keys
from corpuskit.errors import CorpuskitError
from corpuskit.inspection.samples import SHOWN
from corpuskit.publish import Build
from corpuskit.schema import WARC

_MOST: Final = 50
"""Records that one key may name: the lines of a small file."""


def find_records(build: Build, key: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Published documents and rejects that `key` names: an id or its first 4 characters or more, a
    URL, a source_ref, or the path of a file, `FILE#L12` for a line of it.

    CorpuskitError where there is none, or more than 50.
    """
    for match in (record_keys.exact, record_keys.by_id_prefix, record_keys.by_file):
        rows_match = match(key)
        if rows_match is None:
            continue
        kept = _matching(build, "data", rows_match)
        lost = _matching(build, "rejects", rows_match)
        if len(kept) + len(lost) > _MOST:
            raise CorpuskitError(
                f"{key!r} names {len(kept) + len(lost):,} records of {build.folder}; write more of "
                "the id, or a line of the file as FILE#L12"
            )
        if kept or lost:
            return list(_rows(build, "data", kept)), list(_rows(build, "rejects", lost))
    is_short = record_keys.is_short_prefix(key)
    needed = f"; an id needs its first {record_keys.MIN_ID_PREFIX} characters or more"
    raise CorpuskitError(
        f"no record with id, URL, source_ref or file {key!r} in {build.folder}"
        f"{needed if is_short else ''}; `corpuskit inspect` without it shows some"
    )


def _matching(build: Build, kind: str, match: record_keys.Match) -> list[str]:
    """Ids of the records of a kind that match."""
    names = ["id", "url", "source_ref", *(["warc"] if kind == "data" else [])]
    batches = build.documents(names) if kind == "data" else build.rejects(names)
    ids: list[str] = []
    for batch in batches:
        table = pa.Table.from_batches([batch])
        if kind != "data":
            table = table.append_column("warc", pa.nulls(table.num_rows, WARC))
        ids += [name for name in table.filter(match(table))["id"].to_pylist() if name]
    return list(dict.fromkeys(ids))


def _rows(build: Build, kind: str, ids: list[str]) -> Iterator[dict[str, Any]]:
    if ids:
        columns = None if kind == "rejects" else list(SHOWN)
        yield from build.head(kind, len(ids), columns, where=pc.field("id").isin(ids))
