"""Calls of a connector; unexpected exceptions are attributed to the connector.

Connectors may be anybody's. An exception other than ours (a bug, or something that its author did
not think of) becomes a ConnectorError: one line that names the source, the connector, the record
where one is known, and the line of code. It can leave a worker process, which an exception of a
class that is only known there may not. Ctrl-C and a record's limit pass.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from corpuskit.connectors.base import Connector, Input, Piece
from corpuskit.document import RawRecord
from corpuskit.errors import (
    ConnectorError,
    ConnectorFailedError,
    CorpuskitError,
    concerns_build,
    error_text,
)
from corpuskit.limits import RecordLimitError

_PASSING: Final = (CorpuskitError, RecordLimitError, KeyboardInterrupt)
_ADVICE: Final = (
    "what is finished is kept: with the connector mended or the source left out, "
    "the same command goes on"
)

_NOT_A_RECORD: Final = "read() yields"
_END: Final = object()


@contextmanager
def answerable(connector: Connector | type[Connector], source: str, doing: str) -> Iterator[None]:
    """`doing` says what is asked of it: "listing its inputs"; its class, where none is made yet."""
    try:
        yield
    except _PASSING:
        raise
    except BaseException as error:
        kind = connector if isinstance(connector, type) else type(connector)
        raise _blaming(kind, source, doing, error) from error


def questions(connector: Connector, source: str) -> list[str]:
    """What it would ask of whom."""
    with answerable(connector, source, "saying what it asks"):
        return connector.asks()


def read_piece(connector: Connector, source: str, item: Input, piece: Piece) -> Iterator[RawRecord]:
    """What it reads of a piece; a ConnectorFailedError names the record that came last."""
    last: RawRecord | None = None
    records: Iterator[object] | None = None
    while True:
        try:
            records = iter(connector.read(item, piece)) if records is None else records
            record = next(records, _END)
            if record is _END:
                return
            last = _checked(record)
        except _PASSING:
            raise
        except BaseException as error:
            after = f"after record {last.source_ref!r}" if last else "before its first record"
            doing = f"reading {item.name} [{piece.start}, {piece.stop}), {after}"
            raise _failure(type(connector), source, doing, error) from error
        yield last  # outside of the try: whoever stops reading raises GeneratorExit here


def scan_input(connector: Connector, source: str, item: Input) -> tuple[Piece, ...]:
    """Where it may be cut; a ConnectorFailedError names the input."""
    try:
        return tuple(connector.scan(item))
    except _PASSING:
        raise
    except BaseException as error:
        raise _failure(type(connector), source, f"scanning {item.name}", error) from error


def _checked(record: object) -> RawRecord:
    if not isinstance(record, RawRecord):
        raise TypeError(f"{_NOT_A_RECORD} {type(record).__name__}, not RawRecord")
    return record


def _failure(
    kind: type[Connector], source: str, doing: str, error: BaseException
) -> ConnectorError:
    """ConnectorFailedError for what one record or input may cause, else ConnectorError."""
    if concerns_build(error) or error_text(error).startswith(f"TypeError: {_NOT_A_RECORD}"):
        return _blaming(kind, source, doing, error)
    return _blaming(kind, source, doing, error, ConnectorFailedError)


def _blaming(
    kind: type[Connector],
    source: str,
    doing: str,
    error: BaseException,
    as_error: type[ConnectorError] = ConnectorError,
) -> ConnectorError:
    return as_error(
        f"source {source!r}: the connector {kind.name!r} ({kind.__module__}.{kind.__qualname__}) "
        f"failed {doing}: {error_text(error)} ({_where(kind, error)}); {_ADVICE}"
    )


def _where(kind: type[Connector], error: BaseException) -> str:
    """The innermost line of the connector's package, else of all."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    home = str(Path(file).parent) if file else ""
    in_package = [frame for frame in frames if home and frame.filename.startswith(home)]
    frame = (in_package or frames)[-1]
    path = Path(frame.filename)
    return f"{path.parent.name}/{path.name}, line {frame.lineno}"
