"""Connectors: where raw records come from.

A connector is found by its name in a recipe (`corpuskit.registry`); its contract is
`corpuskit.connectors.base`.
"""

import logging

from corpuskit.connectors.reasons import REASONS

# Without a handler of its own the library would print warnings where nobody set up logging.
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = ["REASONS"]
