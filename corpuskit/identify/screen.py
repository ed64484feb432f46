"""The stage `screen`: a cheap check of a page, so that hopeless pages are not extracted.

On the 956 pages of the html sets it checks 1,600 pages a second if the script decides and 550 if
the model does; trafilatura alone extracts 120. A page is skipped only if no part of it can be in
a wanted language: first by script, then, for languages that share a script, by the
identification model, part by part. When in doubt the page stays: a skipped page is never seen
again, while a page that stays can still be dropped after extraction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit import logs
from corpuskit.identify.identification import Guess, Identifier
from corpuskit.identify.labels import is_negative
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.reasons import LANGUAGE, REASONS, SCRIPT
from corpuskit.languages import language, script_of
from corpuskit.stage import Batch
from corpuskit.text.markup import visible_text
from corpuskit.text.scripts import MEMBERS, counts_of_codes
from corpuskit.text.tables import SCRIPT_IDS, code_points

_log = logs.logger(__name__)

# A page has no document in a script if its letters of the script are fewer than one short
# sentence, and a small share of all: a language menu names Khmer in 11 letters.
MIN_LETTERS: Final = 50
MIN_SHARE: Final = 0.05
# Parts must be long enough for the model to be right: 300 characters or more.
PART_CHARS: Final = 300
LONG_LINE: Final = 1000
# A part is in another language if the wanted languages and their confusables together score no
# more than this. Of 4,600 parts of labelled text in the six languages of the catalogue that share
# the Latin script, one scored so little (a Malay lesson of Esperanto).
MAX_WANTED: Final = 0.05
_HTML: Final = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_PLAIN: Final = ("text/plain", "text/markdown", "text/x-markdown")
_DOCUMENT: Final = re.compile(r"<(?:!doctype\b|html\b|head\b|body\b|\?xml\b)", re.IGNORECASE)


class Screen:
    """Mark pages that cannot be in a wanted language as lost; reads `_markup`, `content_type`.

    `languages` are the wanted codes. If the model has no label for one, only its script is
    checked.
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
        """Screen every row; pages that cannot be in a wanted language get a reason and a detail."""
        types = batch.get("content_type")
        verdicts = [
            self._screen_page(markup or "", kind)
            for markup, kind in zip(batch["_markup"], types, strict=True)
        ]
        return batch.with_reasons(
            [reason for reason, _ in verdicts], [detail for _, detail in verdicts]
        )

    def _screen_page(self, markup: str, content_type: str | None) -> tuple[str | None, str | None]:
        text = _visible(markup, content_type)
        counts = counts_of_codes(code_points(text))
        total = int(counts.sum())
        present = [code for code in self.languages if _is_written(counts, code)]
        if total < MIN_LETTERS:  # nearly empty: extraction finds the reason
            return None, None
        if not present:
            most = max((_letters(counts, code) for code in self.languages), default=0)
            return SCRIPT, f"{most} of {total} letters are in a wanted script"
        return self._ask_model(text, present)

    def _ask_model(self, text: str, present: Sequence[str]) -> tuple[str | None, str | None]:
        """Ask the model about parts of the page until one may be in a language of `present`."""
        model = self._spec.load()
        if not model.codes.issuperset(present):
            _log.debug("the model does not know all of %s; only the script is checked", present)
            return None, None
        related = frozenset[str]().union(*(self._related[code] for code in present))
        others: dict[str, int] = {}
        for part in parts(text):
            if not any(_is_written(counts_of_codes(code_points(part)), code) for code in present):
                continue
            other = _other_language(model, part, related)
            if other is None:
                return None, None
            others[other] = others.get(other, 0) + 1
        listed = ", ".join(f"{code} {n}" for code, n in sorted(others.items()))
        return (LANGUAGE, f"parts by language: {listed}") if others else (None, None)


def _visible(markup: str, content_type: str | None) -> str:
    """The visible text of a page, by media type. Plain text that looks like HTML counts as HTML,
    since servers declare it for unknown types; content that is not text gives an empty string.
    """
    if content_type in _HTML or content_type is None:
        return visible_text(markup)
    if content_type not in _PLAIN:
        return ""
    return visible_text(markup) if _DOCUMENT.search(markup, 0, 1000) else markup


def parts(text: str) -> Iterator[str]:
    """The text in runs of whole lines of PART_CHARS or more characters, long lines cut up.

    A shorter remainder joins the last part; a text shorter than one part has no parts.
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
    members = MEMBERS.get(script, (script,))
    return sum(int(counts[SCRIPT_IDS.get(member, 0)]) for member in members)


def _is_written(counts: npt.NDArray[np.int64], code: str) -> bool:
    """Whether there are enough letters of the language's script for a text in it."""
    letters = _letters(counts, code)
    return letters >= MIN_LETTERS or letters >= MIN_SHARE * max(int(counts.sum()), 1)


def _other_language(model: Identifier, part: str, related: frozenset[str]) -> str | None:
    """The language of a part if no model takes it for one of `related`, else None."""
    others = [_other(guesses, related) for guesses in model.shares(part)]
    return (
        next((code for code in others if code), None)
        if all(code is not None for code in others)
        else None
    )


def _other(guesses: Sequence[Guess], related: frozenset[str]) -> str | None:
    """The language that one model names; empty for one it does not know; None if it may be one of
    `related`, or if the model has no answer."""
    wanted = sum(guess.score for guess in guesses if not related.isdisjoint(guess.codes))
    if not guesses or wanted > MAX_WANTED:
        return None
    best = guesses[0].codes[0]
    return "" if is_negative(best) else best
