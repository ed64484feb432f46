"""Our model for South-East Asia, and one of the whole world for what ours knows little of."""

from __future__ import annotations

from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import MAJORITY, Guess, Identification, PerText
from corpuskit.identify.labels import is_negative
from corpuskit.languages import language, language_codes
from corpuskit.text import TextBatch


class CombinedModel:
    """The regional model decides; the other is heard where that one knows little or nothing.

    Where the regional model says `und`, the other may name a language that it does not know. What
    it knows and did not find is not there: so lid.176, which takes every text in a language of
    Indonesia for Indonesian, says French of a French text and nothing of an Acehnese one.

    Languages of which the regional model has seen little (`thin`) are treated otherwise, if the
    other has them too. It finds them in less than half of the texts of another kind than its
    seeds: negatives win, or a neighbor of which it has seen much does. So

    - where it says `und`, but none of its languages is likelier than the one that the other names,
      two models trained on different texts agree, and are believed;
    - where it names the neighbor, a majority of the other's for the thin language is believed.

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
    def codes(self) -> frozenset[str]:
        """Every language code that either can answer with."""
        return self._known | self._world.codes

    @property
    def thin(self) -> frozenset[str]:
        """Languages that the regional model has seen little of."""
        return self._regional.thin

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text of a batch; see priors.py for evidence beside it."""
        found = self._regional.identify(texts, evidence)
        rows = [row for row, one in enumerate(found) if self._is_asked(one)]
        rest = TextBatch([texts.texts[row] for row in rows])
        second = self._world.identify(rest, [evidence[row] for row in rows] if evidence else ())
        for row, one in zip(rows, second, strict=True):
            if one.score and self._is_taken(found[row], one):
                found[row] = one
        return found

    def _is_asked(self, first: Identification) -> bool:
        return not first.score or first.lang in self._neighbors

    def _is_taken(self, first: Identification, second: Identification) -> bool:
        """Whether the answer of the world's model stands in place of the regional one."""
        if second.lang not in self._thin:
            return not first.score and second.lang not in self._known
        if first.score:
            return second.score >= MAJORITY
        return second.lang == next((code for code, _ in first.top if not is_negative(code)), None)

    def shares(self, text: str) -> list[list[Guess]]:
        """All that each of the two says of a text."""
        return [*self._regional.shares(text), *self._world.shares(text)]


def _neighbors(thin: frozenset[str]) -> frozenset[str]:
    """What the catalogue calls confusable with these languages, and is none of them."""
    known = thin.intersection(language_codes())
    return frozenset[str]().union(*(language(code).confusable for code in known)) - thin
