"""The connector itself: inputs, pieces and rows of tables of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import ClassVar

from corpuskit.connectors import cursors
from corpuskit.connectors.base import Connector, ConnectorOptions, FetchContext, Input, Piece
from corpuskit.connectors.containers import parquet_footer
from corpuskit.connectors.containers.compression import Damage, open_binary
from corpuskit.connectors.containers.parquet_footer import FooterError
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.pieces import Cutter
from corpuskit.connectors.reasons import CORRUPT, UNREADABLE, UNSUPPORTED_TYPE
from corpuskit.connectors.tables import lines, parquet
from corpuskit.connectors.tables.columns import Columns
from corpuskit.connectors.tables.kinds import CSV, JSONL, PARQUET, kind_of, suffix
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.tables.parquet import BrokenFileError, RowOrDamage
from corpuskit.connectors.tables.remote import RemoteTable, remotes
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.store import file_sha256

Rows = Iterator[tuple[int, RowOrDamage]]


class TablesConnector(Connector):
    """Rows of tables. Positions in a file are its rows (JSONL: its lines), counted from 0."""

    name: ClassVar[str] = "tables"
    version: ClassVar[str] = "5"
    source_type: ClassVar[str] = "table"
    libraries: ClassVar[tuple[str, ...]] = ("packaging", "pyarrow", "zstandard")
    fetches: ClassVar[bool] = True
    Options: ClassVar[type[ConnectorOptions]] = TablesOptions
    options: TablesOptions

    def inputs(self) -> list[Input]:
        """The files in the order of their names, each looked into: SourceError if one that can
        be read has no column for the text or another one that the recipe names."""
        items = self._listed()
        columns = Columns.of(self.options)
        for item in items:
            there = self._columns(item)
            if there is not None:
                columns.check(item.name, there)
        return items

    def _listed(self) -> list[Input]:
        if not self.remote():
            return list_inputs(str(self.options.path), self.root)
        for remote in self._remotes():
            if not remote.kept.exists():
                raise SourceError(f"{remote.url} is not fetched yet; run corpuskit fetch")
        return [Input(remote.name, str(remote.kept)) for remote in self._remotes()]

    def _remotes(self) -> list[RemoteTable]:
        return remotes(self.options, self.store or Path())

    def remote(self) -> bool:
        """Only files named by `url` or `hub` are fetched."""
        return self.options.path is None

    def asks(self) -> list[str]:
        """A line per file."""
        some = " and ".join(
            ([f"row groups {list(self.options.row_groups)}"] if self.options.row_groups else [])
            + ([f"the first {self.options.rows} rows"] if self.options.rows else [])
        )
        return [
            f"GET {remote.url} ({some or 'whole'})" for remote in self._remotes() if self.remote()
        ]

    def fetch(self, context: FetchContext) -> None:
        """Keep every file, or the rows of it that are asked for; columns are looked at first."""
        from corpuskit.connectors.tables.fetcher import TableFetcher  # loads an HTTP client

        missing = [remote for remote in self._remotes() if not remote.kept.exists()]
        fetcher = TableFetcher(context.agent, self.options, context.report)
        for remote in missing:
            names = fetcher.columns(remote)
            if names is not None:
                Columns.of(self.options).check(remote.name, names)
        for remote in missing:
            fetcher.fetch(remote, self._delimiter(remote.name))

    def _columns(self, item: Input) -> list[str] | None:
        """Names of a file's columns; None where reading it says what is wrong with it.

        This runs in the process that leads the build, so Arrow is not asked.
        """
        try:
            kind = kind_of(item.name, item.path)
            if kind == PARQUET:
                with open_binary(item.path) as file:
                    return parquet_footer.column_names(file)
            if kind == CSV:
                return lines.csv_columns(item.path, self._delimiter(item.name))
            return lines.jsonl_columns(item.path) if kind == JSONL else None
        except (OSError, FooterError):
            return None

    def _delimiter(self, name: str) -> str:
        return self.options.delimiter or ("\t" if suffix(name) == ".tsv" else ",")

    def scan(self, item: Input) -> list[Piece]:
        """Cut Parquet by its row groups and within large ones, JSONL and CSV between rows."""
        size = 0
        try:
            size = Path(item.path).stat().st_size
            kind = kind_of(item.name, item.path)
            if kind == PARQUET:
                return self._runs(item)
            if kind is not None:
                return self._cut(item, kind)
        except (OSError, BrokenFileError):  # read() says why
            pass
        return [Piece(0, 1, 1, size)]

    def _runs(self, item: Input) -> list[Piece]:
        with parquet.opened(item.path) as table:
            columns = Columns.of(self.options).top(parquet.column_names(table))
            span = None if parquet.is_sample(table) else self.options.row_groups
            groups = parquet.wanted_groups(table.num_row_groups, span)
            return parquet.runs(table, columns, groups, self.options.rows)

    def _cut(self, item: Input, kind: str) -> list[Piece]:
        cutter = Cutter()
        for number, row in islice(self._lines(item, kind), self.options.rows):
            cutter.add(number, 0 if isinstance(row, Damage) else _size(row))
        return cutter.pieces()

    def _lines(self, item: Input, kind: str) -> Rows:
        if kind == CSV:
            return lines.csv_rows(item.path, self._delimiter(item.name))
        return lines.jsonl_rows(item.path)

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece."""
        try:
            kind = kind_of(item.name, item.path)
            if kind is None:
                what = f"named *{suffix(item.name)}" if suffix(item.name) else "without a suffix"
                yield self._lost(item, UNSUPPORTED_TYPE, what)
            else:
                yield from self._records(item, kind, piece)
        except BrokenFileError as error:
            yield self._lost(item, CORRUPT, str(error))
        except OSError as error:
            yield self._lost(item, UNREADABLE, error.strerror or str(error))

    def _lost(self, item: Input, reason: str, detail: str) -> RawRecord:
        return RawRecord(source_ref=item.name, reason=reason, detail=detail)

    def _records(self, item: Input, kind: str, piece: Piece) -> Iterator[RawRecord]:
        columns = Columns.of(self.options)
        ref = self._ref(item)
        if kind == PARQUET:
            with parquet.opened(item.path) as table:
                read = columns.top(parquet.column_names(table))
                first = parquet.first_row(table)
            rows = parquet.rows(item.path, read, piece.start, piece.stop)
        else:
            read_all = partial(self._lines, item, kind)
            how = f"{kind} {self._delimiter(item.name)}"
            rows = cursors.between(item.path, how, piece.start, piece.stop, read_all)
            first = int(kind == JSONL)  # lines are counted from 1
        for number, row in rows:
            name = f"{'L' if kind == JSONL else 'R'}{first + number}"
            if isinstance(row, Damage):
                yield RawRecord(source_ref=f"{ref}#{name}", reason=row.reason, detail=row.detail)
            else:
                yield columns.record(ref, name, row)

    def _ref(self, item: Input) -> str:
        if self.options.hub:  # the commit in the name says which file it is, whole or sample
            return item.name
        return f"{item.name}@sha256:{item.sha256 or file_sha256(item.path)}"


def _size(row: dict[str, object]) -> int:
    """About how many bytes a row has: of its strings, in which the text is."""
    return sum(len(value) * 3 for value in row.values() if isinstance(value, str))
