"""The plan of a build: its sources, its chains of stages, its policy, its identity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpuskit.classify.model import classifier_digest, load_classifier
from corpuskit.decontamination import GENERIC, ItemFiles, prepare_index
from corpuskit.earlier import EarlierCorpus
from corpuskit.edits import EDIT_FIELDS
from corpuskit.errors import ClassifierError, Problem, RecipeError
from corpuskit.identify import model_options
from corpuskit.identify.model_labels import models_that_know
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.priors import prior_options
from corpuskit.identity import Identity
from corpuskit.languages import Language, language, languages, specific_lists
from corpuskit.licenses.expression import exact_license
from corpuskit.limits import RecordLimits
from corpuskit.names import DEFAULT_MODEL
from corpuskit.pipeline.earlier import earlier_corpora
from corpuskit.pipeline.lists import list_rules, list_stages
from corpuskit.pipeline.segments import RESERVED, Segment, StageSpec
from corpuskit.pipeline.sources import SourcePlan, list_inputs, source_plans
from corpuskit.policy import (
    FactRule,
    LicenseRule,
    OptOutRule,
    PersonalDataRule,
    Policy,
    resolve_thresholds,
    signal_rules,
)
from corpuskit.policy.decontamination import ContaminationRule
from corpuskit.policy.rules import ledger_stages
from corpuskit.privacy.exceptions import unusable
from corpuskit.recipe import Recipe
from corpuskit.recipe.tombstones import recipe_tombstones
from corpuskit.schema import FIELDS
from corpuskit.tombstones import Tombstones


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
    sign: Segment
    policy: Policy
    earlier: tuple[EarlierCorpus, ...] = ()
    """Corpora whose documents are kept out of this one."""
    repeats: Segment | None = None
    """What edits texts again that have repeated lines or passages, and measures them again."""
    unknown: tuple[str, ...] = ()
    """Wanted languages that the model cannot answer with, in a plan that is only to fetch."""

    def placed(self, raw: Path) -> Plan:
        """The same plan with a folder in `raw` for everything that each source fetches."""
        return replace(self, sources=tuple(source.placed(raw) for source in self.sources))

    def obeying(self, tombstones: Tombstones) -> Plan:
        """The same plan that rejects what these tombstones name as well."""
        return replace(self, policy=self.policy.obeying(tombstones)) if tombstones else self

    @property
    def limits(self) -> RecordLimits:
        """What one record may take."""
        return RecordLimits(self.recipe.limits.seconds, self.recipe.limits.memory)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The chains of stages, in order."""
        repeats = (self.repeats,) if self.repeats else ()
        return (self.extract, self.annotate, *repeats, self.sign)

    @property
    def extra_stages(self) -> tuple[StageSpec, ...]:
        """Stages that the recipe adds to the built-in ones."""
        added = (*self.recipe.stages, "classifier")
        return tuple(spec for spec in self.annotate.specs if spec.stage in added)

    @property
    def _repeated_text(self) -> tuple[str, ...]:
        """The stage that takes out repeated text, where there is one."""
        return ("repeated_text",) if self.repeats else ()

    @property
    def ledger_stages(self) -> tuple[str, ...]:
        """Every stage that the ledger always has, in order."""
        chains = (*self.extract.ledger_stages, *self.annotate.ledger_stages, *self._repeated_text)
        return ("read", *chains, *ledger_stages(self.policy), "dedup", "publish")

    @property
    def counted_stages(self) -> tuple[tuple[str, ...], ...]:
        """Every stage at which a record can be lost: those of `extract`, `annotate`, `decide`.

        The ledger has those that are not in `ledger_stages` where one failed over a record.
        """
        return (
            ("read", *self.extract.stage_names),
            (*self.annotate.stage_names, *self._repeated_text),
            (*self.sign.stage_names, *ledger_stages(self.policy)),
        )

    @cached_property
    def identity(self) -> Identity:
        """What outputs depend on."""
        from corpuskit.pipeline.steps import identity_of

        return identity_of(self)


def make_plan(recipe: Recipe, *, only_fetch: bool = False) -> Plan:
    """Resolve a recipe; RecipeError lists every source that cannot be used.

    Sources that are to be fetched are listed later, by `list_inputs`. A plan that is only to
    fetch needs no model that knows the languages: their texts may be there to train one.
    """
    profiles = tuple(language(code) for code in recipe.languages)
    sources = source_plans(recipe)
    list_inputs([source for source in sources if not source.fetches], str(recipe.path))
    table = recipe.identify
    model, options, places = model_options(
        table.model, sha256=table.sha256, labels=table.labels, root=recipe.folder
    )
    wanted = list(recipe.languages)
    known = ModelSpec.of(**options, **places).load().codes
    if not only_fetch:
        _check_known(wanted, known, recipe)
    every_part = {"every_part": True} if table.foreign_lines == "remove" else {}
    screen = StageSpec("screen", {"languages": wanted, **every_part, **options}, places)
    screens = (screen,) if recipe.extract.screen else ()
    searches = () if only_fetch else _searches(recipe)
    earlier = () if only_fetch else earlier_corpora(recipe)
    annotate = _annotate(profiles, recipe, options, places, searches)
    plan = Plan(
        recipe=recipe,
        languages=profiles,
        sources=sources,
        model=model,
        extract=Segment("extract", (StageSpec("decode"), *screens, StageSpec("extract"))),
        annotate=annotate,
        repeats=_repeats(annotate, recipe),
        sign=Segment("sign", (StageSpec("signature"),)),
        policy=_policy(profiles, sources, recipe, earlier),
        earlier=earlier,
        unknown=tuple(code for code in wanted if code not in known),
    )
    _check_stages(plan)
    return plan


def _annotate(
    profiles: Sequence[Language],
    recipe: Recipe,
    model: dict[str, Any],
    places: dict[str, Any],
    searches: Sequence[StageSpec],
) -> Segment:
    """What is found out about a text; `model` and `places` are the options of its model.

    Stages of the recipe's own that change texts run before the signals are measured, so that
    these describe the text that is published; the others run last and see every signal. Personal
    data is masked after all other edits, none of which can bring any back.
    """
    identify = model | _priors(recipe)
    lines = {
        "languages": {profile.code: list(profile.confusable) for profile in profiles},
        "foreign_lines": recipe.identify.foreign_lines,
    }
    extra = [StageSpec(name) for name in recipe.stages]
    return Segment(
        "annotate",
        (
            StageSpec("normalize", {"zwsp": recipe.normalize.zwsp}),
            StageSpec("identify", identify, places),
            StageSpec("lines", {**identify, **lines}, places),
            *(spec for spec in extra if spec.is_editing),
            *_personal_data(profiles, recipe),
            *searches,
            StageSpec("signals", _signals(profiles)),
            *list_stages(profiles, recipe),
            *(spec for spec in extra if not spec.is_editing),
            *_classifier(recipe),
        ),
    )


def _repeats(annotate: Segment, recipe: Recipe) -> Segment | None:
    """The chain that takes out repeated text, where the recipe asks for it, and measures the
    edited texts again as `annotate` did; no other stage edits them a second time."""
    if recipe.dedup.lines is None and recipe.dedup.passages is None:
        return None
    again = [
        replace(spec, options={**spec.options, "foreign_lines": "keep"})
        if spec.stage == "lines"
        else spec
        for spec in annotate.specs
        if spec.stage == "lines" or not spec.is_editing
    ]
    return Segment("repeats", (StageSpec("repeated_text"), *again))


def _classifier(recipe: Recipe) -> list[StageSpec]:
    """The stage that scores texts, where the recipe names a model."""
    if recipe.classifier is None:
        return []
    path = (recipe.folder / recipe.classifier.model).absolute()
    try:
        digest = classifier_digest(path)
        load_classifier(path, digest)
    except ClassifierError as error:
        message = str(error)
        raise RecipeError([Problem(str(recipe.path), "classifier.model", message)]) from error
    return [StageSpec("classifier", {"sha256": digest}, {"path": str(path)})]


def _searches(recipe: Recipe) -> tuple[StageSpec, ...]:
    """The stage that looks for evaluation items, where the recipe names any."""
    table = recipe.decontamination
    if table is None:
        return ()
    files = [
        ItemFiles(entry, GENERIC)
        if isinstance(entry, str)
        else ItemFiles(entry.path, entry.layout, entry.benchmark)
        for entry in table.items
    ]
    index = prepare_index(files, recipe.folder, str(recipe.path))
    return (StageSpec("decontaminate", index.options, index.places),)


def _personal_data(profiles: Sequence[Language], recipe: Recipe) -> list[StageSpec]:
    """The stage that masks personal data; none where the recipe keeps every kind."""
    table = recipe.privacy
    looked_for = table.kinds_with("mask", "count", "reject")
    if not looked_for:
        return []
    masked = table.kinds_with("mask")
    options = {
        "mask": masked,
        "count": [kind for kind in looked_for if kind not in masked],
        "keep": list(table.keep),
        "regions": {profile.code: [tld.upper() for tld in profile.cctld] for profile in profiles},
        "languages": list(recipe.languages),
    }
    return [StageSpec("personal_data", options)]


def _check_kept(recipe: Recipe) -> list[Problem]:
    """Entries of `[privacy] keep` that could never match."""
    return [
        Problem(str(recipe.path), f"privacy.keep[{number}]", f"{entry[:80]!r} {mistake}")
        for number, entry in enumerate(recipe.privacy.keep, 1)
        if (mistake := unusable(entry))
    ]


def _signals(profiles: Sequence[Language]) -> dict[str, Any]:
    """Options of the stage `signals`: what it must know about the languages."""
    return {
        "stop_words": {
            profile.code: list(profile.stop_words.values)
            for profile in profiles
            if profile.stop_words
        },
        "syllabic": [profile.code for profile in profiles if profile.segmentation == "syllables"],
        "specific_words": {
            profile.code: lists for profile in profiles if (lists := specific_lists(profile))
        },
    }


def _check_stages(plan: Plan) -> None:
    """Stages that break their contract, names and columns that are taken, rules on signals that
    nobody measures: RecipeError before anything runs."""
    file, problems = str(plan.recipe.path), []
    taken = {field.name for segment in plan.segments for spec in _built_in(plan, segment)
             for field in spec.fields}  # fmt: skip
    taken |= {*FIELDS, *(field.name for field in EDIT_FIELDS), "reason", "detail", "text_bytes"}
    names = {spec.kind.name for segment in plan.segments for spec in _built_in(plan, segment)}
    names |= RESERVED
    for index, spec in enumerate(plan.extra_stages, 1):
        key = f"stages[{index}]"
        if missing := [name for name in _CONTRACT if not hasattr(spec.kind, name)]:
            message = f"the stage {spec.stage!r} has no {', '.join(missing)}"
            problems.append(
                Problem(file, key, message, "docs/writing-a-stage.md says what it needs")
            )
            continue
        name = spec.kind.name
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
            hint = "small letters, digits and underscores: it is part of reason codes"
            problems.append(Problem(file, key, f"{name!r} is not a name for a stage", hint))
        elif name in names:
            message = f"the ledger has a stage {name!r} already; give yours another name"
            problems.append(Problem(file, key, message))
        for field in spec.fields:
            if field.name in taken:
                message = f"the column {field.name!r} of {name!r} is taken; give yours another name"
                problems.append(Problem(file, key, message))
        names.add(name)
        taken |= {field.name for field in spec.fields}
    problems += [*_check_rules(plan, file), *_check_kept(plan.recipe)]
    if problems:
        raise RecipeError(problems)


_CONTRACT = ("name", "version", "fields", "process")


def _built_in(plan: Plan, segment: Segment) -> list[StageSpec]:
    return [spec for spec in segment.specs if spec not in plan.extra_stages]


def _check_rules(plan: Plan, file: str) -> Iterator[Problem]:
    """Rules on signals of one's own bound a column of numbers that some stage adds."""
    columns = {
        field.name: field.type
        for spec in plan.extra_stages
        if hasattr(spec.kind, "fields")
        for field in spec.fields
    }
    for signal in plan.policy.signals:
        if signal not in columns:
            added = ", ".join(sorted(columns)) or "none"
            message = f"no stage of the recipe adds the column {signal!r} (added: {added})"
            yield Problem(file, f"rules.{signal}", message, "name its stage in `stages`")
        elif not _is_number(columns[signal]):
            message = f"the column {signal!r} is {columns[signal]}, not a number"
            yield Problem(file, f"rules.{signal}", message)


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    )


def _check_known(wanted: Sequence[str], known: frozenset[str], recipe: Recipe) -> None:
    """A language that the model cannot answer with would lose every document: say so first."""
    message = f"the model {recipe.identify.model} does not know"
    problems = [
        Problem(str(recipe.path), f"languages[{at}]", f"{message} {code}", _who_knows(code))
        for at, code in enumerate(wanted, 1)
        if code not in known
    ]
    if problems:
        raise RecipeError(problems)


def _who_knows(code: str) -> str:
    """What to do about a language that the recipe's model cannot answer with."""
    profile = language(code)
    if models := models_that_know(code):
        return " or ".join(f'[identify] model = "{name}"' for name in models)
    if profile.brought_models:
        return f"no model in the package does: bring {' or '.join(profile.brought_models)}"
    return "no model that is known here does: train one with `corpuskit lid train`"


def _priors(recipe: Recipe) -> dict[str, Any]:
    """The evidence beside the text, where the recipe gives any a weight."""
    weights = {kind: weight for kind, weight in recipe.identify.priors if weight}
    return {"priors": prior_options(weights, languages())} if weights else {}


def _policy(
    profiles: Sequence[Language],
    sources: Sequence[SourcePlan],
    recipe: Recipe,
    earlier: Sequence[EarlierCorpus],
) -> Policy:
    policy = Policy(
        wanted=tuple(recipe.languages),
        thresholds={profile.code: _thresholds(profile, recipe) for profile in profiles},
        signal_rules=signal_rules({name: table.as_rules() for name, table in recipe.rules.items()}),
        exclusions={source.name: source.exclusions for source in sources},
        fact_rules=(*_rights_rules(sources, recipe), *_fact_rules(recipe)),
    )
    tombstones = recipe_tombstones(recipe)
    for corpus in earlier:
        tombstones |= corpus.tombstones
    return policy.obeying(tombstones)


def _fact_rules(recipe: Recipe) -> tuple[FactRule, ...]:
    """Rules over facts that the recipe turns on, in the order in which they decide."""
    rules: list[FactRule] = []
    if rejected := tuple(recipe.privacy.kinds_with("reject")):
        rules.append(PersonalDataRule(rejected))
    rules += list_rules(recipe)
    items = recipe.decontamination
    if items is not None and items.action == "reject":
        rules.append(ContaminationRule(items.min_score))
    return tuple(rules)


def _rights_rules(sources: Sequence[SourcePlan], recipe: Recipe) -> tuple[FactRule, ...]:
    """The rules over licenses and opt-outs of a recipe."""
    table = recipe.policy
    rules: list[FactRule] = []
    if table.licenses is not None or table.unknown == "reject":
        licenses = table.licenses
        if licenses is not None:
            licenses = tuple(exact_license(license_) or license_ for license_ in licenses)
        rules.append(LicenseRule(licenses, table.unknown))
    noted = frozenset(source.name for source in sources if source.options.get("opt_outs") == "note")
    rules.append(OptOutRule(table.opt_outs, noted))
    return tuple(rules)


def _thresholds(profile: Language, recipe: Recipe) -> dict[str, float]:
    """The rules that are on. A profile's floor for the model's score is lid.176's: it says
    nothing about another model's scores, so there the recipe alone sets one."""
    overrides = dict(recipe.quality.get(profile.code, {}))
    if recipe.identify.model != DEFAULT_MODEL:
        overrides.setdefault("min_lang_score", False)
    return resolve_thresholds(profile, overrides)
