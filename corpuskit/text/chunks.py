"""Texts in chunks of a bounded size, so that the arrays made of them stay small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def chunks_of(texts: Sequence[str], characters: int) -> Iterator[Sequence[str]]:
    """Runs of texts of at most `characters` code points; a longer text is a chunk of its own."""
    start, size = 0, 0
    for stop, text in enumerate(texts):
        if size + len(text) > characters and stop > start:
            yield texts[start:stop]
            start, size = stop, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]
