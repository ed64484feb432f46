"""Samples of a remote table, for which only the bytes of the sampled rows are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import limits
from corpuskit.connectors.containers import parquet_footer
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.jsonl import Line
from corpuskit.connectors.tables import lines, parquet
from corpuskit.connectors.tables.delimited import csv_records
from corpuskit.connectors.tables.kinds import is_csv

_IN_MEMORY: Final = 200_000_000
"""Bytes, decompressed: about 64 MB of compressed text. A smaller row group is asked for in a few
large ranges, at once; of a larger one only as much is read as the rows need."""
_STEP: Final = 1 << 22
_TEXT_STEP: Final = 1 << 18
_ROWS: Final = 1_000


class NoSampleError(Exception):
    """The first rows cannot be taken by themselves: the whole file is to be kept."""


def schema_of(file: Any) -> list[str] | None:
    """Columns of a remote Parquet file, by its footer; None if it is something else."""
    if bytes(file.read(4)) != parquet_footer.MAGIC:
        return None
    try:
        return parquet_footer.column_names(file)
    except parquet_footer.FooterError:
        return None


def take(
    file: Any, name: str, part: Path, rows: int | None, span: tuple[int, int] | None, delimiter: str
) -> None:
    """Write a sample of a remote file to `part`: the first `rows` rows (of some row groups).

    Parquet stays Parquet, all its columns are kept; lines are kept decompressed. NoSampleError
    where the file is damaged before its sample ends.
    """
    file.seek(0)
    if bytes(file.read(4)) == parquet_footer.MAGIC:
        try:
            _parquet(file, part, rows, span)
        except (pa.ArrowException, OSError, parquet.BrokenFileError, UnicodeDecodeError) as error:
            if isinstance(error, OSError) and error.errno is not None:  # the disk, not the file
                raise
            raise NoSampleError(" ".join(str(error)[:200].split())) from error
        return
    if rows is None:
        raise NoSampleError("only Parquet has row groups")
    file.seek(0)
    raw = file if isinstance(file, io.RawIOBase) else pa.PythonFile(file, mode="r")
    stored = lines.stored_lines(cast(BinaryIO, io.BufferedReader(raw, _TEXT_STEP)))
    with part.open("wb") as out:
        (_csv if is_csv(name) else _jsonl)(stored, out, rows, delimiter)


def _open(file: Any, *, large: bool, metadata: Any = None) -> pq.ParquetFile:
    file.seek(0)
    source = pa.PythonFile(file, mode="r") if isinstance(file, io.RawIOBase) else file
    step = _STEP if large else 0
    return pq.ParquetFile(source, metadata=metadata, pre_buffer=not large, buffer_size=step)


def _parquet(file: Any, part: Path, rows: int | None, span: tuple[int, int] | None) -> None:
    with _open(file, large=False) as table:
        meta = table.metadata
        groups = parquet.wanted_groups(meta.num_row_groups, span)
        parquet.check(table, file.seek(0, 2))
        # a damaged column's own sizes are not asked for: Arrow may end the process
        sizes = [meta.row_group(group).total_byte_size for group in groups]
        first = parquet.rows_before(table, groups.start)
    large = max(sizes, default=0) > _IN_MEMORY
    with _open(file, large=large, metadata=meta) as table:
        noted = {**(table.schema_arrow.metadata or {}), parquet.FIRST_ROW: str(first).encode()}
        schema = table.schema_arrow.with_metadata(noted)
        with pq.ParquetWriter(part, schema, write_page_checksum=True) as writer:
            for batch in _batches(table, groups, rows):
                writer.write_batch(batch.replace_schema_metadata(noted))


def _batches(table: pq.ParquetFile, groups: range, rows: int | None) -> Iterator[pa.RecordBatch]:
    left = rows
    for group in groups:
        if left == 0:
            return
        size = _ROWS if left is None else min(_ROWS, left)
        for batch in table.iter_batches(size, row_groups=[group], use_threads=False):
            limits.beat()
            yield batch if left is None else batch[:left]
            left = None if left is None else max(0, left - batch.num_rows)
            if left == 0:
                return


def _jsonl(stored: Iterator[Line], out: BinaryIO, rows: int, _: str) -> None:
    for line in _kept(stored, out):
        rows -= bool(line.strip())
        if not rows:
            return


def _csv(stored: Iterator[Line], out: BinaryIO, rows: int, delimiter: str) -> None:
    records = csv_records(_kept(stored, out), delimiter)
    next(records, None)  # the header
    for _ in zip(range(rows), records, strict=False):
        pass


def _kept(stored: Iterator[Line], out: BinaryIO) -> Iterator[bytes]:
    """Pass lines on and keep each."""
    for line in stored:
        if isinstance(line, Damage):
            raise NoSampleError(line.detail)
        out.write(line + b"\n")
        yield line
