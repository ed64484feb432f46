"""Tables on the network: which they are, where they are kept, and reading them in ranges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow as pa

from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.document import text_sha256
from corpuskit.errors import SourceError


@dataclass(frozen=True, slots=True)
class RemoteTable:
    """One file of a source on the network."""

    name: str
    """How it is called in every row: of a dataset `NAME@COMMIT/FILE`, else host and path."""
    url: str
    kept: Path
    """Where it is kept; its name's folders are within the source's store."""


def remotes(options: TablesOptions, store: Path) -> list[RemoteTable]:
    """The files that the options name, in order."""
    folder = store / _how_much(options)
    named = _of_hub(options) if options.hub else [(_name(url), url) for url in options.url or ()]
    return [RemoteTable(name, url, folder / name) for name, url in dict(named).items()]


def _of_hub(options: TablesOptions) -> list[tuple[str, str]]:
    where = f"{options.hub_url.rstrip('/')}/{options.hub}/resolve/{options.revision}/"
    dataset = f"{options.hub}@{options.revision}/"
    return [(dataset + file, where + quote(file)) for file in options.files or ()]


def _name(url: str) -> str:
    """Host and path of a URL as a path below any folder; a query adds its digest in front."""
    parts = urlsplit(url)
    steps = [step for step in parts.path.split("/") if step not in ("", ".", "..")]
    if parts.query:
        steps[-1] = f"{text_sha256(parts.query)[:12]}-{steps[-1]}"
    return "/".join([parts.netloc.rpartition("@")[2].replace(":", "_"), *steps])


def _how_much(options: TablesOptions) -> str:
    """A folder per sample: a sample is never taken for the whole, or for another one."""
    groups, rows = options.row_groups, options.rows
    parts = [f"row-groups-{groups[0]}-{groups[1]}"] if groups else []
    return "-".join([*parts, *([f"rows-{rows}"] if rows else [])]) or "whole"


def is_s3(url: str) -> bool:
    """Whether pyarrow's S3 client reads it."""
    return url.startswith("s3://")


@contextmanager
def opened_s3(url: str) -> Iterator[Any]:
    """A file on S3 to read from anywhere; SourceError if it cannot be opened.

    The URL may say `?region=`, `endpoint_override=` and `scheme=`; keys are those of the
    environment (AWS_ACCESS_KEY_ID, ...).
    """
    from pyarrow import fs

    try:
        system, path = fs.FileSystem.from_uri(url)
        with system.open_input_file(path) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{url}: {str(error)[:300]}") from error
