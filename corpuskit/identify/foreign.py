"""Which lines of a mixed document are in another language, for sure, and what is left of it.

Lines are taken out in runs: of lines that follow each other, with none in a wanted language
between them. In a language that is not easily taken for a wanted one each line of a run is
surely in it, and the run is long enough not to be a name or a title. A neighbor (`confusable` in
the catalogue) needs a longer run, in which the model, asked about it as a whole, gives next to
nothing to the document's language; and no neighbor's lines are taken from a language of which the
model has seen little (Cebuano), since its own are among them. No line is cut: what quotes another
language stays whole.
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
"""Score of a line that is surely in another language. From .5 to .98 the same lines go in Khmer and
Indonesian mixed with English: the length of a run decides."""
FAR_RUN: Final = 100
"""Letters of a run in a language that is not easily taken for a wanted one. In 271 web pages 209
lines go, 7 of them the page's own (sentences full of commands); with 60 it is 264 and 16."""
NEAR_RUN: Final = 240
"""Letters of a run in a neighbor. Of 2,000 lines of that length in 17 languages that have neighbors
none was taken for one; of 1,600 with 120 to 240 letters 17 were, 14 of them Cebuano. In Javanese
mixed with Indonesian, and that with Malay, .2 % of the own letters go; .3 with 120, .5 with 60."""
NEAR_SHARE: Final = 0.01
"""What the document's language may have of its group in a line, and a run, of a neighbor. Of 85
lines of 60 letters or more that were taken for one, 47 left it more."""

FAR: Final = "far"
OWN: Final = "own"
UNSURE: Final = "unsure"


class RemovedLine(NamedTuple):
    """A line that is taken out."""

    line: JudgedLine
    lang: str
    """Its language; of a line without a verdict that of the lines around it."""


def foreign_lines(
    lines: Sequence[JudgedLine], lang: str, wanted: Related, model: Identifier, near: bool = True
) -> list[RemovedLine]:
    """The lines of a document in `lang`, a wanted language, that are surely in one that is not;
    where `near` is false, not those in its neighbors.
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
    """FAR from the wanted languages, the code of a neighbor, OWN (one that is wanted), or UNSURE.

    `home` are the wanted languages and all their neighbors.
    """
    if line.found is None or line.lang is None:
        return UNSURE
    if line.lang in home:
        near = line.lang in wanted[lang] and line.lang not in wanted
        surely = near and within(line.found, lang, wanted[lang]) <= NEAR_SHARE
        return line.lang if surely else OWN
    return FAR if line.found.score >= SURE and not quotes(line, lang) else UNSURE


def _runs(lines: Sequence[JudgedLine], kinds: Sequence[str]) -> Iterator[range]:
    """Stretches of lines of one foreign kind, from the first to the last, with only unsure ones
    between them."""
    sure = [(at, kind) for at, kind in enumerate(kinds) if kind != UNSURE]
    for kind, found in groupby(sure, key=itemgetter(1)):
        if kind != OWN:
            places = [at for at, _ in found]
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
    """The foreign lines of a run, and of the unsure ones between them those that are in the other
    script, or in none, where the scripts differ."""
    other = str(lines[run[0]].lang)
    for at in run:
        if kinds[at] != UNSURE:
            yield RemovedLine(lines[at], other := str(lines[at].lang))
        elif script_of(lang) != script_of(other) and lines[at].in_script <= QUOTED:
            yield RemovedLine(lines[at], other)


def without(text: str, removed: Sequence[RemovedLine]) -> str:
    """The text without these lines, and without the blank lines that they would leave."""
    gone = {one.line.at for one in removed}
    rest: list[str] = []
    for at, line in enumerate(text.split("\n")):
        if at not in gone and (line.strip() or (rest and rest[-1].strip())):
            rest.append(line)
    return "\n".join(rest).rstrip("\n")
