"""The connector `files`: HTML, plain text, Markdown and lines of JSON from a folder.

Each file may be compressed with bzip2, gzip or zstd, which its bytes tell, not its name. A file of
HTML or text is a record; a JSONL file has one a line. Times of files are not looked at: they say
when a copy was made and differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from pydantic import Field

from corpuskit.connectors import cursors
from corpuskit.connectors.base import (
    MAX_CONTENT_BYTES,
    Connector,
    ConnectorOptions,
    Input,
    Piece,
)
from corpuskit.connectors.containers.bytestream import ByteStream
from corpuskit.connectors.containers.compression import (
    Damage,
    codec_of_file,
    decompressed,
    open_binary,
)
from corpuskit.connectors.file_types import JSONL, file_type
from corpuskit.connectors.jsonl import (
    LOOKED_AT,
    Line,
    columns_of,
    lines,
    missing_column,
    moment,
    parse,
    string,
    text_of,
    utc,
)
from corpuskit.connectors.license_column import declare_license
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.pieces import Cutter
from corpuskit.connectors.reasons import EMPTY, TOO_LARGE, UNREADABLE, UNSUPPORTED_TYPE
from corpuskit.connectors.sniff import TEXT
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.store import file_sha256

_SNIFFED = 4096  # bytes; sniffing looks at fewer


class FilesOptions(ConnectorOptions):
    """What a [[source]] says to the connector `files`."""

    path: str = Field(description="A file, a folder or a glob, relative to the recipe.")
    captured: datetime | date | None = Field(
        None, description="When the files were fetched; kept as fetched_at in every row."
    )
    text_column: str = Field("text", description="JSONL: the column that holds the text.")
    url_column: str | None = Field("url", description="JSONL: the column of the page's URL.")
    title_column: str | None = Field("title", description="JSONL: the column of the title.")
    id_column: str | None = Field(
        None, description="JSONL: a column that names the row within its file."
    )
    published_column: str | None = Field(
        None, description="JSONL: the column of the date of publication."
    )
    captured_column: str | None = Field(
        None, description="JSONL: the column of the time of capture."
    )
    language_column: str | None = Field(
        None, description="JSONL: the column of the declared language."
    )
    license_column: str | None = Field(None, description="JSONL: the column of the license.")


class FilesConnector(Connector):
    """Documents from files. Positions in a JSONL file are lines, counted from 0."""

    name: ClassVar[str] = "files"
    version: ClassVar[str] = "5"
    source_type: ClassVar[str] = "file"
    libraries: ClassVar[tuple[str, ...]] = ("packaging", "zstandard")
    Options: ClassVar[type[ConnectorOptions]] = FilesOptions
    options: FilesOptions

    def inputs(self) -> list[Input]:
        """The files in the order of their names; SourceError if a JSONL file that can be read has
        no column for the text, or none of another one that the recipe names."""
        items = list_inputs(self.options.path, self.root)
        for item in items:
            self._check_columns(item)
        return items

    def _check_columns(self, item: Input) -> None:
        """Only files that are JSONL by their names are opened: a folder may hold millions."""
        if file_type(item.name, b"")[0] != JSONL:
            return
        try:
            first = islice(_numbered(item.path), LOOKED_AT)
            names = columns_of(parse(line) for _, line in first if isinstance(line, bytes))
        except OSError:  # read() says why
            return
        for option in sorted({"text_column", *self.options.model_fields_set}):
            column = getattr(self.options, option)
            is_column = option.endswith("_column") and column is not None
            if names and is_column and column not in names:
                role = option.removesuffix("_column")
                problem = missing_column(column, role, names, f'{option} = "{{}}"')
                raise SourceError(f"{item.name}: {problem}")

    def scan(self, item: Input) -> list[Piece]:
        """Cut a JSONL file between lines; any other file is one piece."""
        cutter = Cutter()
        try:
            size = Path(item.path).stat().st_size
            if _has_lines(item):
                for number, line in _numbered(item.path):
                    cutter.add(number, len(line) if isinstance(line, bytes) else 0)
        except OSError:  # read() says why
            size = 0
        return cutter.pieces() or [Piece(0, 1, 1, size)]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece."""
        try:
            ref = f"{item.name}@sha256:{item.sha256 or _sha256(item.path)}"
            if _has_lines(item):
                yield from self._rows(ref, item.path, piece)
            else:
                yield self._document(ref, item)
        except OSError as error:
            yield RawRecord(source_ref=item.name, reason=UNREADABLE, detail=error.strerror)

    def _document(self, ref: str, item: Input) -> RawRecord:
        record = RawRecord(source_ref=ref, fetched_at=self._captured)
        with open_binary(item.path) as file:
            stream = _stream(file)
            kind, seems = file_type(item.name, stream.peek(_SNIFFED))
            content = stream.read(MAX_CONTENT_BYTES + 1)
        record.content_type = kind
        if kind is None:
            record.reason, record.detail = UNSUPPORTED_TYPE, seems
        elif len(content) > MAX_CONTENT_BYTES:
            record.reason = TOO_LARGE
        elif stream.damage is not None:
            record.reason, record.detail = stream.damage.reason, stream.damage.detail
        elif not content.strip():
            record.reason, record.detail = EMPTY, f"{len(content)} bytes"
        else:
            record.content = content
        return record

    def _rows(self, ref: str, path: str, piece: Piece) -> Iterator[RawRecord]:
        numbered = cursors.between(path, "lines", piece.start, piece.stop, lambda: _numbered(path))
        for number, line in numbered:
            if isinstance(line, Damage) or line.strip():
                yield self._row(ref, number + 1, line)

    def _row(self, ref: str, number: int, line: Line) -> RawRecord:
        record = RawRecord(source_ref=f"{ref}#L{number}", fetched_at=self._captured)
        row: Line | dict[str, Any] = line if isinstance(line, Damage) else parse(line)
        if isinstance(row, dict):
            self._describe(record, ref, row)
            row = text_of(row, self.options.text_column)
        if isinstance(row, bytes):
            record.content, record.content_type, record.charset = row, TEXT, "utf-8"
        else:
            record.reason, record.detail = row.reason, row.detail
        return record

    def _describe(self, record: RawRecord, ref: str, row: dict[str, Any]) -> None:
        options = self.options
        if name := string(row, options.id_column):
            record.source_ref = f"{ref}#{name}"
        record.url = string(row, options.url_column)
        record.title = string(row, options.title_column)
        record.lang_declared = string(row, options.language_column)
        record.fetched_at = moment(row, options.captured_column) or record.fetched_at
        record.published_at = moment(row, options.published_column)
        record.published_at_source = "meta" if record.published_at else None
        if license_ := string(row, options.license_column):
            declare_license(record, license_, str(options.license_column))

    @property
    def _captured(self) -> datetime | None:
        return utc(self.options.captured) if self.options.captured else None


def _stream(file: BinaryIO) -> ByteStream:
    return ByteStream(decompressed(file, codec_of_file(file)))


def _has_lines(item: Input) -> bool:
    """Whether a file is of lines of JSON; an empty one is a document without content."""
    with open_binary(item.path) as file:
        stream = _stream(file)
        start = stream.peek(_SNIFFED)
    return file_type(item.name, start)[0] == JSONL and bool(start or stream.damage)


def _numbered(path: str) -> Iterator[tuple[int, Line]]:
    with open_binary(path) as file:
        yield from enumerate(lines(decompressed(file, codec_of_file(file))))


def _sha256(path: str) -> str:
    state = Path(path).stat()
    open_binary(path).close()  # a pipe would be waited for
    return _sha256_of(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _sha256_of(path: str, size: int, changed: int) -> str:
    """Once per state of a file: a large one is read in many pieces."""
    return file_sha256(path)
