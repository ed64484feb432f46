"""The connector `frontmatter`: a static site's source, as a ZIP of Markdown with front matter.

Hugo, Jekyll and their like keep pages as Markdown below a head of `key: value` lines:

    ---
    title: សៀវភៅ
    date: 2026-05-06
    license: CC-BY-4.0
    ---
    អត្ថបទ ...

The ZIP is a file, or a URL that is fetched once (a repository's host gives its source so).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from pydantic import Field, model_validator

from corpuskit.connectors.base import (
    MAX_CONTENT_BYTES,
    Connector,
    ConnectorOptions,
    FetchContext,
    Input,
    Piece,
)
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.pieces import Cutter
from corpuskit.connectors.reasons import CORRUPT, EMPTY, TOO_LARGE, UNSUPPORTED_TYPE
from corpuskit.connectors.sniff import TEXT
from corpuskit.document import Evidence, RawRecord
from corpuskit.errors import SourceError

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError
)  # fmt: skip
"""What zipfile and zlib raise for files that are not as they should be."""


class FrontMatterOptions(ConnectorOptions):
    """What a [[source]] says to the connector `frontmatter`."""

    path: str | None = Field(None, description="A ZIP, a folder of them or a glob.")
    url: str | None = Field(None, pattern="^https?://", description="A ZIP to fetch, once.")

    @model_validator(mode="after")
    def _one_of_them(self) -> FrontMatterOptions:
        if (self.path is None) == (self.url is None):
            raise ValueError("needs either path or url")
        return self


class FrontMatterConnector(Connector):
    """Pages from ZIP files. Positions are members in the order of their names, counted from 0."""

    name: ClassVar[str] = "frontmatter"
    version: ClassVar[str] = "1"
    source_type: ClassVar[str] = "file"
    fetches: ClassVar[bool] = True
    Options: ClassVar[type[ConnectorOptions]] = FrontMatterOptions
    options: FrontMatterOptions

    def remote(self) -> bool:
        """Only a URL is fetched."""
        return self.options.url is not None

    def asks(self) -> list[str]:
        """The one request."""
        return [f"GET {self.options.url} (one ZIP)"] if self.remote() else []

    def fetch(self, context: FetchContext) -> None:
        """Have the ZIP in the store; one that broke off goes on where it was."""
        if not self._kept.exists():
            Session(context.agent).to_file(str(self.options.url), self._kept)
            context.report(f"{self.options.url}: kept {self._kept.stat().st_size:,} bytes")

    @property
    def _kept(self) -> Path:
        assert self.store is not None  # a connector that fetches is always given one
        return self.store / "site.zip"

    def inputs(self) -> list[Input]:
        """The files in the order of their names."""
        if not self.remote():
            return list_inputs(str(self.options.path), self.root)
        if not self._kept.exists():
            raise SourceError(f"{self.options.url} is not fetched yet; run corpuskit fetch")
        return [Input(self._kept.name, str(self._kept))]

    def scan(self, item: Input) -> list[Piece]:
        """Cut between members."""
        cutter = Cutter()
        try:
            with zipfile.ZipFile(item.path) as file:
                for number, info in enumerate(_members(file)):
                    cutter.add(number, min(info.file_size, MAX_CONTENT_BYTES))
        except _DAMAGED:  # read() says why
            pass
        return cutter.pieces() or [Piece(0, 1, 1, 0)]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The pages of a piece; everything else of the site with the reason why not."""
        try:
            with zipfile.ZipFile(item.path) as file:
                members = _members(file)
                if not members:
                    yield RawRecord(source_ref=item.name, reason=EMPTY, detail="no files")
                for info in members[piece.start : piece.stop]:
                    yield _page(f"{item.name}#{info.filename}", file, info)
        except _DAMAGED as error:
            yield RawRecord(source_ref=item.name, reason=CORRUPT, detail=str(error)[:200])


def _members(file: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Files by their names: the order in which they were packed may differ from copy to copy."""
    named = {info.filename: info for info in file.infolist() if not info.is_dir()}
    return [named[name] for name in sorted(named)]


def _page(ref: str, file: zipfile.ZipFile, info: zipfile.ZipInfo) -> RawRecord:
    record = RawRecord(source_ref=ref)
    if not info.filename.endswith((".md", ".markdown")):
        record.reason, record.detail = UNSUPPORTED_TYPE, info.filename.rpartition(".")[2]
        return record
    try:
        with file.open(info) as member:
            content = member.read(MAX_CONTENT_BYTES + 1)  # a bomb says it is small
    except _DAMAGED as error:
        record.reason, record.detail = CORRUPT, str(error)[:200]
        return record
    head, body = _split(content)
    _describe(record, head)
    if len(content) > MAX_CONTENT_BYTES:
        record.reason, record.detail = TOO_LARGE, f"more than {MAX_CONTENT_BYTES} bytes"
    elif not body.strip():
        record.reason, record.detail = EMPTY, "nothing below the front matter"
    else:
        record.content, record.content_type = body, TEXT  # its charset is found by decoding
    return record


def _split(content: bytes) -> tuple[dict[str, str], bytes]:
    """Front matter and what is below it; a page without front matter is all body."""
    lines = content.splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines[:100]) if line.strip() == b"---"]
    if len(marks) < 2 or marks[0] != 0:
        return {}, content
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines[1 : marks[1]])
    head = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return head, b"".join(lines[marks[1] + 1 :])


def _describe(record: RawRecord, head: dict[str, str]) -> None:
    record.title, record.lang_declared = head.get("title"), head.get("lang")
    record.published_at = _day(head.get("date", ""))
    record.published_at_source = "meta" if record.published_at else None
    if license_ := head.get("license"):
        record.license, record.license_confidence = license_, "declared"
        where = "front matter: license"
        record.license_evidence = [Evidence(kind="meta", value=license_, where=where)]


def _day(value: str) -> datetime | None:
    """A date is taken as it is stated or not at all."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
