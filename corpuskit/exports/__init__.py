"""A build in the formats that other programs read: JSONL, CSV, plain text, Megatron-LM, MDS.

    ck.export("builds/khmer", "jsonl", "khmer-jsonl", columns=["text", "url"])

Files are laid out by split and language. Everything is read through the build's store and written
through one, so both can be in an object store. The same build and options give the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.engines import LocalEngine
from corpuskit.errors import ExportError, WorkspaceError
from corpuskit.exports.formats import FORMATS, ExportFormat
from corpuskit.exports.options import COMPRESSIONS, ExportOptions
from corpuskit.exports.place import ExportPlace
from corpuskit.exports.reading import ExportPart, parts_of
from corpuskit.exports.work import ExportedFile, ExportTask, export_part
from corpuskit.identity import key_of
from corpuskit.publish import Build
from corpuskit.store_url import Place, StoreUrl, place_of
from corpuskit.tokenizer import load_tokenizer

__all__ = ["COMPRESSIONS", "FORMATS", "ExportOptions", "ExportResult", "ExportedFile", "export"]

DEFAULT_COLUMNS: Final = ("id", "text", "lang", "url", "source", "license")
"""Columns that are exported where none are named: the text, and whose it is."""


@dataclass(frozen=True)
class ExportResult:
    """What an export wrote."""

    out: Place
    files: list[ExportedFile]
    kept: int
    """Files that an earlier run of the same export had written."""

    @property
    def documents(self) -> int:
        """Documents in all files."""
        return sum(file.documents for file in self.files)

    @property
    def tokens(self) -> int | None:
        """Tokens in all files, for a format that has tokens."""
        counts = [file.tokens for file in self.files if file.tokens is not None]
        return sum(counts) if counts else None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "out": str(self.out),
            "documents": self.documents,
            "tokens": self.tokens,
            "files": [asdict(file) for file in self.files],
        }


def export(
    build: Build | str | Path | StoreUrl,
    to: str,
    out: str | Path | StoreUrl,
    *,
    columns: Sequence[str] = (),
    langs: Sequence[str] = (),
    sources: Sequence[str] = (),
    splits: Sequence[str] = (),
    compression: str = "none",
    tokenizer: str | Path | None = None,
    end_of_document: bool = True,
    workers: int | None = None,
) -> ExportResult:
    """Write a build's documents in the format `to` (`jsonl`, `csv`, `text`, `megatron`, `mds`).

    `langs`, `sources` and `splits` choose documents; empty stands for all. `columns` are those of
    `jsonl`, `csv` and `mds`; `["all"]` are all. `tokenizer` is a file, for `megatron`. An export
    that was interrupted is continued by the same call. Raises ExportError where nothing is to be
    exported, an option does not fit, or `out` holds anything else; UnknownNameError for a language,
    source or column that the build does not have; TokenizerError.
    """
    opened = build if isinstance(build, Build) else Build(build)
    format_ = _format(to)
    chosen = parts_of(opened, langs=langs, sources=sources, splits=splits)
    if not chosen:
        raise ExportError(f"{opened.folder} holds no document that is to be exported")
    options = ExportOptions(
        to=to,
        columns=_columns(opened, format_, columns),
        sources=tuple(sources),
        compression=_compression(format_, compression),
        tokenizer=_tokenizer(format_, tokenizer),
        end_of_document=end_of_document,
    )
    place = ExportPlace(place_of(out))
    _refuse_build(opened.folder, place.place)
    digest = options.tokenizer and load_tokenizer(options.tokenizer).sha256
    about = {
        "build": opened.manifest["name"],
        "build_id": opened.manifest["build_id"],
        **options.to_json(),
        "tokenizer_sha256": digest,
        "langs": sorted(langs),
        "splits": sorted(splits),
    }
    finished = place.begin(about, key_of(about))
    if finished is not None:
        return ExportResult(place.place, finished, len(finished))
    return _write(opened, place, about, options, format_, chosen, workers)


def _write(
    build: Build,
    place: ExportPlace,
    about: dict[str, Any],
    options: ExportOptions,
    format_: ExportFormat,
    parts: Sequence[ExportPart],
    workers: int | None,
) -> ExportResult:
    tasks = [
        ExportTask(build.folder, place.place, part, options)
        for part in (_grouped(parts) if format_.per_language else parts)
    ]
    files: dict[int, list[ExportedFile]] = {}
    kept = 0
    with LocalEngine(min(len(tasks), workers or os.cpu_count() or 1)) as engine:
        for index, (written, was_there) in engine.map(export_part, tasks):
            files[index] = written
            kept += len(written) if was_there else 0
    listed = [file for index in sorted(files) for file in files[index]]
    place.end(about, [asdict(file) for file in listed])
    return ExportResult(place.place, listed, kept)


def _grouped(parts: Sequence[ExportPart]) -> list[ExportPart]:
    """The parts of each split and language joined."""
    groups: dict[str, list[ExportPart]] = {}
    for part in parts:
        groups.setdefault(part.group, []).append(part)
    return [
        ExportPart(group, group, tuple(name for part in joined for name in part.files))
        for group, joined in groups.items()
    ]


def _format(to: str) -> ExportFormat:
    if to not in FORMATS:
        raise ExportError(f"no format {to!r}; there are {', '.join(FORMATS)}")
    return FORMATS[to]


def _compression(format_: ExportFormat, compression: str) -> str:
    if compression not in COMPRESSIONS:
        raise ExportError(f"no compression {compression!r}; there are {', '.join(COMPRESSIONS)}")
    if compression != "none" and not format_.compresses:
        raise ExportError(f"{format_.name} is not compressed: its readers jump within the files")
    return compression


def _tokenizer(format_: ExportFormat, tokenizer: str | Path | None) -> str | None:
    if format_.needs_tokenizer and tokenizer is None:
        raise ExportError(
            f"{format_.name} holds tokens, so it needs a tokenizer: a model of SentencePiece or a "
            "tokenizer.json (`corpuskit tokens BUILD --tokenizer train:unigram:32k` trains one)"
        )
    if tokenizer is not None and not format_.needs_tokenizer:
        raise ExportError(f"{format_.name} holds texts, so a tokenizer changes nothing in it")
    return None if tokenizer is None else str(Path(tokenizer).absolute())


def _columns(build: Build, format_: ExportFormat, columns: Sequence[str]) -> tuple[str, ...]:
    names = build.dataset.schema.names
    if not format_.has_columns:
        if columns:
            raise ExportError(f"{format_.name} holds texts alone and has no columns")
        return ("text",)
    if list(columns) == ["all"]:
        return tuple(names)
    next(build.documents(list(columns)), None)  # UnknownNameError for one that is not there
    return tuple(dict.fromkeys(columns)) or DEFAULT_COLUMNS


def _refuse_build(folder: Place, out: Place) -> None:
    same = str(folder) == str(out)
    if not same and isinstance(folder, Path) and isinstance(out, Path):
        same = folder.resolve() in (out.resolve(), *out.resolve().parents)
    if same:
        raise WorkspaceError(f"{out} is in the build itself; choose another folder")
