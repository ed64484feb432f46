"""The build folder: who owns it, what is done, and how a file comes to be there whole.

BUILD/.work/lock              held by the running build
BUILD/.work/identity.json     which recipe the folder belongs to
BUILD/.work/<segment>/<key>   output of a task; that it exists means that it is complete
BUILD/.work/running/          names of the tasks being worked on, and of those that killed a worker
BUILD/.work/tmp/              unfinished files; emptied at the next start
BUILD/.work/journal.jsonl     what ran when, for people; nothing reads it back
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from filelock import FileLock, Timeout

from corpuskit.errors import WorkspaceError

FORMAT = 1
"""Of the files in .work; a folder of another one is refused."""

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the file system is read-only; choose another folder with --out",
    errno.EACCES: "permission denied; choose another folder with --out or change its permissions",
    errno.EPERM: "not permitted; choose another folder with --out",
    errno.ENOTDIR: "a part of the path is a file; choose another folder with --out",
    errno.EEXIST: "there is a file of that name; choose another folder with --out",
}


def task_key(*parts: Any) -> str:
    """Hex sha256 (32 digits) over the canonical JSON of whatever the output depends on."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_sha256(path: str | Path) -> str:
    """Hex sha256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into a WorkspaceError that says what to do."""
    try:
        yield
    except OSError as error:
        number = error.errno or _errno_in(str(error))
        advice = _ADVICE.get(number, os.strerror(number) if number else str(error))
        raise WorkspaceError(
            f"cannot write {path}: {advice}, then run the same command again "
            "(finished work is kept)"
        ) from error


def _errno_in(message: str) -> int:
    """pyarrow raises OSError with the number in its text only."""
    return next((n for n in _ADVICE if f"errno {n}]" in message.lower()), 0)


@contextmanager
def atomic_file(path: Path, scratch: Path) -> Iterator[IO[bytes]]:
    """A file that appears at `path` whole and synced, or not at all."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(parents=True, exist_ok=True)
        unfinished = scratch / f"{path.name}.{os.getpid()}.tmp"
        try:
            with unfinished.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            _sync_folder(path.parent)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # no such thing there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Workspace:
    """One build folder. Paths only: safe to hand to a worker; `open` locks it for a build."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.work = self.folder / ".work"
        self.scratch = self.work / "tmp"

    def path(self, segment: str, key: str, suffix: str = ".arrow") -> Path:
        """Where the output of a task is."""
        return self.work / segment / f"{key}{suffix}"

    def done(self, segment: str, key: str, suffix: str = ".arrow") -> bool:
        """Whether the task's output stands."""
        return self.path(segment, key, suffix).exists()

    @contextmanager
    def running(self, segment: str, key: str) -> Iterator[None]:
        """Mark a task as being worked on; only a process that dies leaves the mark behind."""
        mark = self._mark(segment, key)
        with disk_errors(mark):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)

    def died(self, segment: str, key: str) -> bool:
        """Whether a process died while it worked on the task."""
        return self._mark(segment, key).exists()

    def _mark(self, segment: str, key: str) -> Path:
        return self.work / "running" / f"{segment}-{key}"

    def write_table(self, path: Path, table: pa.Table, compression: str | None = None) -> None:
        """Write an Arrow IPC file; uncompressed it can be memory-mapped."""
        options = pa.ipc.IpcWriteOptions(compression=compression)
        with (
            atomic_file(path, self.scratch) as file,
            pa.ipc.new_file(file, table.schema, options=options) as writer,
        ):
            writer.write_table(table)

    def read_table(self, path: Path, columns: list[str] | None = None) -> pa.Table:
        """Read an Arrow IPC file, memory-mapped."""
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (OSError, pa.ArrowInvalid) as error:
            raise WorkspaceError(
                f"{path} cannot be read ({error}); delete it and run the build again"
            ) from error
        return table.select(columns) if columns is not None else table

    def write_json(self, path: Path, data: Any) -> None:
        """Write JSON, keys in the order given, one trailing newline."""
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        self.write_bytes(path, text.encode("utf-8", "surrogatepass"))

    def write_bytes(self, path: Path, content: bytes) -> None:
        """Write a small file atomically."""
        with atomic_file(path, self.scratch) as file:
            file.write(content)

    @contextmanager
    def open(self, name: str) -> Iterator[Workspace]:
        """Own the folder for a build of the recipe `name`.

        Raises WorkspaceError if the folder belongs to another recipe, is of another format, holds
        other people's files, cannot be written, or is in use by a running build.
        """
        self._refuse_strangers()
        with disk_errors(self.folder):
            self.scratch.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.work / "lock")
        with disk_errors(self.folder):
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                raise WorkspaceError(
                    f"{self.folder} is in use by a running build; wait for it to end"
                ) from error
        with lock:
            self._identify(name)
            shutil.rmtree(self.scratch, ignore_errors=True)
            yield self

    def note(self, **event: Any) -> None:
        """Add a line to the journal; a full disk must not stop a build here."""
        with suppress(OSError), (self.work / "journal.jsonl").open("a") as journal:
            journal.write(json.dumps({"at": round(time.time(), 3), **event}) + "\n")

    def _refuse_strangers(self) -> None:
        if self.work.exists() or not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise WorkspaceError(f"{self.folder} is a file; choose another folder with --out")
        if any(self.folder.iterdir()):
            raise WorkspaceError(
                f"{self.folder} holds files that are no build of corpuskit; choose an empty or "
                "new folder with --out"
            )

    def _identify(self, name: str) -> None:
        identity = self.work / "identity.json"
        if identity.exists():
            said = json.loads(identity.read_text(encoding="utf-8"))
            owner = said["recipe"]
            if owner != name:
                raise WorkspaceError(
                    f"{self.folder} is the build of another recipe ({owner!r}, not {name!r}); "
                    "choose another folder with --out, or delete it"
                )
            if said["format"] != FORMAT:
                raise WorkspaceError(
                    f"{self.folder} was written by another version of corpuskit (format "
                    f"{said['format']}, not {FORMAT}); choose another folder with --out"
                )
        else:
            self.write_json(identity, {"recipe": name, "format": FORMAT})
