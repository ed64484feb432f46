"""The rules of a policy, as data: what each reads, its threshold, for which language, and why.

A policy is resolved once, in the plan, from four places: the defaults of `corpuskit.thresholds`,
the language profiles, the catalogue's list of what must not be used, and the recipe. It decides
over facts that have been measured, so it is part of no key of reading or measuring: a changed rule
decides anew and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from corpuskit.errors import CatalogueError, Problem, RecipeError
from corpuskit.languages import Language, all_thresholds
from corpuskit.policy.exclusions import EXCLUDED_DOMAIN, EXCLUDED_URL, Exclusions
from corpuskit.policy.fact_rules import FactRule
from corpuskit.policy.takedowns import TakedownRule
from corpuskit.thresholds import RULES, check_keys, defaults
from corpuskit.tombstones import NO_TOMBSTONES, Tombstones

Thresholds = Mapping[str, float]
"""Rules on the signals of `corpuskit.thresholds` that are on: `{"min_clusters": 40, ...}`."""

OTHER: Final = "language/other"
UNDETERMINED: Final = "language/undetermined"


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One bound on a column that a stage of the recipe adds."""

    signal: str
    """The column."""
    bound: Literal["min", "max"]
    threshold: float
    language: str | None = None
    """The language that it holds for; None for all without a rule of their own."""

    @property
    def name(self) -> str:
        """As written in the column `broken`: `min_politeness`."""
        return f"{self.bound}_{self.signal}"

    @property
    def reason(self) -> str:
        """The reason code in the ledger."""
        return f"rules/{self.signal}"

    @property
    def meaning(self) -> str:
        """The reason code's meaning in one sentence."""
        bound = "below the minimum" if self.bound == "min" else "above the maximum"
        return f"The signal `{self.signal}` is {bound} of the recipe's rules."


@dataclass(frozen=True)
class Policy:
    """Everything that decides which documents are kept."""

    wanted: tuple[str, ...]
    """Languages to keep; a document in another one is lost for that alone."""
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    """Per wanted language."""
    signal_rules: tuple[SignalRule, ...] = ()
    """Rules on signals of the recipe's own stages."""
    exclusions: Mapping[str, Exclusions] = field(default_factory=dict)
    """Per source, what must not be used."""
    fact_rules: tuple[FactRule, ...] = ()
    """Rules over facts of any kind, in the order in which they decide."""

    @property
    def tombstones(self) -> Tombstones:
        """Every tombstone that it obeys."""
        for rule in self.fact_rules:
            if isinstance(rule, TakedownRule):
                return rule.tombstones
        return NO_TOMBSTONES

    def obeying(self, tombstones: Tombstones) -> Policy:
        """The same policy that obeys these tombstones before its other rules over facts."""
        if not tombstones:
            return self
        others = [rule for rule in self.fact_rules if not isinstance(rule, TakedownRule)]
        first = TakedownRule(self.tombstones | tombstones)
        return replace(self, fact_rules=(first, *others))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that its own rules read beside those that every policy does."""
        read = (name for rule in self.fact_rules for name in rule.reads)
        return tuple(dict.fromkeys((*self.signals, *read)))

    @property
    def signals(self) -> tuple[str, ...]:
        """Columns that the rules on signals of one's own read."""
        return tuple(dict.fromkeys(rule.signal for rule in self.signal_rules))

    def rules_for(self, language: str) -> list[SignalRule]:
        """The rules on signals of one's own that hold for a language; its own ones win."""
        chosen: dict[str, SignalRule] = {}
        for rule in sorted(self.signal_rules, key=lambda rule: rule.language is not None):
            if rule.language in (None, language):
                chosen[rule.name] = rule
        return list(chosen.values())

    def in_force(self, language: str) -> dict[str, float]:
        """Every rule with its threshold for a language, in the order in which they decide."""
        bounds = {rule.name: rule.threshold for rule in self.rules_for(language)}
        return dict(self.thresholds.get(language, {})) | bounds

    def as_json(self, source: str | None = None) -> dict[str, Any]:
        """As keys and the manifest see it; with a source, only what decides over that one."""
        sources = self.exclusions if source is None else {source: self.exclusions_of(source)}
        return {
            "wanted": list(self.wanted),
            "thresholds": {code: dict(rules) for code, rules in self.thresholds.items()},
            "rules": [
                [rule.signal, rule.bound, rule.threshold, rule.language]
                for rule in self.signal_rules
            ],
            "exclusions": {name: of.as_json() for name, of in sources.items()},
            "facts": [
                [type(rule).__name__, rule.as_json()]
                for rule in (self if source is None else self.of_source(source)).fact_rules
            ],
        }

    def of_source(self, source: str) -> Policy:
        """The same policy with what decides over one source alone."""
        return replace(
            self,
            exclusions={source: self.exclusions_of(source)},
            fact_rules=tuple(rule.of_source(source) for rule in self.fact_rules),
        )

    def exclusions_of(self, source: str) -> Exclusions:
        """What must not be used of a source."""
        return self.exclusions.get(source, Exclusions())

    def meanings(self) -> dict[str, str]:
        """The reason codes of rules over facts and on signals of one's own, with their meaning."""
        over_facts: dict[str, str] = {}
        for rule in self.fact_rules:
            over_facts |= rule.meanings()
        return over_facts | {rule.reason: rule.meaning for rule in self.signal_rules}


REASONS: Final[dict[str, str]] = {
    EXCLUDED_DOMAIN: "The page is of a domain that must not be used (docs/sources.md, or "
    "`[exclude]` in the recipe).",
    EXCLUDED_URL: "The page's address is one that the recipe excludes (`[exclude]`).",
    UNDETERMINED: "No language was recognized with enough certainty.",
    OTHER: "The text is in a language that the recipe does not list.",
}
"""Codes of the ledger stages `policy` and `language` that no threshold stands behind."""


def resolve_thresholds(
    profile: Language | None, overrides: Mapping[str, float | bool] | None = None
) -> dict[str, float]:
    """The rules that are on for a language. In rising priority: defaults, inherited profile,
    profile, recipe.

    `False` in `overrides` turns a rule off. Raises CatalogueError for a profile's unknown
    rule and RecipeError for an override's.
    """
    thresholds = defaults()
    if profile is not None:
        if unknown := check_keys(profile.thresholds):
            problems = (str(_no_such_rule(key, guess)) for key, guess in unknown)
            raise CatalogueError(f"{profile.code}: {'; '.join(problems)}")
        thresholds |= {key: value.value for key, (value, _) in all_thresholds(profile).items()}
    overrides = overrides or {}
    if unknown := check_keys(overrides):
        raise RecipeError([_no_such_rule(key, guess) for key, guess in unknown])
    thresholds |= {key: float(value) for key, value in overrides.items() if value is not False}
    off = {key for key, value in overrides.items() if value is False}
    return {key: thresholds[key] for key in RULES if key in thresholds and key not in off}


def _no_such_rule(key: str, guess: str | None) -> Problem:
    hint = f"did you mean {guess!r}?" if guess else None
    return Problem("quality", key, "no such rule", hint)


def signal_rules(tables: Mapping[str, Mapping[str, Any]]) -> tuple[SignalRule, ...]:
    """The rules of a recipe's `[rules.SIGNAL]` tables: `min` and `max` for all languages, a table
    of a language's code for that one."""
    rules: list[SignalRule] = []
    for signal, table in tables.items():
        rules += _bounds(signal, table, None)
        for code, inner in table.items():
            if isinstance(inner, Mapping):
                rules += _bounds(signal, inner, code)
    return tuple(rules)


def _bounds(signal: str, table: Mapping[str, Any], code: str | None) -> Iterator[SignalRule]:
    for bound in ("min", "max"):
        if (threshold := table.get(bound)) is not None:
            yield SignalRule(signal, bound, float(threshold), code)


def ledger_stages(policy: Policy) -> Sequence[str]:
    """The stages of the ledger at which a policy decides, in order."""
    over_facts = [code.partition("/")[0] for rule in policy.fact_rules for code in rule.meanings()]
    last = ["rules"] if policy.signal_rules else []
    return tuple(dict.fromkeys(("policy", *over_facts, "language", "quality", *last)))
