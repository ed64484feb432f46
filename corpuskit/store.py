"""Where outputs are: a store gives and takes whole outputs by name.

A name is a relative POSIX path such as `data/train/khm_Khmr-00000-of-00001.parquet`. Tasks carry
names and never paths, so that the same plan runs over a folder and over an object store. What
every store promises (`tests/store_contract.py` is the suite that each must pass):

- `writing(name)` and `put(name, content)` publish a whole output or nothing, also when the
  process is killed or an exception leaves the block. A name can be written again.
- What `put` has returned for is there after a power cut, and is what every reader sees.
- `list(prefix)` and `exists(name)` never show an output that is not whole.
- `commit(name, content, members)` puts `name` last, after every member is known to be there: it
  is what makes a set of outputs visible at once.
- A table comes back as it was put, or DamagedOutputError names it: whoever can make it anew does.
- A store can be pickled and opened in another process. Errors about the place are WorkspaceError
  with what to do; a name that is not there is FileNotFoundError.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import uuid
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Protocol

import pyarrow as pa

from corpuskit import table_file
from corpuskit.errors import DamagedOutputError, WorkspaceError
from corpuskit.table_file import DamagedTableError, TableFile

_ADVICE: Final = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the file system is read-only; choose another folder with --out",
    errno.EACCES: "permission denied; choose another folder with --out or change its permissions",
    errno.EPERM: "not permitted; choose another folder with --out",
    errno.ENOENT: "there is no such folder; choose another one with --out",
    errno.ENOTDIR: "a part of the path is a file; choose another folder with --out",
    errno.EEXIST: "there is a file of that name; choose another folder with --out",
}
_ANEW: Final = "run the build again, which makes it anew"
_UNFINISHED: Final = ".unfinished"
"""End of the name of a file that is being written beside its place, on another file system."""


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """An output as a listing shows it."""

    name: str
    bytes: int


class Store(Protocol):
    """Outputs by name; see the module's docstring for what each method promises."""

    cuts_short: bool
    """Whether something else (another program, a power cut where `put` was not durable) can leave
    an output cut short, so that its end is looked at before the output is used again."""

    def writing(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file to write to; it is published as `name` when the block ends without an error."""
        ...

    def put(self, name: str, content: bytes, *, durable: bool = True) -> None:
        """Publish a small output; where not `durable`, a power cut may lose it again."""
        ...

    def get(self, name: str, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of an output, or a range of them; FileNotFoundError without it."""
        ...

    def reading(self, name: str) -> AbstractContextManager[Any]:
        """A file to read from anywhere (pyarrow's NativeFile); FileNotFoundError without it."""
        ...

    def put_table(self, name: str, table: pa.Table, compression: str | None = None) -> None:
        """Publish a table, with checksums of its columns (see table_file)."""
        ...

    def put_batches(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """Publish a table whose batches are made one after the other."""
        ...

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table that was put, or columns of it; DamagedOutputError if they have changed."""
        ...

    def table_file(self, name: str) -> AbstractContextManager[TableFile]:
        """A table that was put, to take its schema or single batches from."""
        ...

    def list(self, prefix: str) -> Iterator[StoredOutput]:
        """Every whole output whose name starts with `prefix` and ends a folder there, by name."""
        ...

    def exists(self, name: str) -> bool:
        """Whether the output is there."""
        ...

    def size(self, name: str) -> int | None:
        """Bytes of the output; None where it is not there."""
        ...

    def fingerprint(self, name: str) -> str | None:
        """What the store itself knows of an output's content without reading it, and changes with
        every byte of it (an ETag); None where the store has nothing of the kind."""
        ...

    def delete(self, name: str) -> None:
        """Remove an output; nothing happens where it is not there."""
        ...

    def commit(self, name: str, content: bytes, members: Iterable[str]) -> None:
        """Publish `name` if all `members` are there; WorkspaceError names those that are not."""
        ...


class TableStore(ABC):
    """What stores share: tables as files of their kind."""

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """See Store."""

    @abstractmethod
    def table_file(self, name: str) -> AbstractContextManager[TableFile]:
        """See Store."""

    def put_table(self, name: str, table: pa.Table, compression: str | None = None) -> None:
        """See Store; an uncompressed table of a folder can be memory-mapped."""
        with self.writing(name) as file:
            table_file.write_table_file(file, table.schema, table.to_batches(), compression)

    def put_batches(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """See Store."""
        with self.writing(name) as file:
            table_file.write_table_file(file, schema, batches)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """See Store."""
        with self.table_file(name) as file:
            return file.table(columns)


class LocalStore(TableStore):
    """Outputs as files of a folder: written apart, synced, renamed; tables are memory-mapped."""

    cuts_short = True

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        self.scratch = self.folder / ".work" / "tmp"
        self._checked: dict[tuple[str, int, int, int], set[int]] = {}
        """Per file as it was written, which of its parts this process has compared."""

    def __reduce__(self) -> tuple[type[LocalStore], tuple[Path]]:
        return LocalStore, (self.folder,)

    def path(self, name: str) -> Path:
        """The file of a name; ValueError for a name that leads out of the folder."""
        return self.folder.joinpath(*name_parts(name))

    def writing(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """See Store."""
        return atomic_file(self.path(name), self.scratch)

    def put(self, name: str, content: bytes, *, durable: bool = True) -> None:
        """See Store."""
        with atomic_file(self.path(name), self.scratch, durable=durable) as file:
            file.write(content)

    def get(self, name: str, start: int = 0, stop: int | None = None) -> bytes:
        """See Store."""
        with self.path(name).open("rb") as file:
            file.seek(start)
            return file.read() if stop is None else file.read(max(0, stop - start))

    def reading(self, name: str) -> AbstractContextManager[Any]:
        """See Store."""
        file: AbstractContextManager[Any] = pa.memory_map(str(self.path(name)))
        return file

    @contextmanager
    def table_file(self, name: str) -> Iterator[TableFile]:
        """See Store."""
        path = self.path(name)
        try:
            state = path.stat()
            written = (name, state.st_ino, state.st_mtime_ns, state.st_size)
            checked = self._checked.setdefault(written, set())
            yield TableFile(pa.memory_map(str(path)), checked)
        except FileNotFoundError:
            raise
        except (OSError, DamagedTableError) as error:
            raise DamagedOutputError(name, f"{path} is damaged ({error}); {_ANEW}") from error

    def list(self, prefix: str) -> Iterator[StoredOutput]:
        """See Store."""
        folder = self.path(prefix)
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.name.endswith(_UNFINISHED):
                name = path.relative_to(self.folder).as_posix()
                yield StoredOutput(name, path.stat().st_size)

    def exists(self, name: str) -> bool:
        """See Store."""
        return self.path(name).is_file()

    def size(self, name: str) -> int | None:
        """See Store."""
        path = self.path(name)
        return path.stat().st_size if path.is_file() else None

    def fingerprint(self, name: str) -> str | None:
        """None: size and time of a file do not prove its content."""
        return None

    def delete(self, name: str) -> None:
        """See Store."""
        with disk_errors(self.path(name)):
            self.path(name).unlink(missing_ok=True)

    def commit(self, name: str, content: bytes, members: Iterable[str]) -> None:
        """See Store."""
        refuse_missing(self.folder, [name for name in members if not self.exists(name)])
        self.put(name, content)


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of an output's name; ValueError for a name that leads out of a store."""
    path = PurePosixPath(name)
    if not path.parts or ".." in path.parts or path.is_absolute():
        raise ValueError(f"{name!r} is not the name of an output")
    return path.parts


def refuse_missing(place: object, missing: Sequence[str]) -> None:
    """WorkspaceError that names members of a commit that are not there, if there are any."""
    if missing:
        raise WorkspaceError(
            f"{place}: {', '.join(missing[:3])} disappeared while the build ran; run the "
            "same command again"
        )


def is_whole(store: Store, name: str, size: int) -> bool:
    """Whether a stored table has its end: one that something else cut short is made again."""
    if not store.cuts_short:
        return True
    magic = table_file.MAGIC
    return store.get(name, max(0, size - len(magic))) == magic


def as_json(data: Any) -> bytes:
    """JSON as every file of a build has it: keys in the order given, one trailing newline."""
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "surrogatepass")


def put_record(store: Store, name: str, content: Any, *, durable: bool = True) -> None:
    """Publish JSON that only corpuskit reads, with its checksum."""
    record = {"crc32": _checksum(content), "content": content}
    store.put(name, as_json(record), durable=durable)


def get_record(store: Store, name: str) -> Any:
    """What `put_record` published; FileNotFoundError, or DamagedOutputError if it has changed."""
    try:
        record = json.loads(store.get(name))
        content, checksum = record["content"], record["crc32"]
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedOutputError(name, f"{name} is damaged ({error}); {_ANEW}") from error
    if _checksum(content) != checksum:
        raise DamagedOutputError(name, f"{name} is not as it was written; {_ANEW}")
    return content


def _checksum(content: Any) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def file_sha256(path: str | Path) -> str:
    """Hex sha256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def disk_errors(path: object) -> Iterator[None]:
    """Turn an OSError about `path` into a WorkspaceError that says what to do."""
    try:
        yield
    except OSError as error:
        number = error.errno or _errno_in(str(error))
        cause = f"{os.strerror(number)}; mend that" if number else str(error)
        advice = _ADVICE.get(number, cause)
        raise WorkspaceError(
            f"cannot write {path}: {advice}, then run the same command again "
            "(finished work is kept)"
        ) from error


def _errno_in(message: str) -> int:
    """pyarrow raises OSError with the number in its text only."""
    return next((n for n in _ADVICE if f"errno {n}]" in message.lower()), 0)


@contextmanager
def atomic_file(path: Path, scratch: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file that appears at `path` whole, and synced if `durable`, or not at all."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(parents=True, exist_ok=True)
        # A random name: two machines that share the folder may share process numbers.
        unfinished = scratch / f"{path.name}.{uuid.uuid4().hex}.tmp"
        try:
            with unfinished.open("wb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            _move(unfinished, path)
            if durable:
                _sync_folder(path.parent)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _move(unfinished: Path, path: Path) -> None:
    """Rename; where the target is on another file system, through a copy beside it."""
    try:
        unfinished.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = path.with_name(f".{path.name}{_UNFINISHED}")
        try:
            with unfinished.open("rb") as source, beside.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def unfinished_files(*folders: Path) -> Iterator[Path]:
    """What a process that was killed left beside the places of its files."""
    for folder in folders:
        yield from folder.rglob(f".*{_UNFINISHED}")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # directories cannot be synced there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
