"""Files of evaluation items: JSON Lines, a JSON array, CSV or TSV with a header, or plain lines.

Any of them may be compressed with gzip (`.gz`). A mistake in a file is a RecipeError that names the
file and the line, before anything runs.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from corpuskit.connectors.paths import list_inputs
from corpuskit.decontamination.items import GENERIC, LAYOUTS, SEA_HELM, EvaluationItem, Layout
from corpuskit.errors import Problem, RecipeError, SourceError

_JSON_LINES: Final = (".jsonl", ".ndjson")
_TABLES: Final = {".csv": ",", ".tsv": "\t"}
_LONGEST_FIELD: Final = 1 << 24
"""Characters of a field of a table; the csv module's own limit is 131,072."""


@dataclass(frozen=True)
class ItemFiles:
    """Files that a recipe names, with what it says about them."""

    path: str
    layout: str
    benchmark: str | None = None
    """Where records do not name theirs; None for the layout's name or else the file's."""


class _FileError(Exception):
    """What is wrong with a file of items, and where in it."""


def read_items(files: ItemFiles, root: Path, recipe: str, key: str) -> list[EvaluationItem]:
    """Every item of the files; RecipeError has a problem for each file that cannot be used.

    A relative path starts from `root`; `recipe` and `key` say which line of which recipe it is.
    """
    try:
        inputs = list_inputs(files.path, root)
    except SourceError as error:
        raise RecipeError([Problem(recipe, key, str(error))]) from error
    items, problems = [], []
    for entry in inputs:
        try:
            items += _items_of(Path(entry.path), files)
        except _FileError as error:
            hint = _hint(Path(entry.path), files)
            problems.append(Problem(recipe, key, f"{entry.name}{error}", hint))
    if problems:
        raise RecipeError(problems)
    return items


def _hint(path: Path, files: ItemFiles) -> str | None:
    """The layout that the first record fits best, if it is another one."""
    try:
        _, record = next(_records(path, LAYOUTS[files.layout]))
        fits = {name: _fit(record, layout) for name, layout in LAYOUTS.items()}
    except (_FileError, StopIteration, TypeError):
        return None
    best = max(fits, key=lambda name: fits[name])
    return f'did you mean layout = "{best}"?' if best != files.layout and fits[best] else None


def _fit(record: Any, layout: Layout) -> int:
    """How many of the record's fields a layout reads; 0 where they give no text."""
    if not isinstance(record, Mapping) or not layout.excerpts(record):
        return 0
    if layout.records is not None:
        return len(record) if layout.records in record else 0
    return len(set(layout.fields) & record.keys())


def _items_of(path: Path, files: ItemFiles) -> list[EvaluationItem]:
    layout, default = LAYOUTS[files.layout], files.benchmark or _benchmark(path, files.layout)
    items = []
    for place, record in _records(path, layout):
        if not isinstance(record, Mapping):
            raise _FileError(f", {place}: expected an object, got {type(record).__name__}")
        try:
            excerpts = layout.excerpts(record)
        except TypeError as error:
            raise _FileError(f", {place}: {error}") from error
        if not excerpts:
            fields = ", ".join(f"`{field}`" for field in layout.fields)
            keys = ", ".join(map(str, list(record)[:12])) or "none"
            raise _FileError(
                f", {place}: no text in the fields of layout {files.layout!r} ({fields}); it has "
                f"the keys {keys}"
            )
        named = record.get("benchmark")
        benchmark = named if isinstance(named, str) and named and not files.benchmark else default
        items.append(EvaluationItem(benchmark, _name(record, layout, path, place), excerpts))
    if not items:
        raise _FileError(" holds no items")
    return items


def _name(record: Mapping[str, Any], layout: Layout, path: Path, place: str) -> str:
    name = layout.name_of(record)
    return name if name and layout.has_unique_names else f"{path.name}/{name or place}"


def _benchmark(path: Path, layout: str) -> str:
    """The layout's name, or the file's without its endings."""
    return path.name.partition(".")[0] if layout in (GENERIC, SEA_HELM) else layout


def _records(path: Path, layout: Layout) -> Iterator[tuple[str, Any]]:
    """Each record with its place in the file (`line 3`)."""
    if not path.is_file():
        raise _FileError(": is not a file that can be read")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    is_packed = suffixes[-1:] == [".gz"]
    kind = next(iter(suffixes[-2 if is_packed else -1 :]), "")
    try:
        with _opened(path, is_packed=is_packed) as file:
            if kind in _JSON_LINES:
                yield from _json_lines(file)
            elif kind == ".json":
                yield from _json_records(file)
            elif kind in _TABLES:
                yield from _rows(file, _TABLES[kind])
            elif layout.lines:
                yield from _lines(file)
            else:
                known = ", ".join([*_JSON_LINES, ".json", *_TABLES])
                raise _FileError(f": items are read from {known} (and .gz), not from {kind!r}")
    except UnicodeDecodeError as error:
        raise _FileError(f": it is not UTF-8 text (byte {error.start})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise _FileError(f": cannot be read: {error}") from error


def _opened(path: Path, *, is_packed: bool) -> IO[str]:
    if is_packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json_lines(file: IO[str]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield f"line {number}", _parsed(line, f", line {number}")


def _json_records(file: IO[str]) -> Iterator[tuple[str, Any]]:
    """Records of an array; a file that holds one object a line is read all the same."""
    text = file.read()
    if text.lstrip().startswith("{") and "\n{" in text.strip():
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield f"line {number}", _parsed(line, f", line {number}")
        return
    records = _parsed(text, "")
    if not isinstance(records, list):
        raise _FileError(f": expected a list of items, got {type(records).__name__}")
    for number, record in enumerate(records, 1):
        yield f"item {number}", record


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _FileError(f"{place}: is not JSON ({error})") from error


def _rows(file: IO[str], delimiter: str) -> Iterator[tuple[str, Any]]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        reader = csv.DictReader(file, delimiter=delimiter)
        for row in reader:
            if None in row:
                raise _FileError(f", line {reader.line_num}: more fields than the header has")
            yield f"line {reader.line_num}", row
    except csv.Error as error:
        raise _FileError(f": is not a table ({error})") from error
    finally:
        csv.field_size_limit(before)


def _lines(file: IO[str]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield f"line {number}", {"text": line.strip()}
