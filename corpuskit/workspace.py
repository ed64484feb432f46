"""The build's place: who owns it, what is being worked on, and the store of its outputs.

BUILD/.work/lock              held by the running build
BUILD/.work/identity.json     which recipe the folder belongs to
BUILD/.work/software.json     per step, the versions of the libraries it ran with last
BUILD/.work/<step>/<key>...   output of a task; that it exists means that it is complete
BUILD/.work/running/          names of the tasks being worked on, and of those that killed a worker
BUILD/.work/tmp/              unfinished files; emptied at the next start
BUILD/.work/journal.jsonl     what ran when, for people; nothing reads it back

Where the outputs are in an object store, what is local by nature stays in a folder of this machine:
what was fetched, the lock, the marks of running tasks, unfinished files and the journal. A lease in
the store keeps builds of other machines away.

BUILD/.work/lease.json        in the object store: which running build owns it
FOLDER/.work/lease            on the machine: under which names this folder owned it last
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from corpuskit import logs
from corpuskit.errors import DamagedOutputError, WorkspaceError
from corpuskit.object_store.lease import NAME as LEASE
from corpuskit.object_store.store import ObjectStore
from corpuskit.store import (
    LocalStore,
    Store,
    as_json,
    disk_errors,
    get_record,
    put_record,
    unfinished_files,
)
from corpuskit.store_url import Place, StoreUrl, place_of

FORMAT: Final = 3
"""Of the files in .work; a folder of another one is refused."""

IDENTITY: Final = ".work/identity.json"
_SOFTWARE: Final = ".work/software.json"

_log = logs.logger(__name__)


def output_name(step: str, key: str, suffix: str = ".table") -> str:
    """Name of the output of a task in the store."""
    return f".work/{step}/{key}{suffix}"


def store_at(place: Place) -> Store:
    """The store of the outputs at a place."""
    return ObjectStore(place) if isinstance(place, StoreUrl) else LocalStore(place)


class Workspace:
    """One build's place; safe to hand to a worker. `open` locks it for a build."""

    def __init__(
        self,
        place: str | Path | StoreUrl,
        store: Store | None = None,
        local: str | Path | None = None,
    ) -> None:
        """`local` is the folder of what stays on this machine of a build in an object store; who
        only reads or prunes such a build needs none."""
        self.shown: Place = place_of(place)
        """The place as the user wrote it, for messages."""
        folder = local if isinstance(self.shown, StoreUrl) else self.shown
        self._folder = Path(folder).absolute() if folder is not None else None
        self.store: Store = store if store is not None else store_at(self.shown)

    @property
    def folder(self) -> Path:
        """The folder on this machine."""
        if self._folder is None:
            raise WorkspaceError(f"{self.shown}: a build there needs a folder on this machine")
        return self._folder

    @property
    def has_folder(self) -> bool:
        """Whether it has a folder on this machine."""
        return self._folder is not None

    @property
    def work(self) -> Path:
        """What is local in `.work`."""
        return self.folder / ".work"

    @property
    def scratch(self) -> Path:
        """Unfinished files."""
        return self.work / "tmp"

    @contextmanager
    def running(self, step: str, key: str) -> Iterator[None]:
        """Mark a task as being worked on; only a process that dies leaves the mark behind."""
        mark = self._mark(step, key)
        with disk_errors(mark):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)

    def died(self, step: str, key: str) -> bool:
        """Whether a process died while it worked on the task."""
        return self._mark(step, key).exists()

    def _mark(self, step: str, key: str) -> Path:
        return self.work / "running" / f"{step}-{key}"

    @contextmanager
    def open(self, name: str) -> Iterator[Workspace]:
        """Own the place for a build of the recipe `name`.

        Raises WorkspaceError if it belongs to another recipe, is of another format, holds
        other people's files, cannot be written, or is in use by a running build.
        """
        with self._folder_owned(name), self._prefix_owned():
            self._identify(self.store, self.shown, name)
            yield self

    @contextmanager
    def _folder_owned(self, name: str) -> Iterator[None]:
        """Own the folder on this machine, where there is one."""
        if self._folder is None:
            yield
            return
        remote = isinstance(self.shown, StoreUrl)
        shown: Place = self._folder if remote else self.shown
        self._refuse_strangers_in_folder(shown)
        with disk_errors(Path(str(shown))):
            self.scratch.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.work / "lock")
        with disk_errors(Path(str(shown))):
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                raise WorkspaceError(
                    f"{shown} is in use by a running build; wait for it to end"
                ) from error
        with lock:
            if remote:
                self._identify(LocalStore(self._folder), shown, name)
            shutil.rmtree(self.scratch, ignore_errors=True)
            for left in unfinished_files(self.folder / "data", self.folder / "rejects"):
                left.unlink(missing_ok=True)
            yield

    def _prefix_owned(self) -> AbstractContextManager[None]:
        """Own the prefix in an object store, where the outputs are in one."""
        if not isinstance(self.store, ObjectStore):
            return nullcontext()
        self._refuse_strangers_in_store(self.store)
        return self.store.owned(self.work / "lease" if self._folder is not None else None)

    def note(self, **event: Any) -> None:
        """Add a line to the journal; a full disk must not stop a build here."""
        with suppress(OSError), (self.work / "journal.jsonl").open("a") as journal:
            journal.write(json.dumps({"at": round(time.time(), 3), **event}) + "\n")

    def recipe_name(self) -> str:
        """Name of the recipe that the folder belongs to; WorkspaceError if that is not known."""
        return str(self._identity().get("recipe"))

    def software(self) -> dict[str, dict[str, str]]:
        """Per step, the library versions that it ran with last; empty where that is not known."""
        try:
            software: dict[str, dict[str, str]] = get_record(self.store, _SOFTWARE)
        except FileNotFoundError:
            return {}
        except DamagedOutputError as error:
            _log.warning("%s: %s", self.shown, error)
            return {}
        return software

    def keep_software(self, software: Mapping[str, Mapping[str, str]]) -> None:
        """Remember the library versions that steps run with."""
        if self.software() != software:
            put_record(self.store, _SOFTWARE, {step: dict(of) for step, of in software.items()})

    def _identity(self) -> dict[str, Any]:
        return _identity(self.store, self.shown)

    def _refuse_strangers_in_folder(self, shown: Place) -> None:
        if self.work.exists() or not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise WorkspaceError(f"{shown} is a file; choose another folder with --out")
        if any(self.folder.iterdir()) and not _is_published(LocalStore(self.folder)):
            raise WorkspaceError(
                f"{shown} holds files that no build of corpuskit made; choose an empty or "
                "new folder with --out"
            )

    def _refuse_strangers_in_store(self, store: ObjectStore) -> None:
        """The same for a prefix; what a build that was killed left in `.work` is ours."""
        strange = store.holds_beside(".work")
        ours = (IDENTITY, LEASE)
        if strange and not any(map(store.exists, ours)) and not _is_published(store):
            raise WorkspaceError(
                f"{self.shown} holds objects that no build of corpuskit made; choose an empty "
                "prefix with --out"
            )

    def _identify(self, store: Store, shown: Place, name: str) -> None:
        if not store.exists(IDENTITY):
            store.put(IDENTITY, as_json({"recipe": name, "format": FORMAT}))
            return
        identity = _identity(store, shown)
        owner = identity.get("recipe")
        if owner != name:
            raise WorkspaceError(
                f"{shown} is the build of another recipe ({owner!r}, not {name!r}); "
                "choose another folder with --out, or delete it"
            )
        if identity.get("format") != FORMAT:
            raise WorkspaceError(
                f"{shown} was written by another version of corpuskit (format "
                f"{identity.get('format')}, not {FORMAT}); choose another folder with --out, or "
                f"delete {shown}/.work (keep {shown}/.work/raw: it is what was fetched)"
            )
        _log.debug("%s belongs to recipe %r", shown, name)


def _identity(store: Store, shown: Place) -> dict[str, Any]:
    """What identity.json says; it is plain JSON, so that every format can be told."""
    try:
        identity = json.loads(store.get(IDENTITY))
        fault = "" if isinstance(identity, dict) else "it does not hold what corpuskit writes"
    except (OSError, ValueError, RecursionError) as error:
        identity, fault = {}, str(error)
    if fault:
        raise WorkspaceError(
            f"{shown}/{IDENTITY} cannot be read ({fault}); if {shown} is the build "
            "of this recipe, delete that file and run the build again: finished work is kept"
        )
    return dict(identity)


def _is_published(store: Store) -> bool:
    """Whether a store holds a published build whose `.work` was deleted."""
    try:
        manifest = json.loads(store.get("manifest.json"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and {"build_id", "recipe", "files"} <= manifest.keys()
