"""The stage `identify`: which language a text is in, as facts; what is kept is policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import pyarrow as pa

from corpuskit.identify.fasttext_model import FastTextModel, Guess, ModelSpec
from corpuskit.identify.labels import UNDETERMINED, is_negative
from corpuskit.stage import Batch
from corpuskit.text import TextBatch
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import SCRIPT_IDS, SCRIPTS

TOP: Final = 5
"""Labels that are kept per document and asked for the text's script."""

MIN_LABEL_SCRIPT: Final = 0.4
"""Share of the text's letters from which a label's script does not contradict the text, even if
another script has more. In Thai posts full of Latin names the model is right (5 of 5 in the
labelled text at .40 to .44); below, most texts are of two languages or the label is wrong."""


class Identify:
    """Add `lang`, `lang_score`, `lid_top` and `script_ratio`.

    `lang` is the model's best label that is written in the text's main script, or in one
    that has nearly as many letters: any other is passed over, so that Persian is never found
    in Latin letters. Where no label fits, the text has no letters, or the model says that it
    does not know the language or is less sure than it must be, it is `und` with score 0.
    `lid_top` keeps the model's five best answers as they were.
    """

    name: ClassVar[str] = "identify"
    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float32()),
        pa.field(
            "lid_top",
            pa.list_(pa.struct([pa.field("label", pa.string()), pa.field("score", pa.float32())])),
        ),
        pa.field("script_ratio", pa.float32()),
    )

    def __init__(
        self,
        *,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        path: str | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        """The embedded model, or the file at `path` with that digest and label table."""
        self._spec = ModelSpec.of(path, sha256, labels, reading)

    def process(self, batch: Batch) -> Batch:
        """Identify every text; no row is lost here."""
        found = identify_batch(batch.texts, self._spec.load())
        return batch.with_columns(
            lang=[one.lang for one in found],
            lang_score=[one.score for one in found],
            lid_top=[[{"label": label, "score": score} for label, score in o.top] for o in found],
            script_ratio=[one.script_ratio for one in found],
        )


class Identification:
    """The language of one text, how sure the model is, and its five best labels."""

    __slots__ = ("lang", "score", "script_ratio", "top")

    def __init__(
        self, lang: str, score: float, script_ratio: float, top: Sequence[tuple[str, float]]
    ) -> None:
        self.lang = lang
        """A code such as `khm_Khmr`, or `und`."""
        self.score = score
        self.script_ratio = script_ratio
        """Share (0 to 1) of the text's letters that are in the language's script."""
        self.top = tuple(top)
        """The model's best labels with their scores, whatever their script."""

    def __repr__(self) -> str:
        return f"{self.lang} {self.score:.2f}".replace(" 0.", " .")


def identify_batch(texts: TextBatch, model: FastTextModel) -> list[Identification]:
    """Identify every text of a batch."""
    written = [row for row in range(len(texts)) if texts.script_counts[row].any()]
    guesses: list[list[Guess]] = [[] for _ in range(len(texts))]
    for row, best in zip(
        written, model.predict([texts.texts[r] for r in written], TOP), strict=True
    ):
        guesses[row] = best
    return [_choose(texts, row, best, model) for row, best in enumerate(guesses)]


def _choose(
    texts: TextBatch, row: int, guesses: list[Guess], model: FastTextModel
) -> Identification:
    main = texts.main_script(row)
    top = [(_code(guess.codes, main), guess.score) for guess in guesses]
    known = sum(score for code, score in top if not is_negative(code))
    for code, score in top:
        ratio = _ratio(texts, row, code)
        if fits(code, main) or ratio >= MIN_LABEL_SCRIPT:
            if is_negative(code) or not model.believed(code, score, known):
                break
            return Identification(code, score, ratio, top)
    return Identification(UNDETERMINED, 0.0, 0.0, top)


def _code(codes: Sequence[str], main: str) -> str:
    """Of the codes of one label the first in the text's main script, else the first."""
    return next((code for code in codes if fits(code, main)), codes[0])


def fits(code: str, main: str) -> bool:
    """Whether the main script of a text, `main`, is the one of the language `code`."""
    script = code.partition("_")[2]
    if script in MEMBERS:
        return main in MEMBERS[script]
    # A script without a table of its own is counted as Zyyy.
    return main == (script if script in SCRIPT_IDS else SCRIPTS[0])


def _ratio(texts: TextBatch, row: int, code: str) -> float:
    script = code.partition("_")[2]
    known = script in SCRIPT_IDS or script in MEMBERS
    return texts.script_share(row, script) if known else 0.0
