"""Rows of JSONL and CSV, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from corpuskit.connectors.containers.compression import (
    Damage,
    codec_of_file,
    decompressed,
    open_binary,
)
from corpuskit.connectors.jsonl import LOOKED_AT, Line, columns_of, lines, parse
from corpuskit.connectors.reasons import EMPTY, INVALID_ROW
from corpuskit.connectors.tables.delimited import csv_records
from corpuskit.connectors.tables.parquet import RowOrDamage

Numbered = Iterator[tuple[int, RowOrDamage]]


def jsonl_rows(path: str) -> Numbered:
    """The rows of a file with the numbers of their lines, from 0; blank lines are passed over."""
    with open_binary(path) as file:
        for number, line in enumerate(stored_lines(file)):
            if isinstance(line, Damage):
                yield number, line
            elif line.strip():
                yield number, parse(line)


def jsonl_columns(path: str) -> list[str] | None:
    """Columns of the first rows; None if there is no row among them."""
    return columns_of(row for _, row in islice(jsonl_rows(path), LOOKED_AT)) or None


def csv_rows(path: str, delimiter: str) -> Numbered:
    """The rows of a file after its header, numbered from 0.

    If the header cannot be read that is all there is.
    """
    with open_binary(path) as file:
        records = csv_records(stored_lines(file), delimiter)
        header = next(records, Damage(EMPTY, "there is no header"))
        if isinstance(header, Damage):
            yield 0, header
            return
        for number, record in enumerate(records):
            yield number, record if isinstance(record, Damage) else _row(header, record)


def _row(header: list[str], record: list[str]) -> RowOrDamage:
    if len(record) != len(header):
        return Damage(INVALID_ROW, f"{len(record)} fields; the header has {len(header)}")
    return dict(zip(header, record, strict=True))


def csv_columns(path: str, delimiter: str) -> list[str] | None:
    """The header of a file; None if it cannot be read."""
    with open_binary(path) as file:
        header = next(csv_records(stored_lines(file), delimiter), None)
    return header if isinstance(header, list) else None


def stored_lines(file: BinaryIO) -> Iterator[Line]:
    """Lines of a file, decompressed, without their ends."""
    return lines(decompressed(file, codec_of_file(file)))
