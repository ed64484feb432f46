"""What robots.txt allows (RFC 9309), and what it says beyond that standard."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

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
_SITEMAPS: Final = frozenset({"sitemap", "sitemaps", "site-map"})
_EXTENSIONS: Final = frozenset({"content-signal", "content-usage", "license", "disallowaitraining"})
_DISALLOW: Final = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
_RULES: Final = {"allow": "Allow", **dict.fromkeys(_DISALLOW, "Disallow")}
"""Spellings that Protego and Google's parser take for these fields."""
_DELAYS: Final = frozenset({"crawl-delay", "crawl delay"})
_SPACED: Final = re.compile(
    rf"(?i)\A({'|'.join((*_NAMES, *_SITEMAPS, *_RULES, *_DELAYS))})\s+"  # ends at a space
)
"""A field whose colon is missing: `Disallow /private`."""
_PRODUCTS: Final = re.compile(r"[\w.*-]+")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_WIDE_COLON: Final = re.compile("\\A([\\w -]{1,20}?)[ ]?\uff1a")
"""A field with the colon of Chinese and Japanese keyboards."""
_INVISIBLE: Final = "\ufeff\u200b\u2060"
_DASH: Final = re.compile("[_\u2010-\u2015\u2212]")
_QUOTES: Final = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_LIST_MARKS: Final = "-*\u2022\u00b7> \t" + _QUOTES
_JOINED: Final = re.compile(
    r"(?<!\s)\s++(?=(?:user-?agent|(?:dis)?allow|crawl-delay|sitemap)\s*+:)", re.IGNORECASE
)
"""Where a line end was lost: `User-agent: * Disallow: /`. No value has a field's name and a colon
behind a space."""
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")
AS_WRITTEN: Final = "%/?&=*$:@!'()+,;~#[]"
"""Characters of a pattern that are not percent-encoded before it is compared."""


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A robots.txt as it was fetched; `status` 0 says that it could not be had or read."""

    status: int
    body: bytes
    checked_at: datetime
    problem: str = ""
    """Why the server gave no answer at all; empty where it gave one."""

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
        fields = list(_fields(text_of(self.body)))
        self._groups = list(_groups(fields))
        self._names = frozenset(name for names, _ in self._groups for name in names)
        self._sitemaps = [value for key, value in fields if key in _SITEMAPS and value]
        self._parsers: dict[str, Protego] = {}
        self._lines: list[RobotsLine] | None = None

    def allowed(self, url: str, agent: str = PRODUCT) -> bool:
        """Whether `agent` may fetch a URL of this origin."""
        if self.file.unavailable:
            return False
        return bool(self._parser(agent).can_fetch(url, self._known_as(agent)))

    def _parser(self, agent: str) -> Protego:
        """The groups that may be meant for an agent: a file can hold thousands of names, and
        Protego's time is that of names by rules."""
        if agent not in self._parsers:
            known, spelled = self._known_as(agent), agent.lower()
            names = {
                name
                for name in self._names
                if name == known or name.replace("*", "") in spelled  # "*" and "" are in all
            }
            self._parsers[agent] = _parsed(_as_written(self._groups, names))
        return self._parsers[agent]

    @property
    def delay(self) -> float:
        """Crawl-delay in seconds, 0 where none is asked for."""
        return float(self._parser(PRODUCT).crawl_delay(self._known_as(PRODUCT)) or 0.0)

    @property
    def sitemaps(self) -> list[str]:
        """Sitemaps that the file names."""
        return [] if self.file.unavailable else list(self._sitemaps)

    def shut_out(self, url: str, agents: Sequence[str]) -> list[str]:
        """Those of `agents` that a group names and forbids the URL."""
        return [
            agent
            for agent in agents
            if self._known_as(agent) in self._names and not self.allowed(url, agent)
        ]

    def _known_as(self, agent: str) -> str:
        """The name by which the file's groups know an agent."""
        product = f"={agent.lower()}="
        return product if product in self._names else agent

    def directives(self, name: str, url: str) -> list[str]:
        """Values of an extension field in our own group, else in `*`, that apply to a URL.

        A field before the first group is meant for everyone. A value may start with a path
        (draft-ietf-aipref-attach-05, section 3.1), with wildcards as in a rule: it then applies to
        URLs that the path matches, and the values of the longest path decide.
        """
        applying = [(_specificity(value), rest) for value in self._values(name)
                    if (rest := _applies(value, url))]  # fmt: skip
        longest = max((length for length, _ in applying), default=0)
        return [rest for length, rest in applying if length == longest]

    @property
    def licenses(self) -> list[str]:
        """Addresses of license documents (RSL 1.0, 4.4): of our own group, else those before the
        first group."""
        groups = (self._own_fields, self._fields_of(""))
        values = ([value for key, value in fields if key == "license"] for fields in groups)
        addresses = next((urls for urls in values if urls), [])
        return [address for address in dict.fromkeys(addresses) if "://" in address]

    def patterns(self, name: str, url: str) -> list[str]:
        """Values of an extension field that are patterns, as those of Disallow, and match a URL."""
        values = (value for value in self._values(name) if value)
        return [value for value in values if RobotsLine("", value, _forbidding(value)).fits(url)]

    def _values(self, name: str) -> list[str]:
        fields = [*self._fields_of(""), *self._own_fields]
        return list(dict.fromkeys(value for key, value in fields if key == name))

    def rule(self, url: str) -> str | None:
        """The line that decides on a URL, None where none says anything about it.

        The verdict is the parser's. Its line is the longest of those of its kind that match
        (RFC 9309, 2.2.2), which the parser is asked about one by one.
        """
        if self.file.unavailable:
            status = self.file.status
            return f"robots.txt: {f'status {status}' if status else 'cannot be read'}"
        kind = "Allow" if self.allowed(url) else "Disallow"
        if self._lines is None:
            self._lines = _longest_first(self._own_fields)
        return next(
            (str(line) for line in self._lines if line.kind == kind and line.fits(url)), None
        )

    @cached_property
    def _own_fields(self) -> list[tuple[str, str]]:
        """Fields of the groups that are meant for us, those that all groups of a name hold."""
        agent = self._known_as(PRODUCT)
        matching = (name for name in self._names if name and _is_named(agent, name))
        return self._fields_of(max(matching, key=_weight, default=None))

    def _fields_of(self, group: str | None) -> list[tuple[str, str]]:
        return [field for names, fields in self._groups if group in names for field in fields]

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
        RobotsLine(kind, value, _forbidding(value))
        for key, value in fields
        if value and (kind := _RULES.get(key))
    ]
    return sorted(lines, key=lambda line: len(quote(line.value, safe=AS_WRITTEN)), reverse=True)


def _is_named(agent: str, name: str) -> bool:
    """Whether the parser takes a group of this name for the agent's."""
    return not _parsed(f"User-agent: {name}\nDisallow: /").can_fetch("/", agent)


def _weight(name: str) -> tuple[int, str]:
    """The closest name wins: the longest, `*` last."""
    return (0 if name == "*" else len(name), name)


def _whole_lines(body: bytes) -> bytes:
    """What is parsed: up to the limit, without a line that the limit cuts."""
    if len(body) <= MAX_BYTES:
        return body
    return body[: body.rfind(b"\n", 0, MAX_BYTES) + 1]


def text_of(body: bytes) -> str:
    """The characters of a robots.txt or a file like it: UTF-8 (RFC 9309, 2.3), or UTF-16 or UTF-32,
    with a mark or without.

    Bytes that are not UTF-8 become the percent-encoding that a URL has for them.
    """
    codec = _wide_codec(body)
    if codec is not None:
        return body.decode(codec, "replace").lstrip("\ufeff")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        if b"\0" in body:
            return body.decode("utf-16", "replace")
        body = body.lstrip(_BEYOND_ASCII)  # the mark lies: letters of UTF-16 have zero bytes
    text = body.decode("utf-8", "surrogateescape")
    return _NOT_UTF8.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)


def _wide_codec(body: bytes) -> str | None:
    """UTF-16 or UTF-32 by where the zero bytes of ASCII stand; None for anything else."""
    start = body[:_WIDE_SAMPLE]
    zeros = [not byte for byte in start[: len(start) // 4 * 4]]
    if not zeros:
        return None
    shares = [sum(zeros[place::4]) * 4 / len(zeros) for place in range(4)]
    filled = [share > _MOSTLY for share in shares]
    return _WIDE.get("".join("0" if is_zero else "x" for is_zero in filled))


_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_WIDE_SAMPLE: Final = 4_000
_MOSTLY: Final = 0.5
"""Share of zero bytes at a place of each four: files are ASCII but for comments and paths. Text in
UTF-8 has none."""
_WIDE: Final = {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Every line with a field: its name in lower case and its value."""
    for line in text.lstrip("\ufeff").removeprefix("ï»¿").splitlines():
        stated = line.partition("#")[0].strip().strip(_INVISIBLE).strip()
        for part in _JOINED.split(stated):
            key, colon, value = _WIDE_COLON.sub(r"\1:", part).partition(":")
            if not colon or _name_of(key) not in _KNOWN:
                key, colon, value = _SPACED.sub(r"\1:", part, count=1).partition(":")
            if colon:
                yield _name_of(key), _unquoted(value.strip())


def _name_of(key: str) -> str:
    """A field's name as its standard has it, where typesetting or a list put other characters:
    `- User_agent`."""
    name = key.strip().lower()
    if name in _KNOWN:
        return name
    plain = _DASH.sub("-", name).strip(_LIST_MARKS)
    return next((known for known in (plain, plain.replace("-", "")) if known in _KNOWN), name)


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] in _QUOTES and value[-1] in _QUOTES
    value = value[1:-1].strip() if is_quoted else value
    return "*" if value == "\uff0a" else value


_KNOWN: Final = frozenset((*_NAMES, *_SITEMAPS, *_RULES, *_DELAYS, *_EXTENSIONS))


def _groups(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Names (lower case) and the fields that are meant for them; before the first name it is "".

    Only a rule ends the names of a group: "other records" between them do not (RFC 9309, 2.2.4),
    and Google's parser reads it so. The other records themselves are meant for the names directly
    above them.
    """
    names, nearest, rules = [""], [""], list[tuple[str, str]]()
    others: list[tuple[str, str]] = []
    for key, value in fields:
        if key in _NAMES:
            if others:
                yield nearest, others
                nearest, others = [], []
            if rules or names == [""]:
                yield names, rules
                names, nearest, rules = [], [], []
            named = _names_in(value)
            names, nearest = [*names, *named], [*nearest, *named]
        elif key in _RULES:
            rules.append((key, value))
        elif key not in _SITEMAPS:
            others.append((key, value))
    yield names, rules
    yield nearest, others


def _names_in(value: str) -> list[str]:
    """The names in a User-agent line, in lower case: its whole value, and its products between
    `=`, which is how `_known_as` asks for them.

    `corpuskit/0.1` and `corpuskit, GPTBot` name corpuskit, though RFC 9309, 2.2.1, has neither
    versions nor lists. Protego matches names by their beginnings, so that the product `Go` of
    `Go!Zilla` must not become a name of its own.
    """
    value = value.lower()
    if value == "*" or re.match(r"\*\s", value):
        return ["*"]
    products = {product.strip("-.*") for product in _PRODUCTS.findall(value)}
    products |= {PRODUCT for token in _TOKEN.findall(value) if token == PRODUCT}
    return [value, *(f"={product}=" for product in sorted(products) if product)]


def _as_written(
    groups: Iterable[tuple[list[str], list[tuple[str, str]]]], wanted: Collection[str]
) -> str:
    """The groups of the wanted names as a file that every parser reads in the same way."""
    lines: list[str] = []
    for names, fields in groups:
        chosen = [name for name in dict.fromkeys(names) if name and name in wanted]
        if chosen:
            lines += [f"User-agent: {name}" for name in chosen]
            lines += [f"{key}: {value}" for key, value in fields if value] or ["Disallow:"]
    return "\n".join(lines)


def _applies(value: str, url: str) -> str:
    """What a value says of a URL; empty if it is about another path."""
    if not value.startswith(("/", "*")):
        return value
    pattern, rest = (*value.split(maxsplit=1), "")[:2]
    return rest.strip() if RobotsLine("", pattern, _forbidding(pattern)).fits(url) else ""


def _specificity(value: str) -> int:
    """Bytes of the path that a value starts with, 0 without one."""
    if not value.startswith(("/", "*")):
        return 0
    return len(quote(value.split(maxsplit=1)[0], safe=AS_WRITTEN, errors="replace"))


def _forbidding(pattern: str) -> Protego:
    return _parsed(f"User-agent: *\nDisallow: {pattern}")
