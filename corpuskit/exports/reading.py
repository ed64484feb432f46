"""What is exported of a build: its shards, by split and language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.errors import UnknownNameError
from corpuskit.publish import Build
from corpuskit.publish.pages.counts import published_parquet
from corpuskit.store import Store

BATCH: Final = 1_000
"""Documents that are in memory at once."""


@dataclass(frozen=True)
class ExportPart:
    """Documents that are written together."""

    name: str
    """Of the files: `train/khm_Khmr-00000-of-00004`, or the group."""
    group: str
    """Split and language: `train/khm_Khmr`."""
    files: tuple[str, ...]
    """Names of the shards, in order."""


def parts_of(
    build: Build, *, langs: Sequence[str], sources: Sequence[str], splits: Sequence[str]
) -> list[ExportPart]:
    """A part for each shard of these languages and splits, in order; empty stands for all.

    UnknownNameError for a language, source or split that the build does not have.
    """
    entries = [entry for entry in build.manifest["files"] if entry["kind"] == "data"]
    known = {
        "language": sorted({entry["lang"] for entry in entries}),
        "split": sorted({entry["split"] for entry in entries}),
        "source": [str(source["name"]) for source in build.manifest.get("sources", ())],
    }
    for what, names in (("language", langs), ("split", splits), ("source", sources)):
        for name in names:
            if name not in known[what]:
                listed = ", ".join(known[what]) or "none"
                raise UnknownNameError(f"the build has no {what} {name!r} (there are {listed})")
    return [
        ExportPart(
            str(PurePosixPath(entry["path"]).relative_to("data").with_suffix("")),
            f"{entry['split']}/{entry['lang']}",
            (entry["path"],),
        )
        for entry in entries
        if (not langs or entry["lang"] in langs) and (not splits or entry["split"] in splits)
    ]


def batches_of(
    store: Store, part: ExportPart, columns: Sequence[str], sources: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """The columns of a part's documents of some sources (all, if none are named), in order.

    WorkspaceError names a shard that is missing or damaged.
    """
    for name in part.files:
        with published_parquet(store, name) as file:
            wanted = list(dict.fromkeys([*columns, *(["source"] if sources else [])]))
            for batch in file.iter_batches(batch_size=BATCH, columns=wanted):
                chosen = batch
                if sources:
                    chosen = batch.filter(pc.is_in(batch["source"], pa.array(list(sources))))
                if chosen.num_rows:
                    yield chosen.select(list(columns))
