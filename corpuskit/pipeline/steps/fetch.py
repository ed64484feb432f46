"""The step `fetch`: acquire the raw records of sources that are not on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpuskit import logs
from corpuskit.connectors.base import Agent, Connector, FetchContext, Judge
from corpuskit.connectors.calls import answerable
from corpuskit.errors import Problem, RecipeError, SourceError
from corpuskit.pipeline.judge import PageJudge
from corpuskit.pipeline.sources import SourcePlan, sources_named
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.recipe.models import NO_CONTACT, NOBODY

_log = logs.logger(__name__)


@dataclass(frozen=True)
class FetchTask(Task):
    """One source to fetch."""

    source: SourcePlan


class FetchStep(Step):
    """Fetch the named sources, or all of them. Fetching is resumed by each connector itself."""

    name = "fetch"
    every_time = True
    in_parent = True

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = names

    def tasks(self, state: State) -> Sequence[Task]:
        """A task per source that fetches."""
        chosen = sources_named(state.plan.sources, self.names)
        return [FetchTask(self.name, source.name, source) for source in chosen if source.fetches]

    def before(self, state: State, tasks: Sequence[Task]) -> None:
        """Refuse an operator that `init` left to be filled in; warn of one nobody can reach."""
        recipe = state.plan.recipe
        hint = "servers are told who asks: write name and contact"
        problems = [
            Problem(str(recipe.path), f"operator.{key}", f"is still {placeholder!r}", hint)
            for key, value, placeholder in (
                ("name", recipe.operator.name, NOBODY),
                ("contact", recipe.operator.contact, NO_CONTACT),
            )
            if value.strip() == placeholder
        ]
        if problems:
            raise RecipeError(problems)
        if tasks and (why := recipe.operator.unreachable()):
            warning = f"warning: nobody can be reached at operator.contact: {why}"
            _log.warning("%s", warning)
            state.progress.note(self.name, warning)

    def here(self, state: State, task: Any) -> None:
        """Fetch one source; its last progress line stays visible."""
        source: SourcePlan = task.source
        operator, connector, last = state.plan.recipe.operator, source.open(), ""

        def report(line: str) -> None:
            nonlocal last
            last = line
            state.progress.say(self.name, f"{source.name}: {line}")

        tombstones = state.plan.policy.tombstones
        if tombstones.has_source(source.name):
            state.progress.note(self.name, f"{source.name}: not fetched, it was taken down")
            return
        context = FetchContext(
            agent=Agent(operator.name, operator.contact, state.plan.recipe.sha256),
            report=report,
            judge=_judge(state, source, connector),
            excluded=lambda url: source.exclusions.why(url) or tombstones.why_not_fetch(url),
            taken_down=tombstones.why_not_fetch,
            binding=state.plan.recipe.policy.opt_outs,
            note=lambda line: state.progress.note(self.name, f"{source.name}: {line}"),
        )
        try:
            with answerable(connector, source.name, "fetching"):
                connector.fetch(context)
        except SourceError as error:
            raise SourceError(f"source {source.name!r}: {error}") from error
        finally:
            if last:
                state.progress.note(self.name, f"{source.name}: {last}")

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Nothing more to say: every source said how far it came."""
        return ""


def _judge(state: State, source: SourcePlan, connector: Connector) -> Judge | None:
    """What tells how much pages are worth, if the model knows every wanted language: with one
    that does not, texts in that language would look worthless."""
    if not connector.judged:
        return None
    plan = state.plan
    if not plan.unknown:
        return PageJudge(plan)
    unknown = ", ".join(plan.unknown)
    why = f"the model {plan.recipe.identify.model} does not know {unknown}"
    state.progress.note("fetch", f"{source.name}: focus is off, {why}")
    return None
