"""The formats of exports."""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

import pyarrow as pa

from corpuskit.exports.files import SUFFIXES, ExportedFile, compressed, writing
from corpuskit.exports.mds import write_mds
from corpuskit.exports.megatron import write_megatron
from corpuskit.exports.options import ExportOptions
from corpuskit.exports.reading import ExportPart
from corpuskit.store import Store


class ExportFormat(ABC):
    """A format: how the documents of a part become files."""

    name: ClassVar[str]
    per_language: ClassVar[bool] = False
    """Whether the shards of a language and split become one data set."""
    has_columns: ClassVar[bool] = False
    compresses: ClassVar[bool] = True
    needs_tokenizer: ClassVar[bool] = False

    @abstractmethod
    def write(
        self,
        store: Store,
        part: ExportPart,
        batches: Iterable[pa.RecordBatch],
        options: ExportOptions,
    ) -> list[ExportedFile]:
        """Write the files of a part."""


class _Lines(ExportFormat):
    """A file for each shard, of pieces of text that follow each other."""

    suffix: ClassVar[str]

    def write(
        self,
        store: Store,
        part: ExportPart,
        batches: Iterable[pa.RecordBatch],
        options: ExportOptions,
    ) -> list[ExportedFile]:
        """One file."""
        exported = ExportedFile(f"{part.name}{self.suffix}{SUFFIXES[options.compression]}")
        with (
            writing(store, exported) as file,
            compressed(file, options.compression) as stream,
        ):
            stream.write(self.head(options).encode("utf-8"))
            for batch in batches:
                rows = batch.to_pylist()
                exported.documents += len(rows)
                written = "".join(self.lines(rows, options))
                stream.write(written.encode("utf-8"))
        return [exported]

    def head(self, options: ExportOptions) -> str:
        """What comes before the first document."""
        return ""

    @abstractmethod
    def lines(self, rows: list[dict[str, Any]], options: ExportOptions) -> Iterator[str]:
        """Documents as text."""


class Jsonl(_Lines):
    """A JSON object a line, in UTF-8; times are ISO 8601."""

    name = "jsonl"
    suffix = ".jsonl"
    has_columns = True

    def lines(self, rows: list[dict[str, Any]], options: ExportOptions) -> Iterator[str]:
        """See _Lines."""
        for row in rows:
            yield json.dumps(row, ensure_ascii=False, default=_plain) + "\n"


class Csv(_Lines):
    """RFC 4180 in UTF-8 with a header; columns with structure hold JSON, null is empty."""

    name = "csv"
    suffix = ".csv"
    has_columns = True

    def head(self, options: ExportOptions) -> str:
        """The header."""
        return _csv_line(options.columns)

    def lines(self, rows: list[dict[str, Any]], options: ExportOptions) -> Iterator[str]:
        """See _Lines."""
        for row in rows:
            yield _csv_line([_cell(row[name]) for name in options.columns])


class PlainText(_Lines):
    """Documents with a blank line behind each; blank lines within a document are left out."""

    name = "text"
    suffix = ".txt"

    def lines(self, rows: list[dict[str, Any]], options: ExportOptions) -> Iterator[str]:
        """See _Lines."""
        for row in rows:
            kept = [line for line in row["text"].split("\n") if line.strip()]
            yield "\n".join(kept) + "\n\n"


class Megatron(ExportFormat):
    """Megatron-LM's `.bin` and `.idx`, which Megatron-Core and NeMo read: one pair for a language
    and split."""

    name = "megatron"
    per_language = True
    compresses = False
    needs_tokenizer = True

    def write(
        self,
        store: Store,
        part: ExportPart,
        batches: Iterable[pa.RecordBatch],
        options: ExportOptions,
    ) -> list[ExportedFile]:
        """The pair of files."""
        return write_megatron(store, part.name, batches, options)


class Mds(ExportFormat):
    """MosaicML Streaming's shards with `index.json`: one data set for a language and split."""

    name = "mds"
    per_language = True
    has_columns = True
    compresses = False

    def write(
        self,
        store: Store,
        part: ExportPart,
        batches: Iterable[pa.RecordBatch],
        options: ExportOptions,
    ) -> list[ExportedFile]:
        """The shards and their index."""
        return write_mds(store, part.name, batches, options)


FORMATS: Final[Mapping[str, ExportFormat]] = {
    format_.name: format_ for format_ in (Jsonl(), Csv(), PlainText(), Megatron(), Mds())
}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, datetime) else value


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
