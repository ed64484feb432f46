"""Whose turn it is: hosts, their rests, and which of them is worth the next request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

NEAR: Final = 0.5
"""Hosts that promise at least this share of the best one are asked without a second thought.
Measured by benchmarks/focus.py, as the next."""
EXPLORE: Final = 0.1
"""Share of the bytes that may go to other hosts while better ones rest."""
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
    busy: bool = False
    far: bool = False
    """Asked although others promise more."""


class Turns:
    """The hosts of a crawl; not for several threads at once."""

    def __init__(self, most_kept: int, score: Callable[[str], float] | None = None) -> None:
        """`most_kept`: pages to keep of a host; `score`: what it promises, None: all alike."""
        self._most_kept, self._score = most_kept, score
        self.hosts: dict[str, Host] = {}
        self._bytes = self._far_bytes = 0

    def host(self, name: str) -> Host:
        """A host, known or new."""
        return self.hosts.setdefault(name, Host())

    def spent(self, host: Host, size: int) -> None:
        """A host was asked and answered so many bytes."""
        self._bytes += size
        self._far_bytes += size if host.far else 0

    def next_host(self, now: float) -> str | None:
        """The host to ask as soon as it has had its rest; None if there is none at present."""
        open_ = [
            (name, host)
            for name, host in self.hosts.items()
            if host.waiting > 0 and host.kept < self._most_kept
        ]
        idle = [(name, host) for name, host in open_ if not host.busy]
        if self._score is None:
            return min(((host.next_at, name) for name, host in idle), default=(0.0, None))[1]
        return self._most_promising(open_, idle, now)

    def _most_promising(
        self, open_: list[tuple[str, Host]], idle: list[tuple[str, Host]], now: float
    ) -> str | None:
        assert self._score is not None
        promise = {name: self._score(name) for name, _ in open_}
        soon = (name for name, host in open_ if host.busy or host.next_at < now + PATIENCE)
        enough = NEAR * max((promise[name] for name in soon), default=0.0)
        near = [one for one in idle if promise[one[0]] >= enough]
        rested = [one for one in near if one[1].next_at <= now]
        if not rested and self._far_bytes <= EXPLORE * self._bytes:
            rested = [one for one in idle if one[1].next_at <= now]
        if rested:
            name, host = max(rested, key=lambda one: (promise[one[0]], -one[1].next_at, one[0]))
            host.far = promise[name] < enough
            return name
        return min(((host.next_at, name) for name, host in near), default=(0.0, None))[1]
