"""The stage `repeated_text`: take out lines and passages that many documents repeat."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Final

import pyarrow as pa

from corpuskit.dedup.repeat_keys import TextUnits, Unit
from corpuskit.edits import Edit, EditedTexts, EditingStage, Passage
from corpuskit.stage import Batch

REPEATED: Final = "_repeated"
"""Column in transit: the passages that leave each text, as `repeated_spans` has them."""
LINE_KIND: Final = "repeated_line"
PASSAGE_KIND: Final = "repeated_passage"
EMPTY: Final = "repeated_text/empty"

REASONS: Final[dict[str, str]] = {
    EMPTY: "Nothing is left of the text without the lines and passages that other documents "
    "repeat.",
}

Span = tuple[str, int, int]
"""Kind of edit, start and end in the text."""


class RepeatedText(EditingStage):
    """Take out of each text the spans that the step `repeats` has in the column `_repeated`.

    Which spans these are depends on the whole corpus and is therefore counted by steps. The stages
    that follow in the chain measure the edited text.
    """

    name: ClassVar[str] = "repeated_text"
    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = ()
    reasons: ClassVar[Mapping[str, str]] = REASONS
    kinds: ClassVar[Mapping[str, str]] = {
        LINE_KIND: "Lines taken out because many documents repeat them.",
        PASSAGE_KIND: "Passages taken out because many documents repeat them.",
    }

    def edit(self, batch: Batch) -> EditedTexts:
        """Each text without its repeated lines and passages."""
        rows = zip(batch["text"], batch.get("lang"), batch[REPEATED], strict=True)
        return EditedTexts([_edit(*row) if row[2] else None for row in rows])

    def process(self, batch: Batch) -> Batch:
        """Lose texts of which nothing is left."""
        reasons = [None if text.strip() else EMPTY for text in batch["text"]]
        return batch.with_reasons(reasons) if any(reasons) else batch


def repeated_spans(units: TextUnits, repeated: Collection[int], least: int) -> list[Span]:
    """The spans of a text that leave it: its repeated lines, and runs of repeated pieces with at
    least `least` characters, as far as no repeated line has them already."""
    lines = [(LINE_KIND, unit.start, unit.stop) for unit in units.lines if unit.key in repeated]
    gone = {start: stop for _, start, stop in lines}
    spans = list(lines)
    for run in _runs(units.pieces, repeated):
        if run[-1].stop - run[0].start >= least:
            spans += _outside(run, gone)
    return sorted(spans, key=lambda span: span[1])


def _runs(pieces: Sequence[Unit], repeated: Collection[int]) -> list[list[Unit]]:
    """Runs of consecutive repeated pieces; those without a key stand in a run, not at its ends."""
    runs: list[list[Unit]] = [[]]
    for piece in pieces:
        if piece.key in repeated or (not piece.key and runs[-1]):
            runs[-1].append(piece)
        elif runs[-1]:
            runs.append([])
    for run in runs:
        while run and not run[-1].key:
            run.pop()
    return [run for run in runs if run]


def _outside(run: Sequence[Unit], lines: Mapping[int, int]) -> list[Span]:
    """The parts of a run between lines that leave anyway, one for each stretch."""
    spans: list[Span] = []
    end, joins = 0, False
    for piece in run:
        if piece.start in lines:
            end = lines[piece.start]
        if piece.start < end or not piece.key:
            joins = joins and not piece.key and piece.start >= end
            continue
        if joins and spans:
            spans[-1] = (PASSAGE_KIND, spans[-1][1], piece.stop)
        else:
            spans.append((PASSAGE_KIND, piece.start, piece.stop))
        joins = True
    return spans


def _edit(text: str, lang: str | None, spans: Sequence[Span]) -> Edit:
    passages, rest, at = [], [], 0
    line = 1
    for kind, start, stop in spans:
        rest.append(text[at:start])
        line += text.count("\n", at, start)
        passages.append(Passage(kind, line, text[start:stop], lang))
        line += text.count("\n", start, stop)
        at = stop
    rest.append(text[at:])
    mark = next(character for character in map(chr, range(0x110000)) if character not in text)
    return Edit(_tidy(mark.join(rest), mark), passages=passages)


def _tidy(text: str, mark: str) -> str:
    """The text without the blank lines and double spaces that taking spans out would leave; they
    were where `mark` stands."""
    lines: list[str] = []
    for line in text.split("\n"):
        cut = mark in line
        rest = _joined(line.split(mark)).rstrip() if cut else line
        if rest.strip() or (not cut and lines and lines[-1].strip()):
            lines.append(rest)
    return "\n".join(lines).strip("\n")


def _joined(parts: Sequence[str]) -> str:
    """What is left of a line, with the space on one side of each cut only."""
    line = ""
    for part in parts:
        line += part.lstrip() if not line or line[-1].isspace() else part
    return line
