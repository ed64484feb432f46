"""Normalizers: what they repair, what they leave alone, how fast they are.

    python benchmarks/normalizers.py [DATA]

Sets of damage (encodings-noise) against their originals, clean text (text-labelled) per language,
and characters a second per script on one core.
"""

from __future__ import annotations

import json
import os
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from corpuskit.chain import run_chain  # noqa: E402
from corpuskit.normalize import Normalize  # noqa: E402
from corpuskit.normalize.legacy import legacy_font  # noqa: E402
from corpuskit.normalize.mojibake import repair_mojibake  # noqa: E402
from corpuskit.normalize.zawgyi import zawgyi_probability  # noqa: E402
from corpuskit.normalize.zawgyi_convert import convert_zawgyi  # noqa: E402
from corpuskit.stage import Batch  # noqa: E402

DOCUMENT = 5  # lines of Zawgyi to a document
SPEED_CHARACTERS = 200_000
SPEED_DOCUMENT = 2_000
ROUNDS = 3
# Edits that are no repair of a script: spaces, line ends, invisible characters.
TIDYING = ("space", "line_", "blank", "text_", "newlines", "zw", "wj_", "shy", "bidi", "bom", "nfc")

Row = dict[str, Any]


def run(data: Path) -> list[Row]:
    noise = data / "encodings-noise"
    rows = list(_damage(noise))
    texts = _labelled(data)
    rows += _clean(texts)
    rows += _speeds(texts, noise)
    return rows


def _damage(noise: Path) -> Iterator[Row]:
    lines = [row for row in _read(noise / "burmese-zawgyi.jsonl") if _burmese(row["text"])]
    zawgyi = [row for row in lines if row["encoding"] == "zawgyi"]
    unicode = [row["text"] for row in lines if row["encoding"] == "unicode"]
    documents = [zawgyi[at : at + DOCUMENT] for at in range(0, len(zawgyi), DOCUMENT)]
    joined = ["\n".join(row["text"] for row in rows) for rows in documents]
    yield _row("zawgyi", "lines found", [_is_zawgyi(row["text"]) for row in zawgyi])
    yield _row("zawgyi", f"documents of {DOCUMENT} lines found", list(map(_is_zawgyi, joined)))
    yield _row("zawgyi", "Unicode lines taken for it", list(map(_is_zawgyi, unicode)))
    equal = [convert_zawgyi(row["text"]) == _nfc(row["unicode"]) for row in zawgyi]
    yield _row("zawgyi", "lines converted as the reference", equal)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row in _read(noise / "mojibake.jsonl"):
        restored = _nfc(repair_mojibake(row["text"], Counter())) == _nfc(row["original"])
        kinds[row["corruption"] if row["repairable"] else "not repairable"].append(restored)
    yield from (_row("mojibake restored", kind, kinds[kind]) for kind in sorted(kinds))
    limon = _read(noise / "khmer-legacy-limon.jsonl")
    yield _row(
        "legacy font flagged", "limon", [legacy_font(row["text"]) == "limon" for row in limon]
    )


def _clean(texts: dict[tuple[str, str], list[str]]) -> Iterator[Row]:
    """Languages in which clean text was repaired; what only tidies spaces is left out."""
    total, repaired, flagged = 0, 0, 0
    for (language, script), documents in sorted(texts.items()):
        result = run_chain([Normalize()], Batch.of_texts(documents))
        flagged += sum(reason is not None for reason in result["reason"])
        edits: Counter[str] = Counter()
        changed = 0
        for row in result["edits"]:
            repairs = {e["kind"]: e["count"] for e in row if not e["kind"].startswith(TIDYING)}
            edits.update(repairs)
            changed += bool(repairs)
        total, repaired = total + len(documents), repaired + changed
        if changed:
            of = f"{language}_{script}"
            yield {**_counted("clean text repaired", of, changed, len(documents)), **_listed(edits)}
    yield _counted("clean text repaired", f"{len(texts)} languages and scripts", repaired, total)
    yield _counted("clean text flagged", "any reason", flagged, total)


def _speeds(texts: dict[tuple[str, str], list[str]], noise: Path) -> Iterator[Row]:
    """Millions of characters a second, best of three; processor time, one core."""
    scripts: dict[str, list[str]] = defaultdict(list)
    for (_, script), documents in sorted(texts.items()):
        if script in ("Arab", "Khmr", "Laoo", "Latn", "Mymr", "Thai"):
            scripts[script] += documents
    scripts["Latn, Vietnamese"] = texts["vie", "Latn"]
    scripts["Mymr, Zawgyi"] = [
        row["text"] for row in _read(noise / "burmese-zawgyi.jsonl") if row["encoding"] == "zawgyi"
    ]
    for script, documents in sorted(scripts.items()):
        joined = "\n".join(documents)
        whole = (joined + "\n") * (1 + SPEED_CHARACTERS // len(joined))
        pieces = [
            whole[at : at + SPEED_DOCUMENT] for at in range(0, SPEED_CHARACTERS, SPEED_DOCUMENT)
        ]
        best = min(_seconds(pieces) for _ in range(ROUNDS))
        yield {"set": "speed", "what": script, "M characters/s": SPEED_CHARACTERS / best / 1e6}


def _seconds(pieces: list[str]) -> float:
    batch = Batch.of_texts(pieces)
    start = time.process_time()
    run_chain([Normalize()], batch)
    return time.process_time() - start


def _labelled(data: Path) -> dict[tuple[str, str], list[str]]:
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        for row in _read(path):
            texts[row["lang"], row["script"]].append(row["text"])
    return texts


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]


def _is_zawgyi(text: str) -> bool:
    return zawgyi_probability(text) >= 0.95


def _burmese(text: str) -> bool:
    return any("\u1000" <= char <= "\u109f" for char in text)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _row(name: str, what: str, hits: list[bool]) -> Row:
    return _counted(name, what, sum(hits), len(hits))


def _counted(name: str, what: str, hits: int, of: int) -> Row:
    return {"set": name, "what": what, "count": hits, "of": of, "share": hits / of}


def _listed(edits: Counter[str]) -> Row:
    return {"edits": ", ".join(f"{kind} {count}" for kind, count in sorted(edits.items()))}


def main() -> None:
    from benchmarks.report import table

    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    print(table(run(Path(sys.argv[1] if len(sys.argv) > 1 else default))))


if __name__ == "__main__":
    main()
