"""Plans: a recipe resolved before anything runs, and what a build's identity is made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pipeline.handmade import KHMER, Scream, plug_in, recipe_of, write_texts

from corpuskit.errors import RecipeError
from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.steps import OUTPUTS, build_steps

INPUTS = [{"source": "texts", "name": "a", "sha256": "0"}]


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_texts(tmp_path, "a")
    return tmp_path


def planned(folder: Path, **tables: Any) -> Plan:
    return make_plan(recipe_of(folder, **tables))


def stages(plan: Plan) -> list[list[str]]:
    return [[spec.stage for spec in segment.specs] for segment in plan.segments]


def test_the_chains_of_a_plan(folder: Path) -> None:
    assert stages(planned(folder)) == [
        ["decode", "screen", "extract"],
        ["normalize", "identify", "lines", "personal_data", "signals"],
        ["signature"],
    ]
    assert stages(planned(folder, extract={"screen": False}))[0] == ["decode", "extract"]
    assert [segment.name for segment in planned(folder).segments] == ["extract", "annotate", "sign"]


def test_stages_of_ones_own_run_last_and_editing_ones_before_the_signals(folder: Path) -> None:
    plan = planned(folder, stages=["courtesy", "sandwich", "scream"])
    assert stages(plan)[1] == [
        "normalize", "identify", "lines", "sandwich", "personal_data", "signals",
        "courtesy", "scream",
    ]  # fmt: skip
    assert [spec.stage for spec in plan.extra_stages] == ["sandwich", "courtesy", "scream"]
    assert planned(folder).extra_stages == ()


def test_the_stages_of_the_ledger_come_from_the_plan(folder: Path) -> None:
    assert planned(folder).ledger_stages == (
        "read", "decode", "screen", "extract", "normalize", "policy", "language", "quality",
        "dedup", "publish",
    )  # fmt: skip
    plan = planned(folder, stages=["courtesy", "scream"], rules={"courtesy": {"min": 0.1}})
    assert plan.ledger_stages[4:10] == (
        "normalize", "scream", "policy", "language", "quality", "rules",
    )  # fmt: skip


def test_options_of_the_stages(folder: Path) -> None:
    plan = planned(
        folder,
        normalize={"zwsp": "strip"},
        identify={"foreign_lines": "remove", "priors": {"cctld": 1.1}},
    )
    options = {spec.stage: spec.options for spec in plan.annotate.specs}
    assert options["normalize"] == {"zwsp": "strip"}
    assert options["lines"]["foreign_lines"] == "remove"
    assert list(options["lines"]["languages"]) == [KHMER]
    assert options["lines"].items() >= options["identify"].items()
    assert set(options["identify"]["priors"]) and "priors" not in {
        key for spec in planned(folder).annotate.specs for key in spec.options
    }
    (screen,) = [spec for spec in plan.extract.specs if spec.stage == "screen"]
    assert screen.options["languages"] == [KHMER]
    assert "priors" not in screen.options
    assert screen.options["every_part"] is True  # since foreign lines are removed


def test_signals_know_the_stop_words_of_the_languages(folder: Path) -> None:
    plan = planned(folder, languages=[KHMER, "mya_Mymr"])
    options = plan.annotate.specs[-1].options
    assert KHMER in options["stop_words"]
    assert set(options) == {"stop_words", "syllabic", "specific_words"}
    for code in options["syllabic"]:
        assert code in plan.recipe.languages


def test_the_policy_has_thresholds_rules_and_exclusions(folder: Path) -> None:
    plan = planned(
        folder,
        quality={KHMER: {"min_chars": 77}},
        stages=["courtesy"],
        rules={"courtesy": {"min": 0.1, KHMER: {"max": 0.9}}},
        exclude={"domains": ["a.example"]},
    )
    policy = plan.policy
    assert policy.wanted == (KHMER,)
    assert policy.thresholds[KHMER]["min_chars"] == 77
    assert [(rule.name, rule.language) for rule in policy.signal_rules] == [
        ("min_courtesy", None), ("max_courtesy", KHMER),
    ]  # fmt: skip
    assert "a.example" in policy.exclusions_of("texts").domains


def test_a_profiles_floor_for_scores_is_the_default_models(folder: Path) -> None:
    default = planned(folder).policy.thresholds[KHMER]
    other = planned(folder, identify={"model": "sea-2"}).policy.thresholds[KHMER]
    assert "min_lang_score" not in other
    assert default.keys() - other.keys() <= {"min_lang_score"}
    floor = {"identify": {"model": "sea-2"}, "quality": {KHMER: {"min_lang_score": 0.5}}}
    assert planned(folder, **floor).policy.thresholds[KHMER]["min_lang_score"] == 0.5


def test_a_rule_on_a_signal_that_nobody_measures_is_told(folder: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        planned(folder, stages=["courtesy"], rules={"curtsy": {"min": 0.1}})
    (problem,) = caught.value.problems
    assert problem.key == "rules.curtsy"
    assert problem.message == "no stage of the recipe adds the column 'curtsy' (added: courtesy)"
    assert problem.hint == "name its stage in `stages`"
    with pytest.raises(RecipeError, match=r"\(added: none\)"):
        planned(folder, rules={"curtsy": {"min": 0.1}})


def test_a_stage_with_a_name_of_the_ledger_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scream, "name", "policy")
    with pytest.raises(RecipeError, match=r"stages\[2\]: the ledger has a stage 'policy' already"):
        planned(folder, stages=["courtesy", "scream"])


def test_a_source_without_inputs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"source\[1\] \(texts\)"):
        planned(tmp_path)


@pytest.mark.parametrize(
    ("code", "model", "hint"),
    [
        ("dzo_Tibt", "lid176", r'^\[identify\] model = "sea-2'),
        ("rki_Mymr", "lid176", r'^\[identify\] model = "sea-2'),
    ],
)
def test_a_language_that_the_model_does_not_know_is_refused(
    folder: Path, code: str, model: str, hint: str
) -> None:
    tables = {"languages": [KHMER, code], "identify": {"model": model}}
    with pytest.raises(RecipeError) as caught:
        planned(folder, **tables)
    (problem,) = caught.value.problems
    assert problem.key == "languages[2]"
    assert problem.message == f"the model {model} does not know {code}"
    assert re.match(hint, problem.hint or "")
    fetching = make_plan(recipe_of(folder, **tables), only_fetch=True)
    assert fetching.unknown == (code,)
    assert planned(folder).unknown == ()


def test_sources_get_a_place_for_what_they_fetch(folder: Path) -> None:
    plan = planned(folder)
    placed = plan.placed(folder / "raw")
    assert [source.store for source in placed.sources] == [str(folder / "raw" / "texts")]
    assert plan.sources[0].store is None
    assert placed.identity.build_id(INPUTS) == plan.identity.build_id(INPUTS)


def keys(plan: Plan) -> dict[str, str]:
    """The key of every step, and the build's id."""
    steps = {step: plan.identity.task_key(step) for step in plan.identity.steps}
    return steps | {"build": plan.identity.build_id(INPUTS)}


@pytest.mark.parametrize(
    ("tables", "changed"),
    [
        ({"exclude": {"domains": ["a.example"]}}, set()),
        ({"quality": {KHMER: {"min_chars": 77}}}, set()),
        ({"normalize": {"zwsp": "strip"}}, {"annotate"}),
        ({"extract": {"screen": False}}, {"extract"}),
        (
            {"dedup": {"threshold": 0.7}},
            {"leaders", "signatures", "bands", "candidates", "pairs", "stars", "dedup"},
        ),
        ({"output": {"shard_size": "1GB"}}, set()),
        ({"stages": ["courtesy"]}, {"annotate"}),
        ({"output": {"validation": 0.1}}, set()),
    ],
)
def test_what_a_changed_recipe_runs_again(
    folder: Path, tables: dict[str, Any], changed: set[str]
) -> None:
    before, after = keys(planned(folder)), keys(planned(folder, **tables))
    assert {name for name in before if before[name] != after[name]} == {*changed, "build"}


def test_an_operators_own_exclusions_give_another_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The recipe is the same to the byte: only the catalogue has another entry."""
    before = planned(folder)
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    (catalogue / "excluded.toml").write_text(
        '[[excluded]]\nname = "ours"\nabout = "a site of ours"\n'
        'why = "its owner wrote to us and said no"\n'
        'evidence = "letter of 2026-11-01, file 7"\n'
        'verified_by = "legal team, 2026-11-02"\ndomains = ["ours.example"]\n'
    )
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(catalogue))
    after = planned(folder)
    assert before.recipe.sha256 == after.recipe.sha256
    assert {name for name in keys(before) if keys(before)[name] != keys(after)[name]} == {"build"}


def test_every_step_with_outputs_has_ingredients(folder: Path) -> None:
    steps = [step.name for step in build_steps()]
    identity = planned(folder).identity
    without_outputs = ("fetch", "scan", "replace")
    where_asked = {"repeat_keys", "repeat_counts", "repeats", "earlier"}
    by_shard = {"index"}  # found by later builds, which know its shards alone
    always = {step for step in steps if step not in without_outputs} - where_asked - by_shard
    assert set(identity.steps) == always
    assert set(OUTPUTS) <= always | where_asked | by_shard
    assert all(identity.steps[step] for step in identity.steps)


@pytest.mark.parametrize(
    "tables", [{"dedup": {"memory": "1GB"}}, {"engine": {"name": "ray", "address": "auto"}}]
)
def test_how_a_build_runs_is_no_part_of_what_it_is(folder: Path, tables: dict[str, Any]) -> None:
    before, after = planned(folder), planned(folder, **tables)
    assert keys(before) == keys(after)
    assert before.recipe.model_dump_json() == after.recipe.model_dump_json()
