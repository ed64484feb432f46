"""Recipe to plan: which stages run over which sources, in segments cut at barriers."""

from corpuskit.pipeline.plan import Plan, make_plan, source_plans
from corpuskit.pipeline.segments import Segment, StageSpec

__all__ = ["Plan", "Segment", "StageSpec", "make_plan", "source_plans"]
