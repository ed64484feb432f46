"""Keep Arrow from importing pandas before anybody uses it.

The first conversion of a Python value makes pyarrow import pandas where that is installed, only to
ask whether the value is a pandas object: .36 s of CPU time in every process of a build.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PANDAS = "pandas"


class _PandasHidden:
    """A finder of modules that hides pandas until it is told to show it.

    Once pandas is imported by somebody else, pyarrow is made to look for it again, so that it
    converts pandas objects as ever.
    """

    hiding = True

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        if name != PANDAS:
            return None
        if cls.hiding:
            raise ModuleNotFoundError(f"No module named {PANDAS!r}", name=PANDAS)
        sys.meta_path.remove(cls)  # a class is a finder as well
        spec = importlib.util.find_spec(PANDAS)
        if spec is not None and spec.loader is not None:
            _tell_arrow_after(spec.loader)
        return spec


def _tell_arrow_after(loader: Any) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        import pyarrow as pa

        execute(module)
        pa.nulls(0).to_pandas()

    loader.exec_module = exec_module


def keep_arrow_from_importing_pandas() -> None:
    """Have pyarrow believe, until pandas is imported, that there is none.

    For processes that are ours: the command line and workers. Does nothing where pandas is
    imported already.
    """
    if PANDAS in sys.modules or _PandasHidden in sys.meta_path:
        return
    import pyarrow as pa

    _PandasHidden.hiding = True
    sys.meta_path.insert(0, _PandasHidden)
    try:
        pa.array([0])
    finally:
        _PandasHidden.hiding = False
