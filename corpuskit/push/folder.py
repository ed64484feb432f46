"""A folder to publish to."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from corpuskit.errors import PushError, WorkspaceError
from corpuskit.publish.tombstones import tombstones_of
from corpuskit.push.copying import copy_files, earlier_files, plan_copy, refuse_foreign
from corpuskit.push.destinations import PushFile, PushPlan
from corpuskit.store import LocalStore, file_sha256
from corpuskit.store_url import Place
from corpuskit.tombstones import FILE as TOMBSTONES
from corpuskit.tombstones import Tombstones


class FolderDestination:
    """A folder on this machine, empty or with an earlier version."""

    def __init__(self, folder: Path, build: Place) -> None:
        self.folder = folder.absolute()
        if isinstance(build, Path) and self.folder.resolve().is_relative_to(build.resolve()):
            raise PushError(f"{folder} is in the build itself; choose a folder outside of it")
        self._store = LocalStore(self.folder)

    @property
    def shown(self) -> str:
        """See PushDestination."""
        return str(self.folder)

    def tombstones(self) -> Tombstones:
        """See PushDestination."""
        try:
            return tombstones_of(self._store)
        except OSError as error:
            raise PushError(f"{self.folder}/{TOMBSTONES} cannot be read: {error}") from error

    def plan(self, files: list[PushFile], *, public: bool) -> PushPlan:
        """See PushDestination; PushError where the folder holds something else."""
        del public  # who may read a folder is the file system's matter
        earlier = self._earlier()
        refuse_foreign(
            self.shown, (output.name for output in self._store.list("data")), files, earlier
        )
        return plan_copy(files, earlier, self._is_there)

    def _earlier(self) -> Sequence[str]:
        if not self.folder.exists():
            return []
        if not self.folder.is_dir():
            raise PushError(f"{self.folder} is a file")
        earlier = earlier_files(self._store, self.folder)
        if earlier is None and any(self.folder.iterdir()):
            raise PushError(
                f"{self.folder} holds other files and no corpus; choose an empty or a new folder"
            )
        return earlier or []

    def _is_there(self, file: PushFile) -> bool:
        path = self._store.path(file.name)
        same_size = path.is_file() and path.stat().st_size == file.bytes
        return same_size and file_sha256(path) == file.sha256

    def carry_out(self, plan: PushPlan, message: str) -> str:
        """See PushDestination."""
        del message
        if plan.uploads or plan.deletions:
            try:
                copy_files(self._store, plan)
            except WorkspaceError as error:
                raise PushError(str(error)) from error
            shutil.rmtree(self._store.scratch.parent, ignore_errors=True)
        return str(self.folder)
