"""Where an export goes: a folder or a prefix, with `export.json`, which says what is in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.errors import ExportError
from corpuskit.exports.files import ExportedFile
from corpuskit.object_store.store import ObjectStore
from corpuskit.store import LocalStore, Store, as_json, disk_errors
from corpuskit.store_url import Place
from corpuskit.workspace import store_at

NAME: Final = "export.json"
NOTES: Final = ".work/written"
"""Where the files of each part are noted when they are whole, until all are."""
FORMAT: Final = 1


class ExportPlace:
    """One export's place; `export.json` is written first, and again with the files at the end."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.store: Store = store_at(place)
        self._key = ""

    def begin(self, about: Mapping[str, Any], key: str) -> list[ExportedFile] | None:
        """Own the place: it is empty, or holds the same export; its files, if that is finished.

        ExportError where it holds anything else.
        """
        self._key = key
        with disk_errors(self.place):
            known = self._known()
            if known is None:
                if self._holds_anything():
                    raise ExportError(
                        f"{self.place} holds files that no export wrote; choose an empty folder"
                    )
                self._put(about, [], complete=False)
            elif known.get("key") != key:
                raise ExportError(
                    f"{self.place} holds another export ({known.get('to')} of build "
                    f"{known.get('build_id')}); choose another folder, or delete it"
                )
            elif known.get("complete"):
                files = [ExportedFile(**file) for file in known["files"]]
                if all(self.store.size(file.path) == file.bytes for file in files):
                    return files
            return None

    def end(self, about: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> None:
        """List the files."""
        self._put(about, files, complete=True)
        for note in list(self.store.list(NOTES)):
            self.store.delete(note.name)
        if isinstance(self.store, LocalStore):
            shutil.rmtree(self.store.scratch.parent, ignore_errors=True)

    def _put(
        self, about: Mapping[str, Any], files: Sequence[Mapping[str, Any]], *, complete: bool
    ) -> None:
        content = {
            "format": FORMAT, **about, "key": self._key, "complete": complete, "files": files,
        }  # fmt: skip
        self.store.put(NAME, as_json(content))

    def _known(self) -> dict[str, Any] | None:
        try:
            known = json.loads(self.store.get(NAME))
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise ExportError(f"{self.place} is a file; choose another folder") from error
        except ValueError:
            known = {}
        return known if isinstance(known, dict) else {}

    def _holds_anything(self) -> bool:
        if isinstance(self.store, ObjectStore):
            return not self.store.is_empty()
        folder = self.store.path(NAME).parent if isinstance(self.store, LocalStore) else None
        if folder is None or not folder.exists():
            return False
        if not folder.is_dir():
            raise ExportError(f"{self.place} is a file; choose another folder")
        return any(path.name != ".work" for path in folder.iterdir())
