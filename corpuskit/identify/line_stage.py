"""The stage `lines`: what a document's lines say of its language, and whether foreign ones stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Literal

import pyarrow as pa

from corpuskit.edits import Edit, EditedTexts, EditingStage, Passage
from corpuskit.identify.foreign import NEAR_RUN, RemovedLine, foreign_lines, without
from corpuskit.identify.identification import Identification
from corpuskit.identify.lines import JudgedLine, Related, judge_lines, line_share, measured_for
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.languages import script_of
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

FOREIGN_LINE: Final = "foreign_line"
"""Kind of edit: a line in a language that is not wanted, taken out."""

_ANSWER: Final = ("lang", "lang_score", "script_ratio", "lid_top")
_JUDGED: Final = "_judged_lines"
"""Column in transit: the lines of each document as they were judged."""


class Lines(EditingStage):
    """Add `lang_line_share` to documents in a wanted language; take foreign lines out if asked.

    `languages` has the wanted languages, each with those that it is easily taken for; all other
    options are those of the stage `identify`, which runs before, and again on what is left of a
    document. With `foreign_lines = "remove"` the lines that are surely in another language
    (foreign.py) leave `text`, provided that what is left is in a wanted language; else the
    document stays as it was. A document in another language with enough lines in a wanted one is
    tried as well, but keeps the lines of neighbors: what is left of a Betawi text without its
    Betawi lines is not an Indonesian document.
    """

    name: ClassVar[str] = "lines"
    version: ClassVar[str] = "4"
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-community", "icu4py", "numpy")
    fields: ClassVar[tuple[pa.Field, ...]] = (FIELDS["lang_line_share"],)
    kinds: ClassVar[Mapping[str, str]] = {
        FOREIGN_LINE: "Lines taken out because they are surely in a language that is not wanted.",
    }
    remeasures: ClassVar[tuple[str, ...]] = ("identify",)
    reedits: ClassVar[tuple[str, ...]] = ("normalize",)

    def __init__(
        self,
        *,
        languages: Mapping[str, Sequence[str]],
        foreign_lines: Literal["keep", "remove"] = "keep",
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        path: str | None = None,
        reading: Mapping[str, Any] | None = None,
        priors: Mapping[str, Any] | None = None,
    ) -> None:
        if foreign_lines not in ("keep", "remove"):
            raise ValueError(f"foreign_lines is 'keep' or 'remove', not {foreign_lines!r}")
        del priors  # evidence on a document says nothing of one of its lines
        self._wanted = {code: _neighbors(code, related) for code, related in languages.items()}
        self._removes = foreign_lines == "remove"
        self._spec = ModelSpec.of(path, sha256, labels, reading)

    def edit(self, batch: Batch) -> EditedTexts:
        """Judge the lines of every document in a wanted language, and take out what may go."""
        judged = self._judged(batch)
        if not self._removes:
            return EditedTexts([None] * len(batch), {_JUDGED: judged})
        targets = self._targets(batch["lang"], judged)
        judged = [
            measured_for(lines, target)
            if target and script_of(target) != script_of(str(lang))
            else lines
            for lines, target, lang in zip(judged, targets, self._looked_for(batch), strict=True)
        ]
        removed = self._foreign(batch["lang"], targets, judged)
        edits = [
            _edit(text, removed[row]) if row in removed else None
            for row, text in enumerate(batch["text"])
        ]
        return EditedTexts(edits, {_JUDGED: judged})

    def stands(self, batch: Batch) -> Sequence[bool]:
        """An edit stands only where what is left is in a wanted language."""
        return [lang in self._wanted for lang in batch["lang"]]

    def process(self, batch: Batch) -> Batch:
        """Add `lang_line_share`; no row is lost here."""
        columns = zip(batch["lang"], batch[_JUDGED], batch.get("removed"), strict=True)
        return batch.with_columns(lang_line_share=[self._share(*row) for row in columns])

    def _judged(self, batch: Batch) -> list[list[JudgedLine]]:
        model = self._spec.load()
        return judge_lines(
            batch.texts, self._looked_for(batch), model, every=self._removes, known=_answers(batch)
        )

    def _looked_for(self, batch: Batch) -> list[str | None]:
        """The language of every document if that is wanted; where lines are taken out of others
        a wanted language in the script that has most letters; else None."""
        others = self._wanted if self._removes else ()
        return [
            lang if lang in self._wanted else _likeliest(batch.texts, row, others)
            for row, lang in enumerate(batch["lang"])
        ]

    def _targets(
        self, langs: Sequence[str | None], judged: Sequence[Sequence[JudgedLine]]
    ) -> list[str | None]:
        """The language of every document if that is wanted, else one that it may be saved in."""
        return [
            lang if lang in self._wanted else _most(lines, self._wanted)
            for lang, lines in zip(langs, judged, strict=True)
        ]

    def _foreign(
        self,
        langs: Sequence[str | None],
        targets: Sequence[str | None],
        judged: Sequence[Sequence[JudgedLine]],
    ) -> dict[int, list[RemovedLine]]:
        """By row the lines that may go; those of neighbors not from what is to be saved."""
        model = self._spec.load()
        removed: dict[int, list[RemovedLine]] = {}
        for row, (lang, target, lines) in enumerate(zip(langs, targets, judged, strict=True)):
            near = target == lang
            if target and (gone := foreign_lines(lines, target, self._wanted, model, near=near)):
                removed[row] = gone
        return removed

    def _share(
        self,
        lang: str | None,
        lines: Sequence[JudgedLine],
        removed: Sequence[Mapping[str, Any]] | None,
    ) -> float | None:
        if lang not in self._wanted:
            return None
        taken_out = removed or () if self._removes else ()
        gone = {row["line"] - 1 for row in taken_out if row["stage"] == self.name}
        rest = (line for line in lines if line.at not in gone)
        return line_share(rest, str(lang), self._wanted[str(lang)])


def _answers(batch: Batch) -> dict[str, Identification]:
    """What `identify` found for texts of a single line, as long as nothing but the text counted."""
    rows = zip(*map(batch.get, ("text", *_ANSWER, "lang_evidence")), strict=True)
    return {
        text: Identification(
            lang, score, ratio, [(label["label"], label["score"]) for label in top]
        )
        for text, lang, score, ratio, top, evidence in rows
        if text and top and not evidence and "\n" not in text
    }


def _edit(text: str, removed: Sequence[RemovedLine]) -> Edit:
    """A text without these lines."""
    passages = [
        Passage(FOREIGN_LINE, gone.line.at + 1, gone.line.text, gone.lang) for gone in removed
    ]
    return Edit(without(text, removed), passages=passages)


def _neighbors(code: str, related: Iterable[str]) -> frozenset[str]:
    """The related languages in the same script: lines in another script are known by it."""
    return frozenset(other for other in related if script_of(other) == script_of(code))


def _likeliest(texts: TextBatch, row: int, codes: Iterable[str]) -> str | None:
    """The language whose script most of the text's letters are in, the first of equal ones; None
    where no letter is: no line of such a text can be in any of them."""
    shares = {code: texts.script_share(row, script_of(code)) for code in codes}
    return max((code for code in shares if shares[code]), key=shares.__getitem__, default=None)


def _most(lines: Sequence[JudgedLine], wanted: Related) -> str | None:
    """The wanted language that a document in another one has most lines in, if they have enough
    letters not to be a mistake."""
    letters: Counter[str] = Counter()
    for line in lines:
        if line.lang and line.lang in wanted:
            letters[line.lang] += line.letters
    code, most = max(letters.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return code if most >= NEAR_RUN else None
