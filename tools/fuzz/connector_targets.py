"""Targets that read files with the connectors: every record has content or a declared reason."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from corpuskit import registry
from corpuskit.connectors.base import Connector, Input, Piece
from corpuskit.connectors.commoncrawl.captures import from_index, unwanted
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.http_message import decode_content, parse_message
from corpuskit.connectors.containers.warc_format import Head
from corpuskit.connectors.oai import answers
from corpuskit.connectors.oai.records import raw_records
from corpuskit.connectors.reasons import REASONS
from corpuskit.connectors.wikimedia.html import HtmlConverter
from corpuskit.connectors.wikimedia.text import Converter
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from tools.fuzz import seeds
from tools.fuzz.target import Target, check

_LIMIT: Final = 1_000_000


def check_records(records: list[RawRecord], reasons: frozenset[str]) -> None:
    """Every record is named and has either content or a declared reason."""
    for record in records:
        check(bool(record.source_ref), "a record without a source_ref")
        check(record.reason is None or record.reason in reasons, f"undeclared: {record.reason}")
        check(bool(record.content) != bool(record.reason), f"content and reason: {record.reason}")


def read_all(connector: Connector, items: list[Input]) -> list[RawRecord]:
    """The records of all pieces; they must be those of the inputs read whole."""
    records: list[RawRecord] = []
    for item in items:
        pieces = connector.scan(item)
        parts = [record for piece in pieces for record in connector.read(item, piece)]
        if len(pieces) > 1:
            whole = Piece(pieces[0].start, pieces[-1].stop, 1, 1)
            expected = [_key(record) for record in connector.read(item, whole)]
            check([_key(record) for record in parts] == expected, "pieces differ from the whole")
        records += parts
    return records


def _key(record: RawRecord) -> tuple[str, bytes, str | None]:
    return record.source_ref, record.content, record.reason


def _file(
    name: str, kind: str, suffix: str, contents: Callable[[], list[bytes]], **options: Any
) -> Target:
    """The connector `kind` reads a file of the suffix."""

    def run(content: bytes, folder: Path) -> None:
        path = folder / f"input{suffix}"
        path.write_bytes(content)
        type_ = registry.connector(kind)
        connector = type_(type_.Options(path=str(path), **options), folder, folder)
        records = read_all(connector, connector.inputs())
        check_records(records, frozenset({*REASONS, *type_.reasons}))
        check(bool(records) or kind in ("tables", "files", "wikimedia"), "no record and no reason")

    return Target(name, contents, run, (SourceError,))


def _wikitext(content: bytes, _folder: Path) -> None:
    converter = Converter({"File": 6, "": 0}, "km")
    text = content.decode("utf-8", "replace")
    converter.redirect_of(text)
    check(isinstance(converter.text_of(text, "t"), str | Damage), "neither text nor damage")


def _wiki_html(content: bytes, _folder: Path) -> None:
    text = HtmlConverter({"File": 6, "": 0}, "km").text_of(content)
    check(isinstance(text, str | Damage), "neither text nor damage")


def _capture_list(content: bytes, _folder: Path) -> None:
    for line in content.splitlines():
        with contextlib.suppress(ValueError, RecursionError):  # the caller's, for what is not JSON
            row = json.loads(line)
            capture = from_index(row) if isinstance(row, dict) else None
            if capture is not None:
                check(capture.length > 0 and bool(capture.ref), "a capture without a place")
                unwanted(capture, ["khm"])


def _oai_answer(content: bytes, _folder: Path) -> None:
    answer = answers.read(content)
    for item in answer.items:
        check(bool(item.identifier), "a record without an identifier")


def _oai_record(content: bytes, _folder: Path) -> None:
    fields = {"warc-target-uri": "http://a.example/oai", "warc-date": "2026-01-01T00:00:00Z"}
    frame = Frame(0, head=Head(fields, 0, len(content)), block=content)
    records = list(raw_records(frame, "a"))
    check(bool(records), "no record and no reason")
    check_records(records, frozenset({*REASONS, *registry.connector("oai").reasons}))


def _http(content: bytes, _folder: Path) -> None:
    message = parse_message(content)
    decode_content(message.body, message.headers.get("content-encoding", ""), _LIMIT)


def _packed_lines() -> list[bytes]:
    return [seeds.jsonl(), gzip.compress(seeds.jsonl(), mtime=0)]


def _archives() -> list[bytes]:
    return [seeds.warc(), gzip.compress(seeds.warc(), mtime=0), seeds.arc()]


TARGETS: Final = (
    _file("warc", "warc", ".warc", _archives),
    _file("files-html", "files", ".html", seeds.charsets),
    _file("files-text", "files", ".txt", seeds.texts),
    _file("jsonl", "files", ".jsonl", _packed_lines, published_column="date"),
    _file("tables-jsonl", "tables", ".jsonl", _packed_lines, map={"published_at": "date"}),
    _file("csv", "tables", ".csv", lambda: [seeds.csv(","), seeds.csv(";")], map={"text": "text"}),
    _file("tsv", "tables", ".tsv", lambda: [seeds.csv("\t")], map={"published_at": "date"}),
    _file(
        "parquet", "tables", ".parquet", seeds.parquet,
        map={"published_at": "date", "license": "meta.license"},
    ),
    _file("docx", "documents", ".docx", lambda: [seeds.docx()]),
    _file("epub", "documents", ".epub", lambda: [seeds.epub()]),
    _file("odt", "documents", ".odt", lambda: [seeds.odt()]),
    _file("pdf", "documents", ".pdf", seeds.pdfs),
    _file("wikimedia-dump", "wikimedia", ".xml", seeds.dumps),
    Target("wikitext", lambda: [seeds.WIKITEXT], _wikitext),
    Target("wiki-html", lambda: [seeds.WIKI_HTML], _wiki_html),
    Target("capture-list", lambda: [seeds.CAPTURES], _capture_list),
    Target("oai-answer", lambda: [seeds.OAI_ANSWER], _oai_answer, (answers.NoAnswerError,)),
    Target("oai-record", lambda: [seeds.OAI_RECORD], _oai_record),
    Target("http-message", lambda: [seeds.response(), seeds.chunked()], _http),
)  # fmt: skip
