"""What must not be used of a source, by domain or address.

The catalogue's list (`corpuskit.exclusions`) holds for every source that does not say
`allow_excluded`; a recipe adds its own with `[exclude]`. Connectors that choose what to ask are
handed the same rules, so that excluded pages are not even fetched; a page that comes all the same,
from an archive or a data set, is lost with a reason when the policy decides.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import Problem, RecipeError
from corpuskit.identity import key_of
from corpuskit.urls import canonical_url, host_of

EXCLUDED_DOMAIN: Final = "policy/excluded_domain"
EXCLUDED_URL: Final = "policy/excluded_url"

DOMAIN_RULE: Final = "excluded_domain"
URL_RULE: Final = "excluded_url"


@dataclass(frozen=True)
class Exclusions:
    """Domains with everything below them, and addresses; the same for equal contents."""

    domains: frozenset[str] = frozenset()
    """Host names in lower case."""
    urls: frozenset[str] = frozenset()
    """Canonical addresses; one that ends in `*` stands for every address that begins so."""

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(sorted(url[:-1] for url in self.urls if url.endswith("*")))

    def domain_of(self, url: str | None) -> str | None:
        """The excluded domain that an address belongs to."""
        host = host_of(url) if url else None
        if not host or not self.domains:
            return None
        labels = host.lower().rstrip(".").split(".")
        below = (".".join(labels[at:]) for at in range(len(labels)))
        return next((name for name in below if name in self.domains), None)

    def url_of(self, url: str | None) -> str | None:
        """The excluded address, or beginning of addresses, that an address matches."""
        if not url or not self.urls:
            return None
        canonical = canonical_url(url) or url
        if canonical in self.urls:
            return canonical
        return next((f"{start}*" for start in self._prefixes if canonical.startswith(start)), None)

    def why(self, url: str) -> str | None:
        """Why an address must not be asked: the domain or address excluded; None if it may be."""
        return self.domain_of(url) or self.url_of(url)

    def as_json(self) -> dict[str, Any]:
        """In a fixed order."""
        return {"domains": sorted(self.domains), "urls": sorted(self.urls)}

    def summary(self) -> dict[str, Any]:
        """For the manifest: how many, and a digest that is the same for the same exclusions."""
        return {
            "domains": len(self.domains),
            "urls": len(self.urls),
            "key": key_of(self.as_json()),
        }

    def __or__(self, other: Exclusions) -> Exclusions:
        return Exclusions(self.domains | other.domains, self.urls | other.urls)


def exclusions_of(
    domains: Iterable[str],
    urls: Iterable[str] = (),
    files: Iterable[Path] = (),
    place: str = "exclude",
) -> Exclusions:
    """Exclusions from lists as people write them; `files` have one domain or address a line.

    Raises RecipeError, which names `place`, for every entry that could never match as it is
    written, and for files that cannot be read.
    """
    domains, urls = list(domains), list(urls)
    problems = [
        *(_unusable(place, "domains", entry) for entry in domains if _host(entry) is None),
        *(_unusable(place, "urls", entry) for entry in urls if _canonical(entry) is None),
    ]
    exclusions = Exclusions(
        frozenset(host for entry in domains if (host := _host(entry))),
        frozenset(url for entry in urls if (url := _canonical(entry))),
    )
    for path in files:
        try:
            exclusions |= _read(path)
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(problems)
    return exclusions


def _unusable(place: str, key: str, entry: str) -> Problem:
    if key == "domains":
        hint = "a host name such as example.org stands for everything below it"
        return Problem(place, key, f"{entry[:80]!r} is not a domain", hint)
    hint = "https://..., with a `*` at its end alone for all that begin so"
    return Problem(place, key, f"{entry[:80]!r} is not an address", hint)


_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def _host(name: str) -> str | None:
    """A host name in the form that `host_of` gives (lower case, ASCII); None for anything else."""
    bare = name.strip().removesuffix(".").removeprefix("*.").removeprefix(".")
    try:
        return _address(ipaddress.ip_address(bare.removeprefix("[").removesuffix("]")))
    except ValueError:
        pass
    if not bare or any(character in bare for character in "/:@?#[]") or bare.split() != [bare]:
        return None
    host = (host_of(f"//{bare}") or "").removesuffix(".")
    labels = host.split(".")
    return host if len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) else None


def _address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)


_BEHIND: Final = "CORPUSKITSTAR"
"""Stands for what may follow, while the beginning of addresses is made canonical."""


def _canonical(url: str) -> str | None:
    """An address, or with `*` at its end the beginning of some, in canonical form; None for
    anything else."""
    start = url.strip()
    if "*" in start[:-1] or start.split() != [start]:
        return None
    if not start.endswith("*"):
        return canonical_url(start)
    whole = canonical_url(start[:-1])
    if whole is None or whole == f"{start[:-1]}/":  # nothing behind the host
        return f"{whole}*" if whole else None
    behind = canonical_url(start[:-1] + _BEHIND)
    return behind.removesuffix(_BEHIND) + "*" if behind and behind.endswith(_BEHIND) else None


_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")


def _read(path: Path) -> Exclusions:
    """The entries of a file; a `#` at the start of a line or behind a space begins a comment."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"cannot be read: {reason}"
        raise RecipeError([Problem("exclude.files", str(path), message)]) from error
    exclusions = Exclusions()
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        entry = _COMMENT.sub("", line).strip()
        if "://" not in entry:
            entry = entry.partition("#")[0].strip()
        try:
            if entry:
                is_address = "://" in entry
                exclusions |= exclusions_of(
                    [] if is_address else [entry], [entry] if is_address else []
                )
        except RecipeError as error:
            problems += [
                Problem(str(path), f"line {number}", problem.message, problem.hint)
                for problem in error.problems
            ]
    if problems:
        raise RecipeError(problems)
    return exclusions
