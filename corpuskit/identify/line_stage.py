"""The stage `lines`: what a document's lines say of its language, and whether foreign ones stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import pyarrow as pa

from corpuskit.document import text_sha256
from corpuskit.identify.foreign import NEAR_RUN, RemovedLine, foreign_lines, without
from corpuskit.identify.lines import JudgedLine, Related, judge_lines, line_share, measured_for
from corpuskit.identify.stage import Identify
from corpuskit.languages import script_of
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch
from corpuskit.text import TextBatch


class Lines:
    """Add `lang_line_share` to documents in a wanted language; take foreign lines out if asked.

    `languages` has the wanted languages, each with those that it is easily taken for; all other
    options are those of the stage `identify`, which runs before and again on what is left of a
    document. With `foreign_lines = "remove"` the lines that are surely in another language
    (foreign.py) leave `text` and stand in `foreign_lines` and `foreign_text` instead, provided
    that what is left is in a wanted language; else the document stays as it was. A document in
    another language with enough lines in a wanted one is tried as well, but keeps the lines of
    neighbors: what is left of a Betawi text without its Betawi lines is no Indonesian document.
    """

    name: ClassVar[str] = "lines"
    version: ClassVar[str] = "2"
    fields: ClassVar[tuple[pa.Field, ...]] = (
        FIELDS["lang_line_share"],
        FIELDS["foreign_lines"],
        pa.field("foreign_text", pa.list_(pa.string())),
    )

    def __init__(
        self,
        *,
        languages: Mapping[str, Sequence[str]],
        foreign_lines: Literal["keep", "remove"] = "keep",
        **identify: Any,
    ) -> None:
        if foreign_lines not in ("keep", "remove"):
            raise ValueError(f"foreign_lines is 'keep' or 'remove', not {foreign_lines!r}")
        self._wanted = {code: _neighbors(code, related) for code, related in languages.items()}
        self._removes = foreign_lines == "remove"
        self._identify = Identify(**identify)

    def process(self, batch: Batch) -> Batch:
        """Judge the lines of every document in a wanted language; no row is lost here."""
        model = self._identify.spec.load()
        langs = self._looked_for(batch)
        judged = judge_lines(batch.texts, langs, model, every=self._removes)
        removed: dict[int, list[RemovedLine]] = {}
        if self._removes:
            owns = self._owns(batch["lang"], judged)
            judged = [
                measured_for(found, own)
                if own and script_of(own) != script_of(str(lang))
                else found
                for found, own, lang in zip(judged, owns, langs, strict=True)
            ]
            batch, removed = self._removed(batch, self._foreign(batch["lang"], owns, judged))
        return batch.with_columns(
            lang_line_share=[
                self._share(lang, lines, removed.get(row, []))
                for row, (lang, lines) in enumerate(zip(batch["lang"], judged, strict=True))
            ],
            foreign_lines=[_rows(removed.get(row)) for row in range(len(batch))],
            foreign_text=[_texts(removed.get(row)) for row in range(len(batch))],
        )

    def _looked_for(self, batch: Batch) -> list[str | None]:
        """The language of every document if that is wanted; where lines are taken out of others
        a wanted language in the script that has most letters; else None."""
        others = self._wanted if self._removes else ()
        return [
            lang if lang in self._wanted else _likeliest(batch.texts, row, others)
            for row, lang in enumerate(batch["lang"])
        ]

    def _owns(
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
        owns: Sequence[str | None],
        judged: Sequence[Sequence[JudgedLine]],
    ) -> dict[int, list[RemovedLine]]:
        """By row the lines that may go; those of neighbors not from what is to be saved."""
        model = self._identify.spec.load()
        found: dict[int, list[RemovedLine]] = {}
        for row, (lang, own, lines) in enumerate(zip(langs, owns, judged, strict=True)):
            near = own == lang
            if own and (gone := foreign_lines(lines, own, self._wanted, model, near=near)):
                found[row] = gone
        return found

    def _share(
        self, lang: str | None, lines: Sequence[JudgedLine], removed: Sequence[RemovedLine]
    ) -> float | None:
        if lang not in self._wanted:
            return None
        gone = {one.line.at for one in removed}
        rest = (line for line in lines if line.at not in gone)
        return line_share(rest, str(lang), self._wanted[str(lang)])

    def _removed(
        self, batch: Batch, removed: dict[int, list[RemovedLine]]
    ) -> tuple[Batch, dict[int, list[RemovedLine]]]:
        """The batch with the texts that are left, and what was taken out where that stands."""
        rows = list(removed)
        rests = [without(batch["text"][row], removed[row]) for row in rows]
        again = self._identify.process(batch.take(rows).with_columns(text=rests))
        stands = [at for at, lang in enumerate(again["lang"]) if lang in self._wanted]
        names = ("text", *(field.name for field in Identify.fields))
        columns: dict[str, list[Any]] = {name: list(batch.get(name)) for name in names}
        digests = list(batch.get("text_sha256"))
        for at in stands:
            for name in names:
                columns[name][rows[at]] = again[name][at]
            digests[rows[at]] = text_sha256(rests[at])
        kept = {rows[at]: removed[rows[at]] for at in stands}
        return batch.with_columns(**columns, text_sha256=digests), kept


def _neighbors(code: str, related: Iterable[str]) -> frozenset[str]:
    """Those of the languages that share the script: lines in another are told apart by that."""
    return frozenset(one for one in related if script_of(one) == script_of(code))


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


def _rows(removed: Sequence[RemovedLine] | None) -> list[dict[str, Any]] | None:
    """Number from 1, language and length of each line that was taken out; None for none."""
    if not removed:
        return None
    return [
        {"line": one.line.at + 1, "lang": one.lang, "chars": len(one.line.text)} for one in removed
    ]


def _texts(removed: Sequence[RemovedLine] | None) -> list[str] | None:
    return [one.line.text for one in removed] if removed else None
