"""From a row of any table to a raw record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.jsonl import missing_column, moment, string, text_of, utc
from corpuskit.connectors.license_column import declare_license
from corpuskit.connectors.reasons import INVALID_UTF8
from corpuskit.connectors.sniff import TEXT
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.tables.presets import DEFAULT, LITERAL_LINE_FEEDS, PRESETS
from corpuskit.document import RawRecord, WarcPointer
from corpuskit.errors import SourceError

Row = Mapping[str, Any]

_MILLISECONDS = 10**11
"""Seconds since 1970 until the year 5138; a larger number counts milliseconds (from 1973 on)."""


_DELIMITERS: Final = (";", "\t", "|")
"""Marks beside the comma that programs put between the fields of CSV."""

_MAX_DIGITS: Final = 40
"""Digits of a position that is looked at; Python refuses to read more than 4,300."""

_MAX_OFFSET: Final = 2**63 - 1
"""The largest position that a row's pointer to a WARC file can hold."""


@dataclass(frozen=True)
class Columns:
    """Which column holds what."""

    by_role: Mapping[str, str]
    required: frozenset[str] = frozenset({"text"})
    """Roles whose columns have to be there."""
    literal_line_feeds: bool = False
    captured: datetime | None = None

    @classmethod
    def of(cls, options: TablesOptions) -> Columns:
        """Those that the recipe names, then those of the preset, or the default ones."""
        known: dict[str, str] = PRESETS[options.preset] if options.preset else DEFAULT
        return cls(
            known | {str(role): column for role, column in options.map.items()},
            frozenset({"text", *options.map}),
            options.preset in LITERAL_LINE_FEEDS,
            utc(options.captured) if options.captured else None,
        )

    def check(self, name: str, there: Iterable[str]) -> None:
        """SourceError if a file lacks a required column, or has a column twice that is read.

        Of a path its first part counts.
        """
        names = list(there)
        for role in sorted(self.required):
            column = self.by_role[role]
            if column not in names and column.split(".")[0] not in names:
                raise SourceError(f"{name}: {self._missing(column, role, names)}")
        for column in self.top(dict.fromkeys(names)):
            if (count := names.count(column)) > 1:
                raise SourceError(
                    f"{name}: there are {count} columns {column!r}; rename all but the one to read"
                )

    def _missing(self, column: str, role: str, names: list[str]) -> str:
        header = names[0] if len(names) == 1 else ""
        delimiter = next((mark for mark in _DELIMITERS if mark in header), None)
        if delimiter:
            wanted = "\\t" if delimiter == "\t" else delimiter
            return (
                f"there is no column {column!r} for {role}; there is one, {header!r}; "
                f'did you mean delimiter = "{wanted}"?'
            )
        return missing_column(column, role, names, f'map = {{{{ {role} = "{{}}" }}}}')

    def top(self, there: Iterable[str]) -> list[str]:
        """Of the columns that a file has, those that are read."""
        columns = self.by_role.values()
        wanted = {*columns, *(column.split(".")[0] for column in columns)}
        return [name for name in there if name in wanted]

    def record(self, ref: str, number: str, row: Row) -> RawRecord:
        """The raw record of a row; `number` names it in its file where no id does."""
        values = {role: _value(row, column) for role, column in self.by_role.items()}
        record = RawRecord(source_ref=f"{ref}#{string(values, 'id') or number}")
        record.url, record.title = string(values, "url"), string(values, "title")
        record.lang_declared = string(values, "language")
        record.fetched_at = _moment(values.get("fetched_at")) or self.captured
        record.published_at = _moment(values.get("published_at"))
        record.published_at_source = "meta" if record.published_at else None
        record.warc = _pointer(values)
        if license_ := string(values, "license"):
            declare_license(record, license_, self.by_role["license"])
        self._text(record, values)
        return record

    def _text(self, record: RawRecord, values: dict[str, Any]) -> None:
        column = self.by_role["text"]
        text = values.pop("text")
        if isinstance(text, bytes):  # a column without the annotation that it is text
            try:
                text = text.decode()
            except UnicodeDecodeError as error:
                record.reason, record.detail = INVALID_UTF8, f"at byte {error.start} of the text"
                return
        if isinstance(text, str) and self.literal_line_feeds:
            text = text.replace("\\n", "\n")
        content = text_of({column: text}, column)
        if isinstance(content, Damage):
            record.reason, record.detail = content.reason, content.detail
        else:
            record.content, record.content_type, record.charset = content, TEXT, "utf-8"


def _value(row: Row, column: str) -> Any:
    """A column, or what a path leads to; of a list its first element."""
    value: Any = row.get(column)
    if value is None and column not in row and "." in column:
        first, _, rest = column.partition(".")
        inner = row.get(first)
        return _value(inner, rest) if isinstance(inner, Mapping) else None
    if isinstance(value, list):
        return value[0] if value else None
    return value


def _moment(value: Any) -> datetime | None:
    if isinstance(value, date):
        return utc(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > _MILLISECONDS:
        value = min(value, _MILLISECONDS**2) / 1000  # a larger integer is not a float
    return moment({"": value}, "")


def _pointer(values: dict[str, Any]) -> WarcPointer | None:
    file, record_id = string(values, "warc_file"), string(values, "warc_record_id")
    if file is None and record_id is None:
        return None
    offset, length = (_whole(values.get(role)) for role in ("warc_offset", "warc_length"))
    return WarcPointer(file=file or "", offset=offset, length=length, record_id=record_id)


def _whole(value: Any) -> int | None:
    """A position in a file; None for what is not one."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= _MAX_DIGITS:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MAX_OFFSET else None
