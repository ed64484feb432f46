"""Fetching one dump: a single connection that goes on where it was stopped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.session import Session
from corpuskit.errors import SourceError

_STEP: Final = 10_000_000  # bytes between two lines of report
_UNSAFE: Final = re.compile(r"[^\w.-]")


def is_url(path: str) -> bool:
    """Whether a `path` of the recipe is to be fetched."""
    return path.startswith(("http://", "https://"))


def place_of(url: str) -> Path:
    """Where a URL is stored, its own file name in a folder of that URL."""
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    name = _UNSAFE.sub("_", last).lstrip(".") or "dump.xml"
    return Path(hashlib.sha256(url.encode()).hexdigest()[:8], name)


def fetch_dump(
    url: str,
    target: Path,
    agent: Agent,
    report: Callable[[str], None],
    *,
    sha1: str | None = None,
) -> None:
    """Fetch the whole file at `url` into `target`, unless it is there already.

    Raises SourceError where it cannot be had, or is not the one that `sha1` (hex) names: what
    was fetched is removed then.
    """
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fetched = target.with_name(f"{target.name}.fetched")
    if not fetched.exists():
        Session(agent).to_file(url, fetched, _Progress(target.name, report))
    if sha1 is not None and (digest := _sha1(fetched)) != sha1:
        fetched.unlink()
        raise SourceError(f"{url} has the sha1 {digest}, not {sha1}: another dump, or damaged")
    fetched.rename(target)


class _Progress:
    """Tells of every ten megabytes."""

    def __init__(self, name: str, report: Callable[[str], None]) -> None:
        self._name, self._report, self._next = name, report, 0

    def __call__(self, have: int, total: int | None) -> None:
        if have >= self._next or have == total:
            self._next = have + _STEP
            whole = f" of {total / 1e6:.1f}" if total else ""
            self._report(f"{self._name}: {have / 1e6:.1f}{whole} MB")


def _sha1(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False))
    return digest.hexdigest()
