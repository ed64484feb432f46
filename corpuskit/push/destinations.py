"""Where a build can be published: what every destination does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from corpuskit.errors import PushError
from corpuskit.publish import Build
from corpuskit.store import file_sha256
from corpuskit.tombstones import Tombstones

MANIFEST: Final = "manifest.json"
_REPOSITORY: Final = re.compile(r"hf://(?:datasets/)?([\w.-]{1,96}/[\w.-]{1,96})/?")


@dataclass(frozen=True, slots=True)
class PushFile:
    """A file of a build, by its name in the build's folder."""

    name: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What has to be done at a destination."""

    uploads: tuple[PushFile, ...]
    unchanged: tuple[PushFile, ...]
    deletions: tuple[str, ...]
    private: bool | None


class Destination(Protocol):
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


def destination_of(name: str, build: Path) -> Destination:
    """The destination that a name stands for; PushError for one that cannot be."""
    from corpuskit.push.folder import FolderDestination

    scheme = name.partition("://")[0] if "://" in name else ""
    if scheme == "hf":
        match = _REPOSITORY.fullmatch(name)
        if match is None:
            raise PushError(f"{name} is not a dataset of the hub; write hf://ORG/NAME")
        from corpuskit.push.hub import HubDestination

        return HubDestination(match[1])
    if scheme == "file":
        parts = urlsplit(name)
        if parts.netloc not in ("", "localhost"):
            raise PushError(f"{name} is on another machine")
        return FolderDestination(Path(unquote(parts.path)), build)
    if scheme:
        raise PushError(
            f"cannot publish to {scheme}://; there are hf://ORG/NAME, file:// and folders"
        )
    return FolderDestination(Path(name), build)


def files_of(build: Build, folder: Path) -> list[PushFile]:
    """The files that a build in a folder publishes: those of its manifest, and that last."""
    files = [
        PushFile(entry["path"], folder / entry["path"], entry["bytes"], entry["sha256"])
        for entry in build.manifest["files"]
    ]
    path = folder / MANIFEST
    return [*files, PushFile(MANIFEST, path, path.stat().st_size, file_sha256(path))]
