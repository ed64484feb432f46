"""Carry out a takedown by its journal; whatever was done before is left as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from corpuskit import logs
from corpuskit.ledger import Ledger
from corpuskit.object_store.lease import NAME as LEASE
from corpuskit.object_store.store import ObjectStore
from corpuskit.publish import manifest as manifests
from corpuskit.publish.tombstones import tombstones_of
from corpuskit.store import Store, as_json
from corpuskit.takedown import journal as journals
from corpuskit.takedown.descriptions import write_descriptions
from corpuskit.takedown.journal import TakedownJournal
from corpuskit.takedown.purge import purge_outputs, purge_raw
from corpuskit.takedown.rewriting import data_entry, rewrite_rejects, rewrite_shard
from corpuskit.tombstones import FILE, Tombstones
from corpuskit.workspace import Workspace

_log = logs.logger(__name__)

_COUNTED = ("data", "rejects")
_WORK = ".work"


def carry_out(workspace: Workspace, journal: TakedownJournal) -> list[str]:
    """Do everything that is left of a takedown; lines on what fetched files still hold.

    The tombstone comes first: from then on every build rejects what it names, whatever becomes of
    this run. The manifest, which makes the corpus visible, is away until all is done.
    """
    store = workspace.store
    _add_tombstone(store, journal.event)
    tombstones = tombstones_of(store)
    new = Tombstones((journal.takedown,))
    purge_outputs(store, journal.outputs, new)
    lines = purge_raw(workspace, journal.manifest, new)
    manifests.withdraw(store)
    for path, shard in journal.shards.items():
        rewrite_shard(store, path, shard)
    for path, rejects in journal.rejects.items():
        rewrite_rejects(store, path, rejects)
    ledger = Ledger.from_json(journal.ledger)
    files = _entries(store, journal)
    manifest = write_descriptions(store, journal.manifest, ledger, files, tombstones)
    members = [entry["path"] for entry in manifest["files"]]
    store.commit(manifests.NAME, as_json(manifest), members)
    store.delete(journals.NAME)
    _log.info("takedown %s: %s", journal.takedown.id, manifest["build_id"])
    return lines


def _add_tombstone(store: Store, line: str) -> None:
    try:
        content = store.get(FILE).decode("utf-8")
    except FileNotFoundError:
        content = ""
    if line not in content.splitlines(keepends=True):
        separator = "\n" if content and not content.endswith("\n") else ""
        store.put(FILE, f"{content}{separator}{line}".encode())


def _entries(store: Store, journal: TakedownJournal) -> list[Mapping[str, Any]]:
    """The manifest's entries of shards and rejects as they are now."""
    changed = {*journal.shards, *journal.rejects}
    return [
        data_entry(store, entry) if entry["path"] in changed else entry
        for entry in journal.manifest["files"]
        if entry["kind"] not in _COUNTED or store.exists(entry["path"])
    ]


def holds_work(workspace: Workspace) -> bool:
    """Whether there is a `.work` beside the published files, with more than a released lease."""
    if isinstance(workspace.store, ObjectStore):
        return any(output.name != LEASE for output in workspace.store.list(_WORK))
    return workspace.work.exists()


@contextmanager
def owned(workspace: Workspace, name: str, *, had_work: bool) -> Iterator[None]:
    """Own a place for a takedown; where it had no `.work`, none is left when the takedown is done.

    In an object store this is done by the owner, and the lease stays: another process may be
    taking it at this moment.
    """
    try:
        with workspace.open(name):
            try:
                yield
            finally:
                if isinstance(workspace.store, ObjectStore) and not had_work:
                    _empty_prefix(workspace.store)
    finally:
        if not isinstance(workspace.store, ObjectStore) and not had_work:
            _remove_folder(workspace)


def _empty_prefix(store: ObjectStore) -> None:
    if TakedownJournal.read(store) is None:
        for output in list(store.list(_WORK)):
            if output.name != LEASE:
                store.delete(output.name)


def _remove_folder(workspace: Workspace) -> None:
    if TakedownJournal.read(workspace.store) is None:
        shutil.rmtree(workspace.work, ignore_errors=True)
