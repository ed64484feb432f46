"""Where a build can be published: what every destination does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from corpuskit.errors import PushError
from corpuskit.publish import Build
from corpuskit.store import Store
from corpuskit.store_url import SCHEMES, Place, StoreUrl
from corpuskit.tombstones import Tombstones

MANIFEST: Final = "manifest.json"
_REPOSITORY: Final = re.compile(r"hf://(?:datasets/)?([\w.-]{1,96}/[\w.-]{1,96})/?")
_READ: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PushFile:
    """A file of a build, by its name there."""

    name: str
    bytes: int
    sha256: str
    store: Store
    """The build's store, from which it is read."""


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What has to be done at a destination."""

    uploads: tuple[PushFile, ...]
    unchanged: tuple[PushFile, ...]
    deletions: tuple[str, ...]
    private: bool | None


class PushDestination(Protocol):
    """A place to publish to."""

    @property
    def shown(self) -> str:
        """How people call it."""
        ...

    def tombstones(self) -> Tombstones:
        """What was taken down from the version there; TombstoneError if that cannot be read."""
        ...

    def plan(self, files: list[PushFile], *, public: bool) -> PushPlan:
        """Compare files with what is there; PushError where it cannot be published to."""
        ...

    def carry_out(self, plan: PushPlan, message: str) -> str:
        """Do it; where it is now."""
        ...


def destination_of(name: str, build: Place) -> PushDestination:
    """The destination that a name stands for; PushError for one that cannot be, WorkspaceError for
    a URL of an object store that is malformed."""
    from corpuskit.push.folder import FolderDestination
    from corpuskit.push.prefix import PrefixDestination

    scheme = name.partition("://")[0].lower() if "://" in name else ""
    if scheme == "hf":
        match = _REPOSITORY.fullmatch(name)
        if match is None:
            raise PushError(f"{name} is not a dataset of the hub; write hf://ORG/NAME")
        from corpuskit.push.hub import HubDestination

        return HubDestination(match[1])
    if scheme in SCHEMES:
        return PrefixDestination(StoreUrl.parse(name), build)
    if scheme == "file":
        parts = urlsplit(name)
        if parts.netloc not in ("", "localhost"):
            raise PushError(f"{name} is on another machine")
        return FolderDestination(Path(unquote(parts.path)), build)
    if scheme:
        raise PushError(
            f"cannot publish to {scheme}://; there are hf://ORG/NAME, "
            f"{', '.join(f'{known}://' for known in SCHEMES)}, file:// and folders"
        )
    return FolderDestination(Path(name), build)


def chunks_of(file: PushFile) -> Iterator[bytes]:
    """A file's bytes; PushError after the last of them if they are not those of the manifest."""
    digest = hashlib.sha256()
    with file.store.reading(file.name) as source:
        while chunk := source.read(_READ):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != file.sha256:
        raise PushError(f"{file.name} was changed while it was published; run it again")


def files_of(build: Build) -> list[PushFile]:
    """The files that a build publishes: those of its manifest, and that last."""
    store = build.store
    files = [
        PushFile(entry["path"], entry["bytes"], entry["sha256"], store)
        for entry in build.manifest["files"]
    ]
    content = store.get(MANIFEST)
    return [*files, PushFile(MANIFEST, len(content), hashlib.sha256(content).hexdigest(), store)]
