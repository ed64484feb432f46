"""What a worker does: read a part of a build and write its files."""

from __future__ import annotations

from dataclasses import dataclass

from corpuskit.exports.files import ExportedFile
from corpuskit.exports.formats import FORMATS
from corpuskit.exports.options import ExportOptions
from corpuskit.exports.place import NOTES
from corpuskit.exports.reading import ExportPart, batches_of
from corpuskit.store import get_record, put_record
from corpuskit.store_url import Place
from corpuskit.workspace import store_at

__all__ = ["ExportTask", "ExportedFile", "export_part"]


@dataclass(frozen=True)
class ExportTask:
    """A part of a build, and where it goes."""

    build: Place
    out: Place
    part: ExportPart
    options: ExportOptions


def export_part(task: ExportTask) -> tuple[list[ExportedFile], bool]:
    """Write the files of a part; they, and whether an earlier run had written them.

    The note that they are whole comes last.
    """
    out, options = store_at(task.out), task.options
    note = f"{NOTES}/{task.part.name}.json"
    if out.exists(note):
        files = [ExportedFile(**file) for file in get_record(out, note)]
        if all(out.size(file.path) == file.bytes for file in files):
            return files, True
    batches = batches_of(store_at(task.build), task.part, options.columns, options.sources)
    files = FORMATS[options.to].write(out, task.part, batches, options)
    put_record(out, note, [vars(file) for file in files])
    return files, False
