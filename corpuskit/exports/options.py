"""How documents are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

COMPRESSIONS: Final = ("none", "gzip", "zstd")


@dataclass(frozen=True)
class ExportOptions:
    """What the bytes of an export depend on, beside the documents."""

    to: str
    columns: tuple[str, ...]
    sources: tuple[str, ...] = ()
    """Only documents of these sources; empty for all."""
    compression: str = "none"
    tokenizer: str | None = None
    """Path of the tokenizer on this machine."""
    end_of_document: bool = True
    """Whether the token that ends a document is added."""

    def to_json(self) -> dict[str, Any]:
        """As `export.json` has it: without paths of the machine."""
        return {
            "to": self.to,
            "columns": list(self.columns),
            "sources": sorted(self.sources),
            "compression": self.compression,
            "end_of_document": self.end_of_document,
        }
