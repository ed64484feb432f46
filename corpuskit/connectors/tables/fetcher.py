"""Fetching the files of a source, or samples of them, into its store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from corpuskit import logs
from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.errors import HttpError
from corpuskit.connectors.fetching.range_file import RangeFile
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.tables import sample
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.tables.remote import RemoteTable, is_s3, opened_s3
from corpuskit.engines.parser_process import ParserDiedError, ParserProcess

_log = logs.logger(__name__)

_SAID_EVERY: Final = 50_000_000  # bytes


class TableFetcher:
    """Fetches files one after the other."""

    def __init__(self, agent: Agent, options: TablesOptions, report: Callable[[str], None]) -> None:
        self._session = Session(agent)
        self._options, self._report = options, report
        self._last: tuple[str, RangeFile] | None = None

    def columns(self, remote: RemoteTable) -> list[str] | None:
        """Columns of a Parquet file, by its footer; None if they cannot be known without all of it.

        SourceError if it cannot be had.
        """
        try:
            with self._opened(remote.url) as file:
                return sample.schema_of(file)
        except HttpError as error:
            if _serves_no_ranges(error):
                _log.info("%s: no ranges, columns are looked at later", without_secrets(remote.url))
                return None
            raise

    @contextmanager
    def _opened(self, url: str) -> Iterator[Any]:
        """A file to read in ranges. The last one is kept: its footer has been read already."""
        if is_s3(url):
            with opened_s3(url) as file:
                yield file
            return
        if self._last is None or self._last[0] != url:
            self._last = url, RangeFile(self._session, url)
        yield self._last[1]

    def fetch(self, remote: RemoteTable, delimiter: str) -> None:
        """Keep a file; a sample only if one is asked for and can be taken."""
        remote.kept.parent.mkdir(parents=True, exist_ok=True)
        if not self._sampled(remote, delimiter):
            self._whole(remote)
        self._report(f"{remote.name}: kept {remote.kept.stat().st_size / 1e6:,.1f} MB")

    def _sampled(self, remote: RemoteTable, delimiter: str) -> bool:
        rows, span = self._options.rows, self._options.row_groups
        if rows is None and span is None:
            return False
        part = remote.kept.with_name(remote.kept.name + ".sample")
        try:
            with self._opened(remote.url) as file, ParserProcess() as process:
                process.run(sample.take, file, remote.name, part, rows, span, delimiter)
        except (sample.NoSampleError, ParserDiedError) as error:
            _log.info("%s: fetched whole (%s)", remote.name, error)
            self._report(f"{remote.name}: fetched whole ({error})")
            return False
        except HttpError as error:
            if not _serves_no_ranges(error):
                raise
            _log.info("%s: fetched whole, no ranges", remote.name)
            self._report(f"{remote.name}: fetched whole (its server serves no ranges)")
            return False
        else:
            part.replace(remote.kept)
            return True
        finally:
            part.unlink(missing_ok=True)

    def _whole(self, remote: RemoteTable) -> None:
        if is_s3(remote.url):
            part = remote.kept.with_name(remote.kept.name + ".part")
            with opened_s3(remote.url) as file, part.open("wb") as out:
                shutil.copyfileobj(file, out, 1 << 20)
            part.replace(remote.kept)
            return
        reported = 0

        def report(have: int, total: int | None) -> None:
            nonlocal reported
            if have - reported >= _SAID_EVERY:
                reported = have
                whole = f" of {total / 1e6:,.0f}" if total else ""
                self._report(f"{remote.name}: {have / 1e6:,.0f}{whole} MB")

        self._session.to_file(remote.url, remote.kept, report)


def _serves_no_ranges(error: HttpError) -> bool:
    """The server gave the whole file (200), or has an empty one (416)."""
    return error.status in (200, 416)
