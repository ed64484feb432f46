"""What must not be used of a source, by domain or address.

The catalogue's list (`corpuskit.exclusions`) holds for every source that does not say
`allow_excluded`; a recipe adds its own with `[exclude]`. Connectors that choose what to ask are
handed the same rules, so that excluded pages are not even fetched; a page that comes all the same,
from an archive or a data set, is lost with a reason when the policy decides.
"""

from __future__ import annotations

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

_COMMENT: Final = re.compile(r"(^|\s)#.*")
"""A comment of a file of exclusions; a `#` within an address is part of it."""


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
    domains: Iterable[str], urls: Iterable[str] = (), files: Iterable[Path] = ()
) -> Exclusions:
    """Exclusions from lists as people write them; `files` have one domain or address a line.

    Raises RecipeError for a file that cannot be read, and for a line that is neither.
    """
    found = Exclusions(
        frozenset(_host(name) for name in domains),
        frozenset(_canonical(url) for url in urls),
    )
    for path in files:
        found |= _read(path)
    return found


def _host(name: str) -> str:
    """A host name in the form that `host_of` gives: lower case, ASCII."""
    bare = name.strip().strip(".").removeprefix("*.")
    return host_of(f"//{bare}") or bare.lower()


def _canonical(url: str) -> str:
    start = url.strip()
    if start.endswith("*"):
        return f"{canonical_url(start[:-1]) or start[:-1]}*"
    return canonical_url(start) or start


def _read(path: Path) -> Exclusions:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecipeError([Problem(str(path), "", f"cannot be read: {reason}")]) from error
    domains, urls = [], []
    for number, line in enumerate(lines, 1):
        entry = _COMMENT.sub("", line).strip()
        if "://" not in entry:
            entry = entry.partition("#")[0].strip()
        if not entry:
            continue
        if "://" in entry:
            urls.append(entry)
        elif " " in entry or "/" in entry or "." not in entry:
            message = f"{entry[:80]!r} is neither a domain nor an address (https://...)"
            raise RecipeError([Problem(str(path), f"line {number}", message)])
        else:
            domains.append(entry)
    return exclusions_of(domains, urls)
