"""Tombstones: what was taken out of a corpus and must not come back.

`tombstones.jsonl` has one line for each takedown: when, why, and hashes of what was taken out. It
holds no text, no address and no name, so that it can be published beside the corpus: whoever holds
an earlier copy finds the documents in it by hashing their own ids. A hash is the first 32 hex
digits of sha256 over the kind, a zero byte and the value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from corpuskit.errors import TombstoneError
from corpuskit.urls import canonical_url, host_of

FILE: Final = "tombstones.jsonl"
"""Name of the file in a build folder."""
FORMAT: Final = 1
MARK: Final = "tombstone:"
"""What stands before a hash in place of the address or the source_ref of a record that is gone."""

ID, RECORD, URL, TEXT = "id", "record", "url", "text"
DOMAIN, SOURCE = "domain", "source"
KINDS: Final = (ID, RECORD, URL, TEXT, DOMAIN, SOURCE)
"""Kinds of hashes: document id, source and source_ref, canonical URL, text_sha256, host name with
all hosts below it, name of a source."""

_HEX: Final = frozenset("0123456789abcdef")
_DIGITS: Final = 32


def hash_of(kind: str, value: str) -> str:
    """The hash that stands for a value of a kind."""
    data = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def record_hash(source: str, source_ref: str) -> str:
    """The hash of a record: its source's name and its source_ref. A mark gives its own hash."""
    if source_ref.startswith(MARK):
        return source_ref.removeprefix(MARK)
    return hash_of(RECORD, f"{source}\0{source_ref}")


def url_hash(url: str) -> str:
    """The hash of a URL in canonical form. A mark gives its own hash."""
    if url.startswith(MARK):
        return url.removeprefix(MARK)
    return hash_of(URL, canonical_url(url) or url)


@lru_cache(maxsize=1 << 14)
def _domain_hashes(host: str) -> tuple[str, ...]:
    """Hashes of a host and of every domain above it."""
    labels = host.rstrip(".").split(".")
    return tuple(hash_of(DOMAIN, ".".join(labels[at:])) for at in range(len(labels)))


@dataclass(frozen=True, slots=True)
class TakedownEvent:
    """One takedown, as a line of the file."""

    time: str
    """ISO 8601 in UTC, to the second, as whoever took it down gave it."""
    reason: str
    documents: int
    """Published documents that were taken out."""
    records: int
    """Rejected records that were taken out of the rejects."""
    hashes: Mapping[str, tuple[str, ...]]
    """By kind, sorted."""
    requester: str | None = None
    """Hash of who asked, with the time; None where that was not given."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Hex sha256 of each published file that was rewritten, as it was before."""

    @property
    def id(self) -> str:
        """Twelve hex digits that name the takedown."""
        return hash_of("takedown", self.line())[:12]

    def line(self) -> str:
        """As a line of JSON."""
        data = {
            "format": FORMAT,
            "time": self.time,
            "reason": self.reason,
            "requester": self.requester,
            "documents": self.documents,
            "records": self.records,
            "hashes": {kind: list(self.hashes[kind]) for kind in KINDS if self.hashes.get(kind)},
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(data, ensure_ascii=False) + "\n"

    @classmethod
    def of_line(cls, line: str) -> TakedownEvent:
        """Read what `line` wrote; ValueError for anything else."""
        try:
            data: dict[str, Any] = json.loads(line)
            if data.pop("format") != FORMAT:
                raise ValueError("another version of corpuskit wrote it")
            hashes = {kind: tuple(values) for kind, values in data.pop("hashes").items()}
            event = cls(hashes=hashes, **data)
        except (TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"not a tombstone ({type(error).__name__}: {error})") from error
        if not event._is_well_typed():
            raise ValueError("a value is of the wrong type, or the time is not ISO 8601")
        if wrong := [kind for kind in hashes if kind not in KINDS]:
            raise ValueError(f"it has hashes of an unknown kind {wrong[0]!r}")
        if not all(_is_hash(value) for values in hashes.values() for value in values):
            raise ValueError("it holds something that is not a hash of 32 hex digits")
        return event

    def _is_well_typed(self) -> bool:
        texts = [self.time, self.reason, self.requester or ""]
        if not all(isinstance(text, str) for text in texts) or not isinstance(self.files, dict):
            return False
        try:
            datetime.fromisoformat(self.time)
            "".join((*texts, *self.files, *self.files.values())).encode()
        except (TypeError, ValueError):
            return False
        return type(self.documents) is int and type(self.records) is int


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == _DIGITS and set(value) <= _HEX


def read_events(content: bytes, name: str = FILE) -> list[TakedownEvent]:
    """The takedowns of a file; TombstoneError names the line that cannot be read.

    A tombstone that cannot be understood is never passed over: what it names would come back.
    """
    events = []
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise TombstoneError(f"{name} is not UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                events.append(TakedownEvent.of_line(line))
            except ValueError as error:
                raise TombstoneError(f"{name}, line {number}: {error}") from error
    return events


@dataclass(frozen=True)
class Tombstones:
    """Everything that some takedowns name."""

    events: tuple[TakedownEvent, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.events)

    def __or__(self, other: Tombstones) -> Tombstones:
        by_line = {event.line(): event for event in (*self.events, *other.events)}
        return Tombstones(tuple(by_line.values()))

    def __hash__(self) -> int:
        return hash(self.key)

    def __reduce__(self) -> tuple[type[Tombstones], tuple[tuple[TakedownEvent, ...]]]:
        return Tombstones, (self.events,)

    @cached_property
    def _events(self) -> dict[str, dict[str, str]]:
        """By kind and hash, the takedown that names it first."""
        named: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
        for event in self.events:
            name = event.id
            for kind, hashes in event.hashes.items():
                for value in hashes:
                    named[kind].setdefault(value, name)
        return named

    @cached_property
    def key(self) -> str:
        """A digest that is the same for the same takedowns."""
        return hash_of("tombstones", "".join(event.line() for event in self.events))

    def summary(self) -> dict[str, Any]:
        """For the manifest: how many takedowns, hashes per kind, and the digest."""
        counts = {kind: len(hashes) for kind, hashes in self._events.items() if hashes}
        return {"takedowns": len(self.events), "hashes": counts, "key": self.key}

    def of_document(self, source: str, **facts: str | None) -> str | None:
        """The takedown that names a document or record; None if none does.

        `facts` are some of `id`, `source_ref`, `url`, `text_sha256`.
        """
        for kind, hashes in self._hashes(source, facts):
            named = self._events[kind]
            for value in hashes:
                if value in named:
                    return named[value]
        return None

    def _hashes(
        self, source: str, facts: Mapping[str, str | None]
    ) -> Iterator[tuple[str, Iterable[str]]]:
        """The hashes of a document, of kinds that some takedown names."""
        named = self._events
        if named[SOURCE]:
            yield SOURCE, (hash_of(SOURCE, source),)
        if named[DOMAIN] and (host := host_of(facts.get("url"))):
            yield DOMAIN, _domain_hashes(host)
        if (ref := facts.get("source_ref")) and (named[RECORD] or ref.startswith(MARK)):
            yield RECORD, (record_hash(source, ref),)
        if named[ID] and (identifier := facts.get("id")):
            yield ID, (hash_of(ID, identifier),)
        if named[URL] and (url := facts.get("url")):
            yield URL, (url_hash(url),)
        if named[TEXT] and (digest := facts.get("text_sha256")):
            yield TEXT, (hash_of(TEXT, digest),)

    def of_name(self, name: tuple[str, str]) -> str | None:
        """The takedown that names a value of a kind (one of KINDS) first; None if none does.

        A URL is in canonical form. A domain is named by itself or a domain above it.
        """
        kind, value = name
        hashes = _domain_hashes(value) if kind == DOMAIN else (hash_of(kind, value),)
        return next((self._events[kind][h] for h in hashes if h in self._events[kind]), None)

    def why_not_fetch(self, url: str) -> str | None:
        """Why an address must not be asked: the takedown; None if it may be."""
        named = self.of_document("", url=url)
        return f"taken down ({named})" if named else None

    def has_source(self, source: str) -> bool:
        """Whether a source as a whole was taken down."""
        return hash_of(SOURCE, source) in self._events[SOURCE]


NO_TOMBSTONES: Final = Tombstones()
"""Nothing was taken down."""
