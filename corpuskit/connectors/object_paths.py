"""Sources whose `path` is in an object store: their files are fetched once and read from disk.

    path = "s3://corpora/texts/*.jsonl"

works for every connector with an option `path`, those of plug-ins included. What the path names is
listed once and kept in the source's store beside its files, as every connector keeps what it
fetches: a build reads the same files until that folder is deleted.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, Final

from corpuskit import logs
from corpuskit.connectors.base import Connector, ConnectorOptions, FetchContext, Input, Piece
from corpuskit.connectors.paths import matches, split_wild
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError, WorkspaceError
from corpuskit.object_store.client import ObjectClient
from corpuskit.object_store.store import ObjectFile
from corpuskit.progress import data_size
from corpuskit.store import as_json, atomic_file
from corpuskit.store_url import SCHEMES, StoreUrl

_LISTING: Final = "objects.json"
_CHUNK: Final = 8 << 20
_EVERYTHING: Final = ("**", "*")

_log = logs.logger(__name__)


def is_object_path(path: object) -> bool:
    """Whether an option `path` names objects and not files."""
    return isinstance(path, str) and path.partition("://")[0] in SCHEMES and "://" in path


def reading_objects(kind: type[Connector]) -> type[Connector]:
    """The same kind of connector, whose option `path` is in an object store."""
    declared = {name: getattr(kind, name) for name in _DECLARED if hasattr(kind, name)}
    return type(kind.__name__, (_ObjectPathConnector,), {**declared, "kind": kind})


_DECLARED: Final = (
    "name", "version", "source_type", "Options", "judged", "fetch_only", "libraries", "reasons",
)  # fmt: skip
"""What a kind of connector says of itself."""


class _ObjectPathConnector(Connector):
    """Stands before another connector, which reads the fetched files as files on disk."""

    kind: ClassVar[type[Connector]]
    fetches: ClassVar[bool] = True

    def __init__(self, options: ConnectorOptions, root: Path, store: Path | None = None) -> None:
        super().__init__(options, root, store)
        path: str = options.path  # type: ignore[attr-defined]  # who has none is not asked
        self._objects = FetchedObjects.of(path, store or Path())
        local = options.model_copy(update={"path": str(self._objects.local_path)})
        self._reader = self.kind(local, root, store)

    def asks(self) -> list[str]:
        """The objects, and what the connector itself fetches."""
        return [f"GET {self._objects.path}", *self._reader.asks()]

    def fetch(self, context: FetchContext) -> None:
        """Fetch the objects that are not there yet."""
        self._objects.fetch(context.report)
        if self._reader.remote():
            self._reader.fetch(context)

    def inputs(self) -> list[Input]:
        """The fetched files."""
        self._objects.refuse_unfetched()
        return self._reader.inputs()

    def scan(self, item: Input) -> list[Piece]:
        """As the connector cuts it."""
        return self._reader.scan(item)

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """As the connector reads it."""
        return self._reader.read(item, piece)


@dataclass(frozen=True, slots=True)
class WantedObject:
    """One object that a path names."""

    name: str
    """Below the folder that the path names; empty for an object that the path names itself."""
    size: int


@dataclass(frozen=True)
class FetchedObjects:
    """The objects that one path names, and where they are kept."""

    path: str
    folder_url: StoreUrl
    """The prefix before the first wildcard."""
    pattern: tuple[str, ...]
    """What is after it."""
    folder: Path
    """Where the objects below that prefix are kept."""

    @classmethod
    def of(cls, path: str, store: Path) -> FetchedObjects:
        """What a path names; SourceError if it cannot name anything."""
        scheme, _, rest = path.partition("://")
        before, pattern = split_wild(PurePosixPath(rest.rstrip("/")).parts)
        try:
            url = StoreUrl.parse(f"{scheme}://{'/'.join(before)}")
        except WorkspaceError as error:
            raise SourceError(f"path: {error}") from error
        digest = hashlib.sha256(str(url).encode()).hexdigest()[:12]
        return cls(path, url, tuple(pattern), store / "objects" / digest)

    @property
    def local_path(self) -> Path:
        """The path of the fetched files; its last part is that of the URL."""
        return self.folder.joinpath(self.folder_url.name, *self.pattern)

    @property
    def _listing(self) -> Path:
        key = hashlib.sha256(self.path.encode()).hexdigest()[:12]
        return self.folder / f"{key}-{_LISTING}"

    def refuse_unfetched(self) -> None:
        """SourceError until everything is there."""
        listed = self._listed()
        if listed is None or any(not self._is_there(item) for item in listed):
            raise SourceError(f"{self.path} is not fetched yet; run corpuskit fetch")

    def fetch(self, report: Callable[[str], None]) -> None:
        """Fetch what is missing; SourceError where that cannot be."""
        try:
            wanted = self._listed()
            if wanted is None:
                wanted = self._found()
                content = as_json([asdict(item) for item in wanted])
                with atomic_file(self._listing, self.folder / "tmp") as file:
                    file.write(content)
            missing = [item for item in wanted if not self._is_there(item)]
            for number, item in enumerate(missing, 1):
                report(f"{number:,} of {len(missing):,} objects · {data_size(item.size)}")
                self._fetch(item)
            shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        except (OSError, WorkspaceError) as error:
            raise SourceError(f"{self.path}: {error}") from error

    def _found(self) -> list[WantedObject]:
        """The objects that the path names, by name."""
        listed = dict(ObjectClient(self.folder_url).list(""))
        if not listed and not self.pattern:
            return [self._single()]
        pattern = self.pattern or _EVERYTHING
        names = sorted(name for name in listed if _is_wanted(name, pattern, listed))
        if not names:
            raise SourceError(
                f"path {self.path!r} names no object; check bucket, prefix and rights"
            )
        if odd := [name for name in names if not _is_file_name(name)]:
            raise SourceError(f"path {self.path!r}: {odd[0]!r} cannot be the name of a file")
        return [WantedObject(name, listed[name]) for name in names]

    def _single(self) -> WantedObject:
        """The path itself as one object."""
        client, name = self._client_and_name(WantedObject("", 0))
        try:
            return WantedObject("", client.state(name).size)
        except FileNotFoundError:
            raise SourceError(self._nothing) from None

    @property
    def _nothing(self) -> str:
        return f"path {self.path!r} names no object; check bucket, prefix and rights"

    def _place(self, item: WantedObject) -> Path:
        return self.folder / self.folder_url.name / item.name

    def _is_there(self, item: WantedObject) -> bool:
        place = self._place(item)
        return place.is_file() and place.stat().st_size == item.size

    def _client_and_name(self, item: WantedObject) -> tuple[ObjectClient, str]:
        """Whom to ask for an object, and by which name."""
        if item.name:
            return ObjectClient(self.folder_url), item.name
        before = self.folder_url.prefix.rpartition("/")[0]
        parent = StoreUrl(self.folder_url.scheme, self.folder_url.bucket, before)
        return ObjectClient(parent), self.folder_url.name

    def _fetch(self, item: WantedObject) -> None:
        client, name = self._client_and_name(item)
        with (
            atomic_file(self._place(item), self.folder / "tmp") as target,
            ObjectFile(client, name) as source,
        ):
            while chunk := source.read(_CHUNK):
                target.write(chunk)
            if target.tell() != item.size:
                raise SourceError(
                    f"{client.url / name} has changed since it was listed; delete "
                    f"{self._listing.name} in what this source fetched, and fetch again"
                )
        _log.info("%s: kept %d bytes", client.url / name, item.size)

    def _listed(self) -> list[WantedObject] | None:
        """What was listed; None where that is not known."""
        try:
            entries = json.loads(self._listing.read_bytes())
            return [WantedObject(str(entry["name"]), int(entry["size"])) for entry in entries]
        except (OSError, ValueError, TypeError, KeyError):
            return None


def _is_wanted(name: str, pattern: Sequence[str], listed: Mapping[str, int]) -> bool:
    """As `list_inputs` decides for files; empty objects that stand for folders are none."""
    parts = name.split("/")
    hidden = any(part.startswith(".") for part in pattern)
    if any(part.startswith(".") for part in parts) and not hidden:
        return False
    is_folder = not listed[name] and any(True for _ in _below(name, listed))
    return not is_folder and matches(parts, pattern)


def _below(name: str, listed: Mapping[str, int]) -> Iterator[str]:
    return (other for other in listed if other.startswith(f"{name}/"))


def _is_file_name(name: str) -> bool:
    return not {"", ".", ".."} & set(name.split("/")) and "\0" not in name and "\\" not in name
