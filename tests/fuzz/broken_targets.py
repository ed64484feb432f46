"""Targets that fail in every way that a fuzz run is to notice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tools.fuzz.target import Target, check


def seeds() -> list[bytes]:
    return [b"first", b"second"]


def raise_(content: bytes, _folder: Path) -> None:
    if content == b"second":
        raise KeyError("not a refusal")


def lose(content: bytes, _folder: Path) -> None:
    check(content != b"second", "no record and no reason")


def hang(content: bytes, _folder: Path) -> None:
    while content == b"second":
        pass


def die(content: bytes, _folder: Path) -> None:
    if content == b"second":
        os.kill(os.getpid(), signal.SIGSEGV)


def grow(content: bytes, _folder: Path) -> None:
    if content == b"second":
        bytearray(1_000_000_000)[::4096] = b"x" * 244_141


def refuse(_content: bytes, folder: Path) -> None:
    (folder / "left").write_bytes(b"x")
    raise LookupError("as declared")


RAISES = Target("raises", seeds, raise_)
LOSES = Target("loses", seeds, lose)
HANGS = Target("hangs", seeds, hang)
DIES = Target("dies", seeds, die)
GROWS = Target("grows", seeds, grow)
REFUSES = Target("refuses", seeds, refuse, (LookupError,))
