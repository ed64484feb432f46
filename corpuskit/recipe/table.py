"""What the tables of a recipe have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RecipeTable(BaseModel):
    """A table whose keys are all known; it is never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
