"""Reading published files that may be damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.errors import TakedownError
from corpuskit.store import Store

NOT_AS_PUBLISHED = (
    "is not as it was published, so nothing was taken down; `corpuskit verify` checks every file, "
    "and building again mends them"
)


@contextmanager
def published_file(store: Store, path: str) -> Iterator[pq.ParquetFile]:
    """A published file, opened; TakedownError where it is missing or damaged."""
    try:
        with store.reading(path) as source, pq.ParquetFile(source) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise TakedownError(f"{path} {NOT_AS_PUBLISHED} ({str(error)[:120]})") from error
