"""Rows of JSONL and CSV, in bounded memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO, Final

from corpuskit.connectors.containers.compression import Damage, codec_of, decompressed, open_binary
from corpuskit.connectors.jsonl import MAX_LINE, Line, lines, parse
from corpuskit.connectors.reasons import EMPTY, INVALID_ROW, INVALID_UTF8, TOO_LARGE
from corpuskit.connectors.tables.parquet import RowOrDamage

LOOKED_AT: Final = 100
"""Lines of JSONL in which columns are looked for: a row may leave out those without a value."""

_BOM = "\ufeff"

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
    found = [row for _, row in islice(jsonl_rows(path), LOOKED_AT) if isinstance(row, dict)]
    return sorted(set(chain.from_iterable(found))) if found else None


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
    return lines(decompressed(file, codec_of(file.read(4))))


def csv_records(stored: Iterable[Line], delimiter: str) -> Iterator[list[str] | Damage]:
    """Records of CSV (RFC 4180, UTF-8), the header like any other; blank lines are passed over.

    A record that breaks the rules is damage and the next line starts a new one.
    """
    csv.field_size_limit(MAX_LINE)  # else the standard library's 128 kB
    reader = csv.reader(_Text(stored), delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except _LostLineError as error:
            yield error.damage
            continue
        except csv.Error as error:
            reason = TOO_LARGE if "field limit" in str(error) else INVALID_ROW
            yield Damage(reason, f"line {reader.line_num}: {error}")
            continue
        if record:
            yield record if _is_text(record) else Damage(INVALID_UTF8, f"line {reader.line_num}")


def _is_text(record: list[str]) -> bool:
    try:
        "".join(record).encode()
    except UnicodeEncodeError:
        return False
    return True


class _LostLineError(Exception):
    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        super().__init__(damage.detail)


class _Text:
    """Lines as csv.reader takes them. It goes on after having raised, as a generator cannot."""

    def __init__(self, stored: Iterable[Line]) -> None:
        self._lines = iter(stored)
        self._first = True

    def __iter__(self) -> _Text:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if isinstance(line, Damage):
            raise _LostLineError(line)
        text = line.decode("utf-8", "surrogateescape") + "\n"
        if self._first:
            self._first, text = False, text.removeprefix(_BOM)
        return text
