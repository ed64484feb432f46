"""The build folder: who owns it, what is being worked on, and the store of its outputs.

BUILD/.work/lock              held by the running build
BUILD/.work/identity.json     which recipe the folder belongs to
BUILD/.work/software.json     per step, the versions of the libraries it ran with last
BUILD/.work/<step>/<key>...   output of a task; that it exists means that it is complete
BUILD/.work/running/          names of the tasks being worked on, and of those that killed a worker
BUILD/.work/tmp/              unfinished files; emptied at the next start
BUILD/.work/journal.jsonl     what ran when, for people; nothing reads it back

The lock, the marks of running tasks and the journal are local files, also where the outputs are
in another store.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from corpuskit import logs
from corpuskit.errors import DamagedOutputError, WorkspaceError
from corpuskit.store import (
    LocalStore,
    Store,
    as_json,
    disk_errors,
    get_record,
    put_record,
    unfinished_files,
)

FORMAT: Final = 3
"""Of the files in .work; a folder of another one is refused."""

_IDENTITY: Final = ".work/identity.json"
_SOFTWARE: Final = ".work/software.json"

_log = logs.logger(__name__)


def output_name(step: str, key: str, suffix: str = ".table") -> str:
    """Name of the output of a task in the store."""
    return f".work/{step}/{key}{suffix}"


class Workspace:
    """One build folder; safe to hand to a worker. `open` locks it for a build."""

    def __init__(self, folder: str | Path, store: Store | None = None) -> None:
        self.folder = Path(folder).absolute()
        self.shown = Path(folder)
        """The folder as the user wrote it, for messages."""
        self.work = self.folder / ".work"
        self.scratch = self.work / "tmp"
        self.store: Store = store if store is not None else LocalStore(self.folder)

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
        """Own the folder for a build of the recipe `name`.

        Raises WorkspaceError if the folder belongs to another recipe, is of another format, holds
        other people's files, cannot be written, or is in use by a running build.
        """
        self._refuse_strangers()
        with disk_errors(self.shown):
            self.scratch.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.work / "lock")
        with disk_errors(self.shown):
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                raise WorkspaceError(
                    f"{self.shown} is in use by a running build; wait for it to end"
                ) from error
        with lock:
            self._identify(name)
            shutil.rmtree(self.scratch, ignore_errors=True)
            for left in unfinished_files(self.folder / "data", self.folder / "rejects"):
                left.unlink(missing_ok=True)
            yield self

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
        """What identity.json says; it is plain JSON, so that every format can be told."""
        try:
            identity = json.loads(self.store.get(_IDENTITY))
            fault = "" if isinstance(identity, dict) else "it does not hold what corpuskit writes"
        except (OSError, ValueError, RecursionError) as error:
            identity, fault = {}, str(error)
        if fault:
            raise WorkspaceError(
                f"{self.shown}/{_IDENTITY} cannot be read ({fault}); if {self.shown} is the build "
                "of this recipe, delete that file and run the build again: finished work is kept"
            )
        return dict(identity)

    def _refuse_strangers(self) -> None:
        if self.work.exists() or not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise WorkspaceError(f"{self.shown} is a file; choose another folder with --out")
        if any(self.folder.iterdir()) and not self._is_published():
            raise WorkspaceError(
                f"{self.shown} holds files that no build of corpuskit made; choose an empty or "
                "new folder with --out"
            )

    def _is_published(self) -> bool:
        """Whether the folder holds a published build whose `.work` was deleted."""
        try:
            manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(manifest, dict) and {"build_id", "recipe", "files"} <= manifest.keys()

    def _identify(self, name: str) -> None:
        if not self.store.exists(_IDENTITY):
            self.store.put(_IDENTITY, as_json({"recipe": name, "format": FORMAT}))
            return
        identity = self._identity()
        owner = identity.get("recipe")
        if owner != name:
            raise WorkspaceError(
                f"{self.shown} is the build of another recipe ({owner!r}, not {name!r}); "
                "choose another folder with --out, or delete it"
            )
        if identity.get("format") != FORMAT:
            raise WorkspaceError(
                f"{self.shown} was written by another version of corpuskit (format "
                f"{identity.get('format')}, not {FORMAT}); choose another folder with --out, or "
                f"delete {self.shown}/.work (keep {self.shown}/.work/raw: it is what was fetched)"
            )
        _log.debug("%s belongs to recipe %r", self.shown, name)
