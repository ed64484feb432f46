"""Connectors: where raw records come from.

A connector is found by its name in a recipe (`corpuskit.registry`); its contract is
`corpuskit.connectors.base`.
"""

from corpuskit.connectors.reasons import REASONS

__all__ = ["REASONS"]
