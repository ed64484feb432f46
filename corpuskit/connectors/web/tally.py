"""What a crawl has so far, in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpuskit.connectors.web.visit import Visit
from corpuskit.progress import counted, data_size


@dataclass(slots=True)
class CrawlTally:
    """Counts over all runs of a crawl."""

    kept: int = 0
    """Pages."""
    bytes: int = 0
    """Of all bodies."""
    judged: int = 0
    """Kept pages whose text was looked at."""
    found: int = 0
    """Those of them with text in the wanted languages."""
    chars: int = 0
    """Characters of it."""

    def add(self, visit: Visit) -> None:
        """Count a visit."""
        self.kept += visit.kept
        self.bytes += visit.bytes
        if visit.wanted is not None:
            self.judged += 1
            self.found += visit.wanted > 0
            self.chars += visit.wanted

    def line(self, waiting: int, lost: Mapping[str, int], limit: str = "") -> str:
        """Pages, bytes, wanted text, what waits, what was lost for which reason; `limit` is the
        option that ended the crawl."""
        parts = [f"{counted(self.kept, 'page')} kept", data_size(self.bytes)]
        if self.judged:
            share = f"{self.found / self.judged:.0%} of pages"
            parts.append(f"{self.chars:,} wanted characters on {share}")
        parts.append(f"{counted(waiting, 'URL')} waiting")
        parts += [f"stopped at {limit}"] if limit else []
        losses = ", ".join(f"{count:,} {code}" for code, count in lost.items())
        return ", ".join(parts) + (f"; lost: {losses}" if losses else "")
