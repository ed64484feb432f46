"""Which languages the embedded models know, and by which labels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from corpuskit.errors import ModelError
from corpuskit.identify.model_spec import embedded_file
from corpuskit.names import EMBEDDED_MODEL_NAMES, REGIONAL_MODEL, WORLD_MODEL

EMBEDDED_FILES: Final = (REGIONAL_MODEL, WORLD_MODEL)
"""The models in the package that have a file of their own."""


@lru_cache(maxsize=2)
def embedded_labels(model: str) -> Mapping[str, tuple[str, ...]]:
    """The labels of an embedded model, each with the codes that it may stand for; ModelError for
    another name."""
    if model not in EMBEDDED_FILES:
        known = ", ".join(EMBEDDED_MODEL_NAMES)
        raise ModelError(f"no embedded model {model!r}; there are {known}")
    return embedded_file(model).labels


def models_that_know(code: str) -> tuple[str, ...]:
    """The embedded models that can answer with a language, whatever its profile says."""
    return tuple(model for model in EMBEDDED_FILES if code in embedded_file(model).codes)
