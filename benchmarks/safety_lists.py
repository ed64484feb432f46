"""How well words of lists are found in texts, and what that costs.

    python benchmarks/safety_lists.py ../shared/data

The lists are those of web-noise (LDNOOBW, LDNOOBW V2). Recall: every entry is put into five
sentences of its language, between spaces in scripts that have them, else without. Precision is
not known: lists hold everyday words ("kontol" is one, "babi" is a pig as well), so that what is
found in clean text is printed per million characters.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import records
from benchmarks.privacy import UNSPACED, texts_by_language
from benchmarks.report import table
from corpuskit.languages import languages
from corpuskit.safety import KeyedText, ListedWords

CODES = {"fil": "tgl_Latn"}
TRIES = 5


def main(data: Path) -> None:
    texts = texts_by_language(data)
    codes = {profile.code[:3]: profile.code for profile in languages()} | CODES
    rows = []
    for row in records(data / "web-noise" / "gold.jsonl"):
        if row["kind"] != "profanity-list":
            continue
        code = codes[row["lang"]]
        code = f"{row['lang']}_Latn" if row["lang"] in ("tet", "zsm", "ind") else code
        sentences = [text for text in texts[code] if 20 < len(text) < 400]
        entries = [entry for entry in row["text"].split("\n") if entry.strip()]
        words = ListedWords(entries)
        began = time.process_time()
        hits: Counter[int] = Counter(words.count(KeyedText(text)).count for text in sentences)
        seconds = time.process_time() - began
        chars = sum(map(len, sentences))
        rows.append({
            "language": code, "list": row["source"].split("/")[1].split("@")[0][-3:],
            "words": len(words), "recall": recall(words, entries, sentences, code[4:]),
            "texts": len(sentences), "with a word": sum(hits.values()) - hits[0],
            "words per million": round(sum(n * k for n, k in hits.items()) / chars * 1e6),
            "microseconds a text": seconds / len(sentences) * 1e6,
        })  # fmt: skip
    print(table(rows))


def recall(words: ListedWords, entries: list[str], sentences: list[str], script: str) -> float:
    source = random.Random(1)
    found = 0
    for entry in entries:
        glue = "" if script in UNSPACED and not entry.isascii() else " "
        for _ in range(TRIES):
            text = source.choice(sentences)
            at = source.choice([at for at, char in enumerate(text) if char == " "] + [len(text)])
            before = words.count(KeyedText(text)).count
            longer = f"{text[:at]}{glue}{entry}{glue}{text[at:]}"
            found += words.count(KeyedText(longer)).count > before
    return found / len(entries) / TRIES


if __name__ == "__main__":
    main(Path(sys.argv[1]))
