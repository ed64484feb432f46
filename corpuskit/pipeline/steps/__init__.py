"""The steps of a build, one file each, in the order in which they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from corpuskit.identity import Identity, Ingredient
from corpuskit.pipeline.step import Step
from corpuskit.pipeline.steps import dedup, earlier, rejects
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.assign import ASSIGNMENT, AssignStep
from corpuskit.pipeline.steps.bands import BandsStep
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.decide import DECISION, DecideStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.describe import DescribeStep, description
from corpuskit.pipeline.steps.earlier import EarlierStep
from corpuskit.pipeline.steps.extract import TASK, ExtractStep
from corpuskit.pipeline.steps.fetch import FetchStep
from corpuskit.pipeline.steps.gather import GATHERING, GatherStep
from corpuskit.pipeline.steps.index import IndexStep
from corpuskit.pipeline.steps.leaders import LeadersStep
from corpuskit.pipeline.steps.pairs import PairsStep
from corpuskit.pipeline.steps.publish import WRITING, PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.pipeline.steps.repeat_counts import RepeatCountsStep, counts_ingredient
from corpuskit.pipeline.steps.repeat_keys import RepeatKeysStep, keys_ingredient
from corpuskit.pipeline.steps.repeats import RepeatsStep, editing_ingredient
from corpuskit.pipeline.steps.replace import ReplaceStep
from corpuskit.pipeline.steps.route import ROUTING, RouteStep
from corpuskit.pipeline.steps.scan import ScanStep
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.pipeline.steps.signatures import SignaturesStep
from corpuskit.pipeline.steps.stars import StarsStep
from corpuskit.pipeline.steps.summarize import SUMMARY, SummarizeStep
from corpuskit.pipeline.steps.survey import SURVEY, SurveyStep
from corpuskit.pipeline.steps.tally import TALLY, TallyStep

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan

OUTPUTS: Final = (
    ExtractStep.name,
    AnnotateStep.name,
    RepeatKeysStep.name,
    RepeatCountsStep.name,
    RepeatsStep.name,
    SignStep.name,
    DecideStep.name,
    GatherStep.name,
    EarlierStep.name,
    LeadersStep.name,
    SignaturesStep.name,
    BandsStep.name,
    CandidatesStep.name,
    PairsStep.name,
    StarsStep.name,
    DedupStep.name,
    AssignStep.name,
    RouteStep.name,
    TallyStep.name,
    SummarizeStep.name,
    IndexStep.name,
    SurveyStep.name,
)
"""Steps that leave an output per task in `.work`."""


_FINDING_DUPLICATES: Final = (
    LeadersStep,
    SignaturesStep,
    BandsStep,
    CandidatesStep,
    PairsStep,
    StarsStep,
    DedupStep,
)


def build_steps() -> list[Step]:
    """Everything from fetching to the manifest."""
    return [
        FetchStep(),
        ScanStep(),
        ExtractStep(),
        AnnotateStep(),
        RepeatKeysStep(),
        RepeatCountsStep(),
        RepeatsStep(),
        SignStep(),
        DecideStep(),
        GatherStep(),
        EarlierStep(),
        LeadersStep(),
        SignaturesStep(),
        BandsStep(),
        CandidatesStep(),
        PairsStep(),
        StarsStep(),
        DedupStep(),
        AssignStep(),
        TallyStep(),
        ReplaceStep(),
        RouteStep(),
        PublishStep(),
        RejectsStep(),
        SummarizeStep(),
        SurveyStep(),
        IndexStep(),
        DescribeStep(),
    ]


def fetch_steps(names: Sequence[str] = ()) -> list[Step]:
    """Fetching alone, of the named sources or of all."""
    return [FetchStep(names)]


def identity_of(plan: Plan) -> Identity:
    """What the outputs of a plan's steps depend on."""
    sources = tuple(source.ingredient for source in plan.sources)
    limits = Ingredient("limits", "1", asdict(plan.limits))
    steps: dict[str, tuple[Ingredient, ...]] = {
        ExtractStep.name: (*sources, TASK, limits, *plan.extract.ingredients),
        AnnotateStep.name: (limits, *plan.annotate.ingredients),
        **_repeats(plan, limits),
        SignStep.name: (limits, *plan.sign.ingredients),
        DecideStep.name: (DECISION,),
        GatherStep.name: (GATHERING,),
        **({EarlierStep.name: (earlier.ingredient(plan),)} if plan.earlier else {}),
        **{step.name: (dedup.ingredient(plan.recipe),) for step in _FINDING_DUPLICATES},
        AssignStep.name: (ASSIGNMENT,),
        RouteStep.name: (ROUTING,),
        PublishStep.name: (WRITING,),
        TallyStep.name: (TALLY,),
        RejectsStep.name: (rejects.WRITING,),
        SummarizeStep.name: (SUMMARY,),
        SurveyStep.name: (SURVEY,),
        DescribeStep.name: (description(plan),),
    }
    return Identity(steps, plan.recipe.sha256, plan.policy.as_json())


def _repeats(plan: Plan, limits: Ingredient) -> dict[str, tuple[Ingredient, ...]]:
    """What the steps that take out repeated text depend on; nothing where the recipe has none."""
    if plan.repeats is None:
        return {}
    recipe = plan.recipe
    editing = (editing_ingredient(recipe), counts_ingredient(recipe), keys_ingredient(recipe))
    return {
        RepeatKeysStep.name: editing[2:],
        RepeatCountsStep.name: editing[1:],
        RepeatsStep.name: (limits, *plan.repeats.ingredients, *editing),
    }
