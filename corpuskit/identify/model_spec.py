"""Which model to use: from a recipe to the options of a stage, and from these to the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.combined import CombinedModel
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Identifier
from corpuskit.identify.labels import Reading, read_labels, read_reading
from corpuskit.identify.model_file import (
    EMBEDDED_MODELS,
    embedded_name,
    find_model,
    verified,
)
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.names import REPLACED_MODELS

_AS_IT_IS: Final = Reading()


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Which model: hashable, so that each process loads it once."""

    path: str | None
    """None for an embedded model."""
    sha256: str
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reading: Reading = _AS_IT_IS

    @classmethod
    def of(
        cls,
        path: str | None = None,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        reading: Mapping[str, Any] | None = None,
    ) -> ModelSpec:
        """From the options of a stage, which are JSON; without a path an embedded model."""
        if path is None:
            return cls(None, EMBEDDED_MODELS[embedded_name(sha256)].sha256)
        if sha256 is None:
            raise _without_digest(path)
        table = tuple((label, tuple(codes)) for label, codes in sorted((labels or {}).items()))
        return cls(path, sha256, table, Reading.of(reading))

    def load(self) -> Identifier:
        """The model; loaded and verified once per process."""
        return _load(self)


@lru_cache(maxsize=2)
def _load(spec: ModelSpec) -> Identifier:
    if spec.path is None:
        name = embedded_name(spec.sha256)
        parts = [embedded_file(part) for part in EMBEDDED_MODELS[name].parts or (name,)]
        return parts[0] if len(parts) == 1 else CombinedModel(*parts)
    path = verified(Path(spec.path), spec.sha256)
    return FastTextModel(path, dict(spec.labels), spec.reading)


def embedded_file(name: str) -> FastTextModel:
    """One of the models in the package, `lid176` or `sea-2`, used as its label table says."""
    model = EMBEDDED_MODELS[name]
    path = verified(model.file, model.sha256)
    table, reading = read_labels(name, Path()), read_reading(name, Path())
    return FastTextModel(path, table, reading, intact=True)


def _without_digest(model: str) -> ModelError:
    return ModelError(f"model {model}: give its sha256, so that every build uses the same file")


def model_options(
    model: str, *, sha256: str | None, labels: str | None, root: Path
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A recipe's [identify] as a record for the manifest, options of the stages, and options that
    say where the file is on this machine (not part of a task's key).

    `model` is the name of an embedded one, a path relative to `root`, or a URL, which is
    downloaded here, once, so that workers find it. ModelError if it is not available.
    """
    if model in REPLACED_MODELS:
        raise ModelError(f"model {model} was replaced by {REPLACED_MODELS[model]}: name that one")
    if model in EMBEDDED_MODELS:
        if labels:
            raise ModelError(f"model {model} has its own labels; remove `labels` ({labels})")
        known = EMBEDDED_MODELS[model]
        record = {"name": model, "sha256": known.sha256, "license": known.license}
        return record, {"sha256": known.sha256}, {}
    if sha256 is None:
        raise _without_digest(model)
    path = find_model(model, sha256, root)
    table = read_labels(labels, root) if labels else {}
    reading = read_reading(labels, root).as_options() if labels else {}
    spec = ModelSpec.of(str(path.absolute()), sha256, table, reading)
    spec.load()  # a label without a code or a file that is not a model must fail before the build
    record = {"name": model, "sha256": sha256, "license": NOASSERTION}
    options = {"sha256": sha256, "labels": {label: list(codes) for label, codes in table.items()}}
    options |= {"reading": reading} if reading else {}
    return record, options, {"path": spec.path}
