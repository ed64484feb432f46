"""Decisions: which documents a policy keeps, and every rule that the others broke.

Signals are facts and stay; a policy only compares them with its thresholds, so a changed
threshold re-decides a corpus without measuring anything again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow.compute import struct_field

from corpuskit.errors import CatalogueError, Problem, RecipeError, StageError
from corpuskit.languages import Language, all_thresholds
from corpuskit.stage import Batch
from corpuskit.thresholds import RULES, SIGNALS, Rule, check_keys, defaults

OTHER: Final = "language/other"
UNDETERMINED: Final = "language/undetermined"
UND: Final = "und"

POLICY_VERSION: Final = "1"
"""Part of a decision's key: raise it when the same signals and thresholds decide otherwise."""

Policy = Mapping[str, float]
"""Rules that are on, with their thresholds: `{"min_clusters": 40, ...}`."""
Table: TypeAlias = Batch | pa.Table | pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a document broke."""

    rule: str
    value: float
    """As measured, in the shortest decimal that is the same float32."""
    threshold: float

    def __str__(self) -> str:
        rule = RULES[self.rule]
        sign = "<" if rule.bound == "min" else ">"
        return f"{rule.signal} {self.value:.6g} {sign} {self.threshold:.6g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says about one document."""

    reason: str | None = None
    """Reason code of the first rule broken in the declared order; None for a document kept."""
    detail: str | None = None
    """The decisive rule in words, or the language of a document in another language."""
    broken: tuple[Broken, ...] = ()
    """Every rule broken, in the declared order."""

    @property
    def passed(self) -> bool:
        """Whether the document is kept."""
        return self.reason is None


PASSED: Final = Verdict()


def judge(documents: Table, policies: Mapping[str, Policy], wanted: Sequence[str]) -> list[Verdict]:
    """A verdict per document.

    `documents` has the columns `lang`, `quality` (struct) and, where a rule asks for them,
    `lang_score` and `script_ratio`; `policies` one policy per wanted language (see
    `resolve_policy`), none meaning no rules. A document whose language is unknown or not
    wanted is judged by that alone. A signal that is null (no stop words listed, say) breaks
    no rule. Values and thresholds are compared as float32, in which signals are stored.
    Raises StageError where a rule's column is missing.
    """
    columns = _Columns(documents)
    langs = columns.langs()
    verdicts = [_by_language(lang, wanted) for lang in langs]
    for code in dict.fromkeys(wanted):
        rows = np.array([row for row, lang in enumerate(langs) if lang == code], dtype=np.int64)
        if len(rows):
            for row, broken in _broken(columns, rows, policies.get(code, {})):
                verdicts[row] = _verdict(broken)
    return verdicts


def _by_language(lang: str | None, wanted: Sequence[str]) -> Verdict:
    if lang in wanted:
        return PASSED
    if lang is None or lang == UND:
        return Verdict(UNDETERMINED)
    return Verdict(OTHER, lang)


def _verdict(broken: list[Broken]) -> Verdict:
    return Verdict(RULES[broken[0].rule].reason, str(broken[0]), tuple(broken))


def _broken(
    columns: _Columns, rows: npt.NDArray[np.int64], policy: Policy
) -> Iterator[tuple[int, list[Broken]]]:
    """The rows that broke a rule, each with all the rules it broke."""
    found: dict[int, list[Broken]] = {}
    for rule in RULES.values():
        if rule.key in policy:
            threshold = float(policy[rule.key])
            values = columns.signal(rule.signal)[rows]
            for at in np.flatnonzero(_breaks(values, rule, threshold)):
                value = float(str(values[at]))
                found.setdefault(int(rows[at]), []).append(Broken(rule.key, value, threshold))
    yield from sorted(found.items())


def _breaks(values: npt.NDArray[np.float32], rule: Rule, threshold: float) -> npt.NDArray[np.bool_]:
    limit = np.float32(threshold)  # NaN compares false: what was not measured breaks nothing
    return values < limit if rule.bound == "min" else values > limit


class _Columns:
    """The columns that a policy reads, as float32 arrays; each is converted once."""

    def __init__(self, documents: Table) -> None:
        self._documents = documents
        self._signals: dict[str, npt.NDArray[np.float32]] = {}

    def langs(self) -> list[str | None]:
        column = self._column("lang")
        return column.to_pylist() if isinstance(column, _ARROW) else list(column)

    def signal(self, name: str) -> npt.NDArray[np.float32]:
        """One signal of all documents, NaN for null."""
        if name not in self._signals:
            is_column = SIGNALS[name].stage == "language"
            values = self._column(name) if is_column else self._field(name)
            if isinstance(values, _ARROW):
                values = values.to_numpy(zero_copy_only=False)
            self._signals[name] = np.array(values, dtype=np.float32)  # None becomes NaN
        return self._signals[name]

    def _column(self, name: str) -> Any:
        documents = self._documents
        names = documents.columns if isinstance(documents, Batch) else documents.column_names
        if name not in names:
            raise StageError(f"a policy needs the column {name!r}; run the stage that adds it")
        column = documents[name]
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _field(self, name: str) -> Any:
        quality = self._column("quality")
        if isinstance(quality, pa.Array):
            names = [field.name for field in quality.type]
            return struct_field(quality, name) if name in names else _no_signal(name)
        return [
            (row[name] if name in row else _no_signal(name)) if row is not None else None
            for row in quality
        ]


_ARROW: Final = (pa.Array, pa.ChunkedArray)


def _no_signal(name: str) -> Any:
    raise StageError(f"the column `quality` has no signal {name!r}; run the stage `signals` again")


def resolve_policy(
    profile: Language | None, overrides: Mapping[str, float | bool] | None = None
) -> dict[str, float]:
    """The rules that are on for a language: the defaults, over them its profile with what that
    inherits, a recipe last.

    `False` in `overrides` turns a rule off. Raises CatalogueError for a profile's unknown
    rule and RecipeError for an override's.
    """
    policy = defaults()
    if profile is not None:
        if unknown := check_keys(profile.thresholds):
            problems = (str(_no_such_rule(key, guess)) for key, guess in unknown)
            raise CatalogueError(f"{profile.code}: {'; '.join(problems)}")
        policy |= {key: one.value for key, (one, _) in all_thresholds(profile).items()}
    overrides = overrides or {}
    if unknown := check_keys(overrides):
        raise RecipeError([_no_such_rule(key, guess) for key, guess in unknown])
    policy |= {key: float(value) for key, value in overrides.items() if value is not False}
    return {key: policy[key] for key in RULES if key in policy and overrides.get(key) is not False}


def _no_such_rule(key: str, guess: str | None) -> Problem:
    hint = f"did you mean {guess!r}?" if guess else None
    return Problem("quality", key, "no such rule", hint)
