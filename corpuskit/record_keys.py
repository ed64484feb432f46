"""By which of its names a user asks for a record of a build."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from pathlib import PurePath
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.display import MASK, mask
from corpuskit.urls import canonical_url

Match = Callable[[pa.Table], pa.ChunkedArray]
"""Which rows of a table with the columns id, url, source_ref and warc are meant."""

MIN_ID_PREFIX: Final = 4
"""Characters of an id that are enough to ask for its record."""
_HEX: Final = re.compile(r"[0-9a-fA-F]{1,32}")


def exact(key: str) -> Match:
    """Rows whose id, URL or source_ref is `key`, the URL also in canonical form or masked."""
    urls = [key, canonical_url(key) or key]

    def match(table: pa.Table) -> pa.ChunkedArray:
        url = table["url"]
        if MASK in key:
            shown = [value and mask(value) for value in url.to_pylist()]
            url = pa.chunked_array([pa.array(shown, pa.string())])
        return _any(
            pc.equal(table["id"], key),
            pc.equal(table["source_ref"], key),
            pc.is_in(url, pa.array(urls, table["url"].type)),
        )

    return match


def by_id_prefix(key: str) -> Match | None:
    """Rows whose id begins with `key`; None if `key` is not four or more hex digits."""
    if not _HEX.fullmatch(key) or len(key) < MIN_ID_PREFIX:
        return None
    return lambda table: pc.starts_with(table["id"], key.lower())


def is_short_prefix(key: str) -> bool:
    """Whether `key` looks like the beginning of an id and is too short to be used as one."""
    return _HEX.fullmatch(key) is not None and len(key) < MIN_ID_PREFIX


def by_file(key: str) -> Match | None:
    """Rows of a file by its path, as the user or the source has it; `#L12` is a part of it.

    `archive/texts/a.jsonl` finds the source_refs `a.jsonl@sha256:...` and `texts/a.jsonl@...`.
    """
    path, _, part = key.partition("#")
    parts = [name for name in PurePath(path).parts if name not in ("/", ".")]
    names = ["/".join(parts[start:]) for start in range(len(parts))]
    if not names or "://" in key:
        return None

    def match(table: pa.Table) -> pa.ChunkedArray:
        refs, files = table["source_ref"], pc.struct_field(table["warc"], "file")
        matches = [pc.is_in(files, pa.array(names, files.type))]
        for name in names:
            matches += [pc.equal(refs, name), pc.starts_with(refs, f"{name}@")]
            matches += [pc.starts_with(refs, f"{name}#")]
        is_named = _any(*matches)
        return pc.and_kleene(is_named, pc.ends_with(refs, f"#{part}")) if part else is_named

    return match


def _any(*matches: pa.ChunkedArray) -> pa.ChunkedArray:
    return reduce(pc.or_, (pc.fill_null(match, False) for match in matches))
