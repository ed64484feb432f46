"""Terms that an archive holds as records of their own: robots.txt, tdmrep.json, documents of RSL.

They bind the pages of their host in the same archive. Where a document was fetched more than once,
the fetch nearest before a page counts, else the nearest after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from corpuskit.connectors.containers.warc_records import ArchivedAnswer
from corpuskit.connectors.containers.warc_terms import ROBOTS, TDMREP
from corpuskit.connectors.fetching import opt_outs, rsl
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.robots import RobotsFile, Rules, text_of
from corpuskit.document import OptOutSignal, Robots
from corpuskit.urls import canonical_url

T = TypeVar("T")

_ERRORS: Final = range(400, 500)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""Stands for the time of a record without a date."""
_NO_TIME: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class ArchivedVersions(Generic[T]):
    """What was fetched from one address, at one time or several."""

    times: list[datetime] = field(default_factory=list)
    versions: list[T] = field(default_factory=list)

    def add(self, time: datetime | None, version: T) -> None:
        """One fetch; of several at one time, the last in the archive counts."""
        at = bisect_right(self.times, time or _NO_TIME)
        self.times.insert(at, time or _NO_TIME)
        self.versions.insert(at, version)

    def at(self, time: datetime | None) -> T:
        """The version that was fetched last before a time, else the first after it."""
        return self.versions[max(bisect_right(self.times, time or _NO_TIME) - 1, 0)]


class ArchivedTerms:
    """The terms in an archive, by host and address."""

    def __init__(self, answers: Iterable[ArchivedAnswer] = ()) -> None:
        self._robots: dict[str, ArchivedVersions[Rules]] = defaultdict(ArchivedVersions)
        self._tdmrep: dict[str, ArchivedVersions[str]] = defaultdict(ArchivedVersions)
        self._documents: dict[str, ArchivedVersions[bytes]] = defaultdict(ArchivedVersions)
        self._feeds: dict[str, set[str]] = defaultdict(set)
        for answer in answers:
            self._add(answer)

    def _add(self, answer: ArchivedAnswer) -> None:
        host, path = _host(answer.url), urlsplit(answer.url).path
        if path == ROBOTS:
            if answer.status == 200 or answer.status in _ERRORS:
                checked = (answer.fetched_at or _EPOCH).replace(microsecond=0)
                file = RobotsFile(answer.status, answer.content, checked)
                self._robots[host].add(answer.fetched_at, Rules(file))
        elif answer.status == 200 and path == TDMREP:
            self._tdmrep[host].add(answer.fetched_at, text_of(answer.content))
        elif answer.status == 200 and rsl.NAMESPACE in answer.content:
            self._documents[_address(answer.url)].add(answer.fetched_at, answer.content)
            if rsl.is_feed(answer.content):
                self._feeds[host].add(_address(answer.url))

    def robots(self, url: str, time: datetime | None) -> Robots | None:
        """What the robots.txt of a page's host says of fetching it; None where there is none."""
        file = self._robots.get(_host(url))
        if file is None:
            return None
        verdict = file.at(time).verdict(url)
        return {**verdict, "checked_at": None} if verdict["checked_at"] == _EPOCH else verdict

    def signals(self, url: str, time: datetime | None) -> list[OptOutSignal]:
        """What the host's documents say of mining a page that was fetched at a time."""
        host, signals = _host(url), []
        if (robots := self._robots.get(host)) is not None:
            rules = robots.at(time)
            if not rules.allowed(url):
                line = rules.rule(url) or "Disallow"
                signals.append(OptOutSignal(kind="robots-ai", value=line))
            signals += opt_outs.of_robots(rules, url, AI_BOTS)
            signals += rsl.signals_of(
                "robots-rsl", rules.licenses, url, lambda address: self.document(address, time)
            )
        if (tdmrep := self._tdmrep.get(host)) is not None:
            signals += opt_outs.of_tdmrep(tdmrep.at(time), url)
        for address in sorted(self._feeds.get(host, ())):
            verdict = rsl.judge_terms(self._documents[address].at(time), url)
            if verdict is not None:
                signals.append(rsl.signal_of("rsl-feed", address, verdict))
        return signals

    def document(self, address: str, time: datetime | None) -> bytes | None:
        """A license document; None if the archive does not hold it."""
        versions = self._documents.get(_address(address))
        return versions.at(time) if versions is not None else None


NO_TERMS: Final = ArchivedTerms()
"""Those of an archive that holds none."""


def _host(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(":80").removesuffix(":443")


def _address(url: str) -> str:
    return canonical_url(url) or url
