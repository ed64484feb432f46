"""Engines map a function over tasks; where and how many at once is their affair."""

from corpuskit.engines.base import Engine
from corpuskit.engines.local import LocalEngine

__all__ = ["Engine", "LocalEngine"]
