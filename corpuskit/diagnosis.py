"""What would fail before it does: models, languages, disk, memory, and a recipe's needs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from corpuskit.about import install_hint
from corpuskit.connectors.paths import list_inputs
from corpuskit.errors import CorpuskitError, SourceError
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.languages import languages
from corpuskit.names import EMBEDDED_MODEL_NAMES
from corpuskit.progress import counted, data_size
from corpuskit.recipe import Recipe, load_recipe
from corpuskit.store_url import is_store_url

_MODULES: Final = {
    "web": ("web", ("feedparser", "protego", "w3lib")),
    "documents": ("documents", ("pypdfium2",)),
    "wikimedia": ("wikimedia", ("mwparserfromhell", "protego")),
}
"""Per connector the extra that it needs, and the modules of it."""
_LITTLE_DISK: Final = 1_000_000_000
_LITTLE_MEMORY: Final = 1_000_000_000
"""A process of a build takes some 300 MB; two of them and the parent need this."""
_GROWTH: Final = 4
"""Bytes that a build writes for one of its input, at most: texts, measured rows, signatures and
shards of uncompressed text; compressed WARC of pages takes about as much as it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at."""

    subject: str
    message: str
    fails: bool = False


def system_findings() -> Iterator[Finding]:
    """What every build needs of the machine and the installation."""
    yield from _models()
    yield _catalogue()
    yield _folder("temporary files", Path(tempfile.gettempdir()))
    yield _folder("this folder", Path.cwd())
    yield _memory()


def recipe_findings(path: Path) -> Iterator[Finding]:
    """What a recipe needs: that it can be read, planned, and has room. Nothing is fetched."""
    try:
        recipe = load_recipe(path)
    except (CorpuskitError, OSError) as error:
        yield Finding("recipe", str(error), fails=True)
        return
    missing = list(_extras(recipe))
    yield from missing
    if not missing:
        yield _plan(recipe)
    yield from _room(recipe)
    if why := recipe.operator.unreachable():
        yield Finding("operator", f"{recipe.operator.contact} reaches nobody ({why})",
                      fails=_asks_servers(recipe))  # fmt: skip


def _models() -> Iterator[Finding]:
    for name in EMBEDDED_MODEL_NAMES:
        try:
            known = len(ModelSpec.of(sha256=EMBEDDED_MODELS[name].sha256).load().codes)
        except (CorpuskitError, OSError, ValueError) as error:
            yield Finding(f"model {name}", str(error), fails=True)
        else:
            yield Finding(f"model {name}", f"knows {counted(known, 'language')}")


def _catalogue() -> Finding:
    try:
        return Finding("catalogue", counted(len(languages()), "language"))
    except CorpuskitError as error:
        return Finding("catalogue", str(error), fails=True)


def _folder(subject: str, folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(subject, f"{folder} cannot be written: {error.strerror}", fails=True)
    little = free < _LITTLE_DISK
    advice = "; a build stops when the disk is full" if little else ""
    return Finding(subject, f"{folder}: {_gigabytes(free)} free{advice}", fails=little)


def _memory() -> Finding:
    cores = os.cpu_count() or 1
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return Finding("machine", counted(cores, "core"))
    little = size < _LITTLE_MEMORY
    advice = "; use --workers 1" if little else ""
    return Finding("machine", f"{counted(cores, 'core')}, {_gigabytes(size)} of memory{advice}")


def _extras(recipe: Recipe) -> Iterator[Finding]:
    needed: dict[str, list[str]] = {}
    for source in recipe.source:
        extra, modules = _MODULES.get(source.connector or "", ("", ()))
        if lost := [module for module in modules if find_spec(module) is None]:
            needed.setdefault(extra, []).append(f"{source.name or source.use} ({', '.join(lost)})")
    if recipe.engine.name == "ray" and find_spec("ray") is None:
        needed.setdefault("ray", []).append("[engine]")
    for extra, sources in needed.items():
        message = f"{', '.join(sources)} needs it: {install_hint(extra)}"
        yield Finding(f"[{extra}]", message, fails=True)


def _plan(recipe: Recipe) -> Finding:
    from corpuskit.pipeline import make_plan

    try:
        plan = make_plan(recipe)
    except (CorpuskitError, OSError) as error:
        return Finding("recipe", str(error), fails=True)
    sources = counted(len(plan.sources), "source")
    return Finding(
        "recipe", f"{recipe.name}: {sources}, {counted(len(plan.languages), 'language')}"
    )


def _asks_servers(recipe: Recipe) -> bool:
    from corpuskit.pipeline import source_plans

    try:
        return any(source.fetches for source in source_plans(recipe))
    except CorpuskitError:
        return False


def _room(recipe: Recipe) -> Iterator[Finding]:
    """Whether the disk has room for what the build makes of files that are there."""
    size = 0
    for source in recipe.source:
        path = source.options.get("path")
        if isinstance(path, str) and not is_store_url(path):
            with suppress(SourceError, OSError):  # the plan says so
                size += sum(Path(i.path).stat().st_size for i in list_inputs(path, recipe.folder))
    if size:
        free = shutil.disk_usage(Path.cwd()).free
        needed = size * _GROWTH
        yield Finding(
            "room",
            f"{data_size(size)} of input, up to {data_size(needed)} for the build, "
            f"{_gigabytes(free)} free",
            fails=needed > free,
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
