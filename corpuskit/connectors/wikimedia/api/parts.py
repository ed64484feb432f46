"""Batches of pages as they become files, and what became of each page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpuskit.connectors.wikimedia.api.listing import WikiPage


@dataclass(frozen=True)
class WikiPart:
    """The pages of one batch; its files are named by a digest of the batch."""

    base: Path
    pages: Sequence[WikiPage]

    def path(self, suffix: str) -> Path:
        """One of the part's files."""
        return self.base.with_name(self.base.name + suffix)

    @property
    def done(self) -> bool:
        """Whether the part is whole."""
        return self.path(".warc.gz").exists() and self.path(".jsonl").exists()


@dataclass(frozen=True, slots=True)
class WikiPageOutcome:
    """What became of a page: a record in the WARC file, or why there is none."""

    page: WikiPage
    start: int | None = None
    """Where its record stands, and where that ends."""
    end: int | None = None
    digest: str | None = None
    """Of the HTML: what is read depends on this file alone."""
    reason: str | None = None
    detail: str | None = None

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, line: str) -> WikiPageOutcome:
        """What `line` wrote."""
        fields: dict[str, Any] = json.loads(line)
        return cls(**{**fields, "page": WikiPage(**fields["page"])})


def parts(folder: Path, batches: Iterable[list[WikiPage]], limit: int | None) -> Iterator[WikiPart]:
    """A part for each batch, of `limit` pages in all at most."""
    left = limit
    for number, batch in enumerate(batches):
        chosen = batch if left is None else batch[:left]
        digest = hashlib.sha256("".join(str(asdict(page)) for page in chosen).encode()).hexdigest()
        yield WikiPart(
            folder / f"{chosen[0].namespace if chosen else 0}-{number:05d}-{digest[:12]}", chosen
        )
        if left is not None:
            left -= len(chosen)
            if left <= 0:
                return
