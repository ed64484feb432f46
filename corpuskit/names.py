"""Names that users write and read, and that several rooms have to agree on."""

from __future__ import annotations

from typing import Final

WORLD_MODEL: Final = "lid176"
REGIONAL_MODEL: Final = "sea-1"
DEFAULT_MODEL: Final = f"{REGIONAL_MODEL}+{WORLD_MODEL}"
"""The identification model of a recipe that names none: both embedded ones combined."""

EMBEDDED_MODEL_NAMES: Final = (DEFAULT_MODEL, REGIONAL_MODEL, WORLD_MODEL)
"""Identification models in the package."""

SOURCE_TYPES: Final = ("web", "commoncrawl", "wiki", "table", "file", "oai")
"""Values of the column `source_type`: what a connector reads, however it gets it."""
