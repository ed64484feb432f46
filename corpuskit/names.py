"""Names that users write and read, and that several rooms have to agree on."""

from __future__ import annotations

from typing import Final

WORLD_MODEL: Final = "lid176"
REGIONAL_MODEL: Final = "sea-2"
DEFAULT_MODEL: Final = f"{REGIONAL_MODEL}+{WORLD_MODEL}"
"""The identification model of a recipe that names none: both embedded ones combined."""

EMBEDDED_MODEL_NAMES: Final = (DEFAULT_MODEL, REGIONAL_MODEL, WORLD_MODEL)
"""Identification models in the package."""

REPLACED_MODELS: Final = {"sea-1": REGIONAL_MODEL, f"sea-1+{WORLD_MODEL}": DEFAULT_MODEL}
"""Models that were in the package, and those that took their place: other answers and scores."""

SOURCE_TYPES: Final = ("web", "commoncrawl", "wiki", "table", "file", "oai")
"""Values of the column `source_type`: what a connector reads, however it gets it."""
