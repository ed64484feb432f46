"""The sources of a recipe, resolved against the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpuskit import exclusions, registry
from corpuskit.connectors.base import Connector, Input
from corpuskit.connectors.calls import answerable
from corpuskit.connectors.object_paths import is_object_path, reading_objects
from corpuskit.errors import Problem, RecipeError, SourceError
from corpuskit.identity import Ingredient, ingredient_of
from corpuskit.policy import Exclusions, exclusions_of
from corpuskit.recipe import Recipe, resolve
from corpuskit.recipe.source_checks import CONSENT


@dataclass(frozen=True)
class SourcePlace:
    """Where a source is on this machine."""

    root: str
    """Folder that relative paths in its options start from."""
    store: str | None = None
    """Folder of what it fetches, once the build's folder is known."""


_ROOT, _STORE = "root:", "store:"


@dataclass(frozen=True)
class SourcePlan:
    """One source of the recipe, resolved against the catalogue."""

    name: str
    connector: str
    options: Mapping[str, Any]
    root: str
    license: str
    license_verified_by: str | None
    exclusions: Exclusions = field(default_factory=Exclusions)
    """What must not be used of it: policy, so it is in no key of reading."""
    store: str | None = None
    """Folder of what it fetches, once the build's folder is known."""

    def open(self) -> Connector:
        """The connector, ready to list and read; ConnectorError where it cannot be made."""
        kind = registry.connector(self.connector)
        if is_object_path(self.options.get("path")):
            kind = reading_objects(kind)
        store = Path(self.store) if self.store else None
        with answerable(kind, self.name, "being set up"):
            options = kind.Options.model_validate(dict(self.options))
            connector: Connector = kind(options, Path(self.root), store)
        return connector

    @property
    def place(self) -> SourcePlace:
        """Where it is on this machine."""
        return SourcePlace(self.root, self.store)

    def anywhere(self) -> SourcePlan:
        """The same source without its place, as tasks carry it."""
        return replace(self, root="", store=None)

    def at(self, place: SourcePlace) -> SourcePlan:
        """The same source at a place."""
        return replace(self, root=place.root, store=place.store)

    def without_place(self, item: Input) -> Input:
        """An input whose path starts from the source's place, as tasks carry it. A file outside of
        it, which the recipe names by an absolute path, keeps that."""
        path = Path(item.path)
        for mark, folder in ((_STORE, self.store), (_ROOT, self.root)):
            if folder and path.is_relative_to(folder):
                return replace(item, path=mark + path.relative_to(folder).as_posix())
        return item

    def with_place(self, item: Input) -> Input:
        """The input with its path on this machine."""
        for mark, folder in ((_STORE, self.store), (_ROOT, self.root)):
            if folder and item.path.startswith(mark):
                return replace(item, path=str(Path(folder) / item.path.removeprefix(mark)))
        return item

    def placed(self, raw: Path) -> SourcePlan:
        """The same source with a folder in `raw` for everything that it fetches."""
        return replace(self, store=str(raw / self.name))

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
    def ingredient(self) -> Ingredient:
        """What the records read from it depend on, beside the bytes of its inputs."""
        kind = registry.connector(self.connector)
        unread = {"path", *kind.fetch_only}
        read = {key: value for key, value in self.options.items() if key not in unread}
        options = {
            "source": self.name,
            "options": read,
            "license": self.license,
            "license_verified_by": self.license_verified_by,
        }
        provider = registry.provider(registry.CONNECTORS, self.connector)
        return ingredient_of(kind, options, provider)

    @property
    def reasons(self) -> dict[str, str]:
        """The reason codes that its connector declares beyond those of every connector."""
        return dict(getattr(registry.connector(self.connector), "reasons", {}))


def source_plans(recipe: Recipe) -> tuple[SourcePlan, ...]:
    """The recipe's sources alone: what would be read or fetched, whether it is there or not."""
    listed = recipe_exclusions(recipe)
    return tuple(
        _source(table.model_dump(exclude_none=True), recipe, listed) for table in recipe.source
    )


def recipe_exclusions(recipe: Recipe) -> Exclusions:
    """What the recipe itself excludes from all its sources; RecipeError for a broken file."""
    table = recipe.exclude
    files = [recipe.folder / name for name in table.files]
    return exclusions_of(table.domains, table.urls, files, f"{recipe.path}: exclude")


def _source(table: Mapping[str, Any], recipe: Recipe, listed: Exclusions) -> SourcePlan:
    resolved = resolve(dict(table))
    common = ("name", "connector", "license", "license_verified_by")
    name, connector, license_, verified = (resolved.get(key) for key in common)
    rights = (CONSENT, "consent", "allow_excluded", "obtained")
    connector_options = {
        key: value for key, value in resolved.items() if key not in (*common, *rights)
    }
    catalogue = exclusions_of(exclusions.domains(resolved.get("allow_excluded") or ()))
    kind = registry.connector(str(connector)).Options
    options = kind.model_validate(connector_options).model_dump(mode="json", exclude_unset=True)
    root = str(recipe.folder.absolute())
    return SourcePlan(
        str(name), str(connector), options, root, str(license_), verified, catalogue | listed
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


def sources_named(plans: Sequence[SourcePlan], names: Sequence[str]) -> list[SourcePlan]:
    """The named sources, or all of them if no name is given; SourceError for an unknown name."""
    if unknown := sorted(set(names) - {source.name for source in plans}):
        known = ", ".join(source.name for source in plans)
        raise SourceError(f"the recipe has no source {', '.join(unknown)}; there are {known}")
    return [source for source in plans if not names or source.name in names]
