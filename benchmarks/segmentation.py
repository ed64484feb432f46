"""Segmentation: syllables that ICU cuts, words and sentences against gold, speed.

    python benchmarks/segmentation.py [DATA]

Sentences: lines that end with a mark (Tatoeba, Universal Dependencies, NTREX-128, OLDI Seed) are
joined ten at a time by what the script writes between sentences; gold are the joints. A line may
hold two sentences, so precision is a lower bound. Words: Burmese and Rakhine text whose words
are parted by spaces (myNews, MTRSS), the spaces taken away.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from icu4py.breakers import SentenceBreaker  # noqa: E402

from corpuskit.text.sentence_rules import TERMINAL  # noqa: E402
from corpuskit.text.sentences import sentence_spans  # noqa: E402
from corpuskit.text.words import word_spans  # noqa: E402

JOINED = 10  # sentences to a text
LEAST = 50  # sentences for a language to be judged
TIGHT = ("cmn", "yue", "wuu", "jpn")  # no space between sentences
SYLLABIC = ("shn", "mnw", "blk", "ksw")
SPEED_CHARACTERS, SPEED_DOCUMENT, ROUNDS = 400_000, 2_000, 3
# A letter that closes a syllable: no segment can begin with it.
_CLOSING = re.compile("[\u1000-\u1021\u105a-\u105d\u1061\u1075-\u1081]\u1037?\u103a(?!\u1039)")

Row = dict[str, Any]
Texts = dict[str, list[str]]


def run(data: Path) -> list[Row]:
    labelled = _labelled(data)
    return [
        *_syllables(labelled),
        *_gold_words(data),
        *_sentences(_gold_sentences(data)),
        *_speeds(labelled),
    ]


def _syllables(texts: Texts) -> Iterator[Row]:
    """Segments that begin inside a syllable, by ICU and by the syllable rule."""
    for language in SYLLABIC:
        listed = texts.get(language, [])
        for how, rows in (("ICU", ()), ("syllable rule", range(len(listed)))):
            cut = [word for words in word_spans(listed, rows).cut(listed) for word in words]
            if cut:
                inside = sum(bool(_CLOSING.match(word)) for word in cut)
                yield _counted("segments begun inside a syllable", f"{language}, {how}", inside,
                               len(cut))  # fmt: skip


def _gold_words(data: Path) -> Iterator[Row]:
    for name, language in (("mynews", "mya"), ("mtrss-rakhine", "rki"), ("mtrss-rakhine", "mya")):
        spaced = [
            row["text"]
            for row in _read(data / "text-labelled" / f"{name}.jsonl")
            if row["lang"] == language
        ]
        texts = [text.replace(" ", "") for text in spaced]
        gold = [_edges(text.split()) for text in spaced]
        for how, rows in (("ICU", ()), ("syllable rule", range(len(texts)))):
            spans = word_spans(texts, rows)
            cut = [{start for start, _ in spans.of(n)} - {0} for n in range(len(texts))]
            yield _scored("word boundaries", f"{language} ({name}), {how}", cut, gold)


def _edges(pieces: Sequence[str]) -> set[int]:
    """Where all pieces but the first begin once they are joined; marks alone begin nothing."""
    edges, at = set(), 0
    for piece in pieces:
        if at and any(char.isalnum() for char in piece):
            edges.add(at)
        at += len(piece)
    return edges


def _sentences(gold: dict[tuple[str, str], list[str]]) -> Iterator[Row]:
    for (language, source), lines in sorted(gold.items()):
        if len(lines) < LEAST:
            continue
        between = "" if language in TIGHT else " "
        groups = [lines[at : at + JOINED] for at in range(0, len(lines), JOINED)]
        texts = [between.join(group) for group in groups]
        joints = [
            _edges([f"{line}{between}" for line in group[:-1]] + group[-1:]) for group in groups
        ]
        spans = sentence_spans(texts)
        listed = [{start for start, _ in spans.of(n)} - {0} for n in range(len(texts))]
        row = _scored("sentences", f"{language} ({source})", listed, joints)
        icu = _scored("", "", [_icu_sentences(text) for text in texts], joints)
        yield {**row, "ICU F1": icu["F1"]}


def _icu_sentences(text: str) -> set[int]:
    starts, at = set(), 0
    for segment in SentenceBreaker(text, "en"):
        starts.add(at)
        at += len(segment)
    return starts - {0}


def _gold_sentences(data: Path) -> dict[tuple[str, str], list[str]]:
    gold: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in ("tatoeba-laser", "ud"):
        for row in _read(data / "text-labelled" / f"{name}.jsonl"):
            gold[row["lang"], name].append(row["text"])
    for name in ("train", "eval"):
        with gzip.open(data / "lid" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                language, text, source = line.rstrip("\n").split("\t")
                kind = source.split("-")[0]
                if kind in ("ntrex", "oldiseed") and ":" not in language:
                    gold[language, kind].append(text)
    return {key: [line for line in lines if line[-1:] in TERMINAL] for key, lines in gold.items()}


def _speeds(texts: Texts) -> Iterator[Row]:
    """Millions of characters a second, best of three; processor time, one core."""
    for language in ("tha", "lao", "khm", "mya", "cmn", "shn", "mnw", "bod", "vie", "ind"):
        joined = "\n".join(texts[language]) + "\n"
        whole = (joined * (1 + SPEED_CHARACTERS // len(joined)))[:SPEED_CHARACTERS]
        pieces = [whole[at : at + SPEED_DOCUMENT] for at in range(0, len(whole), SPEED_DOCUMENT)]
        rows = range(len(pieces)) if language in SYLLABIC else ()
        for what, call in (
            ("words", lambda pieces=pieces, rows=rows: word_spans(pieces, rows)),
            ("sentences", lambda pieces=pieces: sentence_spans(pieces)),
        ):
            best = min(_seconds(call) for _ in range(ROUNDS))
            speed = len(whole) / best / 1e6
            yield {"set": "speed", "what": f"{what}, {language}", "M characters/s": speed}


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _labelled(data: Path) -> Texts:
    texts: Texts = defaultdict(list)
    paths = [*sorted((data / "text-labelled").glob("*.jsonl"))]
    for path in (*paths, data / "encodings-noise" / "mediawiki-messages.jsonl"):
        for row in _read(path):
            if path.parent.name == "text-labelled" or row["lang"] in SYLLABIC:
                texts[row["lang"]].append(row["text"])
    return texts


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]


def _counted(name: str, what: str, hits: int, of: int) -> Row:
    return {"set": name, "what": what, "count": hits, "of": of, "share": hits / of}


def _scored(name: str, what: str, cut: list[set[int]], gold: list[set[int]]) -> Row:
    hits = sum(len(a & b) for a, b in zip(cut, gold, strict=True))
    precision = hits / max(1, sum(map(len, cut)))
    recall = hits / max(1, sum(map(len, gold)))
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"set": name, "what": what, "precision": precision, "recall": recall, "F1": f1}


def main() -> None:
    from benchmarks.report import table

    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    print(table(run(Path(sys.argv[1] if len(sys.argv) > 1 else default))))


if __name__ == "__main__":
    main()
