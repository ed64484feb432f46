"""Segments: chains of stages that run in one worker per task and store what they add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from corpuskit import registry
from corpuskit.chain import attributed
from corpuskit.edits import EDIT_FIELDS, EditingStage
from corpuskit.identity import Ingredient, ingredient_of, key_of
from corpuskit.stage import Signal, Stage, reasons_of

_MADE: dict[str, Stage] = {}
"""Stages of this process by the digest of their spec: models load once per worker."""

RESERVED: Final = frozenset(
    {
        "read",
        "policy",
        "takedown",
        "privacy",
        "lists",
        "decontamination",
        "language",
        "quality",
        "rules",
        "dedup",
        "publish",
    }
)
"""Stages of the ledger that are not stages of a chain; no stage may have one of these names."""


@dataclass(frozen=True)
class StageSpec:
    """A stage by name and options, to be made in a worker."""

    stage: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON-able; part of the key of every task that the stage is in."""
    places: Mapping[str, Any] = field(default_factory=dict)
    """Options that say where something is on this machine; not part of the key."""

    @property
    def kind(self) -> Any:
        """The stage's class, or the lifted signal."""
        return registry.stage(self.stage)

    @property
    def ingredient(self) -> Ingredient:
        """What the stage's output depends on, beside its input."""
        provider = registry.provider(registry.STAGES, self.stage)
        return ingredient_of(self.kind, self.options, provider)

    @property
    def fields(self) -> tuple[pa.Field, ...]:
        """The columns that the stage adds."""
        return tuple(self.kind.fields)

    @property
    def reasons(self) -> dict[str, str]:
        """The reason codes that the stage declares, with their meaning."""
        return reasons_of(self.kind)

    @property
    def edits(self) -> dict[str, str]:
        """The kinds of edits that the stage makes, with their meaning; empty if it makes none."""
        return dict(self.kind.kinds) if self.is_editing else {}

    @property
    def is_editing(self) -> bool:
        """Whether the stage changes texts."""
        return isinstance(self.kind, type) and issubclass(self.kind, EditingStage)

    def make(self) -> Stage:
        """The stage itself; made once per process and options."""
        digest = key_of(self.ingredient.key, dict(self.places))
        if digest not in _MADE:
            kind = self.kind
            with attributed(kind):
                lifted = isinstance(kind, Signal)
                _MADE[digest] = kind if lifted else kind(**self.options, **self.places)
        return _MADE[digest]


@dataclass(frozen=True)
class Segment:
    """A run of map stages with one output per task."""

    name: str
    specs: tuple[StageSpec, ...]

    @property
    def fields(self) -> dict[str, pa.Field]:
        """The columns that its stages add, by name; a later stage's type wins."""
        edits = EDIT_FIELDS if any(spec.is_editing for spec in self.specs) else ()
        declared = [*(column for spec in self.specs for column in spec.fields), *edits]
        return {column.name: column for column in declared}

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Names of all its stages, in order: over any of them a record can fail."""
        return tuple(spec.kind.name for spec in self.specs)

    @property
    def ledger_stages(self) -> tuple[str, ...]:
        """Names of the stages that the ledger always has, in order: those that lose documents."""
        return tuple(spec.kind.name for spec in self.specs if spec.reasons)

    @property
    def ingredients(self) -> tuple[Ingredient, ...]:
        """What its outputs depend on, beside their input."""
        return tuple(spec.ingredient for spec in self.specs)

    def make(self) -> list[Stage]:
        """Its stages, ready to run."""
        return [spec.make() for spec in self.specs]
