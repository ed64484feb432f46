"""What is fuzzed: a function of bytes, its seeds, and the exceptions by which it may refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class MismatchError(AssertionError):
    """Records went in that neither came out nor have a declared reason."""


@dataclass(frozen=True)
class Target:
    """A public function that takes bytes from strangers."""

    name: str
    seeds: Callable[[], list[bytes]]
    """Small valid inputs."""
    run: Callable[[bytes, Path], None]
    """Takes an input and an empty folder; raises MismatchError where a record is lost unsaid."""
    refusals: tuple[type[Exception], ...] = ()
    """The exceptions by which the function is declared to refuse an input."""


def check(holds: bool, message: str) -> None:
    """Raise MismatchError unless a condition holds."""
    if not holds:
        raise MismatchError(message)
