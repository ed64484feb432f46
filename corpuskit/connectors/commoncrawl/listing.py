"""The list of captures, from an index's pages, each kept as it comes.

STORE/collinfo.json             which crawls the index server has
STORE/index/<request>/…json     what each page held; one that is there is never asked for again
STORE/captures.jsonl            the captures to fetch, in the index's order
STORE/listing.json              how they came about; that it is there means that the list is whole
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from corpuskit import logs
from corpuskit.connectors.base import never_excluded
from corpuskit.connectors.commoncrawl.captures import CaptureRange, IndexPage
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.reasons import CORRUPT, EXCLUDED, TRUNCATED
from corpuskit.identity import key_of
from corpuskit.store import atomic_file

_log = logs.logger(__name__)

FORMAT: Final = 1
"""Of the store's files; a store of another format is listed anew."""


@dataclass(frozen=True, slots=True)
class LostCapture:
    """A capture that cannot be fetched, and why."""

    ref: str
    url: str | None
    reason: str
    detail: str

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


@dataclass(slots=True)
class CaptureChoice:
    """What was taken from an index's pages."""

    captures: list[CaptureRange] = field(default_factory=list)
    lost: list[LostCapture] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


class ListingStore:
    """The folder of a source's raw records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captures = folder / "captures.jsonl"
        self.listing = folder / "listing.json"
        self.not_fetched = folder / "not-fetched.jsonl"

    def tidy(self) -> None:
        """Remove what writers that were killed left unfinished."""
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)

    def write(self, path: Path, content: bytes) -> None:
        """A file that is there whole or not at all."""
        with atomic_file(path, self.folder / "tmp") as file:
            file.write(content)

    def page(self, key: str, ask: Callable[[], IndexPage]) -> IndexPage:
        """A page of an index: as it was kept, or asked for and kept."""
        path = self.folder / "index" / f"{key}.json"
        if path.exists():
            return IndexPage.load(path.read_bytes())
        page = ask()
        self.write(path, page.dump())
        return page

    def cached(self, key: str, ask: Callable[[], Any]) -> Any:
        """A small thing that a server said: as it was kept, or asked for and kept."""
        path = self.folder / "index" / f"{key}.json"
        if path.exists():
            return json.loads(path.read_bytes())
        value = ask()
        self.write(path, json.dumps(value).encode())
        return value

    def stands(self, request: str, excluded: Callable[[str], str | None] = never_excluded) -> bool:
        """Whether the list of captures is the whole answer to a request, with these exclusions."""
        if not (self.listing.exists() and self.captures.exists()):
            return False
        if json.loads(self.listing.read_bytes())["request"] != request:
            return False
        # `choose` depends on the verdicts on the URLs that it met, which are all in the list.
        captures, lost = self.load()
        return all(excluded(capture.url) is None for capture in captures) and all(
            excluded(capture.url) == (capture.detail if capture.reason == EXCLUDED else None)
            for capture in lost
            if capture.url is not None
        )

    def save(self, request: str, choice: CaptureChoice) -> None:
        """Keep the list of captures; the list is whole once listing.json is there."""
        self.listing.unlink(missing_ok=True)
        self.write(self.captures, "".join(capture.line() for capture in choice.captures).encode())
        about = {
            "request": request,
            "captures": len(choice.captures),
            "skipped": dict(sorted(choice.skipped.items())),
            "lost": [asdict(capture) for capture in choice.lost],
        }
        self.write(self.listing, (json.dumps(about, ensure_ascii=False) + "\n").encode())

    def load(self) -> tuple[list[CaptureRange], list[LostCapture]]:
        """The captures to fetch, and those that the list knew to be lost."""
        lost = json.loads(self.listing.read_bytes())["lost"]
        with self.captures.open(encoding="utf-8") as lines:
            captures = [CaptureRange(**json.loads(line)) for line in lines]
        return captures, [LostCapture(**fields) for fields in lost]


def request_of(options: CommonCrawlOptions, *more: Any) -> tuple[str, str]:
    """Keys of a request: of all that its pages depend on, and of all that its choice depends on."""
    dumped = options.model_dump(mode="json")
    chooses = {key: dumped.pop(key) for key in ("max_records", "one_per_digest")}
    del dumped["delay"], dumped["data_url"]
    pages = key_of(FORMAT, dumped, more)
    return pages, key_of(pages, chooses)


def choose(
    pages: Iterable[IndexPage],
    options: CommonCrawlOptions,
    excluded: Callable[[str], str | None] = never_excluded,
) -> CaptureChoice:
    """Take captures from pages in order, none twice, until there are enough; excluded ones are
    lost."""
    choice, places, digests = CaptureChoice(), set(), set()
    for page in pages:
        choice.skipped.update(page.skipped)
        choice.lost += [LostCapture(f"commoncrawl:{at}", None, CORRUPT, at) for at in page.invalid]
        for capture in page.captures:
            place = (capture.filename, capture.offset)
            if place in places or (options.one_per_digest and capture.digest in digests):
                choice.skipped["duplicate"] += 1
                continue
            places.add(place)
            if (why := excluded(capture.url)) is not None:
                _log.info("%s: excluded (%s)", without_secrets(capture.url), why)
                choice.lost.append(LostCapture(capture.ref, capture.url, EXCLUDED, why))
                continue
            digests.update({capture.digest} - {""})
            _take(choice, capture)
            if len(choice.captures) == options.max_records:
                return choice
    return choice


def _take(choice: CaptureChoice, capture: CaptureRange) -> None:
    """Take a capture, unless the index says that its payload was cut: that is not a document."""
    if capture.truncated in ("", "null"):
        choice.captures.append(capture)
    else:
        detail = f"the index says: {capture.truncated}"
        choice.lost.append(LostCapture(capture.ref, capture.url, TRUNCATED, detail))


def summary(choice: CaptureChoice) -> str:
    """The choice in a line for people."""
    skipped = "".join(f" · {count:,} {why}" for why, count in sorted(choice.skipped.items()))
    lost = f" · {len(choice.lost):,} lost" if choice.lost else ""
    return f"{len(choice.captures):,} captures{lost}" + (
        f" · not taken:{skipped}" if skipped else ""
    )


def read_lost(path: Path) -> Iterator[LostCapture]:
    """The captures of a file of lost ones."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield LostCapture(**json.loads(line))
