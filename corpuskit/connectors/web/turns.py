"""Whose turn it is: hosts, their rests, and which of them is worth the next request.

A focused crawl asks in two orders: by what is promised (see `focus`), and breadth-first. Promises
are built on what was found, so that alone they may hold a crawl to a corner of the web, or to
nothing; breadth-first finds what nothing tells of. Requests are shared out in proportion to what
each order has yielded so far, in characters per byte. Of two yields `y >= z` such a mixture gives
`(y^2 + z^2) / (y + z)`, which is at least `2 (sqrt(2) - 1) y`: 83 % of the better order, whichever
that is, and next to all of it where the other one gives little. A crawl that was interrupted begins
again with half of the requests each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from corpuskit.connectors.web.focus import FAR_PRIOR, NOMINAL_BYTES, NOMINAL_CHARS

NEAR: Final = 0.5
"""Hosts that promise at least this share of the best one are asked without a second thought.
Measured by benchmarks/focus.py."""
MAX_STREAK: Final = 10
"""Failures in a row after which a host is left alone,"""
MAX_STREAK_AGAIN: Final = 3
"""and one that failed in an earlier run, too."""
PATIENCE: Final = 5.0
"""Seconds that a better host is waited for: one that rests longer does not hold up a crawl."""


@dataclass(slots=True)
class Host:
    """What a crawl knows of a host at the moment."""

    waiting: int = 0
    kept: int = 0
    next_at: float = 0.0
    """When it has had its rest, by the clock that `next_host` is told."""
    streak: int = 0
    """Failures in a row."""
    patience: int = field(default_factory=lambda: MAX_STREAK)
    """Failures in a row after which it is left alone."""
    busy: bool = False
    wide: bool = False
    """Asked breadth-first, whatever it promises."""


@dataclass(slots=True)
class Order:
    """What asking in one of the two orders has given; both begin as if one page of the usual
    size had had some wanted text among the pages that it is expected in."""

    requests: int = 0
    bytes: float = NOMINAL_BYTES / FAR_PRIOR
    chars: float = NOMINAL_CHARS

    @property
    def yielded(self) -> float:
        """Wanted characters per byte."""
        return self.chars / self.bytes


class Turns:
    """The hosts of a crawl; not for several threads at once."""

    def __init__(self, most_kept: int, score: Callable[[str], float] | None = None) -> None:
        """`most_kept`: pages to keep of a host; `score`: what it promises, None: all alike."""
        self._most_kept, self._score = most_kept, score
        self.hosts: dict[str, Host] = {}
        self._wide, self._focused = Order(), Order()

    def host(self, name: str) -> Host:
        """A host, known or new."""
        return self.hosts.setdefault(name, Host())

    def taken(self, host: Host) -> None:
        """A host is asked."""
        self._order(host).requests += 1

    def gave(self, host: Host, size: int, wanted: int) -> None:
        """It answered so many bytes with so many wanted characters."""
        order = self._order(host)
        order.bytes += size
        order.chars += wanted

    def next_host(self, now: float) -> str | None:
        """The host to ask as soon as it has had its rest; None if there is none at present."""
        open_ = [
            (name, host)
            for name, host in self.hosts.items()
            if host.waiting > 0 and host.kept < self._most_kept
        ]
        idle = [(name, host) for name, host in open_ if not host.busy]
        if self._score is None:
            return _first(idle)
        rested = [(name, host) for name, host in idle if host.next_at <= now]
        wide = bool(rested) and self._wide_is_due()
        name = _first(rested) if wide else self._most_promising(open_, idle, now)
        if name is not None:
            self.hosts[name].wide = wide
        return name

    def _order(self, host: Host) -> Order:
        return self._wide if host.wide else self._focused

    def _wide_is_due(self) -> bool:
        wide, focused = self._wide, self._focused
        share = wide.yielded / (wide.yielded + focused.yielded)
        return wide.requests <= share * (wide.requests + focused.requests)

    def _most_promising(
        self, open_: list[tuple[str, Host]], idle: list[tuple[str, Host]], now: float
    ) -> str | None:
        assert self._score is not None
        promise = {name: self._score(name) for name, _ in open_}
        soon = (name for name, host in open_ if host.busy or host.next_at < now + PATIENCE)
        enough = NEAR * max((promise[name] for name in soon), default=0.0)
        near = [(name, host) for name, host in idle if promise[name] >= enough]
        rested = [
            (promise[name], -host.next_at, name) for name, host in near if host.next_at <= now
        ]
        if rested:
            return max(rested)[2]
        return _first(near)


def _first(hosts: list[tuple[str, Host]]) -> str | None:
    """The host that has had its rest first."""
    return min(((host.next_at, name) for name, host in hosts), default=(0.0, None))[1]
