"""The declared table of signals and rules holds together."""

from __future__ import annotations

import math

import pytest

from corpuskit.languages import languages
from corpuskit.thresholds import QUALITY_SIGNALS, RULES, SIGNALS, check_keys, defaults


@pytest.mark.parametrize("key", sorted(RULES))
def test_a_rule_bounds_a_declared_signal(key: str) -> None:
    rule = RULES[key]
    assert key == f"{rule.bound}_{rule.signal}"
    assert rule.reason == f"{SIGNALS[rule.signal].stage}/{rule.signal}"
    assert rule.description.endswith(".")


@pytest.mark.parametrize("key", sorted(RULES))
def test_a_default_lies_in_range_and_says_where_it_comes_from(key: str) -> None:
    rule = RULES[key]
    assert (rule.default is None) == (rule.origin is None)
    if rule.default is not None:
        assert 0 < rule.default < SIGNALS[rule.signal].highest


def test_language_rules_decide_before_quality_rules() -> None:
    stages = [rule.stage for rule in RULES.values()]
    assert stages == sorted(stages)


def test_signals_of_the_language_stage_are_columns_of_their_own() -> None:
    assert "lang_score" in SIGNALS
    assert "lang_score" not in QUALITY_SIGNALS
    assert len(QUALITY_SIGNALS) == len(set(QUALITY_SIGNALS)) == len(SIGNALS) - 3


def test_no_default_depends_on_how_a_language_forms_words_or_lines() -> None:
    for signal in ("mean_word_clusters", "words", "stop_words", "terminal_line_fraction"):
        for bound in ("min", "max"):
            assert f"{bound}_{signal}" not in defaults()


def test_unknown_keys_come_with_the_nearest_rule() -> None:
    given = ["min_chars", "min_char", "duplicate_line_fraction", "zzz"]
    assert check_keys(given) == [
        ("min_char", "min_chars"),
        ("duplicate_line_fraction", "max_duplicate_line_fraction"),
        ("zzz", None),
    ]


def test_every_profile_uses_declared_rules_within_range() -> None:
    for profile in languages():
        assert check_keys(profile.thresholds) == []
        for key, threshold in profile.thresholds.items():
            assert 0 <= threshold.value <= SIGNALS[RULES[key].signal].highest
            assert math.isfinite(threshold.value)
