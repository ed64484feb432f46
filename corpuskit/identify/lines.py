"""The language of a document by its lines: a signal beside that of the whole text.

A line votes with its letters. It abstains if it is short, if the model has no verdict or one
without a majority, and if it is in another script but partly in the document's. A line that the
model assigns to a neighbor of the document's language (`confusable` in the catalogue) counts by
the share of the document's language within that group: a sentence that could be Indonesian or
Malay counts partly for each. For texts longer than what the model reads, a sample of lines is
judged, which bounds the cost, unless foreign lines are to be removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple
from zlib import crc32

from corpuskit import logs
from corpuskit.identify.fasttext_model import MAX_CHARS
from corpuskit.identify.identification import MAJORITY, Identification, Identifier, alone_in_script
from corpuskit.languages import script_of
from corpuskit.text import TextBatch

_log = logs.logger(__name__)

MIN_LETTERS: Final = 30
"""Letters that a line needs to be judged: one in ten shorter lines is named wrongly (see
training/calibration.py)."""
ONE_SCRIPT: Final = 0.9
"""Share of a line's letters in a script that has only one language in the model: from this share
on the script decides, since the model would not name another language."""
QUOTED: Final = 0.05
"""Share of letters in the document's script above which a line in another script belongs to the
document. In Lao and Thai manuals the model takes lines full of commands for English."""

_AT_ONCE: Final = 10_000
"""Lines whose letters are counted in one batch, half a kilobyte each."""

Related = Mapping[str, Collection[str]]
"""The wanted languages, each with the languages it is easily mistaken for."""


class JudgedLine(NamedTuple):
    """A line of a document and the judgment of its language."""

    at: int
    """Its number among all lines of the text, from 0."""
    text: str
    letters: int
    in_script: float
    """Share (0 to 1) of its letters that are in the script of the document's language."""
    verdict: Identification | None = None
    """The model's answer; None for a line too short to ask about."""

    @property
    def lang(self) -> str | None:
        """The line's language; None without a verdict that has a majority."""
        return self.verdict.lang if self.verdict and self.verdict.score >= MAJORITY else None


def judge_lines(
    texts: TextBatch,
    langs: Sequence[str | None],
    model: Identifier,
    every: bool = True,
    known: Mapping[str, Identification] | None = None,
) -> list[list[JudgedLine]]:
    """The lines of every text except blank ones, all judged in one call of the model.

    `langs` are the languages of the texts; a text whose language is None gets no lines. With
    `every` false, only a sample of the lines of a long text is judged. `known` has answers that
    the model has given already.
    """
    split = [_split(text) if lang else [] for text, lang in zip(texts.texts, langs, strict=True)]
    if not every:
        split = [_sample(lines) for lines in split]
    langs_of = [str(lang) for lang, lines in zip(langs, split, strict=True) for _ in lines]
    lines = _measured(list(chain(*split)), langs_of)
    judged = iter(_judged(lines, langs_of, model, known or {}))
    return [list(islice(judged, len(lines))) for lines in split]


def _split(text: str) -> list[tuple[int, str]]:
    return [(at, line) for at, line in enumerate(text.split("\n")) if line.strip()]


def _sample(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """A sample of about MAX_CHARS, drawn by digest: independent of patterns in the text, and always
    the same for the same text. Has at least one line if the text has one that can be judged."""
    parts = sum(min(len(line), MAX_CHARS) for _, line in lines) // MAX_CHARS
    if parts < 2:
        return lines
    long = [(at, line) for at, line in lines if len(line) >= MIN_LETTERS]
    digests = [crc32(line.encode("utf-8", "replace")) for _, line in long]
    sample = [line for line, digest in zip(long, digests, strict=True) if digest % parts == 0]
    _log.debug("judging %d of %d lines of a long text", len(sample) or 1, len(lines))
    return sample or [line for _, line in sorted(zip(digests, long, strict=True))[:1]]


def _measured(numbered: Sequence[tuple[int, str]], langs: Sequence[str]) -> list[JudgedLine]:
    """Count each line's letters: all of them, and the share in the script of the language."""
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
    """The same lines, with shares measured for the script of `lang` instead."""
    measured = _measured([(line.at, line.text) for line in lines], [lang] * len(lines))
    return [new._replace(verdict=line.verdict) for new, line in zip(measured, lines, strict=True)]


def _judged(
    lines: Sequence[JudgedLine],
    langs: Sequence[str],
    model: Identifier,
    known: Mapping[str, Identification],
) -> list[JudgedLine]:
    """The lines with verdicts, from the script where it decides, else from the model."""
    alone = alone_in_script(model.codes)
    sure = [
        Identification(lang, 1.0, line.in_script, ())
        if line.letters >= MIN_LETTERS and lang in alone and line.in_script >= ONE_SCRIPT
        else None
        for line, lang in zip(lines, langs, strict=True)
    ]
    undecided = dict.fromkeys(
        line.text
        for line, by_script in zip(lines, sure, strict=True)
        if line.letters >= MIN_LETTERS and by_script is None
    )
    asked = [text for text in undecided if text not in known]
    answers = {text: known[text] for text in undecided if text in known}
    answers.update(zip(asked, model.identify(TextBatch(asked)), strict=True))
    return [
        line._replace(verdict=verdict) if (verdict := by_script or answers.get(line.text)) else line
        for line, by_script in zip(lines, sure, strict=True)
    ]


def vote(line: JudgedLine, lang: str, related: Collection[str]) -> float | None:
    """Share (0 to 1) of a line that counts as `lang`, which is easily mistaken for `related`; None
    if the line abstains."""
    if line.verdict is None or line.lang is None:
        return None
    if line.lang == lang:
        return 1.0
    if line.lang in related:
        return within(line.verdict, lang, related)
    return None if quotes(line, lang) else 0.0


def within(verdict: Identification, lang: str, related: Collection[str]) -> float:
    """The score of `lang` if only it and `related` are possible."""
    group = sum(score for code, score in verdict.top if code == lang or code in related)
    return sum(score for code, score in verdict.top if code == lang) / group if group else 0.0


def quotes(line: JudgedLine, lang: str) -> bool:
    """Whether a line in another script than that of `lang` is partly in it."""
    other = line.lang is None or script_of(line.lang) != script_of(lang)
    return other and line.in_script > QUOTED


def line_share(lines: Iterable[JudgedLine], lang: str, related: Collection[str]) -> float | None:
    """Share (0 to 1) of judged lines' letters that are in `lang`; None if no line was judged."""
    votes = [(line.letters, vote(line, lang, related)) for line in lines]
    judged = [(letters, share) for letters, share in votes if share is not None]
    total = sum(letters for letters, _ in judged)
    return sum(letters * share for letters, share in judged) / total if total else None
