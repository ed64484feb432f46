"""A fastText classifier that answers in language codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from corpuskit.errors import ModelError
from corpuskit.identify.labels import (
    Reading,
    Table,
    is_negative,
    map_labels,
    read_labels,
    read_reading,
)
from corpuskit.identify.model_file import EMBEDDED_MODELS, embedded_name, find_model, verified
from corpuskit.identify.preprocess import PREPROCESS

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

    def __init__(
        self, path: Path, table: Mapping[str, tuple[str, ...]], reading: Reading | None = None
    ) -> None:
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
        self._reading = reading or Reading()
        self._bounds = dict(self._reading.thresholds)
        self._line = PREPROCESS[self._reading.preprocess]

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that the model can answer with."""
        found = {code for codes in self._codes.values() for code in codes}
        return frozenset(code for code in found if not is_negative(code))

    def believed(self, code: str, score: float, known: float) -> bool:
        """Whether the score, and that of all known languages, say that a text is in `code`."""
        least = self._bounds.get(code, self._reading.min_score)
        return score >= least and known >= self._reading.min_known

    def predict(
        self, texts: Sequence[str], count: int = -1, min_score: float = 0.0
    ) -> list[list[Guess]]:
        """The `count` best labels (-1 for all) of at least `min_score`, best first, per text.

        Of long texts the first MAX_CHARS count. A text may have no label at all.
        """
        lines = [self._line(text[:MAX_CHARS]) for text in texts]
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


def _probability(score: float) -> float:
    return min(float(score), 1.0)  # fastText's float32 sums come out as 1.00001


_AS_IT_IS: Final = Reading()


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model: hashable, so that each process loads it once."""

    path: str | None
    """None for the embedded one."""
    sha256: str
    labels: tuple[tuple[str, tuple[str, ...]], ...]
    reading: Reading = _AS_IT_IS

    @classmethod
    def of(
        cls,
        path: str | None = None,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> ModelSpec:
        """From the options of a stage, which are JSON: without a path an embedded model."""
        if path is None:
            name = embedded_name(sha256)
            sha256 = EMBEDDED_MODELS[name].sha256
            labels = read_labels(name, Path()) if labels is None else labels
            read = read_reading(name, Path()) if reading is None else Reading.of(reading)
        elif sha256 is None:
            raise ModelError(
                f"model {path}: give its sha256, so that every build uses the same file"
            )
        else:
            read = Reading.of(reading)
        table = tuple((label, tuple(codes)) for label, codes in sorted((labels or {}).items()))
        return cls(path, sha256, table, read)

    def load(self) -> FastTextModel:
        """The model; loaded and verified once per process."""
        return _load(self)


@lru_cache(maxsize=2)
def _load(spec: ModelSpec) -> FastTextModel:
    embedded = EMBEDDED_MODELS[embedded_name(spec.sha256)].file if spec.path is None else None
    path = verified(embedded or Path(str(spec.path)), spec.sha256)
    return FastTextModel(path, dict(spec.labels), spec.reading)


def model_options(
    model: str, *, sha256: str | None, labels: str | None, root: Path
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What a recipe's [identify] means: a record for the manifest, options of the stages, and
    options that say where the file is on this machine (not part of a task's key).

    `model` is `lid176` or `sea-1` (embedded), a path relative to `root`, or a URL, which is
    downloaded here, once, so that workers find it. ModelError if it cannot be had.
    """
    if model in EMBEDDED_MODELS:
        known = EMBEDDED_MODELS[model]
        record = {"name": model, "sha256": known.sha256, "license": known.license}
        return record, {"sha256": known.sha256}, {}
    if sha256 is None:
        raise ModelError(f"model {model}: give its sha256, so that every build uses the same file")
    path = find_model(model, sha256, root)
    table = read_labels(labels, root) if labels else {}
    reading = read_reading(labels, root).as_options() if labels else {}
    spec = ModelSpec.of(str(path.absolute()), sha256, table, reading)
    spec.load()  # a label without a code, a file that is no model: say so before anything runs
    record = {"name": model, "sha256": sha256, "license": "NOASSERTION"}
    options = {"sha256": sha256, "labels": {label: list(codes) for label, codes in table.items()}}
    options |= {"reading": reading} if reading else {}
    return record, options, {"path": spec.path}
