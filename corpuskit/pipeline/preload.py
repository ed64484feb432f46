"""What every worker of a plan needs, imported and computed once in the server that forks them."""

from __future__ import annotations

from corpuskit import registry
from corpuskit.names import DEFAULT_MODEL
from corpuskit.pipeline.plan import Plan

_TABLES = "corpuskit.pipeline.warm.tables"
_MODEL = "corpuskit.pipeline.warm.model"


def modules_of(plan: Plan) -> list[str]:
    """Modules to import before workers are forked.

    Of plug-ins none: what they do on import may not survive a fork.
    """
    stages = [spec.stage for segment in plan.segments for spec in segment.specs]
    connectors = [source.connector for source in plan.sources]
    modules = ["corpuskit.pipeline.steps"]
    for group, names in ((registry.STAGES, stages), (registry.CONNECTORS, connectors)):
        places = [registry.BUILT_IN[group].get(name, "") for name in names]
        modules += [place.partition(":")[0] for place in places if place]
    modules.append(_TABLES)
    if plan.model["name"] == DEFAULT_MODEL:
        modules.append(_MODEL)
    return list(dict.fromkeys(modules))
