"""Rules as data: which hold for a language, what they are called, what keys see of them."""

from __future__ import annotations

import pytest

from corpuskit.errors import CatalogueError, RecipeError
from corpuskit.languages import Threshold, language
from corpuskit.policy.exclusions import Exclusions
from corpuskit.policy.rules import (
    Policy,
    SignalRule,
    ledger_stages,
    resolve_thresholds,
    signal_rules,
)
from corpuskit.thresholds import RULES, defaults

KHMER, LAO = "khm_Khmr", "lao_Laoo"
polite_rules = signal_rules(
    {"politeness": {"min": 0.1, LAO: {"min": 0.5, "max": 2}}, "anger": {"max": 3}}
)


def test_the_rules_of_a_recipes_tables() -> None:
    assert polite_rules == (
        SignalRule("politeness", "min", 0.1),
        SignalRule("politeness", "min", 0.5, LAO),
        SignalRule("politeness", "max", 2.0, LAO),
        SignalRule("anger", "max", 3.0),
    )
    assert all(isinstance(rule.threshold, float) for rule in polite_rules)
    assert signal_rules({"politeness": {"min": 0}}) == (SignalRule("politeness", "min", 0.0),)
    assert signal_rules({"politeness": {}}) == ()


def test_what_a_rule_is_called() -> None:
    least, most = SignalRule("politeness", "min", 0.1), SignalRule("politeness", "max", 0.1)
    assert (least.name, most.name) == ("min_politeness", "max_politeness")
    assert least.reason == most.reason == "rules/politeness"
    assert least.meaning == "The signal `politeness` is below the minimum of the recipe's rules."
    assert most.meaning == "The signal `politeness` is above the maximum of the recipe's rules."


@pytest.mark.parametrize("order", [1, -1])
def test_a_rule_for_a_language_wins_over_the_one_for_all(order: int) -> None:
    policy = Policy((KHMER, LAO), signal_rules=polite_rules[::order])
    assert {rule.name: rule.threshold for rule in policy.rules_for(KHMER)} == {
        "min_politeness": 0.1,
        "max_anger": 3.0,
    }
    assert {rule.name: rule.threshold for rule in policy.rules_for(LAO)} == {
        "min_politeness": 0.5,
        "max_politeness": 2.0,
        "max_anger": 3.0,
    }


def test_every_rule_in_force_in_the_order_in_which_they_decide() -> None:
    policy = Policy((KHMER, LAO), {KHMER: {"min_chars": 100, "max_digit_share": 0.2}}, polite_rules)
    assert list(policy.in_force(KHMER).items()) == [
        ("min_chars", 100), ("max_digit_share", 0.2), ("min_politeness", 0.1), ("max_anger", 3.0),
    ]  # fmt: skip
    assert list(policy.in_force(LAO)) == ["min_politeness", "max_anger", "max_politeness"]


def test_columns_that_the_rules_read() -> None:
    assert Policy((KHMER,), signal_rules=polite_rules).signals == ("politeness", "anger")
    assert Policy((KHMER,)).signals == ()


def test_meanings_of_the_rules_codes() -> None:
    policy = Policy((KHMER,), signal_rules=(polite_rules[0], polite_rules[3]))
    assert policy.meanings() == {
        "rules/politeness": polite_rules[0].meaning,
        "rules/anger": polite_rules[3].meaning,
    }


def test_the_ledger_has_a_stage_for_rules_only_where_there_are_some() -> None:
    assert tuple(ledger_stages(Policy((KHMER,)))) == ("policy", "language", "quality")
    assert ledger_stages(Policy((KHMER,), signal_rules=polite_rules))[-1] == "rules"


def test_keys_see_everything_that_decides() -> None:
    exclusions = {"web": Exclusions(frozenset({"b.example", "a.example"}), frozenset({"c"}))}
    policy = Policy((KHMER,), {KHMER: {"min_chars": 100}}, polite_rules[:2], exclusions)
    assert policy.as_json() == {
        "wanted": [KHMER],
        "thresholds": {KHMER: {"min_chars": 100}},
        "rules": [["politeness", "min", 0.1, None], ["politeness", "min", 0.5, LAO]],
        "exclusions": {"web": {"domains": ["a.example", "b.example"], "urls": ["c"]}},
        "facts": [],
    }


def test_keys_of_a_source_see_only_what_is_excluded_of_it() -> None:
    some, other = Exclusions(frozenset({"a.example"})), Exclusions(frozenset({"b.example"}))
    policy = Policy((KHMER,), exclusions={"web": some, "dump": other})
    assert policy.as_json("web")["exclusions"] == {"web": some.as_json()}
    assert policy.as_json("none")["exclusions"] == {"none": Exclusions().as_json()}
    assert policy.of_source("web") == Policy((KHMER,), exclusions={"web": some})
    assert policy.exclusions_of("none") == Exclusions()


def test_thresholds_in_rising_priority() -> None:
    profile = language(KHMER).model_copy(
        update={"thresholds": {"min_clusters": Threshold(value=100, origin="measured today")}}
    )
    resolved = resolve_thresholds(profile, {"min_chars": 200, "max_digit_share": False})
    assert resolved["min_clusters"] == 100
    assert resolved["min_chars"] == 200
    assert "max_digit_share" not in resolved
    assert resolve_thresholds(profile, {"min_clusters": 7})["min_clusters"] == 7
    assert list(resolved) == [key for key in RULES if key in resolved]
    assert resolve_thresholds(None) == {key: defaults()[key] for key in RULES if key in defaults()}


def test_true_is_the_number_one_and_false_turns_a_rule_off() -> None:
    assert resolve_thresholds(None, {"min_stop_words": True})["min_stop_words"] == 1.0
    assert "min_clusters" not in resolve_thresholds(None, {"min_clusters": False})
    assert "min_stop_words" not in resolve_thresholds(None, {"min_stop_words": False})


def test_unknown_rules_are_all_named_with_a_guess() -> None:
    with pytest.raises(RecipeError) as caught:
        resolve_thresholds(None, {"min_char": 3, "zzz": False})
    first, second = caught.value.problems
    assert (first.file, first.key, first.message) == ("quality", "min_char", "no such rule")
    assert first.hint == "did you mean 'min_chars'?"
    assert (second.key, second.hint) == ("zzz", None)
    threshold = Threshold(value=1, origin="measured today")
    wrong = language(KHMER).model_copy(update={"thresholds": {"min_char": threshold}})
    with pytest.raises(CatalogueError, match=r"^khm_Khmr: quality: min_char: no such rule"):
        resolve_thresholds(wrong)
