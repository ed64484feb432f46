"""Find and remove the lines of a mixed document that are certainly in another language.

Lines are removed in runs: consecutive lines with none in a wanted language between them. For a
language that is not easily mistaken for a wanted one, every line of the run must be certain, and
the run too long to be a name or a title. A neighbor (`confusable` in the catalogue) needs a
longer run, and the model, asked about the run as a whole, must give next to nothing to the
document's language. Neighbors' lines are never removed from a language of which the model has
seen little (Cebuano), since some of them would be its own. No line is cut: a line that quotes
another language stays whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from corpuskit.identify.identification import Identifier
from corpuskit.identify.lines import QUOTED, JudgedLine, Related, quotes, within
from corpuskit.languages import script_of
from corpuskit.text import TextBatch

SURE: Final = 0.9
"""Score of a line that is certainly in another language. With any bound from .5 to .98 the same
lines are removed in Khmer and Indonesian mixed with English: the length of the run decides."""
FAR_RUN: Final = 100
"""Letters that a run needs in a language that is not easily mistaken for a wanted one. In 271 web
pages 209 lines are removed, 7 of them wrongly (sentences full of commands); with 60 it is 264 and
16."""
NEAR_RUN: Final = 240
"""Letters that a run needs in a neighbor. Of 2,000 lines of that length in 17 languages that have
neighbors none was mistaken for one; of 1,600 with 120 to 240 letters 17 were, 14 of them Cebuano.
In Javanese mixed with Indonesian, and Indonesian mixed with Malay, .2 % of the document's own
letters are lost; .3 % with 120 letters, .5 % with 60."""
NEAR_SHARE: Final = 0.01
"""Largest share within its group that the document's language may have in a line, or a run, of a
neighbor. Of 85 lines of 60 letters or more that were mistaken for a neighbor's, 47 left it more."""

FAR: Final = "far"
OWN: Final = "own"
UNSURE: Final = "unsure"


class RemovedLine(NamedTuple):
    """A line that is removed."""

    line: JudgedLine
    lang: str
    """Its language; for a line without a verdict that of the lines around it."""


def foreign_lines(
    lines: Sequence[JudgedLine], lang: str, wanted: Related, model: Identifier, near: bool = True
) -> list[RemovedLine]:
    """The lines of a document in `lang`, a wanted language, that are certainly in an unwanted one.

    With `near` false, lines in neighbors of `lang` are not among them.
    """
    home = frozenset(wanted).union(*wanted.values())
    kinds = [kind_of(line, lang, wanted, home) for line in lines]
    if not near:
        kinds = [kind if kind in (FAR, UNSURE) else OWN for kind in kinds]
    removed: list[RemovedLine] = []
    for run in _runs(lines, kinds):
        if _qualifies([lines[at] for at in run if kinds[at] != UNSURE], lang, wanted, model):
            removed += _taken(lines, kinds, run, lang)
    return removed


def kind_of(line: JudgedLine, lang: str, wanted: Related, home: Set[str]) -> str:
    """The kind of a line: FAR (an unrelated language), a neighbor's code, OWN (wanted), or UNSURE.

    `home` are the wanted languages and all their neighbors.
    """
    if line.verdict is None or line.lang is None:
        return UNSURE
    if line.lang in home:
        near = line.lang in wanted[lang] and line.lang not in wanted
        surely = near and within(line.verdict, lang, wanted[lang]) <= NEAR_SHARE
        return line.lang if surely else OWN
    return FAR if line.verdict.score >= SURE and not quotes(line, lang) else UNSURE


def _runs(lines: Sequence[JudgedLine], kinds: Sequence[str]) -> Iterator[range]:
    """Runs of lines of one foreign kind, from the first to the last, with only unsure lines in
    between."""
    sure = [(at, kind) for at, kind in enumerate(kinds) if kind != UNSURE]
    for kind, group in groupby(sure, key=itemgetter(1)):
        if kind != OWN:
            places = [at for at, _ in group]
            yield range(places[0], places[-1] + 1)


def _qualifies(run: Sequence[JudgedLine], lang: str, wanted: Related, model: Identifier) -> bool:
    """Whether the foreign lines of a run are enough to be sure."""
    letters, other = sum(line.letters for line in run), run[0].lang
    if other not in wanted[lang]:
        return letters >= FAR_RUN
    if letters < NEAR_RUN or lang in model.thin:
        return False
    whole = model.identify(TextBatch([" ".join(line.text for line in run)]))[0]
    return whole.lang == other and within(whole, lang, wanted[lang]) <= NEAR_SHARE


def _taken(
    lines: Sequence[JudgedLine], kinds: Sequence[str], run: range, lang: str
) -> Iterator[RemovedLine]:
    """The foreign lines of a run. If the scripts differ, also the unsure lines between them that
    have almost no letters in the document's script."""
    other = str(lines[run[0]].lang)
    for at in run:
        if kinds[at] != UNSURE:
            yield RemovedLine(lines[at], other := str(lines[at].lang))
        elif script_of(lang) != script_of(other) and lines[at].in_script <= QUOTED:
            yield RemovedLine(lines[at], other)


def without(text: str, removed: Sequence[RemovedLine]) -> str:
    """The text without these lines and without the blank lines that removing them would leave."""
    gone = {line.line.at for line in removed}
    rest: list[str] = []
    for at, line in enumerate(text.split("\n")):
        if at not in gone and (line.strip() or (rest and rest[-1].strip())):
            rest.append(line)
    return "\n".join(rest).rstrip("\n")
