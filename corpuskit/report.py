"""The report of a published build as a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.callable_module import make_callable
from corpuskit.diff import BuildDiff, Change, diff
from corpuskit.errors import WorkspaceError
from corpuskit.publish import Build
from corpuskit.publish.pages.counts import count_files
from corpuskit.publish.pages.facts import PublishedFacts, read_samples
from corpuskit.publish.published import Published
from corpuskit.publish.report import Changes, Survey, report_page, survey_files
from corpuskit.publish.report.survey import excerpt
from corpuskit.publish.token_report import token_reports
from corpuskit.store import atomic_file, disk_errors
from corpuskit.store_url import StoreUrl
from corpuskit.workspace import Workspace

_ROWS: Final = 40
"""Rows of each table of changes: `corpuskit diff --json` has all."""


def report(
    build: Build | str | Path | StoreUrl,
    out: str | Path,
    *,
    since: Build | str | Path | StoreUrl | None = None,
    texts: bool = False,
) -> Path:
    """Write the report of a build to a file; the file.

    `since` is an earlier build to compare with. With `texts`, samples of rejected records show
    their texts, from `.work`: such a page is for the people who build, since nobody decided that
    these texts may be published. Raises WorkspaceError where there is no build, `.work` is gone or
    the file cannot be written, and for a file inside the build: what is published stays as it is.
    """
    opened = build if isinstance(build, Build) else Build(build)
    target = Path(out)
    _refuse_published(opened, target)
    manifest = opened.manifest
    entries = [entry for entry in manifest["files"] if entry["kind"] in ("data", "rejects")]
    survey = survey_files(opened.store, entries, manifest["policies"])
    if texts:
        _add_texts(opened, survey)
    counts = count_files(opened.store, entries)
    facts = PublishedFacts(manifest, opened.ledger, counts, read_samples(opened.store, manifest))
    changes = None if since is None else _changes(diff(since, opened))
    page = report_page(facts, survey, changes, token_reports(opened)).encode("utf-8", "replace")
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(target, target.parent) as file:
            file.write(page)
    return target


def _refuse_published(build: Build, target: Path) -> None:
    folder = build.folder
    if isinstance(folder, Path) and folder.resolve() in target.resolve().parents:
        raise WorkspaceError(
            f"{target} is inside the build, whose files stay as they were published; name another "
            "file with --out"
        )
    if target.is_dir():
        raise WorkspaceError(f"{target} is a folder; name a file, such as {target}/report.html")


def _changes(result: BuildDiff) -> Changes:
    documents = result.documents
    names = ("counts", "languages", "sources", "reasons", "thresholds", "recipe", "software")
    return Changes(
        old=f"{result.old['name']} {result.old['version']}, build {result.old['build_id']}",
        documents={
            "the same": documents.same,
            "changed": documents.changed,
            "gained": documents.gained,
            "lost": documents.lost,
        },
        tables={name: [_row(change) for change in getattr(result, name)[:_ROWS]] for name in names},
    )


def _row(change: Change) -> tuple[str, str, str]:
    return change.name, _written(change.old), _written(change.new)


def _written(value: Any) -> str:
    if value is None:
        return "–"
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:,}" if is_count else str(value)


def _add_texts(build: Build, survey: Survey) -> None:
    """Put texts from `.work` into samples of rejected records that have none."""
    record = Published.read(Workspace(build.folder, build.store))
    if record is None:
        raise WorkspaceError(
            f"{build.folder} has no `.work`, from which texts of rejected records come; build the "
            "recipe again, or leave out --texts"
        )
    rows = [row for row in survey.all_samples() if row["text"] is None and row["id"]]
    texts = _texts(build, record, [row["id"] for row in rows])
    for row in rows:
        row["text"] = excerpt(texts.get(row["id"]))


def _texts(build: Build, record: Published, ids: Sequence[str]) -> Mapping[str, str]:
    """Texts by id; one output of a task is in memory at a time."""
    wanted = pa.array(sorted(set(ids)), pa.string())
    texts: dict[str, str] = {}
    for outputs in record.outputs:
        try:
            table = build.store.table(outputs.annotated, ["id", "text"])
        except FileNotFoundError as error:
            raise WorkspaceError(
                f"{build.folder}/{outputs.annotated} is gone; run `corpuskit build` again, or "
                "leave out --texts"
            ) from error
        chosen = table.filter(pc.is_in(table["id"], value_set=wanted))
        texts |= dict(zip(*(chosen[name].to_pylist() for name in ("id", "text")), strict=True))
    return texts


make_callable(__name__, report)
