"""Our model for South-East Asia, combined with a world model for languages it hardly knows."""

from __future__ import annotations

from typing import Final

from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import MAJORITY, Identification, PerText
from corpuskit.identify.labels import is_negative
from corpuskit.languages import language, language_codes
from corpuskit.text import TextBatch

WORLD_SCORE: Final = 0.8
"""Score from which a language that only the world model knows is believed. Of texts that sea-2
calls `und` and that are in 821 languages (UDHR, Tatoeba; most of these languages are in neither
model), it names .51 rightly at .8 to .9, .80 from .9, .22 at .5 to .6 and .03 below .3: a story in
Tetum was Dutch at .07."""


class CombinedModel:
    """The regional model decides; the world model helps where that one knows little or nothing.

    If the regional model answers `und`, the world model may name a language that the regional one
    does not know, with a score of WORLD_SCORE. A language that it knows but did not find is not
    accepted: lid.176, which takes every text in a language of Indonesia for Indonesian, may name
    French for a French text but nothing for an Acehnese one.

    Languages that the regional model has seen little of (`thin`) are treated differently if the
    world model has them too. In texts unlike its seeds the regional model finds them less than
    half of the time: negative labels win, or a neighbor it has seen much of. So

    - if it answers `und`, but its likeliest language is the one that the world model names, two
      models trained on different texts agree, and the language is accepted;
    - if it names a neighbor, the world model's answer is accepted if it has a majority.

    The rules were set on Universal Dependencies, where Cebuano gains 16 of 86 lines and Tagalog
    loses 2 of 64, and judged on other sets: see docs/identification.md.
    """

    def __init__(self, regional: FastTextModel, world: FastTextModel) -> None:
        self._regional = regional
        self._world = world
        self._known = regional.codes
        self._thin = regional.thin & world.codes
        self._neighbors = _neighbors(self._thin) & world.codes

    @property
    def members(self) -> tuple[FastTextModel, FastTextModel]:
        """The regional model and the world model."""
        return self._regional, self._world

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that either can answer with."""
        return self._known | self._world.codes

    @property
    def thin(self) -> frozenset[str]:
        """Languages that the regional model has seen little of."""
        return self._regional.thin

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text of a batch; see priors.py for evidence beside it."""
        answers = self._regional.identify(texts, evidence)
        rows = [row for row, answer in enumerate(answers) if self._is_doubtful(answer)]
        rest = TextBatch([texts.texts[row] for row in rows])
        others = self._world.identify(rest, [evidence[row] for row in rows] if evidence else ())
        for row, other in zip(rows, others, strict=True):
            if other.score and self._prefers(answers[row], other):
                answers[row] = other
        return answers

    def _is_doubtful(self, first: Identification) -> bool:
        """Whether the world's model is asked as well."""
        return not first.score or first.lang in self._neighbors

    def _prefers(self, first: Identification, second: Identification) -> bool:
        """Whether the world's answer replaces the regional one."""
        if second.lang not in self._thin:
            unknown = second.lang not in self._known
            return not first.score and unknown and second.score >= WORLD_SCORE
        if first.score:
            return second.score >= MAJORITY
        return second.lang == next((code for code, _ in first.top if not is_negative(code)), None)


def _neighbors(thin: frozenset[str]) -> frozenset[str]:
    """Languages that the catalogue calls confusable with these, without these."""
    known = thin.intersection(language_codes())
    return frozenset[str]().union(*(language(code).confusable for code in known)) - thin
