"""The plan of a build: its sources with their inputs, its segments, its policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpuskit import exclusions, registry
from corpuskit.connectors.base import Connector, Input
from corpuskit.connectors.calls import answerable
from corpuskit.errors import Problem, RecipeError, SourceError
from corpuskit.identify import model_options
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.priors import prior_options
from corpuskit.languages import Language, language, languages, specific_lists
from corpuskit.names import DEFAULT_MODEL
from corpuskit.pipeline.segments import Segment, StageSpec
from corpuskit.quality import resolve_policy
from corpuskit.recipe import Recipe, resolve
from corpuskit.recipe.checks import CONSENT


@dataclass(frozen=True)
class SourcePlan:
    """One source of the recipe, resolved against the catalogue."""

    name: str
    connector: str
    options: Mapping[str, Any]
    root: str
    license: str
    license_verified_by: str | None
    store: str | None = None
    """Folder of what it fetches, once the build's folder is known."""
    avoid: tuple[str, ...] = ()
    """Domains whose pages must not be used."""

    def open(self) -> Connector:
        """The connector, ready to list and read; ConnectorError where it cannot be made."""
        kind = registry.connector(self.connector)
        store = Path(self.store) if self.store else None
        with answerable(kind, self.name, "being set up"):
            options = kind.Options.model_validate(dict(self.options))
            made: Connector = kind(options, Path(self.root), store)
        made.avoid = self.avoid
        return made

    @property
    def fetches(self) -> bool:
        """Whether its inputs are only there once they have been fetched."""
        connector = self.open()
        with answerable(connector, self.name, "saying whether it fetches"):
            return connector.remote()

    @property
    def source_type(self) -> str:
        """Value of the column `source_type`."""
        return self.open().source_type

    @property
    def key(self) -> list[Any]:
        """What the rows read from it depend on, beside the bytes of its inputs."""
        kind = registry.connector(self.connector)
        unread = {"path", *kind.fetch_only}
        rest = {key: value for key, value in self.options.items() if key not in unread}
        return [
            self.name, self.connector, kind.version, rest, self.license, self.license_verified_by,
            self.avoid,
        ]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Everything a build needs, decided before anything runs."""

    recipe: Recipe
    languages: tuple[Language, ...]
    sources: tuple[SourcePlan, ...]
    model: Mapping[str, Any]
    """Identification model: name, sha256, license."""
    extract: Segment
    annotate: Segment
    signature: Segment
    policies: Mapping[str, Mapping[str, float]]
    """Per wanted language: rule to threshold."""
    unknown: tuple[str, ...] = ()
    """Wanted languages that the model cannot answer with, in a plan that is only to fetch."""

    def placed(self, raw: Path) -> Plan:
        """The same plan with a folder in `raw` for everything that each source fetches."""
        placed = (replace(one, store=str(raw / one.name)) for one in self.sources)
        return replace(self, sources=tuple(placed))

    @property
    def extra_stages(self) -> tuple[StageSpec, ...]:
        """Stages that the recipe adds to the built-in ones."""
        return tuple(spec for spec in self.annotate.specs if spec.stage in self.recipe.stages)


def make_plan(recipe: Recipe, *, only_fetch: bool = False) -> Plan:
    """Resolve a recipe; RecipeError lists every source that cannot be used.

    Sources that are to be fetched are listed later, by `list_inputs`. A plan that is only to
    fetch needs no model that knows the languages: their texts may be there to train one.
    """
    profiles = tuple(language(code) for code in recipe.languages)
    sources = source_plans(recipe)
    list_inputs([one for one in sources if not one.fetches], str(recipe.path))
    table = recipe.identify
    model, options, places = model_options(
        table.model, sha256=table.sha256, labels=table.labels, root=recipe.folder
    )
    wanted = list(recipe.languages)
    known = ModelSpec.of(**options, **places).load().codes
    if not only_fetch:
        _check_known(wanted, known, recipe)
    screen = StageSpec("screen", {"languages": wanted, **options}, places)
    return Plan(
        recipe=recipe,
        languages=profiles,
        sources=sources,
        model=model,
        extract=Segment(
            "extract",
            (
                StageSpec("decode"),
                *((screen,) if recipe.extract.screen else ()),
                StageSpec("extract"),
            ),
        ),
        annotate=_annotate(profiles, recipe, options, places),
        signature=Segment("signature", (StageSpec("signature"),)),
        policies={one.code: _policy(one, recipe) for one in profiles},
        unknown=tuple(code for code in wanted if code not in known),
    )


def _annotate(
    profiles: Sequence[Language], recipe: Recipe, model: dict[str, Any], places: dict[str, Any]
) -> Segment:
    """What is found out about a text; `model` and `places` are the options of its model."""
    identify = model | _priors(recipe)
    lines = {
        "languages": {one.code: list(one.confusable) for one in profiles},
        "foreign_lines": recipe.identify.foreign_lines,
    }
    signals = {
        "stop_words": {one.code: list(one.stop_words.values) for one in profiles if one.stop_words},
        "syllabic": [one.code for one in profiles if one.segmentation == "syllables"],
        "specific_words": {one.code: lists for one in profiles if (lists := specific_lists(one))},
    }
    return Segment(
        "annotate",
        (
            StageSpec("normalize", {"zwsp": recipe.normalize.zwsp}),
            StageSpec("identify", identify, places),
            StageSpec("lines", {**identify, **lines}, places),
            StageSpec("signals", signals),
            *(StageSpec(name) for name in recipe.stages),
        ),
    )


def source_plans(recipe: Recipe) -> tuple[SourcePlan, ...]:
    """The recipe's sources alone: what would be read or fetched, whether it is there or not."""
    return tuple(_source(table.model_dump(exclude_none=True), recipe) for table in recipe.source)


def _check_known(wanted: Sequence[str], known: frozenset[str], recipe: Recipe) -> None:
    """A language that the model cannot answer with would lose every document: say so first."""
    told = f"the model {recipe.identify.model} does not know"
    problems = [
        Problem(str(recipe.path), f"languages[{at}]", f"{told} {code}", _who_knows(code))
        for at, code in enumerate(wanted, 1)
        if code not in known
    ]
    if problems:
        raise RecipeError(problems)


def _who_knows(code: str) -> str:
    """What to do about a language that the recipe's model cannot answer with."""
    profile = language(code)
    if profile.embedded_models:
        return " or ".join(f'[identify] model = "{one}"' for one in profile.embedded_models)
    if profile.brought_models:
        return f"no model in the package does: bring {' or '.join(profile.brought_models)}"
    return "no model that is known here does: train one with `corpuskit lid train`"


def _priors(recipe: Recipe) -> dict[str, Any]:
    """The evidence beside the text, where the recipe gives any a weight."""
    weights = {kind: one for kind, one in recipe.identify.priors if one}
    return {"priors": prior_options(weights, languages())} if weights else {}


def _policy(profile: Language, recipe: Recipe) -> dict[str, float]:
    """The rules that are on. A profile's floor for the model's score is lid.176's: it says
    nothing about another model's scores, so there the recipe alone sets one."""
    overrides = dict(recipe.quality.get(profile.code, {}))
    if recipe.identify.model != DEFAULT_MODEL:
        overrides.setdefault("min_lang_score", False)
    return resolve_policy(profile, overrides)


def _source(table: Mapping[str, Any], recipe: Recipe) -> SourcePlan:
    resolved = resolve(dict(table))
    common = ("name", "connector", "license", "license_verified_by")
    name, connector, license_, verified = (resolved.get(key) for key in common)
    rights = (CONSENT, "consent", "allow_excluded")
    given = {key: value for key, value in resolved.items() if key not in (*common, *rights)}
    avoid = exclusions.domains(resolved.get("allow_excluded") or ())
    kind = registry.connector(str(connector)).Options
    options = kind.model_validate(given).model_dump(mode="json", exclude_unset=True)
    root = str(recipe.folder.absolute())
    return SourcePlan(
        str(name), str(connector), options, root, str(license_), verified, avoid=avoid
    )


def list_inputs(sources: Sequence[SourcePlan], file: str) -> dict[str, list[Input]]:
    """Inputs per source, each in its fixed order; RecipeError lists the sources without any."""
    inputs: dict[str, list[Input]] = {}
    problems: list[Problem] = []
    for index, source in enumerate(sources):
        try:
            connector = source.open()
            with answerable(connector, source.name, "listing its inputs"):
                inputs[source.name] = connector.inputs()
        except SourceError as error:
            problems.append(Problem(file, f"source[{index + 1}] ({source.name})", str(error)))
    if problems:
        raise RecipeError(problems)
    return inputs
