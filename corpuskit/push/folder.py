"""A folder to publish to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from corpuskit.errors import PushError, WorkspaceError
from corpuskit.publish.published import is_published_path
from corpuskit.push.destinations import MANIFEST, PushFile, PushPlan
from corpuskit.store import LocalStore, file_sha256

_COPIED = 1 << 20
_LEFT = ".left-by-publish.json"
"""Names of files of an earlier version, while a new one is being copied."""


class FolderDestination:
    """A folder on this machine, empty or with an earlier version."""

    def __init__(self, folder: Path, build: Path) -> None:
        self.folder = folder.absolute()
        if self.folder.resolve().is_relative_to(build.resolve()):
            raise PushError(f"{folder} is in the build itself; choose a folder outside of it")
        self._store = LocalStore(self.folder)

    @property
    def shown(self) -> str:
        """See Destination."""
        return str(self.folder)

    def plan(self, files: list[PushFile], *, public: bool) -> PushPlan:
        """See Destination; PushError where the folder holds something else."""
        del public  # who may read a folder is the file system's matter
        earlier = self._earlier()
        uploads = tuple(file for file in files if not self._is_there(file))
        names = {file.name for file in files}
        return PushPlan(
            uploads,
            tuple(file for file in files if file not in uploads),
            tuple(sorted(name for name in earlier if name not in names)),
            None,
        )

    def _earlier(self) -> Sequence[str]:
        """Files of the version that is there, or of one that was being replaced."""
        if not self.folder.exists():
            return []
        if not self.folder.is_dir():
            raise PushError(f"{self.folder} is a file")
        for name in (MANIFEST, _LEFT):
            try:
                data = json.loads(self._store.get(name))
                names = [entry["path"] for entry in data["files"]]
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise PushError(f"{self.folder}/{name} cannot be read: {error}") from error
            if name == MANIFEST and not {"build_id", "recipe"} <= data.keys():
                raise PushError(f"{self.folder}/{name} is not the manifest of a corpus")
            return [path for path in names if is_published_path(path)]
        if any(self.folder.iterdir()):
            raise PushError(
                f"{self.folder} holds other files and no corpus; choose an empty or a new folder"
            )
        return []

    def _is_there(self, file: PushFile) -> bool:
        path = self._store.path(file.name)
        same_size = path.is_file() and path.stat().st_size == file.bytes
        return same_size and file_sha256(path) == file.sha256

    def carry_out(self, plan: PushPlan, message: str) -> str:
        """Copy what is new; the manifest goes first and comes back last."""
        del message
        try:
            self._copy(plan)
        except WorkspaceError as error:
            raise PushError(str(error)) from error
        return str(self.folder)

    def _copy(self, plan: PushPlan) -> None:
        if not plan.uploads and not plan.deletions:
            return
        names = [*(file.name for file in (*plan.uploads, *plan.unchanged)), *plan.deletions]
        left = {"files": [{"path": name} for name in names if name != MANIFEST]}
        self._store.put(_LEFT, json.dumps(left).encode())
        self._store.delete(MANIFEST)
        (manifest,) = (file for file in (*plan.uploads, *plan.unchanged) if file.name == MANIFEST)
        content = manifest.path.read_bytes()
        for file in plan.uploads:
            if file is not manifest:
                with file.path.open("rb") as source, self._store.writing(file.name) as target:
                    shutil.copyfileobj(source, target, _COPIED)
        for name in plan.deletions:
            self._store.delete(name)
        members = [file.name for file in (*plan.uploads, *plan.unchanged) if file is not manifest]
        self._store.commit(MANIFEST, content, members)
        self._store.delete(_LEFT)
        shutil.rmtree(self._store.scratch.parent, ignore_errors=True)
