"""Edits: the contract of a stage that changes texts.

    class MaskPhones(EditingStage):
        name, version = "mask_phones", "1"
        kinds = {"phone_masked": "Phone numbers replaced by a placeholder."}
        remeasures = ("identify",)

        def edit(self, batch: Batch) -> EditedTexts:
            return EditedTexts([mask(text) for text in batch["text"]])  # an Edit or None each

An editing stage returns for each document an `Edit`, the new text and what was done to it, and
nothing else. `apply_edits`, which the chain calls, does the rest, so that no stage can forget it:
it has the stages named in `reedits` edit the new texts again and those named in `remeasures`
measure them again, lets the stage take an edit back (`stands`), digests the texts and books every
edit in the columns of `EDIT_FIELDS`. The ledger counts these, `explain` shows them, `verify`
recounts them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import pyarrow as pa

from corpuskit.document import text_sha256
from corpuskit.errors import StageError
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch, Stage

EDITS: Final = "edits"
REMOVED: Final = "removed"
REMOVED_TEXT: Final = "removed_text"
RAW_DIGEST: Final = "raw_sha256"
DIGEST: Final = "text_sha256"

EDIT_FIELDS: Final = (
    FIELDS[RAW_DIGEST],
    FIELDS[DIGEST],
    FIELDS[EDITS],
    FIELDS[REMOVED],
    pa.field(REMOVED_TEXT, pa.list_(pa.string())),
)
"""What the chain adds to the rows of a chain with editing stages. `removed_text` holds the text
of every removed passage for `explain`; it is kept in the build's work and never published."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A line or passage that an edit took out of a text."""

    kind: str
    line: int
    """Number of its first line in the text before the edit, from 1."""
    text: str
    lang: str | None = None
    """Its language, where the stage knows it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a stage did to one text."""

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)
    """How often per kind; kinds of removed passages are counted from `passages`."""
    chars: Mapping[str, int] = field(default_factory=dict)
    """How many characters it concerns per kind, where the stage knows; 0 elsewhere."""
    passages: Sequence[Passage] = ()
    """What was taken out."""

    def rows(self, stage: str) -> list[dict[str, Any]]:
        """As the column `edits` holds it: one row per kind, in the order of their names."""
        counts, chars = dict(self.counts), dict(self.chars)
        for passage in self.passages:
            counts[passage.kind] = counts.get(passage.kind, 0) + 1
            chars[passage.kind] = chars.get(passage.kind, 0) + len(passage.text)
        return [
            {"stage": stage, "kind": kind, "count": count, "chars": chars.get(kind, 0)}
            for kind, count in sorted(counts.items())
            if count
        ]

    def removed_rows(self, stage: str) -> list[dict[str, Any]]:
        """As the column `removed` holds it."""
        return [
            {
                "stage": stage,
                "kind": passage.kind,
                "line": passage.line,
                "lang": passage.lang,
                "chars": len(passage.text),
            }
            for passage in self.passages
        ]


@dataclass(frozen=True, slots=True)
class EditedTexts:
    """What `EditingStage.edit` returns for a batch."""

    edits: Sequence[Edit | None]
    """One per row; None for a text that stays as it is."""
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Columns for the stage's own `process`, as a rule in transit only (`_name`)."""


class EditingStage(ABC):
    """A stage that changes texts; see the module's docstring."""

    name: ClassVar[str]
    version: ClassVar[str]
    fields: ClassVar[tuple[pa.Field, ...]] = ()
    libraries: ClassVar[tuple[str, ...]] = ()
    reasons: ClassVar[Mapping[str, str]] = {}
    kinds: ClassVar[Mapping[str, str]] = {}
    """Every kind of edit, with its meaning in one sentence; public API like a reason code."""
    remeasures: ClassVar[tuple[str, ...]] = ()
    """Names of earlier stages of the chain that measure an edited text again."""
    reedits: ClassVar[tuple[str, ...]] = ()
    """Names of editing stages that edit an edited text again if they ran before, so that their
    result still holds: what was taken out may have decided which of their rules apply."""

    @abstractmethod
    def edit(self, batch: Batch) -> EditedTexts:
        """What becomes of each text."""

    def stands(self, batch: Batch) -> Sequence[bool]:
        """Whether each edit stands, given the edited rows as they were measured again."""
        return [True] * len(batch)

    def process(self, batch: Batch) -> Batch:
        """The stage's own columns and reasons, from the texts as they are now."""
        return batch


def with_digests(batch: Batch) -> Batch:
    """The batch with the digests of its texts, before anything is edited."""
    if RAW_DIGEST in batch:
        return batch
    digests = [text_sha256(text or "") for text in batch["text"]]
    columns: dict[str, Sequence[Any]] = {RAW_DIGEST: digests, DIGEST: digests}
    columns[EDITS] = [[] for _ in digests]
    columns[REMOVED] = columns[REMOVED_TEXT] = [None] * len(digests)
    return batch.with_columns(**columns)


def apply_edits(stage: EditingStage, batch: Batch, earlier: Sequence[Stage]) -> Batch:
    """The batch with the stage's edits made, measured again, digested and booked.

    StageError where the stage breaks its contract: another number of edits than rows, a text
    changed without a count, a kind that it does not declare, a stage to measure again that did
    not run before.
    """
    batch = with_digests(batch)
    outcome = stage.edit(batch)
    if len(outcome.edits) != len(batch):
        raise StageError(
            f"stage {stage.name!r} was given {len(batch)} rows and returned "
            f"{len(outcome.edits)} edits; it must return one per row, None for an unchanged text"
        )
    if wrong := [name for name in outcome.columns if name in batch and not name.startswith("_")]:
        raise StageError(
            f"stage {stage.name!r} returned the column {wrong[0]!r} beside its edits; it may "
            "only add columns of its own"
        )
    batch = batch.with_columns(**outcome.columns)
    edits = {row: edit for row, edit in enumerate(outcome.edits) if edit is not None}
    for row, edit in edits.items():
        _check(stage, edit, batch["text"][row])
    if not edits:
        return batch
    edited = batch.take(list(edits)).with_columns(text=[edit.text for edit in edits.values()])
    edited, further = _edited_again(stage, edited, earlier)
    for measuring in _remeasuring(stage, earlier):
        edited = measuring.process(edited)
    stands = list(stage.stands(edited))
    if len(stands) != len(edited):
        raise StageError(
            f"stage {stage.name!r} was asked whether {len(edited)} edits stand and answered for "
            f"{len(stands)}"
        )
    standing = [at for at, stands_so in enumerate(stands) if stands_so]
    return _booked(stage, batch, edited, edits, further, standing)


def _check(stage: EditingStage, edit: Edit, before: str) -> None:
    if not isinstance(edit, Edit) or not isinstance(edit.text, str):
        raise StageError(f"stage {stage.name!r} returned {edit!r:.80}, which is not an Edit")
    try:
        edit.text.encode()
    except UnicodeEncodeError as error:
        message = f"stage {stage.name!r} left half of a surrogate pair in a text"
        raise StageError(message) from error
    for counts in (edit.counts, edit.chars):
        if any(not isinstance(count, int) or count < 0 for count in counts.values()):
            raise StageError(f"stage {stage.name!r} counted {dict(counts)}: counts are 0 or more")
    kinds = [*(row["kind"] for row in edit.rows(stage.name)), *edit.chars]
    if edit.text != before and not edit.rows(stage.name):
        raise StageError(
            f"stage {stage.name!r} changed a text and counted no edit; `counts` or `passages` "
            "must say what was done"
        )
    if unknown := sorted(set(kinds) - stage.kinds.keys()):
        raise StageError(
            f"stage {stage.name!r} made edits of the kind {unknown[0]!r}, which it does not "
            "declare; add it to its `kinds`"
        )


def _edited_again(
    stage: EditingStage, edited: Batch, earlier: Iterable[Stage]
) -> tuple[Batch, dict[int, list[dict[str, Any]]]]:
    """The edited rows after the stages named in `reedits`, and what these did to each."""
    further: dict[int, list[dict[str, Any]]] = {}
    for editing in earlier:
        if editing.name not in stage.reedits or not isinstance(editing, EditingStage):
            continue
        texts = list(edited["text"])
        for at, edit in enumerate(editing.edit(edited).edits):
            if edit is not None:
                _check(editing, edit, texts[at])
                texts[at] = edit.text
                further.setdefault(at, []).extend(edit.rows(editing.name))
        edited = edited.with_columns(text=texts)
    return edited, further


def _added(
    rows: Sequence[Mapping[str, Any]], further: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Rows of the column `edits`, with those of stages that edited again added to their first."""
    added = list(rows)
    for extra in further:
        place = (extra["stage"], extra["kind"])
        at = next(
            (at for at, row in enumerate(added) if (row["stage"], row["kind"]) == place), None
        )
        if at is None:
            added.append(extra)
        else:
            sums = {name: added[at][name] + extra[name] for name in ("count", "chars")}
            added[at] = {**added[at], **sums}
    return added


def _remeasuring(stage: EditingStage, earlier: Iterable[Stage]) -> list[Stage]:
    """The stages that measure edited texts again, in the order of the chain."""
    by_name = {stage_before.name: stage_before for stage_before in earlier}
    if missing := [name for name in stage.remeasures if name not in by_name]:
        raise StageError(
            f"stage {stage.name!r} asks for {missing[0]!r} to measure its texts again, which does "
            "not run before it"
        )
    chosen = [earlier for name, earlier in by_name.items() if name in stage.remeasures]
    if editing := [
        chosen_stage.name for chosen_stage in chosen if isinstance(chosen_stage, EditingStage)
    ]:
        raise StageError(
            f"stage {stage.name!r} asks for {editing[0]!r} to measure its texts again, which "
            "changes texts itself"
        )
    return chosen


def _booked(
    stage: EditingStage,
    batch: Batch,
    edited: Batch,
    edits: Mapping[int, Edit],
    further: Mapping[int, Sequence[Mapping[str, Any]]],
    standing: Sequence[int],
) -> Batch:
    """The batch with the rows of `edited` at `standing` in the place of theirs; `further` has what
    other stages did to them."""
    rows = list(edits)
    columns: dict[str, list[Any]] = {name: list(batch.get(name)) for name in edited.columns}
    for at in standing:
        row = rows[at]
        edit = edits[row]
        for name, values in edited.columns.items():
            columns[name][row] = values[at]
        columns[DIGEST][row] = text_sha256(edited["text"][at])
        before = [*columns[EDITS][row], *edit.rows(stage.name)]
        columns[EDITS][row] = _added(before, further.get(at, ()))
        if edit.passages:
            columns[REMOVED][row] = [
                *(columns[REMOVED][row] or []),
                *edit.removed_rows(stage.name),
            ]
            columns[REMOVED_TEXT][row] = [
                *(columns[REMOVED_TEXT][row] or []),
                *(passage.text for passage in edit.passages),
            ]
    return batch.with_columns(**columns) if standing else batch
