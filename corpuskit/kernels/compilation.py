"""Kernels are compiled once per installation and loaded by every process after that.

The machine code is kept in the first of these folders that has it, or that can be written:

1. $NUMBA_CACHE_DIR, if it is set; then in no other;
2. `__pycache__` in this package;
3. the user's cache folder, for installations that cannot be written.

In there is a folder for these sources and this numba, and in that a mark for each processor whose
kernels are complete. Such a folder is used even if it cannot be written: run
`corpuskit doctor --warm` once when an image for containers is made.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

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
    """A function of arrays and numbers, as numba compiles it.

    It uses constants of this package alone: its machine code is made anew when one of these
    sources changes.
    """

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
def _digest() -> str:
    digest = hashlib.sha256(f"{numba_version()} {platform.python_version()}".encode())
    for source in sorted(_HERE.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def folders() -> list[Path]:
    """Where kernels of these sources may be, in the order in which they are looked for."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        places = [Path(chosen)]
    else:
        places = [_HERE / "__pycache__", cache_folder()]
    return [place / f"kernels-{_digest()}" for place in places]


def is_compiled() -> bool:
    """Whether the kernels were compiled for any processor; numba is not imported."""
    return any(True for folder in folders() for _ in folder.glob("*.done"))


def warm_folder() -> Path | None:
    """The folder with all kernels compiled for this processor; None if there is none."""
    return next((folder for folder in folders() if (folder / _mark()).is_file()), None)


def _writable_folder() -> Path:
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=folder).close()
        except OSError:
            continue
        return folder
    places = ", ".join(str(folder.parent) for folder in folders())
    raise NoKernelsError(
        f"no folder for compiled kernels can be written ({places}); set NUMBA_CACHE_DIR to one"
    )


@dataclass(frozen=True, slots=True)
class KernelStatus:
    """Whether this installation can use kernels."""

    numba: str | None
    """Its version; None if it is not installed."""
    folder: Path | None
    """Where the kernels are that were compiled for this processor; None if they were not."""


def kernel_status() -> KernelStatus:
    """Look for numba and for compiled kernels; nothing is compiled."""
    numba = numba_version()
    return KernelStatus(numba, warm_folder() if numba else None)


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
    from filelock import FileLock, Timeout

    if warm_folder():
        return True
    folder = _writable_folder()
    try:
        with FileLock(folder / "compiling.lock", timeout=-1 if wait else 0):
            if not (folder / _mark()).is_file():
                _log.info("compiling kernels into %s", folder)
                for kernel in kernels():
                    _compile(kernel, folder)
                (folder / _mark()).touch()
    except Timeout:
        return False
    return True


@cache
def _mark() -> str:
    """The mark of this processor, on which machine code depends."""
    from llvmlite import binding

    features = binding.get_host_cpu_features().flatten()
    name = binding.get_host_cpu_name()
    return f"{name}-{hashlib.sha256(features.encode()).hexdigest()[:12]}.done"


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
    """Have numba keep what it compiles in a folder, and leave its settings as they were."""
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
