"""A trained classifier: one JSON file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.classify.features import BITS, hashed_ngrams
from corpuskit.classify.logistic import sigmoid
from corpuskit.errors import ClassifierError

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class QualityClassifier:
    """Weights of hashed n-grams, and what the classifier was trained on."""

    weights: npt.NDArray[np.float32]
    """One per feature."""
    slope: float
    intercept: float
    """Of the calibration: the score is the logistic function of slope * sum + intercept."""
    about: Mapping[str, Any]
    """Languages, sources, counts and cross-validated quality, as the model card has them."""

    def score(self, texts: Sequence[str]) -> list[float]:
        """How likely a reviewer would find each text good, 0 to 1; it does not depend on the
        other texts."""
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> float:
        total = hashed_ngrams([text]).times(self.weights)
        return float(sigmoid(self.slope * total + self.intercept)[0])

    def to_bytes(self) -> bytes:
        """The file's content."""
        content = {
            "format": FORMAT,
            "about": dict(self.about),
            "slope": self.slope,
            "intercept": self.intercept,
            "weights": base64.b64encode(self.weights.astype("<f4").tobytes()).decode(),
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def load_classifier(path: str | Path, sha256: str | None = None) -> QualityClassifier:
    """A classifier from its file; ClassifierError if it is not one, or has another digest."""
    return _load(str(path), sha256 or classifier_digest(path))


def classifier_digest(path: str | Path) -> str:
    """Hex sha256 of a model file; ClassifierError if it cannot be read."""
    return hashlib.sha256(_content(path)).hexdigest()


def _content(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ClassifierError(f"{path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=4)
def _load(path: str, sha256: str) -> QualityClassifier:
    content = _content(path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ClassifierError(f"{path} changed while the build ran; start it again")
    try:
        data = json.loads(content)
        weights = np.frombuffer(base64.b64decode(data["weights"], validate=True), dtype="<f4")
        model = QualityClassifier(
            weights, float(data["slope"]), float(data["intercept"]), dict(data["about"])
        )
        is_ours = data["format"] == FORMAT and len(weights) == 1 << BITS
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ClassifierError(f"{path} is not a classifier of corpuskit ({error})") from error
    if not is_ours or not np.isfinite(weights).all():
        raise ClassifierError(f"{path} is not a classifier of this version of corpuskit")
    return model
