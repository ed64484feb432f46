"""Records of CSV and TSV, in bounded memory; a broken record costs its first line only.

CSV follows RFC 4180. TSV has no quotes by its registration (IANA, text/tab-separated-values), but
spreadsheets and pandas write them: a quote there opens a field only if the field is closed like
one.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.jsonl import MAX_LINE, Line
from corpuskit.connectors.reasons import INVALID_ROW, INVALID_UTF8, TOO_LARGE

Record = list[str] | Damage

MAX_RECORD_LINES: Final = 1_000
"""Lines in which the end of a quoted TSV field, or of a record with escaped quotes, is looked
for: more than the lines of a long article."""

_BOM: Final = "\ufeff"
_ESCAPED_QUOTE: Final = re.compile(r'(?<!\\)((?:\\\\){0,50})\\"')
_QUOTED: Final = re.compile(r'"((?:[^"]++|"")*+)"(?=\t|\Z)')


def csv_records(stored: Iterable[Line], delimiter: str) -> Iterator[Record]:
    """Records of CSV, or of TSV where the delimiter is a tab, in UTF-8; the header is like any
    other record and blank lines are passed over.

    The first line of a record that breaks the rules is damage, and the next line starts a record.
    """
    source = _LineSource(stored)
    read = _tsv_records(source) if delimiter == "\t" else _csv_records(source, delimiter)
    for record in read:
        if isinstance(record, Damage):
            yield record
        elif record:
            is_text = _is_text(record)
            yield record if is_text else Damage(INVALID_UTF8, f"line {source.number}")


def _is_text(record: list[str]) -> bool:
    try:
        "".join(record).encode()
    except UnicodeEncodeError:
        return False
    return True


class _BrokenRecordError(Exception):
    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        super().__init__(damage.detail)


class _LineSource:
    """Lines as text, each with its end; those of the record at hand can be read again.

    It goes on after having raised, as a generator cannot.
    """

    def __init__(self, stored: Iterable[Line]) -> None:
        self._stored = iter(stored)
        self._pending: deque[str | Damage] = deque()
        self._is_first = True
        self.number = 0
        """The number of the line that was read last, from 1."""
        self.record: list[str] = []
        """The lines of the record at hand."""
        self._size = 0

    def __iter__(self) -> _LineSource:
        return self

    def __next__(self) -> str:
        line = self._pending.popleft() if self._pending else self._decoded(next(self._stored))
        if isinstance(line, Damage):
            if self.record:
                self._pending.appendleft(line)
                line = Damage(INVALID_ROW, "a damaged line follows")
            raise _BrokenRecordError(line)
        self.number += 1
        self.record.append(line)
        self._size += len(line)
        if self._size > 2 * MAX_LINE:
            raise _BrokenRecordError(Damage(TOO_LARGE, "a record without an end"))
        return line

    def _decoded(self, line: Line) -> str | Damage:
        if isinstance(line, Damage):
            return line
        text = line.decode("utf-8", "surrogateescape") + "\n"
        if self._is_first:
            self._is_first, text = False, text.removeprefix(_BOM)
        return text

    def start(self) -> None:
        """Start a record with the next line."""
        self.record, self._size = [], 0

    def keep(self, count: int) -> None:
        """Give back the lines of the record at hand beyond the first `count`."""
        self._pending.extendleft(reversed(self.record[count:]))
        self.number -= len(self.record[count:])
        self._size -= sum(map(len, self.record[count:]))
        del self.record[count:]


def _csv_records(source: _LineSource, delimiter: str) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE)  # else the standard library's 128 kB
    width = 0
    while True:
        source.start()
        try:
            record = _strict_record(source, delimiter)
        except StopIteration:
            return
        except _BrokenRecordError as error:
            escaped = _escaped_record(source, delimiter, width) if source.record else None
            yield error.damage if escaped is None else escaped
            continue
        if width and len(record) != width:
            record = _escaped_record(source, delimiter, width) or record
        width = width or len(record)
        yield record


def _strict_record(source: _LineSource, delimiter: str) -> list[str]:
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        return next(reader)
    except csv.Error as error:
        reason = TOO_LARGE if "field limit" in str(error) else INVALID_ROW
        first = source.number - len(source.record) + 1
        source.keep(1)
        raise _BrokenRecordError(Damage(reason, f"line {first}: {error}")) from None
    except _BrokenRecordError:
        source.keep(1)
        raise


def _escaped_record(source: _LineSource, delimiter: str, width: int) -> list[str] | None:
    r"""The record at hand read with quotes escaped by backslashes (`\"`, as MySQL and Spark write
    them); None if it is not such a record of that many fields."""
    before = len(source.record)
    if not width or not any('\\"' in line for line in source.record):
        return None
    lines = chain(list(source.record), islice(source, MAX_RECORD_LINES))
    unescaped = (_ESCAPED_QUOTE.sub(r'\1""', line) for line in lines)
    reader = csv.reader(unescaped, delimiter=delimiter, strict=True)
    try:
        record = next(reader)
    except (csv.Error, StopIteration, _BrokenRecordError):
        record = []
    matches = len(record) == width
    source.keep(reader.line_num if matches else before)
    return record if matches else None


def _tsv_records(source: _LineSource) -> Iterator[Record]:
    width = 0
    while True:
        source.start()
        try:
            line = next(source)
        except StopIteration:
            return
        except _BrokenRecordError as error:
            yield error.damage
            continue
        record = _tsv_line(line, width)
        if width and '"' in line and (len(record) != width or (width > 1 and _is_open(line))):
            record = _joined_record(source, width) or record
        record = record if line.strip("\r\n") else []
        width = width or len(record)
        yield record


def _is_open(text: str) -> bool:
    """Whether the last field begins with a quote and is not closed, so that it may go on in the
    next line. (With one column that is not asked: every line is a record by itself.)"""
    return _tsv_parsed(text)[1]


def _joined_record(source: _LineSource, width: int) -> list[str] | None:
    """The record of several lines that starts with the line at hand, because a field of it is
    quoted; None if there is none.

    A line that is a record by itself ends the search, unless the first line is none and this one
    closes its quote: `"one` and `two"<TAB>u` are a record of two fields.
    """
    text = source.record[0]
    is_record = len(_tsv_line(text, width)) == width
    try:
        for line in islice(source, MAX_RECORD_LINES):
            is_alone = len(_tsv_line(line, width)) == width
            if (is_record and is_alone) or len(text) > MAX_LINE:
                break
            text += line
            if '"' in line:
                record, is_open = _tsv_parsed(text)
                if len(record) == width and not is_open:
                    return record
                if len(record) > width:
                    break
    except _BrokenRecordError:
        pass
    source.keep(1)
    return None


def _tsv_line(line: str, width: int) -> list[str]:
    """The fields of a line, with quotes as characters if only that gives the width."""
    fields = _tsv_fields(line)
    if width and len(fields) != width and '"' in line:
        characters = line.rstrip("\r\n").split("\t")
        fields = characters if len(characters) == width else fields
    return fields


def _tsv_fields(text: str) -> list[str]:
    """The fields of a record; a quote that is not closed at the end of a field is a character."""
    return _tsv_parsed(text)[0]


def _tsv_parsed(text: str) -> tuple[list[str], bool]:
    """The fields of a record, and whether the last begins with a quote that is not closed."""
    text = text.removesuffix("\n").removesuffix("\r")
    fields: list[str] = []
    at = 0
    while True:
        is_open = False
        if text.startswith('"', at) and (match := _QUOTED.match(text, at)):
            fields.append(match[1].replace('""', '"'))
            at = match.end()
        else:
            is_open = text.startswith('"', at)
            end = text.find("\t", at)
            fields.append(text[at:] if end < 0 else text[at:end])
            at = len(text) if end < 0 else end
        if at >= len(text):
            return fields, is_open
        at += 1
