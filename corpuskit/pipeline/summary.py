"""What a task says of its output in a few numbers, in the metadata of the table that it leaves."""

from __future__ import annotations

import json
from typing import Any, Final

from corpuskit.store import Store

SUMMARY: Final = b"corpuskit"
"""Key of the table's metadata under which the summary stands, as JSON."""


def summary_of(store: Store, name: str) -> dict[str, Any]:
    """The summary of an output."""
    metadata = store.table(name, []).schema.metadata or {}
    summary: dict[str, Any] = json.loads(metadata[SUMMARY])
    return summary
