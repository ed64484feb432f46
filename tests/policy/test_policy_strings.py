"""Verdicts on plain strings, and the reason codes of the policy."""

from __future__ import annotations

import pytest

from corpuskit.errors import CatalogueError, RecipeError
from corpuskit.languages import language
from corpuskit.policy import REASONS, judge_texts, resolve_thresholds
from corpuskit.quality import quality_signals
from corpuskit.thresholds import RULES, defaults

KHMER = (
    "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ មនុស្ស មានវិចារណញ្ញាណនិង"
    "សតិសម្បជញ្ញៈជាប់ពីកំណើត ហើយគប្បីប្រព្រឹត្ដចំពោះគ្នាទៅវិញទៅមក ក្នុងស្មារតីភាតរភាពជាបងប្អូន។"
)


def test_signals_of_strings_use_the_profiles_stop_words() -> None:
    (found,) = quality_signals([KHMER], language="khm_Khmr")
    assert found["stop_words"] is not None
    assert found["stop_words"] >= 3
    (none,) = quality_signals([KHMER], language="khm_Khmr", stop_words=["zzz"])
    assert none["stop_words"] == 0


def test_article_one_passes_and_what_is_no_text_does_not() -> None:
    article, short, menu = judge_texts(
        [KHMER, KHMER[:30], "ទំព័រដើម\nអំពីយើង\nទំនាក់ទំនង\nព័ត៌មាន\n" * 20], language="khm_Khmr"
    )
    assert article.passed
    assert short.reason == "quality/clusters"
    assert {one.rule for one in menu.broken} >= {
        "max_duplicate_line_fraction", "max_fragment_share", "max_top_4gram_char_fraction",
    }  # fmt: skip


def test_rules_can_be_replaced_and_turned_off() -> None:
    (short,) = judge_texts(
        [KHMER[:30]], language="khm_Khmr",
        rules={"min_clusters": False, "max_fragment_share": False, "min_stop_words": 0},
    )  # fmt: skip
    assert short.passed
    (long,) = judge_texts([KHMER], language="khm_Khmr", rules={"min_chars": 10_000})
    assert long.reason == "quality/chars"


def test_unknown_languages_and_rules_are_refused() -> None:
    with pytest.raises(CatalogueError, match="khm_Khmr"):
        judge_texts(["a"], language="km")
    with pytest.raises(RecipeError, match="min_chars"):
        judge_texts(["a"], language="khm_Khmr", rules={"min_char": 1})


def test_every_rule_has_a_reason_in_one_sentence() -> None:
    assert {rule.reason for rule in RULES.values()} <= set(REASONS)
    assert {"language/other", "language/undetermined"} <= set(REASONS)
    for reason, meaning in REASONS.items():
        decided = ("policy/", "takedown/", "privacy/", "decontamination/", "language/", "quality/")
        assert reason.startswith(decided)
        assert meaning.endswith(".")
    assert len(set(REASONS.values())) == len(REASONS)


def test_texts_are_judged_by_their_languages_profile() -> None:
    (verdict,) = judge_texts(["a"], language="khm_Khmr")
    thresholds = {rule.rule: rule.threshold for rule in verdict.broken}
    profile = resolve_thresholds(language("khm_Khmr"))
    assert thresholds["min_clusters"] == profile["min_clusters"] != defaults()["min_clusters"]
    assert thresholds["min_stop_words"] == profile["min_stop_words"]
