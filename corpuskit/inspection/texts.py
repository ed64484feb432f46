"""Texts of rejected records out of a build's `.work`, and why one has no language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import logs
from corpuskit.errors import CorpuskitError
from corpuskit.identify.undetermined import why_undetermined
from corpuskit.policy.rules import UNDETERMINED
from corpuskit.publish import Build
from corpuskit.publish.published import Published
from corpuskit.workspace import Workspace

_log = logs.logger(__name__)


def work_texts(build: Build, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Whole texts of rejects by id, out of `.work`, where that is still there.

    For the eyes of who built the corpus: personal data in texts of languages that are not wanted is
    not masked.
    """
    wanted = {row["id"] for row in rows if row["id"]}
    if not wanted:
        return {}
    texts: dict[str, str] = {}
    try:
        record = Published.read(Workspace(build.folder, build.store))
        for outputs in record.outputs if record else ():
            ids = build.store.table(outputs.annotated, ["id"])["id"]
            rows = pc.indices_nonzero(pc.is_in(ids, pa.array(sorted(wanted))))
            if len(rows):
                table = build.store.table(outputs.annotated, ["id", "text"]).take(rows)
                texts |= {row["id"]: row["text"] for row in table.to_pylist() if row["text"]}
            if len(texts) == len(wanted):
                break
    except (CorpuskitError, OSError) as error:
        _log.info("texts of rejects are not in .work: %s", error)
    return texts


def undetermined_lines(build: Build, row: Mapping[str, Any], text: str | None) -> list[str]:
    """Why a reject with this whole text has no language: the two likeliest of each model, and the
    rule that the likeliest one failed. Empty for a record of another reason or without a text."""
    if row["reason"] != UNDETERMINED or not text:
        return []
    return why_undetermined(build.manifest["identification_model"], text, ())
