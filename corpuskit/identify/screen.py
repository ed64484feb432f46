"""The stage `screen`: a cheap look at a page, so that what will be dropped is not extracted.

On the 956 pages of the html sets this look does 1,600 pages a second where the script decides
and 550 where the model does; trafilatura alone extracts 120. A page is skipped only if no part
of it can be in a wanted language: first by script, then, for languages that share a script, by
the identification model, part by part. When in doubt the page stays: what is skipped here
is never seen again, what is not is dropped after extraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.identify.identification import Guess, Identifier
from corpuskit.identify.labels import is_negative
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.reasons import LANGUAGE, REASONS, SCRIPT
from corpuskit.languages import language, script_of
from corpuskit.stage import Batch
from corpuskit.text.markup import visible_text
from corpuskit.text.scripts import MEMBERS, counts_of_codes
from corpuskit.text.tables import SCRIPT_IDS, code_points

# A page with fewer letters of a script than one short sentence, and these a small share of
# all its letters, has no document in that script: a language menu names Khmer in 11 letters.
MIN_LETTERS: Final = 50
MIN_SHARE: Final = 0.05
# Parts are long enough for the model to be right: of 300 characters or more.
PART_CHARS: Final = 300
LONG_LINE: Final = 1000
# A part is another language's if the model gives the wanted ones and their confusables no
# more than this, all labels together. In 4,600 parts of labelled text in the six languages of
# the catalogue that share the Latin script, one got so little (a Malay lesson of Esperanto).
MAX_WANTED: Final = 0.05
_HTML: Final = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_PLAIN: Final = ("text/plain", "text/markdown", "text/x-markdown")
_DOCUMENT: Final = re.compile(r"<(?:!doctype\b|html\b|head\b|body\b|\?xml\b)", re.IGNORECASE)


class Screen:
    """Mark pages that cannot be in a wanted language as lost; reads `_markup`, `content_type`.

    `languages` are the codes wanted. A language that the model has no label for is looked
    for by script alone.
    """

    name: ClassVar[str] = "screen"
    version: ClassVar[str] = "2"
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-community", "numpy")
    reasons: ClassVar[Mapping[str, str]] = REASONS
    fields: ClassVar[tuple[pa.Field, ...]] = ()

    def __init__(
        self,
        *,
        languages: Sequence[str],
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        path: str | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        self.languages = tuple(languages)
        self._related = {
            code: frozenset((code, *language(code).confusable)) for code in self.languages
        }
        self._spec = ModelSpec.of(path, sha256, labels, reading)

    def process(self, batch: Batch) -> Batch:
        """Every row; those that cannot be in a wanted language with a reason and what was seen."""
        types = batch.get("content_type")
        seen = [
            self._look(markup or "", kind)
            for markup, kind in zip(batch["_markup"], types, strict=True)
        ]
        return batch.with_reasons([reason for reason, _ in seen], [detail for _, detail in seen])

    def _look(self, markup: str, content_type: str | None) -> tuple[str | None, str | None]:
        text = _seen(markup, content_type)
        counts = counts_of_codes(code_points(text))
        total = int(counts.sum())
        present = [code for code in self.languages if _is_written(counts, code)]
        if total < MIN_LETTERS:  # an empty page: extraction says what it lacks
            return None, None
        if not present:
            most = max((_letters(counts, code) for code in self.languages), default=0)
            return SCRIPT, f"{most} of {total} letters are in a wanted script"
        return self._listen(text, present)

    def _listen(self, text: str, present: Sequence[str]) -> tuple[str | None, str | None]:
        """Ask the model about every part, until one may be in a language of `present`."""
        model = self._spec.load()
        if not model.codes.issuperset(present):
            return None, None
        related = frozenset[str]().union(*(self._related[code] for code in present))
        found: dict[str, int] = {}
        for part in parts(text):
            if not any(_is_written(counts_of_codes(code_points(part)), code) for code in present):
                continue
            other = _other_language(model, part, related)
            if other is None:
                return None, None
            found[other] = found.get(other, 0) + 1
        listed = ", ".join(f"{code} {n}" for code, n in sorted(found.items()))
        return (LANGUAGE, f"parts by language: {listed}") if found else (None, None)


def _seen(markup: str, content_type: str | None) -> str:
    """What a reader sees of a page, by media type and, where that says plain text (as servers
    do for what they do not know), by its looks. Nothing of what is no text: extraction says so.
    """
    if content_type in _HTML or content_type is None:
        return visible_text(markup)
    if content_type not in _PLAIN:
        return ""
    return visible_text(markup) if _DOCUMENT.search(markup, 0, 1000) else markup


def parts(text: str) -> Iterator[str]:
    """The text in runs of whole lines of PART_CHARS or more characters, long lines cut up.

    What is left at the end goes with the last part; a text shorter than a part has none.
    """
    pieces = (
        line[at : at + LONG_LINE]
        for line in text.split("\n")
        for at in range(0, len(line), LONG_LINE)
    )
    ready = ""
    growing: list[str] = []
    size = 0
    for piece in pieces:
        growing.append(piece)
        size += len(piece)
        if size >= PART_CHARS:
            if ready:
                yield ready
            ready, growing, size = " ".join(growing), [], 0
    if ready:
        yield " ".join((ready, *growing))


def _letters(counts: npt.NDArray[np.int64], code: str) -> int:
    script = script_of(code)
    return sum(int(counts[SCRIPT_IDS.get(one, 0)]) for one in MEMBERS.get(script, (script,)))


def _is_written(counts: npt.NDArray[np.int64], code: str) -> bool:
    """Whether there are letters enough of the language's script to hold a text in it."""
    letters = _letters(counts, code)
    return letters >= MIN_LETTERS or letters >= MIN_SHARE * max(int(counts.sum()), 1)


def _other_language(model: Identifier, part: str, related: frozenset[str]) -> str | None:
    """The language that the part is in, if none of the models thinks it one of `related`."""
    others = [_other(guesses, related) for guesses in model.shares(part)]
    return (
        next((code for code in others if code), None)
        if all(code is not None for code in others)
        else None
    )


def _other(guesses: Sequence[Guess], related: frozenset[str]) -> str | None:
    """What one model takes the part for, empty if for a language it does not know; None if it
    may be one of `related`, or if it says nothing."""
    wanted = sum(guess.score for guess in guesses if not related.isdisjoint(guess.codes))
    if not guesses or wanted > MAX_WANTED:
        return None
    best = guesses[0].codes[0]
    return "" if is_negative(best) else best
