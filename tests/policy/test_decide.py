"""Verdicts: which rule decides, what else was broken, and what a policy is made of."""

from __future__ import annotations

import pickle
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.errors import CatalogueError, RecipeError, StageError
from corpuskit.languages import Threshold, language
from corpuskit.policy import Broken, Policy, Verdict, resolve_thresholds
from corpuskit.policy import judge as judge_facts
from corpuskit.policy.decide import PASSED, Facts
from corpuskit.quality.signals import QUALITY
from corpuskit.stage import Batch
from corpuskit.thresholds import QUALITY_SIGNALS, RULES, defaults

KHMER = "khm_Khmr"


def judge(facts: Facts, thresholds: dict[str, Any], wanted: list[str]) -> list[Verdict]:
    return judge_facts(facts, Policy(tuple(wanted), thresholds))


def quality(**values: float) -> dict[str, float | None]:
    return {name: values.get(name) for name in QUALITY_SIGNALS}


def batch(*rows: dict[str, float | None] | None, **columns: Any) -> Batch:
    return Batch({"lang": [KHMER] * len(rows), "quality": list(rows), **columns})


def test_a_document_keeps_every_rule_it_broke_and_the_first_decides() -> None:
    policy = {"max_digit_share": 0.2, "min_clusters": 40, "max_symbol_share": 0.1}
    (found,) = judge(
        batch(quality(clusters=12, digit_share=0.5, symbol_share=0.05)), {KHMER: policy}, [KHMER]
    )
    assert found.reason == "quality/clusters"
    assert found.detail == "clusters 12 < 40"
    assert found.broken == (Broken("min_clusters", 12, 40), Broken("max_digit_share", 0.5, 0.2))
    assert not found.passed


@pytest.mark.parametrize(
    ("rule", "threshold", "value", "passes"),
    [
        ("min_clusters", 40, 40, True),
        ("min_clusters", 40, 39, False),
        ("max_digit_share", 0.2, 0.2, True),
        ("max_digit_share", 0.2, 0.2000001, False),
        ("max_digit_share", 0.3, 0.30000001192092896, True),  # .3 as it is stored
    ],
)
def test_a_threshold_itself_is_allowed(
    rule: str, threshold: float, value: float, passes: bool
) -> None:
    row = quality(**{RULES[rule].signal: value})
    (found,) = judge(batch(row), {KHMER: {rule: threshold}}, [KHMER])
    assert found.passed == passes


def test_languages_that_are_not_wanted_or_unknown_are_judged_by_that_alone() -> None:
    documents = Batch({
        "lang": [KHMER, "eng_Latn", "und", None],
        "quality": [quality(clusters=1)] * 4,
    })  # fmt: skip
    found = judge(documents, {KHMER: {"min_clusters": 40}}, [KHMER])
    assert [record.reason for record in found] == [
        "quality/clusters", "language/other", "language/undetermined", "language/undetermined",
    ]  # fmt: skip
    assert found[1] == Verdict("language/other", "eng_Latn")


def test_language_rules_read_their_own_columns_and_decide_first() -> None:
    documents = batch(
        quality(clusters=1), quality(clusters=50), quality(clusters=50),
        lang_score=[0.4, 0.9, None], script_ratio=[0.9, 0.5, 0.9],
    )  # fmt: skip
    policy = {"min_clusters": 40, "min_lang_score": 0.5, "min_script_ratio": 0.6}
    found = judge(documents, {KHMER: policy}, [KHMER])
    assert [record.reason for record in found] == [
        "language/lang_score",
        "language/script_ratio",
        None,
    ]
    assert [one.rule for one in found[0].broken] == ["min_lang_score", "min_clusters"]


def test_what_was_not_measured_breaks_no_rule() -> None:
    policy = {"min_stop_words": 2, "max_digit_share": 0.2}
    assert judge(batch(quality(), None), {KHMER: policy}, [KHMER]) == [PASSED, PASSED]


def test_each_language_has_its_own_policy() -> None:
    documents = Batch({"lang": [KHMER, "lao_Laoo", "tha_Thai"],
                       "quality": [quality(clusters=100)] * 3})  # fmt: skip
    policies = {KHMER: {"min_clusters": 50}, "lao_Laoo": {"min_clusters": 200}}
    found = judge(documents, policies, [KHMER, "lao_Laoo", "tha_Thai"])
    assert [one.passed for one in found] == [True, False, True]


def test_a_missing_column_or_signal_is_an_error_not_a_pass() -> None:
    policy = {KHMER: {"min_clusters": 40}}
    with pytest.raises(StageError, match="quality"):
        judge(Batch({"lang": [KHMER]}), policy, [KHMER])
    with pytest.raises(StageError, match="clusters"):
        judge(Batch({"lang": [KHMER], "quality": [{"chars": 3.0}]}), policy, [KHMER])
    old = pa.table({"lang": [KHMER], "quality": pa.array([{"chars": 3.0}])})
    with pytest.raises(StageError, match="clusters"):
        judge(old, policy, [KHMER])


values = st.one_of(st.none(), st.floats(0, 1, width=32))
documents = st.lists(
    st.tuples(st.sampled_from([KHMER, "lao_Laoo", "und", "eng_Latn"]),
              st.one_of(st.none(), st.lists(values, min_size=len(QUALITY_SIGNALS),
                                            max_size=len(QUALITY_SIGNALS)))),
    max_size=12,
)  # fmt: skip


@given(documents, st.integers(1, 5))
def test_a_batch_a_table_and_chunks_are_judged_alike(
    rows: list[tuple[str, list[float | None] | None]], size: int
) -> None:
    langs = [lang for lang, _ in rows]
    struct = [
        None if one is None else dict(zip(QUALITY_SIGNALS, one, strict=True)) for _, one in rows
    ]
    policies = {KHMER: resolve_thresholds(None), "lao_Laoo": {"max_digit_share": 0.3}}
    wanted = [KHMER, "lao_Laoo"]
    found = judge(Batch({"lang": langs, "quality": struct}), policies, wanted)
    table = pa.table({"lang": pa.array(langs, pa.string()), "quality": pa.array(struct, QUALITY)})
    assert judge(table, policies, wanted) == found
    pieces = table.to_batches(max_chunksize=size)
    assert [one for piece in pieces for one in judge(piece, policies, wanted)] == found
    assert judge(pa.Table.from_batches(pieces, table.schema), policies, wanted) == found
    assert [one.passed for one in found] == [not record.reason for record in found]


def test_a_policy_is_the_defaults_the_profile_and_the_recipe() -> None:
    profile = language(KHMER).model_copy(
        update={"thresholds": {"min_clusters": Threshold(value=100, origin="measured today")}}
    )
    found = resolve_thresholds(profile, {"min_chars": 200, "max_digit_share": False})
    assert found["min_clusters"] == 100
    assert found["min_chars"] == 200
    assert "max_digit_share" not in found
    assert found["max_symbol_share"] == defaults()["max_symbol_share"]
    assert list(found) == [key for key in RULES if key in found]


def test_a_recipe_may_lower_what_the_profile_raised() -> None:
    assert resolve_thresholds(language(KHMER), {"min_clusters": 0})["min_clusters"] == 0


def test_unknown_rules_are_named_with_a_guess() -> None:
    with pytest.raises(RecipeError) as caught:
        resolve_thresholds(None, {"min_char": 3, "zzz": 1})
    assert "did you mean 'min_chars'?" in str(caught.value)
    assert len(caught.value.problems) == 2
    wrong = language(KHMER).model_copy(
        update={"thresholds": {"min_char": Threshold(value=1, origin="measured today")}}
    )
    with pytest.raises(CatalogueError, match=r"khm_Khmr.*min_char"):
        resolve_thresholds(wrong)


def test_verdicts_cross_processes() -> None:
    verdict = Verdict("quality/chars", "chars 1 < 2", (Broken("min_chars", 1, 2),))
    assert pickle.loads(pickle.dumps(verdict)) == verdict
