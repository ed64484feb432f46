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
from corpuskit.errors import WorkspaceError
from corpuskit.store import LocalStore, Store, as_json, disk_errors

FORMAT: Final = 2
"""Of the files in .work; a folder of another one is refused."""

_IDENTITY: Final = ".work/identity.json"
_SOFTWARE: Final = ".work/software.json"

_log = logs.logger(__name__)


def output_name(step: str, key: str, suffix: str = ".arrow") -> str:
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
            yield self

    def note(self, **event: Any) -> None:
        """Add a line to the journal; a full disk must not stop a build here."""
        with suppress(OSError), (self.work / "journal.jsonl").open("a") as journal:
            journal.write(json.dumps({"at": round(time.time(), 3), **event}) + "\n")

    def recipe_name(self) -> str:
        """Name of the recipe that the folder belongs to; WorkspaceError if that is not known."""
        return str(self._read(_IDENTITY).get("recipe"))

    def software(self) -> dict[str, dict[str, str]]:
        """Per step, the library versions that it ran with last; empty in a new folder."""
        return self._read(_SOFTWARE) if self.store.exists(_SOFTWARE) else {}

    def keep_software(self, software: Mapping[str, Mapping[str, str]]) -> None:
        """Remember the library versions that steps run with."""
        if self.software() != software:
            self.store.put(_SOFTWARE, as_json({step: dict(of) for step, of in software.items()}))

    def _read(self, name: str) -> dict[str, Any]:
        try:
            data = json.loads(self.store.get(name))
        except (OSError, ValueError) as error:
            raise WorkspaceError(
                f"{self.shown}/{name} cannot be read ({error}); delete {self.shown}/.work and run "
                "the build again"
            ) from error
        if not isinstance(data, dict):
            raise WorkspaceError(
                f"{self.shown}/{name} does not hold what corpuskit writes there; delete "
                f"{self.shown}/.work and run the build again"
            )
        return data

    def _refuse_strangers(self) -> None:
        if self.work.exists() or not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise WorkspaceError(f"{self.shown} is a file; choose another folder with --out")
        if any(self.folder.iterdir()):
            raise WorkspaceError(
                f"{self.shown} holds files that no build of corpuskit made; choose an empty or "
                "new folder with --out"
            )

    def _identify(self, name: str) -> None:
        if not self.store.exists(_IDENTITY):
            self.store.put(_IDENTITY, as_json({"recipe": name, "format": FORMAT}))
            return
        identity = self._read(_IDENTITY)
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
