"""A fastText classifier that answers in language codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from corpuskit.errors import ModelError
from corpuskit.identify.labels import Table, map_labels, read_labels
from corpuskit.identify.model_file import (
    EMBEDDED,
    EMBEDDED_FILE,
    EMBEDDED_LICENSE,
    EMBEDDED_SHA256,
    find_model,
    verified,
)
from corpuskit.text.clusters import well_formed

MAX_CHARS: Final = 5000
"""Code points of a text that are looked at. Measured on 508 real documents of mean length 4,211:
right in .923 with 5,000, .921 with all, .906 with 2,000, .892 with 1,000, .850 with 200; spread
slices did no better. The cost is bounded: 3,100 documents of this kind a second."""


class Guess(NamedTuple):
    """One label of the model: the codes it may stand for, best first, and its probability."""

    codes: tuple[str, ...]
    score: float


class FastTextModel:
    """Any supervised fastText model (`.bin` or `.ftz`)."""

    def __init__(self, path: Path, table: Mapping[str, tuple[str, ...]]) -> None:
        """Load the file; ModelError if it is no classifier or a label has no code in `table`."""
        import fasttext

        try:
            model: Any = fasttext.load_model(str(path))
        except (ValueError, MemoryError) as error:
            raise ModelError(f"model {path}: not a fastText model ({error})") from error
        if model.f.getArgs().model != fasttext.FastText.model_name.supervised:
            raise ModelError(f"model {path}: holds word vectors, not a classifier")
        self._model = model
        self._codes: Table = map_labels(model.get_labels(), table, str(path))

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that the model can answer with."""
        return frozenset(code for codes in self._codes.values() for code in codes)

    def predict(
        self, texts: Sequence[str], count: int = -1, min_score: float = 0.0
    ) -> list[list[Guess]]:
        """The `count` best labels (-1 for all) of at least `min_score`, best first, per text.

        Of long texts the first MAX_CHARS count. A text may have no label at all.
        """
        lines = [_line(text[:MAX_CHARS]) for text in texts]
        if not lines:
            return []
        labels, scores = self._model.predict(lines, k=count, threshold=min_score)
        return [
            [
                Guess(self._codes[label], _probability(score))
                for label, score in zip(*row, strict=True)
            ]
            for row in zip(labels, scores, strict=True)
        ]


def _line(text: str) -> str:
    """One line of valid UTF-8 in NFC, as the model was trained on."""
    return unicodedata.normalize("NFC", well_formed(text)).replace("\n", " ")


def _probability(score: float) -> float:
    return min(float(score), 1.0)  # fastText's float32 sums come out as 1.00001


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model: hashable, so that each process loads it once."""

    path: str | None
    """None for the embedded one."""
    sha256: str
    labels: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(
        cls,
        path: str | None = None,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
    ) -> ModelSpec:
        """From the options of a stage, which are JSON; nothing given means the embedded model."""
        if path is None:
            if sha256 not in (None, EMBEDDED_SHA256):
                raise ModelError(f"the embedded model is {EMBEDDED_SHA256}, asked for {sha256}")
            labels = read_labels(EMBEDDED, Path()) if labels is None else labels
        elif sha256 is None:
            raise ModelError(
                f"model {path}: give its sha256, so that every build uses the same file"
            )
        table = tuple((label, tuple(codes)) for label, codes in sorted((labels or {}).items()))
        return cls(path, sha256 or EMBEDDED_SHA256, table)

    def load(self) -> FastTextModel:
        """The model; loaded and verified once per process."""
        return _load(self)


@lru_cache(maxsize=2)
def _load(spec: ModelSpec) -> FastTextModel:
    path = verified(Path(spec.path) if spec.path else EMBEDDED_FILE, spec.sha256)
    return FastTextModel(path, dict(spec.labels))


def model_options(
    model: str, *, sha256: str | None, labels: str | None, root: Path
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What a recipe's [identify] means: a record for the manifest, options of the stages, and
    options that say where the file is on this machine (not part of a task's key).

    `model` is `lid176` (embedded), a path relative to `root`, or a URL, which is downloaded
    here, once, so that workers find it. ModelError if it cannot be had.
    """
    if model == EMBEDDED:
        record = {"name": EMBEDDED, "sha256": EMBEDDED_SHA256, "license": EMBEDDED_LICENSE}
        return record, {"sha256": EMBEDDED_SHA256}, {}
    if sha256 is None:
        raise ModelError(f"model {model}: give its sha256, so that every build uses the same file")
    path = find_model(model, sha256, root)
    table = read_labels(labels, root) if labels else {}
    spec = ModelSpec.of(str(path.absolute()), sha256, table)
    spec.load()  # a label without a code, a file that is no model: say so before anything runs
    record = {"name": model, "sha256": sha256, "license": "NOASSERTION"}
    options = {"sha256": sha256, "labels": {label: list(codes) for label, codes in table.items()}}
    return record, options, {"path": spec.path}
