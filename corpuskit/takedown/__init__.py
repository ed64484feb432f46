"""Take documents out of a published corpus, for good.

    result = ck.takedown("builds/khmer", domains=["example.com.kh"], reason="owner's request",
                         dry_run=True)

`selection` finds what is named, `planning` writes it down in a `journal`, `execution` does it:
`rewriting` the published files, `purge` what `.work` holds. docs/takedown.md says what becomes of
what.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from corpuskit.callable_module import make_callable
from corpuskit.errors import TakedownError
from corpuskit.progress import counted
from corpuskit.publish import Build
from corpuskit.publish import manifest as manifests
from corpuskit.publish.tombstones import tombstones_of
from corpuskit.store_url import Place, StoreUrl
from corpuskit.takedown.execution import carry_out, holds_work, owned
from corpuskit.takedown.journal import TakedownJournal
from corpuskit.takedown.planning import plan_takedown
from corpuskit.takedown.purge import NOT_PURGED, outputs_of
from corpuskit.takedown.rejected_texts import NOT_SEARCHED
from corpuskit.takedown.request import TakedownRequest, make_request
from corpuskit.takedown.selection import Selection, TakenRow, select
from corpuskit.tombstones import TakedownEvent
from corpuskit.workspace import Workspace

__all__ = [
    "TakedownResult",
    "finish_takedown",
    "takedown",
    "takedowns",
    "unfinished_takedown",
    "workspace_of",
]


@dataclass(frozen=True)
class TakedownResult:
    """What a takedown took out, or would."""

    folder: Place
    id: str
    """Of the takedown, twelve hex digits."""
    dry_run: bool
    documents: list[TakenRow]
    rejects: list[TakenRow]
    related: list[TakenRow]
    """Published near-duplicates of what was named, which stay: `with_duplicates` takes them."""
    missing: list[str]
    """What was named and is nowhere in the corpus."""
    files: list[str]
    """Published files that are written again."""
    own_files: dict[str, list[str]] = field(default_factory=dict)
    """Per source that is read from files of yours, some that hold what was taken down. They are
    not touched; later builds reject what is in them."""
    notes: list[str] = field(default_factory=list)
    """What became of fetched records, per source."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "takedown": self.id,
            "dry_run": self.dry_run,
            "documents": [asdict(row) for row in self.documents],
            "rejects": [asdict(row) for row in self.rejects],
            "related": [asdict(row) for row in self.related],
            "missing": self.missing,
            "files": self.files,
            "own_files": self.own_files,
            "notes": self.notes,
        }


def takedown(
    build: Build | str | Path | StoreUrl,
    *,
    urls: Iterable[str] = (),
    domains: Iterable[str] = (),
    ids: Iterable[str] = (),
    sha256: Iterable[str] = (),
    sources: Iterable[str] = (),
    texts: Iterable[str] = (),
    reason: str,
    requester: str | None = None,
    time: datetime | None = None,
    with_duplicates: bool = False,
    local: str | Path | None = None,
    dry_run: bool = False,
) -> TakedownResult:
    """Take everything that is named out of a build, and out of every later build in its folder.

    A document takes its duplicates along; a near-duplicate for which a named record was dropped,
    or that is similar to a text, goes along `with_duplicates`. `requester` is kept as a hash;
    `time` is that of the takedown, now by default. Of a build in an object store, `local` is the
    folder of what is on this machine: without it, fetched records are not purged. Raises
    TakedownError, and changes nothing, where nothing is named or found, a file is damaged or
    `local` is not the folder of a build; WorkspaceError where the place is in use or cannot be
    written. A takedown that is interrupted is finished by the next takedown or build; a dry run
    changes nothing and raises TakedownError where one is unfinished.
    """
    request = make_request(
        urls=urls, domains=domains, ids=ids, sha256=sha256, sources=sources, texts=texts,
        reason=reason, requester=requester, time=time,
    )  # fmt: skip
    workspace = workspace_of(build, local)
    if dry_run:
        _refuse_unfinished(workspace)
    else:
        finish_takedown(workspace)
    opened = Build(workspace.shown)
    if dry_run:
        return _plan(workspace, opened, request, with_duplicates, dry_run=True)[0]
    had_work = holds_work(workspace)
    with owned(workspace, opened.manifest["name"], had_work=had_work):
        result, journal = _plan(workspace, opened, request, with_duplicates, had_work=had_work)
        if not (result.documents or result.rejects):
            raise TakedownError(_only_related(result))
        journal.write(workspace.store)
        result.notes.extend(carry_out(workspace, journal))
    return TakedownResult(**{**vars(result), "dry_run": False})


def workspace_of(
    build: Build | str | Path | StoreUrl, local: str | Path | None = None
) -> Workspace:
    """The place of a build that is there; TakedownError for a `local` that belongs to none."""
    workspace = Workspace(build.folder if isinstance(build, Build) else build, local=local)
    if local is None:
        return workspace
    if not isinstance(workspace.shown, StoreUrl):
        raise TakedownError(
            f"{workspace.shown} is a folder and holds everything itself: leave out --local, which "
            "belongs to a build in an object store"
        )
    if not workspace.work.is_dir():
        raise TakedownError(
            f"{local} holds nothing of a build; --local is the folder on this machine that "
            f"`corpuskit build --out {workspace.shown}` used (by default builds/NAME)"
        )
    return workspace


def finish_takedown(workspace: Workspace) -> list[str] | None:
    """Carry out what is left of a takedown that was interrupted; lines on what fetched files still
    hold, or None where there was no such takedown."""
    journal = TakedownJournal.read(workspace.store)
    if journal is None:
        return None
    with owned(workspace, journal.manifest["name"], had_work=journal.had_work):
        journal = TakedownJournal.read(workspace.store)
        # None where somebody else has finished it in between.
        return carry_out(workspace, journal) if journal is not None else None


def unfinished_takedown(workspace: Workspace) -> TakedownEvent | None:
    """The takedown that was interrupted in a place; None if there is none."""
    journal = TakedownJournal.read(workspace.store)
    return None if journal is None else journal.takedown


def _refuse_unfinished(workspace: Workspace) -> None:
    event = unfinished_takedown(workspace)
    if event is not None:
        raise TakedownError(
            f"takedown {event.id} ({event.reason}) of {workspace.shown} was interrupted and is not "
            "finished; a dry run finishes nothing and cannot say more until then. `corpuskit "
            f"takedown {workspace.shown}` finishes it, so do the next takedown and the next build"
        )


def takedowns(build: Build | str | Path | StoreUrl) -> list[TakedownEvent]:
    """The takedowns in a build folder, oldest first. TombstoneError for a damaged file."""
    return list(tombstones_of(workspace_of(build).store).events)


def _plan(
    workspace: Workspace,
    build: Build,
    request: TakedownRequest,
    with_duplicates: bool,
    *,
    had_work: bool = True,
    dry_run: bool = False,
) -> tuple[TakedownResult, TakedownJournal]:
    store = workspace.store
    manifest = json.loads(store.get(manifests.NAME))
    if manifest.get("format") != manifests.FORMAT:
        raise TakedownError(
            f"the manifest of {build.folder} is of format {manifest.get('format')}, this version "
            f"of corpuskit takes down from format {manifests.FORMAT}; nothing was changed. Build "
            "again and then take down, or take down with the version that built it"
        )
    outputs = outputs_of(workspace)
    selection = select(store, manifest, request, with_duplicates=with_duplicates, outputs=outputs)
    if not (selection.documents or selection.rejects or selection.related):
        raise TakedownError(_nothing_to_take_down(build, request, selection))
    journal = plan_takedown(
        store,
        manifest,
        build.ledger,
        request,
        selection,
        outputs=outputs,
        had_work=had_work,
    )
    result = TakedownResult(
        folder=build.folder,
        id=journal.takedown.id,
        dry_run=True,
        documents=selection.documents,
        rejects=selection.rejects,
        related=selection.related,
        missing=selection.missing,
        files=[*journal.shards, *journal.rejects],
        own_files=_own_files(workspace, manifest, selection),
        notes=[
            *([] if selection.all_searched else [NOT_SEARCHED]),
            *([NOT_PURGED] if dry_run and not workspace.has_folder else []),
        ],
    )
    return result, journal


def _nothing_to_take_down(build: Build, request: TakedownRequest, selection: Selection) -> str:
    named = ", ".join(selection.missing[:5])
    tombstones = tombstones_of(build.store)
    if events := sorted({event for event in map(tombstones.of_name, request.names) if event}):
        return (
            f"{build.folder} holds nothing of what is named ({named}), but some of it was taken "
            f"down before ({', '.join(events)}); nothing was changed. `corpuskit takedown "
            f"{build.folder} --list` shows when and why"
        )
    searched = "" if selection.all_searched else f". {NOT_SEARCHED[0].upper()}{NOT_SEARCHED[1:]}"
    return (
        f"{build.folder} holds nothing of what is named ({named}); nothing was changed. "
        f"`[exclude]` in the recipe keeps addresses out of later builds{searched}"
    )


def _only_related(result: TakedownResult) -> str:
    return (
        f"{result.folder} holds nothing but {counted(len(result.related), 'near-duplicate')} of "
        "what is named, which stay unless duplicates are taken along (--with-duplicates); nothing "
        "was changed"
    )


_LISTED = 10
"""Files of a source that are listed."""


def _own_files(
    workspace: Workspace, manifest: Mapping[str, Any], selection: Selection
) -> dict[str, list[str]]:
    """Files of the user's that hold what is taken down, per source that was not fetched; none
    where only the folder on another machine shows what was fetched."""
    if not workspace.has_folder:
        return {}
    inputs: dict[str, list[str]] = {}
    for entry in manifest["inputs"]:
        inputs.setdefault(entry["source"], []).append(entry["name"])
    rows = [*selection.documents, *selection.rejects]
    counts = Counter(row.source for row in rows)
    fetched = {source for source in counts if (workspace.work / "raw" / source).is_dir()}
    files: dict[str, list[str]] = {}
    for source in sorted(counts.keys() - fetched):
        refs = [row.source_ref or "" for row in rows if row.source == source]
        named = [name for name in inputs.get(source, ()) if any(name in ref for ref in refs)]
        files[source] = (named or inputs.get(source, []))[:_LISTED]
    return files


make_callable(__name__, takedown)
