"""What the lines of a document say of its language: a signal beside that of the whole text.

A line votes with its letters. It votes for nobody where it is short, where the model has no
verdict or one without a majority, and where it is in another script but holds a part in the
document's. A line that the model gives to a neighbor of the document's language (`confusable` in
the catalogue) counts by the share that the document's language has within that group: a sentence
that could be Indonesian or Malay is a part of each. Of texts longer than the model reads a sample
of lines is asked about, unless lines are to be taken out: it bounds the cost as that does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple
from zlib import crc32

from corpuskit.identify.fasttext_model import MAX_CHARS
from corpuskit.identify.identification import MAJORITY, Identification, Identifier, alone_in_script
from corpuskit.languages import script_of
from corpuskit.text import TextBatch

MIN_LETTERS: Final = 30
"""Letters of a line that is judged: of shorter ones one in ten is named wrongly (see
training/calibration.py)."""
ONE_SCRIPT: Final = 0.9
"""Share of a line's letters from which the script answers for a language that is the only one
the model knows in it: the model would not say another."""
QUOTED: Final = 0.05
"""Share of letters in the document's script from which a line in another script belongs to the
document. In Lao and Thai manuals, lines full of commands are English by the model's score."""

_AT_ONCE: Final = 10_000
"""Lines whose letters are counted at once, half a kilobyte each."""

Related = Mapping[str, Collection[str]]
"""The wanted languages, each with those that it is easily taken for."""


class JudgedLine(NamedTuple):
    """A line of a document, as it was judged."""

    at: int
    """Its number among all lines of the text, from 0."""
    text: str
    letters: int
    in_script: float
    """Share (0 to 1) of its letters that are in the script of the document's language."""
    found: Identification | None = None
    """What the model says; None where it was not asked because the line is short."""

    @property
    def lang(self) -> str | None:
        """The line's language; None without a verdict that has a majority."""
        return self.found.lang if self.found and self.found.score >= MAJORITY else None


def judge_lines(
    texts: TextBatch, langs: Sequence[str | None], model: Identifier, every: bool = True
) -> list[list[JudgedLine]]:
    """The lines of every text, blank ones left out, all judged by one call of the model.

    `langs` are the languages of the texts; a text whose language is None has no lines here.
    Unless `every` line is asked for, long texts have a sample of them.
    """
    split = [_split(text) if lang else [] for text, lang in zip(texts.texts, langs, strict=True)]
    if not every:
        split = [_sample(lines) for lines in split]
    langs_of = [str(lang) for lang, lines in zip(langs, split, strict=True) for _ in lines]
    judged = iter(_judged(_measured(list(chain(*split)), langs_of), langs_of, model))
    return [list(islice(judged, len(lines))) for lines in split]


def _split(text: str) -> list[tuple[int, str]]:
    return [(at, line) for at, line in enumerate(text.split("\n")) if line.strip()]


def _sample(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Lines of which the model reads about MAX_CHARS together, drawn by their digest: no pattern of
    the text is in step with that, and the same text has the same sample. Never none: a line that
    may be judged stands for a text that has few of them."""
    parts = sum(min(len(line), MAX_CHARS) for _, line in lines) // MAX_CHARS
    if parts < 2:
        return lines
    long = [one for one in lines if len(one[1]) >= MIN_LETTERS]
    digests = [crc32(line.encode("utf-8", "replace")) for _, line in long]
    drawn = [one for one, digest in zip(long, digests, strict=True) if digest % parts == 0]
    return drawn or [one for _, one in sorted(zip(digests, long, strict=True))[:1]]


def _measured(numbered: Sequence[tuple[int, str]], langs: Sequence[str]) -> list[JudgedLine]:
    """The lines with their letters, all of them and those in the script of the language."""
    measured: list[JudgedLine] = []
    for start in range(0, len(numbered), _AT_ONCE):
        some = numbered[start : start + _AT_ONCE]
        batch = TextBatch([text for _, text in some])
        letters: list[int] = batch.script_counts.sum(axis=1).tolist()
        measured += [
            JudgedLine(
                at, text, letters[row], batch.script_share(row, script_of(langs[start + row]))
            )
            for row, (at, text) in enumerate(some)
        ]
    return measured


def measured_for(lines: Sequence[JudgedLine], lang: str) -> list[JudgedLine]:
    """The same lines of a document that turns out to be in `lang`, their letters in its script."""
    measured = _measured([(line.at, line.text) for line in lines], [lang] * len(lines))
    return [new._replace(found=line.found) for new, line in zip(measured, lines, strict=True)]


def _judged(
    lines: Sequence[JudgedLine], langs: Sequence[str], model: Identifier
) -> list[JudgedLine]:
    """The lines with what the model says of those that are long enough, or their script does."""
    alone = alone_in_script(model.codes)
    sure = [
        Identification(lang, 1.0, line.in_script, ())
        if line.letters >= MIN_LETTERS and lang in alone and line.in_script >= ONE_SCRIPT
        else None
        for line, lang in zip(lines, langs, strict=True)
    ]
    asked = list(
        dict.fromkeys(
            line.text
            for line, known in zip(lines, sure, strict=True)
            if line.letters >= MIN_LETTERS and known is None
        )
    )
    answers = dict(zip(asked, model.identify(TextBatch(asked)), strict=True))
    return [
        line._replace(found=found) if (found := known or answers.get(line.text)) else line
        for line, known in zip(lines, sure, strict=True)
    ]


def vote(line: JudgedLine, lang: str, related: Collection[str]) -> float | None:
    """Share (0 to 1) of a line that is in `lang`, easily taken for one of `related`; None if the
    line votes for nobody."""
    if line.found is None or line.lang is None:
        return None
    if line.lang == lang:
        return 1.0
    if line.lang in related:
        return within(line.found, lang, related)
    return None if quotes(line, lang) else 0.0


def within(found: Identification, lang: str, related: Collection[str]) -> float:
    """The score of `lang` if the language can only be that or one of `related`."""
    group = sum(score for code, score in found.top if code == lang or code in related)
    return sum(score for code, score in found.top if code == lang) / group if group else 0.0


def quotes(line: JudgedLine, lang: str) -> bool:
    """Whether a line in another script than `lang` has a part in that of `lang`."""
    other = line.lang is None or script_of(line.lang) != script_of(lang)
    return other and line.in_script > QUOTED


def line_share(lines: Iterable[JudgedLine], lang: str, related: Collection[str]) -> float | None:
    """Share (0 to 1) of the letters of judged lines that are in `lang`; None if none was judged."""
    votes = [(line.letters, vote(line, lang, related)) for line in lines]
    judged = [(letters, share) for letters, share in votes if share is not None]
    total = sum(letters for letters, _ in judged)
    return sum(letters * share for letters, share in judged) / total if total else None
