"""From a recipe to a corpus: what a build consists of (plan, steps) and how it is run.

Where to look: `plan` resolves a recipe; `steps/` has one file per step, in the order of
`steps.build_steps`; `run` runs them and knows none by name; `crashes` sets aside what kills a
worker; `segments` are the chains of stages that `extract` and `annotate` run.
"""

from corpuskit.pipeline.plan import Plan, make_plan
from corpuskit.pipeline.segments import Segment, StageSpec
from corpuskit.pipeline.sources import source_plans

__all__ = ["Plan", "Segment", "StageSpec", "make_plan", "source_plans"]
