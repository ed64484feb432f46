"""The list of a wiki's pages, batch by batch, each kept as it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.connectors.wikimedia.api.client import Api
from corpuskit.errors import SourceError
from corpuskit.store import atomic_file

BATCH: Final = 500
"""Pages asked for at once: as many as the API gives to who has no rights of a bot."""
MAX_BARREN: Final = 3
"""Batches in a row that hold no page not listed before, after which a list is taken for endless."""


@dataclass(frozen=True, slots=True)
class WikiPage:
    """A page as the list has it."""

    number: int
    title: str
    namespace: int
    revision: int
    time: str
    """Of the revision, ISO 8601."""
    model: str
    language: str
    redirect: bool


def pages(api: Api, namespace: int, folder: Path, scratch: Path) -> Iterator[list[WikiPage]]:
    """The batches of a namespace's pages; those that are in `folder` are not asked for again."""
    there = list(stored(folder, namespace))
    yield from (batch for batch, _ in there)
    if there and there[-1][1] is None:
        return
    numbers = {page.number for batch, _ in there for page in batch}
    count, barren = len(there), 0
    asked: dict[str, str | int] = {
        "generator": "allpages", "gapnamespace": namespace, "gaplimit": BATCH,
        "prop": "info|revisions", "rvprop": "ids|timestamp",
    }  # fmt: skip
    for rows, following in api.batches(asked, there[-1][1] if there else None):
        batch = sorted(map(_page, rows), key=lambda page: page.number)
        _keep(_place(folder, namespace, count), scratch, batch, following)
        barren = 0 if {page.number for page in batch} - numbers else barren + 1
        if barren >= MAX_BARREN:
            raise SourceError(f"{api.url} goes in circles: its list of pages repeats itself")
        yield [page for page in batch if page.number not in numbers]
        numbers.update(page.number for page in batch)
        count += 1


def stored(folder: Path, namespace: int) -> Iterator[tuple[list[WikiPage], dict[str, str] | None]]:
    """The batches that are there, without pages that stand in an earlier one."""
    numbers: set[int] = set()
    count = 0
    while (place := _place(folder, namespace, count)).exists():
        kept = json.loads(place.read_bytes())
        batch = [WikiPage(**page) for page in kept["pages"]]
        yield [page for page in batch if page.number not in numbers], kept["continue"]
        numbers.update(page.number for page in batch)
        count += 1


def _place(folder: Path, namespace: int, number: int) -> Path:
    return folder / f"{namespace}-{number:05d}.json"


def _keep(
    place: Path, scratch: Path, batch: list[WikiPage], following: dict[str, str] | None
) -> None:
    made = {"continue": following, "pages": [asdict(page) for page in batch]}
    with atomic_file(place, scratch) as file:
        file.write((json.dumps(made, ensure_ascii=False) + "\n").encode())


def _page(row: dict[str, Any]) -> WikiPage:
    """A page of the list; SourceError if it is described in no way that is known."""
    try:
        revision = (row.get("revisions") or [{}])[0]
        return WikiPage(
            number=int(row["pageid"]),
            title=str(row["title"]),
            namespace=int(row["ns"]),
            revision=int(row.get("lastrevid") or revision["revid"]),
            time=str(revision.get("timestamp", "")),
            model=str(row.get("contentmodel", "wikitext")),
            language=str(row.get("pagelanguage", "")),
            redirect=bool(row.get("redirect", False)),
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise SourceError(
            f"the list holds something that is not a page: {str(row)[:200]}"
        ) from error
