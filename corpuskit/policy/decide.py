"""Decisions: which documents a policy keeps, and every rule that the others broke.

Signals are facts and stay; a policy only compares them with its thresholds, so a changed
threshold re-decides a corpus without measuring anything again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow.compute import struct_field

from corpuskit.errors import StageError
from corpuskit.policy.exclusions import DOMAIN_RULE, EXCLUDED_DOMAIN, EXCLUDED_URL, URL_RULE
from corpuskit.policy.fact_rules import Broken
from corpuskit.policy.rules import OTHER, UNDETERMINED, Policy, SignalRule, Thresholds
from corpuskit.stage import Batch
from corpuskit.thresholds import RULES, SIGNALS

UND: Final = "und"
VERSION: Final = "4"
"""Part of a decision's key: raise it when the same facts and rules decide otherwise."""

FACTS: Final = (
    "url", "lang", "lang_score", "lid_top", "script_ratio", "lang_line_share", "quality",
)  # fmt: skip
"""Columns that every policy reads; `Policy.columns` has those that its own rules ask for."""

Facts: TypeAlias = Batch | pa.Table | pa.RecordBatch


def _beyond(signal: str, bound: str, value: float, threshold: float) -> str:
    sign = "<" if bound == "min" else ">"
    return f"{signal} {value:.6g} {sign} {threshold:.6g}"


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


def judge(facts: Facts, policy: Policy, source: str = "") -> list[Verdict]:
    """A verdict per document of a source.

    `facts` has the columns `lang`, `quality` (struct) and, where a rule asks for them, `url`,
    `lang_score`, `script_ratio`, `lang_line_share` and the columns of signals of one's own. A
    document in an unknown or unwanted language is judged by that, by exclusions and by rules over
    facts alone. A signal that is null (no stop words listed, say) breaks no rule. Values and
    thresholds are compared as float32, in which signals are stored. Raises StageError where a
    rule's column is missing.
    """
    columns = _Columns(facts)
    langs = columns.langs()
    broken: dict[int, list[Broken]] = {}
    for row, rule in _excluded(columns, policy, source):
        broken.setdefault(row, []).append(rule)
    for row, rule in _against_facts(columns, policy, source):
        broken.setdefault(row, []).append(rule)
    for code in dict.fromkeys(policy.wanted):
        rows = np.array([row for row, lang in enumerate(langs) if lang == code], dtype=np.int64)
        if len(rows):
            for row, rule in _broken(columns, rows, policy, code):
                broken.setdefault(row, []).append(rule)
    wanted = frozenset(policy.wanted)
    likeliest = columns.likeliest()
    return [
        _verdict(broken.get(row, []), lang, wanted, likeliest[row])
        for row, lang in enumerate(langs)
    ]


def _verdict(
    broken: Sequence[Broken], lang: str | None, wanted: frozenset[str], likeliest: str | None
) -> Verdict:
    if broken:
        return Verdict(broken[0].reason, broken[0].detail, tuple(broken))
    if lang in wanted:
        return PASSED
    return Verdict(UNDETERMINED, likeliest) if lang in (None, UND) else Verdict(OTHER, lang)


def _excluded(columns: _Columns, policy: Policy, source: str) -> Iterator[tuple[int, Broken]]:
    """The rows whose address is excluded."""
    exclusions = policy.exclusions_of(source)
    if not exclusions.domains and not exclusions.urls:
        return
    for row, url in enumerate(columns.texts("url")):
        if name := exclusions.domain_of(url):
            yield row, Broken(DOMAIN_RULE, reason=EXCLUDED_DOMAIN, detail=name)
        if address := exclusions.url_of(url):
            yield row, Broken(URL_RULE, reason=EXCLUDED_URL, detail=address)


def _against_facts(columns: _Columns, policy: Policy, source: str) -> Iterator[tuple[int, Broken]]:
    """The rows that break a rule over facts."""
    for rule in policy.fact_rules:
        yield from rule.broken({name: columns.values(name) for name in rule.reads}, source)


def _broken(
    columns: _Columns, rows: npt.NDArray[np.int64], policy: Policy, code: str
) -> Iterator[tuple[int, Broken]]:
    """Every rule of a language that a row broke, in the order in which rules decide."""
    thresholds: Thresholds = policy.thresholds.get(code, {})
    for rule in RULES.values():
        if rule.key in thresholds:
            bound = (rule.key, rule.signal, rule.bound, thresholds[rule.key], rule.reason)
            yield from _breaking(columns.signal(rule.signal), rows, *bound)
    for rule_of_signal in policy.rules_for(code):
        yield from _breaking(columns.own(rule_of_signal), rows, *_bound_of(rule_of_signal))


def _bound_of(rule: SignalRule) -> tuple[str, str, str, float, str]:
    return rule.name, rule.signal, rule.bound, rule.threshold, rule.reason


def _breaking(
    values: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int64],
    name: str,
    signal: str,
    bound: str,
    threshold: float,
    reason: str,
) -> Iterator[tuple[int, Broken]]:
    limit = np.float32(threshold)  # NaN compares false: what was not measured breaks nothing
    chosen = values[rows]
    beyond = chosen < limit if bound == "min" else chosen > limit
    for at in np.flatnonzero(beyond):
        value = float(str(chosen[at]))
        detail = _beyond(signal, bound, value, threshold)
        yield int(rows[at]), Broken(name, value, float(threshold), reason, detail)


class _Columns:
    """The columns that a policy reads, as float32 arrays; each is converted once."""

    def __init__(self, documents: Facts) -> None:
        self._documents = documents
        self._signals: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def _names(self) -> Collection[str]:
        documents = self._documents
        return documents.columns if isinstance(documents, Batch) else documents.column_names

    def langs(self) -> list[str | None]:
        return self.texts("lang")

    def texts(self, name: str) -> list[str | None]:
        """A column of strings."""
        return self.values(name)

    def likeliest(self) -> list[str | None]:
        """The two likeliest labels of each document with their scores, where they are known."""
        if "lid_top" not in self._names:
            return [None] * len(self.langs())
        return [_two_likeliest(top) for top in self.values("lid_top")]

    def values(self, name: str) -> list[Any]:
        """A column as Python values."""
        column = self._column(name)
        return column.to_pylist() if isinstance(column, _ARROW) else list(column)

    def own(self, rule: SignalRule) -> npt.NDArray[np.float32]:
        """A signal of a stage of the recipe's own, NaN for null."""
        if rule.signal not in self._signals:
            self._signals[rule.signal] = _floats(self._column(rule.signal))
        return self._signals[rule.signal]

    def signal(self, name: str) -> npt.NDArray[np.float32]:
        """One signal of all documents, NaN for null."""
        if name not in self._signals:
            is_column = SIGNALS[name].stage == "language"
            self._signals[name] = _floats(self._column(name) if is_column else self._field(name))
        return self._signals[name]

    def _column(self, name: str) -> Any:
        if name not in self._names:
            raise StageError(f"a policy needs the column {name!r}; run the stage that adds it")
        column = self._documents[name]
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


def _floats(values: Any) -> npt.NDArray[np.float32]:
    if isinstance(values, _ARROW):
        values = values.to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float32)  # None becomes NaN


def _two_likeliest(top: Sequence[Mapping[str, Any]] | None) -> str | None:
    """`likeliest khm_Khmr 0.43, lao_Laoo 0.40`; None where the model had no label."""
    if not top:
        return None
    return "likeliest " + ", ".join(f"{item['label']} {item['score']:.2f}" for item in top[:2])


def _no_signal(name: str) -> Any:
    raise StageError(f"the column `quality` has no signal {name!r}; run the stage `signals` again")
