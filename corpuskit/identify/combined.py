"""Our model for South-East Asia, and one of the whole world for what ours does not know."""

from __future__ import annotations

from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Guess, Identification, PerText
from corpuskit.text import TextBatch


class CombinedModel:
    """The regional model decides; where it says `und`, the other may name a language.

    But only one that the regional model does not know: what that one knows and did not find is
    not there. So lid.176, which takes every text in a language of Indonesia for Indonesian, says
    French of a French text and nothing of an Acehnese one.
    """

    def __init__(self, regional: FastTextModel, world: FastTextModel) -> None:
        self._regional = regional
        self._world = world
        self._known = regional.codes

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that either can answer with."""
        return self._known | self._world.codes

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text of a batch; see priors.py for evidence beside it."""
        found = self._regional.identify(texts, evidence)
        rows = [row for row, one in enumerate(found) if not one.score]
        rest = TextBatch([texts.texts[row] for row in rows])
        second = self._world.identify(rest, [evidence[row] for row in rows] if evidence else ())
        for row, one in zip(rows, second, strict=True):
            if one.score and one.lang not in self._known:
                found[row] = one
        return found

    def shares(self, text: str) -> list[list[Guess]]:
        """All that each of the two says of a text."""
        return [*self._regional.shares(text), *self._world.shares(text)]
