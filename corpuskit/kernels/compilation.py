"""Kernels are compiled once per installation and loaded by every process after that.

The machine code is kept in the first of these folders that has it, or that can be written:

1. $NUMBA_CACHE_DIR, if it is set; then no other;
2. `__pycache__` in this package;
3. the user's cache folder, for installations that cannot be written.

A mark beside the code says for which sources, which numba and which processor it was compiled. A
folder with a matching mark is used as it is, even if it cannot be written: an image for containers
runs `corpuskit doctor --warm` once.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from filelock import FileLock, Timeout

from corpuskit import logs
from corpuskit.caches import cache_folder
from corpuskit.errors import CorpuskitError

_log = logs.logger(__name__)

_HERE: Final = Path(__file__).resolve().parent

KERNELS: Final = {
    "sign": "SIGN",
    "count_words": "COUNT_WORDS",
    "fasttext_vectors": "LINE_VECTORS",
    "fasttext_labels": "BEST_LABELS",
}
"""Every module of this package with a kernel, and the kernel's name in it."""

Compiled = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A function of arrays and numbers, as numba compiles it."""

    function: Callable[..., Any]
    signature: str
    """Types of its result and arguments, so that only this one variant is compiled."""

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.function.__name__


class NoKernelsError(CorpuskitError):
    """Kernels cannot be used here; the message says why."""


def kernels() -> list[Kernel]:
    """Every kernel."""
    return [
        getattr(import_module(f"corpuskit.kernels.{module}"), name)
        for module, name in KERNELS.items()
    ]


@cache
def numba_version() -> str | None:
    """Version of numba, without importing it; None if it is not installed."""
    try:
        return version("numba")
    except PackageNotFoundError:
        return None


@cache
def _mark_name() -> str:
    digest = hashlib.sha256(f"{numba_version()} {platform.python_version()}".encode())
    for module in KERNELS:
        digest.update((_HERE / f"{module}.py").read_bytes())
    return f"corpuskit-kernels-{digest.hexdigest()[:16]}.json"


def folders() -> list[Path]:
    """Where compiled kernels may be, in the order in which they are looked for."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return [Path(chosen)]
    return [_HERE / "__pycache__", cache_folder() / "kernels"]


def is_compiled() -> bool:
    """Whether the kernels were compiled for these sources and this numba, on any processor.

    It needs no import of numba.
    """
    return any((folder / _mark_name()).is_file() for folder in folders())


def warm_folder() -> Path | None:
    """The folder with all kernels compiled for this processor; None if there is none."""
    return next((folder for folder in folders() if _holds_kernels(folder)), None)


def _holds_kernels(folder: Path) -> bool:
    try:
        marked = json.loads((folder / _mark_name()).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(marked == _processor())


def _writable_folder() -> Path:
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    raise NoKernelsError(
        f"no folder for compiled kernels can be written ({', '.join(map(str, folders()))}); "
        "set NUMBA_CACHE_DIR to one"
    )


def load(kernel: Kernel) -> Compiled:
    """The kernel from the folder that has it; NoKernelsError if none has."""
    folder = warm_folder()
    if folder is None:
        raise NoKernelsError("not compiled for this processor")
    return _compile(kernel, folder)


def compile_all(*, wait: bool) -> bool:
    """Compile the kernels unless they are compiled; whether they are in the end.

    One process at a time compiles: if another is at it, wait for that, or return False at once
    if not `wait`. NoKernelsError if no folder can be written.
    """
    if warm_folder():
        return True
    folder = _writable_folder()
    try:
        with FileLock(folder / "corpuskit-kernels.lock", timeout=-1 if wait else 0):
            if not _holds_kernels(folder):
                _log.info("compiling kernels into %s", folder)
                for kernel in kernels():
                    _compile(kernel, folder)
                _write_whole(folder / _mark_name(), json.dumps(_processor()))
    except Timeout:
        return False
    return True


def _write_whole(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)


@cache
def _processor() -> list[str]:
    """What machine code depends on."""
    from llvmlite import binding

    return [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]


def _compile(kernel: Kernel, folder: Path) -> Compiled:
    """The compiled kernel, from the folder if it is in there."""
    import numba

    with _cached_in(folder):
        compiled: Compiled = numba.njit(
            kernel.signature, cache=True, nogil=True, error_model="numpy"
        )(kernel.function)
    return compiled


@contextmanager
def _cached_in(folder: Path) -> Iterator[None]:
    """Have numba keep what it compiles in a folder, without touching the process's settings."""
    import numba

    from corpuskit.kernels import locator

    config: Any = numba.config
    before = config.CACHE_LOCATOR_CLASSES
    locator.KernelLocator.folder = folder
    config.CACHE_LOCATOR_CLASSES = "corpuskit.kernels.locator.KernelLocator"
    try:
        yield
    finally:
        config.CACHE_LOCATOR_CLASSES = before
