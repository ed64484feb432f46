"""An object store as pyarrow's datasets read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpuskit.object_store.store import ObjectFile, ObjectStore

if TYPE_CHECKING:
    from pyarrow import fs


def arrow_filesystem(store: ObjectStore) -> fs.PyFileSystem:
    """The store as a file system that can only be read, of names of outputs.

    pyarrow's own S3 client is not used: it has other credentials and settings.
    """
    from pyarrow import fs

    class ReadOnlyHandler(fs.FileSystemHandler):  # type: ignore[misc]
        """What pyarrow asks; whatever would change something is refused."""

        def get_type_name(self) -> str:
            return "corpuskit-object-store"

        def normalize_path(self, path: str) -> str:
            return path

        def get_file_info(self, paths: list[str]) -> list[Any]:
            return [_info(path, store.size(path)) for path in paths]

        def get_file_info_selector(self, selector: Any) -> list[Any]:
            return [_info(output.name, output.bytes) for output in store.list(selector.base_dir)]

        def open_input_file(self, path: str) -> pa.PythonFile:
            return pa.PythonFile(ObjectFile(store.client, path), mode="r")

        def open_input_stream(self, path: str) -> pa.PythonFile:
            return self.open_input_file(path)

        def refuse(self, *_: object, **__: object) -> Any:
            raise NotImplementedError("a published build is only read")

        create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = refuse
        delete_file = move = copy_file = open_output_stream = open_append_stream = refuse

    def _info(path: str, size: int | None) -> Any:
        kind = fs.FileType.NotFound if size is None else fs.FileType.File
        return fs.FileInfo(path, kind, size=size)

    return fs.PyFileSystem(ReadOnlyHandler())
