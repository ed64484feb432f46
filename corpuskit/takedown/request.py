"""What is asked to be taken down, checked and in the forms in which it is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from corpuskit.document import text_sha256
from corpuskit.errors import RecipeError, TakedownError
from corpuskit.policy import exclusions_of
from corpuskit.surrogates import well_formed
from corpuskit.tombstones import DOMAIN, ID, SOURCE, TEXT, URL, hash_of
from corpuskit.urls import canonical_url

_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_REASON: Final = 1_000


@dataclass(frozen=True)
class TakedownRequest:
    """Who asks for what to be taken down, when and why."""

    reason: str
    time: str
    """ISO 8601 in UTC, to the second."""
    requester: str | None = None
    urls: frozenset[str] = frozenset()
    """Canonical."""
    domains: frozenset[str] = frozenset()
    """Host names in ASCII and lower case; each stands for every host below it."""
    ids: frozenset[str] = frozenset()
    sha256: frozenset[str] = frozenset()
    """Of texts, as published or as extracted."""
    sources: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing."""
        return not (self.urls or self.domains or self.ids or self.digests or self.sources)

    @property
    def digests(self) -> frozenset[str]:
        """Digests of texts: those named, and those of the texts named."""
        return self.sha256 | {text_sha256(text) for text in self.texts}

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """Everything that it names, each with the kind of hash that stands for it."""
        kinds = {
            ID: self.ids,
            URL: self.urls,
            TEXT: self.digests,
            DOMAIN: self.domains,
            SOURCE: self.sources,
        }
        for kind, values in kinds.items():
            for value in sorted(values):
                yield kind, value

    @property
    def requester_hash(self) -> str | None:
        """A hash of who asks, with the time, so that no two takedowns show the same."""
        if self.requester is None:
            return None
        return hash_of("requester", f"{self.time}\0{self.requester}")


def make_request(
    *,
    urls: Iterable[str] = (),
    domains: Iterable[str] = (),
    ids: Iterable[str] = (),
    sha256: Iterable[str] = (),
    sources: Iterable[str] = (),
    texts: Iterable[str] = (),
    reason: str,
    requester: str | None = None,
    time: datetime | None = None,
) -> TakedownRequest:
    """Check what is named; TakedownError lists everything that could never match.

    `time` is that of the takedown, now where it is None; one without a time zone is in UTC.
    """
    ids, sha256, sources, texts = tuple(ids), tuple(sha256), tuple(sources), tuple(texts)
    problems: list[str] = []
    canonical: dict[str, str | None] = {url: canonical_url(url) for url in urls}
    for url, form in canonical.items():
        if form is None or "*" in url:
            problems.append(f"{url[:200]!r} is not an address; a whole site is a --domain")
    problems += _malformed(ids, _ID, "id", "32 hex digits, as `corpuskit explain` shows")
    problems += _malformed(sha256, _SHA256, "sha256", "64 hex digits")
    hosts: frozenset[str] = frozenset()
    try:
        hosts = exclusions_of(domains).domains
    except RecipeError as error:
        problems += [problem.message for problem in error.problems]
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        problems.append(f"a reason has between 1 and {_LONGEST_REASON:,} characters")
    problems += _not_unicode({"reason": reason, "requester": requester or ""})
    if not all(text.strip() for text in texts):
        problems.append("a text to look for is empty")
    if problems:
        raise TakedownError("; ".join(problems))
    request = TakedownRequest(
        reason=" ".join(reason.split()),
        time=_in_utc(time or datetime.now(UTC)),
        requester=requester,
        urls=frozenset(form for form in canonical.values() if form),
        domains=hosts,
        ids=frozenset(map(str.lower, ids)),
        sha256=frozenset(map(str.lower, sha256)),
        sources=frozenset(sources),
        texts=texts,
    )
    if request.is_empty:
        raise TakedownError("nothing is named: give a URL, domain, id, sha256, source or text")
    return request


def _not_unicode(values: Mapping[str, str]) -> Iterable[str]:
    return [
        f"the {name} is not UTF-8" for name, text in values.items() if well_formed(text) != text
    ]


def _malformed(
    values: Iterable[str], pattern: re.Pattern[str], kind: str, form: str
) -> Iterable[str]:
    return [
        f"{value[:80]!r} is not a document's {kind} ({form})"
        for value in values
        if not pattern.fullmatch(value.lower())
    ]


def _in_utc(time: datetime) -> str:
    aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return f"{aware:%Y-%m-%dT%H:%M:%SZ}"
