"""The steps of a build, one file each, in the order in which they run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from corpuskit.identity import Identity, Ingredient
from corpuskit.pipeline.step import Step
from corpuskit.pipeline.steps import cluster, rejects
from corpuskit.pipeline.steps.annotate import Annotate
from corpuskit.pipeline.steps.assign import ASSIGNMENT, Assign
from corpuskit.pipeline.steps.cluster import FindDuplicates
from corpuskit.pipeline.steps.decide import DECISION, Decide
from corpuskit.pipeline.steps.describe import DESCRIPTION, Describe
from corpuskit.pipeline.steps.extract import TASK, Extract
from corpuskit.pipeline.steps.fetch import Fetch
from corpuskit.pipeline.steps.gather import GATHERING, Gather
from corpuskit.pipeline.steps.publish import WRITING, Publish
from corpuskit.pipeline.steps.rejects import Rejects
from corpuskit.pipeline.steps.route import ROUTING, Route
from corpuskit.pipeline.steps.scan import Scan
from corpuskit.pipeline.steps.sign import Sign
from corpuskit.pipeline.steps.tally import TALLY, Tally

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan

OUTPUTS: Final = (
    Extract.name, Annotate.name, Sign.name, Decide.name, Gather.name, FindDuplicates.name,
    Assign.name, Route.name, Tally.name,
)  # fmt: skip
"""Steps that leave an output per task in `.work`."""


def build_steps() -> list[Step]:
    """Everything from fetching to the manifest."""
    return [
        Fetch(), Scan(), Extract(), Annotate(), Sign(), Decide(), Gather(), FindDuplicates(),
        Assign(), Route(), Publish(), Tally(), Rejects(), Describe(),
    ]  # fmt: skip


def fetch_steps(names: Sequence[str] = ()) -> list[Step]:
    """Fetching alone, of the named sources or of all."""
    return [Fetch(names)]


def identity_of(plan: Plan) -> Identity:
    """What the outputs of a plan's steps depend on."""
    sources = tuple(source.ingredient for source in plan.sources)
    steps: dict[str, tuple[Ingredient, ...]] = {
        Extract.name: (*sources, TASK, *plan.extract.ingredients),
        Annotate.name: plan.annotate.ingredients,
        Sign.name: plan.sign.ingredients,
        Decide.name: (DECISION,),
        Gather.name: (GATHERING,),
        FindDuplicates.name: (cluster.ingredient(plan.recipe),),
        Assign.name: (ASSIGNMENT,),
        Route.name: (ROUTING,),
        Publish.name: (WRITING,),
        Tally.name: (TALLY,),
        Rejects.name: (rejects.WRITING,),
        Describe.name: (DESCRIPTION,),
    }
    return Identity(steps, plan.recipe.sha256, plan.policy.as_json())
