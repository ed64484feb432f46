"""Sentences of a language in the test data, drawn without one coming twice too soon."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_LENGTHS: Final = range(30, 400)
"""Characters of the sentences and short paragraphs that are used."""
_END: Final = re.compile(r"(?<=[.!?។])\s+")


class Sentences:
    """An endless supply of the sentences of one language, shuffled anew each time around."""

    def __init__(self, sentences: list[str], seed: int) -> None:
        self.distinct = len(sentences)
        self.characters = sum(map(len, sentences))
        self._all, self._left = sentences, list[str]()
        self._random = random.Random(seed)

    def next(self) -> str:
        """The next sentence."""
        if not self._left:
            self._left = self._all.copy()
            self._random.shuffle(self._left)
        return self._left.pop()

    def text(self, characters: int) -> str:
        """Sentences of about that many characters in all."""
        parts: list[str] = []
        length = 0
        while length < characters:
            parts.append(self.next())
            length += len(parts[-1]) + 1
        return " ".join(parts)


def sentences_of(data: Path, lang: str, seed: int) -> Sentences:
    """All distinct sentences that the data has in a language (ISO 639-3)."""
    lines: dict[str, None] = {}
    for text in _texts(data, lang):
        for line in text.splitlines():
            for sentence in _END.split(line.strip()):
                if len(sentence) in _LENGTHS and "<" not in sentence:
                    lines[sentence] = None
    return Sentences(list(lines), seed)


def _texts(data: Path, lang: str) -> Iterator[str]:
    for folder in ("text-labelled", "text-more"):
        for file in sorted((data / folder).glob("*.jsonl")):
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                if row.get("lang") == lang:
                    yield row["text"]
    for file in sorted((data / "lid").glob("*.tsv.gz")):
        content = io.StringIO(gzip.decompress(file.read_bytes()).decode("utf-8"))
        for row in csv.DictReader(content, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["lang"].partition("_")[0] == lang:
                yield row["text"]
    for file in sorted(data.glob("html-*/**/gold*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("lang") == lang:
                yield row.get("gold_text") or ""
