"""What robots.txt allows (RFC 9309), and what it says beyond that standard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from corpuskit.connectors.fetching.policy import PRODUCT
from corpuskit.document import Robots

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES: Final = 500 * 1024
"""How much of a robots.txt is read: the least that RFC 9309, 2.5, asks a crawler to parse."""
MAX_AGE: Final = timedelta(hours=24)
"""RFC 9309, 2.4: a cached file is not used longer."""

_SERVER_ERROR: Final = 500
_NAMES: Final = frozenset({"user-agent", "useragent", "user agent"})
_DISALLOW: Final = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
_RULES: Final = {"allow": "Allow", **dict.fromkeys(_DISALLOW, "Disallow")}
"""Spellings that Protego and Google's parser take for these fields."""
_AS_WRITTEN: Final = "%/?&=*$:@!'()+,;~#[]"


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A robots.txt as it was fetched; `status` 0 says that the host could not be reached."""

    status: int
    body: bytes
    checked_at: datetime

    @property
    def unavailable(self) -> bool:
        """5xx, 429 or no answer: nothing may be fetched (RFC 9309, 2.3.1.4)."""
        return self.status in {0, 429} or self.status >= _SERVER_ERROR

    @property
    def fresh(self) -> bool:
        """Whether it may still be used."""
        return datetime.now(UTC) - self.checked_at < MAX_AGE


class Rules:
    """The rules of one origin."""

    def __init__(self, file: RobotsFile) -> None:
        self.file = file
        is_there = 200 <= file.status < 300  # 3xx that never ends and 4xx: all allowed, 2.3.1.2-3
        self.body = _whole_lines(file.body) if is_there else b""
        text = self.body.decode("utf-8-sig", "replace")
        self._rules = _parsed(text)
        self._groups = list(_groups(text))
        self._lines: list[RobotsLine] | None = None

    def allowed(self, url: str, agent: str = PRODUCT) -> bool:
        """Whether `agent` may fetch a URL of this origin."""
        if self.file.unavailable:
            return False
        return bool(self._rules.can_fetch(url, agent))

    @property
    def delay(self) -> float:
        """Crawl-delay in seconds, 0 where none is asked for."""
        return float(self._rules.crawl_delay(PRODUCT) or 0.0)

    @property
    def sitemaps(self) -> list[str]:
        """Sitemaps that the file names."""
        return [] if self.file.unavailable else list(self._rules.sitemaps)

    def shut_out(self, url: str, agents: Sequence[str]) -> list[str]:
        """Those of `agents` that a group names and forbids the URL."""
        named = {name for names, _ in self._groups for name in names}
        return [a for a in agents if a.lower() in named and not self.allowed(url, a)]

    def directives(self, name: str, url: str) -> list[str]:
        """Values of an extension field in our own group, else in `*`, that apply to a URL.

        A value may start with a path (IETF aipref): it then applies to URLs below it.
        """
        path = urlsplit(url).path
        values = (value for key, value in self._own_fields() if key == name)
        return [rest for value in values if (rest := _applies(value, path))]

    def rule(self, url: str) -> str | None:
        """The line that decides on a URL, None where none says anything about it.

        The verdict is the parser's. Its line is the longest of those of its kind that match
        (RFC 9309, 2.2.2), which the parser is asked about one by one.
        """
        if self.file.unavailable:
            status = self.file.status
            return f"robots.txt: {f'status {status}' if status else 'no answer'}"
        kind = "Allow" if self.allowed(url) else "Disallow"
        if self._lines is None:
            self._lines = _longest_first(self._own_fields())
        return next(
            (str(line) for line in self._lines if line.kind == kind and line.fits(url)), None
        )

    def _own_fields(self) -> list[tuple[str, str]]:
        """Fields of the groups that are meant for us, those that all groups of a name hold."""
        names = {name for names, _ in self._groups for name in names}
        ours = max((name for name in names if _names_us(name)), key=_weight, default=None)
        return [field for names, fields in self._groups if ours in names for field in fields]

    def verdict(self, url: str) -> Robots:
        """The column `robots`."""
        return Robots(
            verdict="allowed" if self.allowed(url) else "disallowed",
            ua=PRODUCT,
            rule=self.rule(url),
            robots_sha256=hashlib.sha256(self.body).hexdigest() if self.body else None,
            checked_at=self.file.checked_at,
        )


@dataclass(frozen=True, slots=True)
class RobotsLine:
    """A rule of robots.txt, and a parser that knows nothing else."""

    kind: str
    """Allow or Disallow."""
    value: str
    forbidding: Protego

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"

    def fits(self, url: str) -> bool:
        """Whether the rule says something about a URL."""
        return not self.forbidding.can_fetch(url, PRODUCT)


def _parsed(text: str) -> Protego:
    """Rules as Protego reads them; imported here, for opt-outs of other kinds need none of it."""
    from protego import Protego

    return Protego.parse(text)


def _longest_first(fields: list[tuple[str, str]]) -> list[RobotsLine]:
    lines = [
        RobotsLine(kind, value, _parsed(f"User-agent: *\nDisallow: {value}"))
        for key, value in fields
        if value and (kind := _RULES.get(key))
    ]
    return sorted(lines, key=lambda line: len(quote(line.value, safe=_AS_WRITTEN)), reverse=True)


def _names_us(name: str) -> bool:
    """Whether the parser takes a group of this name for ours."""
    return not _parsed(f"User-agent: {name}\nDisallow: /").can_fetch("/", PRODUCT)


def _weight(name: str) -> tuple[int, str]:
    """The closest name wins: the longest, `*` last."""
    return (0 if name == "*" else len(name), name)


def _whole_lines(body: bytes) -> bytes:
    """What is parsed: up to the limit, without a line that the limit cuts."""
    if len(body) <= MAX_BYTES:
        return body
    return body[: body.rfind(b"\n", 0, MAX_BYTES) + 1]


def _groups(text: str) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Each group's names (lower case) and its fields."""
    names: list[str] = []
    fields: list[tuple[str, str]] = []
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon or key == "sitemap":
            continue
        if key in _NAMES:
            if fields:
                yield names, fields
                names, fields = [], []
            names.append(value.lower())
        else:
            fields.append((key, value))
    if names:
        yield names, fields


def _applies(value: str, path: str) -> str:
    if not value.startswith("/"):
        return value
    prefix, _, rest = value.partition(" ")
    return rest.strip() if (path or "/").startswith(prefix) else ""
