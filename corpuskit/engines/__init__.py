"""Engines map a function over tasks; where and how many at once is their affair."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Final

from corpuskit.engines.base import Engine
from corpuskit.engines.local import LocalEngine
from corpuskit.errors import EngineError

__all__ = ["ENGINES", "Engine", "LocalEngine", "open_engine"]

ENGINES: Final = ("local", "ray")
"""Engines by name."""


def open_engine(
    name: str,
    *,
    workers: int | None = None,
    address: str | None = None,
    preload: Sequence[str] = (),
) -> AbstractContextManager[Engine]:
    """An engine by name, to be used in a `with` statement.

    `workers` and `preload` are for `local`, `address` is for `ray`. EngineError for a name that is
    not in ENGINES or whose library is not installed.
    """
    if name == "local":
        return LocalEngine(workers, preload=preload)
    if name == "ray":
        from corpuskit.engines.ray_engine import RayEngine

        return RayEngine(address)
    raise EngineError(f"no engine {name!r}; there are {', '.join(ENGINES)}")
