"""Where numba finds and keeps the machine code of our kernels; imported after numba."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from numba.core.caching import UserProvidedCacheLocator


class KernelLocator(UserProvidedCacheLocator):
    """One folder for all kernels, which need not be writable if it has them."""

    folder: ClassVar[Path]

    def __init__(self, function: Any, file: str) -> None:
        self._py_file = file
        self._lineno = function.__code__.co_firstlineno
        self._cache_path = str(self.folder)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> KernelLocator:
        """The locator of a function."""
        return cls(py_func, py_file)
