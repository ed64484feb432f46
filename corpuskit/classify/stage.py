"""The stage `classifier`: the score of a classifier that was trained on judgments."""

from __future__ import annotations

from typing import ClassVar

import pyarrow as pa

from corpuskit.classify.model import load_classifier
from corpuskit.stage import Batch

SCORE = pa.field("classifier_score", pa.float32())


class Classifier:
    """Add the column `classifier_score`: how likely a reviewer would find the text good, 0 to 1.

    `path` is the model's file, `sha256` its digest. A score rejects nothing by itself.
    """

    name: ClassVar[str] = "classifier"
    version: ClassVar[str] = "1"
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)
    fields: ClassVar[tuple[pa.Field, ...]] = (SCORE,)

    def __init__(self, *, path: str, sha256: str) -> None:
        self._model = load_classifier(path, sha256)

    def process(self, batch: Batch) -> Batch:
        """Score every text."""
        texts = [text or "" for text in batch["text"]]
        return batch.with_columns(classifier_score=self._model.score(texts))
