"""The stage `screen`: a cheap check of a page, so that hopeless pages are not extracted.

A page is skipped only if it cannot be in a wanted language: first by script, then, for languages
that share a script, by the identification model, which is asked about a few parts of the page
(page_parts.py). When in doubt the page stays: a skipped page is never seen again, while a page
that stays can still be dropped after extraction. Nothing dear follows for plain text, so that
only its script is checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final

import pyarrow as pa

from corpuskit import logs
from corpuskit.identify.identification import Guess, alone_in_script
from corpuskit.identify.labels import is_negative
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.page_parts import PART_CHARS, PARTS, PageText, Part
from corpuskit.identify.reasons import LANGUAGE, REASONS, SCRIPT
from corpuskit.languages import language
from corpuskit.stage import Batch
from corpuskit.text.markup import visible_text

_log = logs.logger(__name__)

# A page has no document in a script if its letters of the script are fewer than one short
# sentence, and a small share of all: a language menu names Khmer in 11 letters.
MIN_LETTERS: Final = 50
MIN_SHARE: Final = 0.05
MIN_WANTED: Final = 250
"""Letters that a page needs in a wanted language, or one that is easily mistaken for it. The sum
of letters times probability over the parts that the model is asked about estimates them."""
MIN_HEARD: Final = 85
"""Such letters in these parts, whatever the size of the page: a twentieth of six parts. An
estimate for a long page is coarse."""
ENOUGH: Final = 0.2
"""Share of such letters with which a page stays however short it is. Without it 4 of 124 license
pages in a wanted language are lost, with it none."""
_FIRST: Final = 2
"""Parts that a model is asked about first. They decide most pages in a wanted language."""
_HTML: Final = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")
_PLAIN: Final = ("text/plain", "text/markdown", "text/x-markdown")
_DOCUMENT: Final = re.compile(r"<(?:!doctype\b|html\b|head\b|body\b|\?xml\b)", re.IGNORECASE)


Verdict = tuple[str | None, str | None]
"""Reason and detail."""
_STAYS: Final[Verdict] = (None, None)


class Screen:
    """Mark pages that cannot be in a wanted language as lost; reads `_markup`, `content_type`.

    `languages` are the wanted codes. If the model has no label for one, only its script is
    checked. With `every_part` the model is asked about the whole page, for a build that takes
    foreign lines out of documents: what it saves may be a small part of a page.
    """

    name: ClassVar[str] = "screen"
    version: ClassVar[str] = "3"
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-community", "numpy")
    reasons: ClassVar[Mapping[str, str]] = REASONS
    fields: ClassVar[tuple[pa.Field, ...]] = ()

    def __init__(
        self,
        *,
        languages: Sequence[str],
        every_part: bool = False,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        path: str | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        self.languages = tuple(languages)
        self._most = None if every_part else PARTS
        self._least = MIN_HEARD if every_part else MIN_WANTED
        self._related = {
            code: frozenset((code, *language(code).confusable)) for code in self.languages
        }
        self._spec = ModelSpec.of(path, sha256, labels, reading)

    def process(self, batch: Batch) -> Batch:
        """Screen every row; pages that cannot be in a wanted language get a reason and a detail."""
        types = batch.get("content_type")
        verdicts: list[Verdict] = []
        samples: dict[int, PageSample] = {}
        for row, (markup, kind) in enumerate(zip(batch["_markup"], types, strict=True)):
            text, is_page = _visible(markup or "", kind)
            page = PageText(text)
            present = [code for code in self.languages if _is_written(page, code)]
            verdicts.append(self._by_script(page, present))
            if is_page and present and (sample := self._sample(page, present)):
                samples[row] = sample
        self._ask_model(list(samples.values()))
        for row, sample in samples.items():
            verdicts[row] = sample.verdict()
        return batch.with_reasons(
            [reason for reason, _ in verdicts], [detail for _, detail in verdicts]
        )

    def _by_script(self, page: PageText, present: Sequence[str]) -> Verdict:
        if present or page.letters < MIN_LETTERS:  # nearly empty: extraction finds the reason
            return _STAYS
        most = max((page.letters_of([code]) for code in self.languages), default=0)
        return SCRIPT, f"{most} of {page.letters} letters are in a wanted script"

    def _sample(self, page: PageText, present: Sequence[str]) -> PageSample | None:
        """What to ask the model about; None for a page that stays without being asked about."""
        if page.letters < MIN_LETTERS:
            return None
        if not self._known.issuperset(present):
            _log.debug("the model does not know all of %s; only the script is checked", present)
            return None
        if not self._alone.isdisjoint(present):
            return None
        related = frozenset[str]().union(*(self._related[code] for code in present))
        if 2 * page.letters_of(present) < page.letters:
            # The model would name the language of what stands around these lines.
            lines = page.lines_in(present)
            page = lines if len(lines.text) >= PART_CHARS else page
        parts, whole = page.parts(present, _is_enough, self._most)
        asked = sum(part.letters for part in parts)
        bound = max(MIN_HEARD, self._least * asked / max(whole, 1))
        return PageSample(parts, related, min(bound, ENOUGH * asked)) if parts else None

    @cached_property
    def _known(self) -> frozenset[str]:
        """The languages that the model can answer with."""
        return self._spec.load().codes

    @cached_property
    def _alone(self) -> frozenset[str]:
        """Those that their script tells from all others: the model would not deny them."""
        return alone_in_script(self._known)

    def _ask_model(self, samples: Sequence[PageSample]) -> None:
        """Ask each model about all pages at once, until a page is sure to stay."""
        for model in self._spec.load().members if samples else ():
            for asked in (slice(None, _FIRST), slice(_FIRST, None)):
                open_samples = [sample for sample in samples if not sample.stays]
                texts = [part.text for sample in open_samples for part in sample.parts[asked]]
                guesses = iter(model.shares(texts))
                for sample in open_samples:
                    for place in range(len(sample.parts))[asked]:
                        sample.add(place, next(guesses))


class PageSample:
    """Parts of a page, and how much of them may be in a wanted language."""

    def __init__(self, parts: Sequence[Part], related: frozenset[str], bound: float) -> None:
        """The page stays if `bound` letters of the parts are expected in `related` languages."""
        self.parts = parts
        self._bound = bound
        self._related = related
        self._shares = [0.0] * len(parts)
        self._languages: dict[int, str] = {}

    def add(self, place: int, guesses: Sequence[Guess]) -> None:
        """Take a model's guesses for a part; of several models the highest share counts."""
        share = sum(guess.score for guess in guesses if not self._related.isdisjoint(guess.codes))
        self._shares[place] = max(self._shares[place], share if guesses else 1.0)
        best = next((code for guess in guesses[:1] for code in guess.codes[:1]), "")
        if not self._languages.get(place):
            self._languages[place] = "" if is_negative(best) else best

    @property
    def expected(self) -> float:
        """Letters of the parts that are expected in a wanted language."""
        pairs = zip(self._shares, self.parts, strict=True)
        return sum(share * part.letters for share, part in pairs)

    @property
    def stays(self) -> bool:
        """Whether these are enough for the page to stay."""
        return self.expected >= self._bound

    def verdict(self) -> Verdict:
        """Reason and detail of a page that does not stay."""
        if self.stays:
            return _STAYS
        counts = Counter(self._languages.values())
        listed = ", ".join(f"{code or 'unknown'} {n}" for code, n in sorted(counts.items()))
        asked = sum(part.letters for part in self.parts)
        letters = f"{self.expected:.0f} of {asked} letters may be in a wanted language"
        return LANGUAGE, f"{letters}; parts by language: {listed}"


def _visible(markup: str, content_type: str | None) -> tuple[str, bool]:
    """The visible text of a record, by media type, and whether it is a page. Plain text that looks
    like HTML counts as HTML, since servers declare it for unknown types; content that is not text
    gives an empty string.
    """
    if content_type in _HTML or content_type is None:
        return visible_text(markup), True
    if content_type not in _PLAIN:
        return "", False
    is_page = _DOCUMENT.search(markup, 0, 1000) is not None
    return (visible_text(markup) if is_page else markup), is_page


def _is_written(page: PageText, code: str) -> bool:
    """Whether there are enough letters of the language's script for a text in it."""
    return _is_enough(page.letters_of([code]), page.letters)


def _is_enough(letters: int, of: int) -> bool:
    return letters >= MIN_LETTERS or letters >= MIN_SHARE * max(of, 1)
