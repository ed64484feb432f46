"""Segments: chains of stages that run in one worker per task and store what they add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from corpuskit import registry
from corpuskit.stage import Signal, Stage
from corpuskit.workspace import task_key

_MADE: dict[str, Stage] = {}
"""Stages of this process by the digest of their spec: models load once per worker."""


@dataclass(frozen=True)
class StageSpec:
    """A stage by name and options, to be made in a worker."""

    stage: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON-able; part of the key of every task that the stage is in."""
    places: Mapping[str, Any] = field(default_factory=dict)
    """Options that say where something is on this machine; not part of the key."""

    @property
    def version(self) -> str:
        """The stage's version."""
        return str(registry.stage(self.stage).version)

    @property
    def key(self) -> list[Any]:
        """What the stage's output depends on, beside its input."""
        return [self.stage, self.version, dict(self.options)]

    @property
    def fields(self) -> tuple[pa.Field, ...]:
        """The columns that the stage adds."""
        return tuple(registry.stage(self.stage).fields)

    def make(self) -> Stage:
        """The stage itself; made once per process and options."""
        digest = task_key(self.key, dict(self.places))
        if digest not in _MADE:
            kind = registry.stage(self.stage)
            lifted = isinstance(kind, Signal)
            _MADE[digest] = kind if lifted else kind(**self.options, **self.places)
        return _MADE[digest]


@dataclass(frozen=True)
class Segment:
    """A run of map stages with one output file per task."""

    name: str
    specs: tuple[StageSpec, ...]

    @property
    def key(self) -> list[Any]:
        """What the segment's outputs depend on, beside their input."""
        return [self.name, [spec.key for spec in self.specs]]

    @property
    def fields(self) -> dict[str, pa.Field]:
        """The columns that its stages add, by name; a later stage's type wins."""
        return {one.name: one for spec in self.specs for one in spec.fields}

    def make(self) -> list[Stage]:
        """Its stages, ready to run."""
        return [spec.make() for spec in self.specs]
