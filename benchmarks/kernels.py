"""What the compiled kernels save: CPU time a text beside the road without them and beside peers.

    python -m benchmarks.kernels [DATA] [--chars 900] [--texts 300] [--rounds 7]

All roads run in turn in this process, A B A B; medians of CPU microseconds a text. Kernels are
compiled and loaded before (what that takes is said below the table). Texts are real lines of one
language joined to `--chars` code points; that flatters the memory of words, since few sources
repeat. `words` are those of the stage `signals`: ICU cuts Khmer and Burmese on both roads, and is
most of what is left there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import fasttext

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import table  # noqa: E402
from corpuskit.dedup.signatures import Signatures  # noqa: E402
from corpuskit.identify.label_scores import LabelModel  # noqa: E402
from corpuskit.identify.model_file import EMBEDDED_MODELS  # noqa: E402
from corpuskit.identify.preprocess import PREPROCESS  # noqa: E402
from corpuskit.kernels import choice  # noqa: E402
from corpuskit.minhash_objects import NUM_PERM  # noqa: E402
from corpuskit.quality.word_counts import WordCounts  # noqa: E402
from corpuskit.stage import Batch  # noqa: E402
from corpuskit.text import TextBatch, match_key  # noqa: E402

LANGUAGES = ("ind_Latn", "vie_Latn", "lao_Laoo", "rki_Mymr", "khm_Khmr")
MODELS = {"sea-2": ("lid-sea-1", 20, 0.0005), "lid176": ("plain", 5, 0.0)}
"""How a model's texts are prepared, and the labels that a build requests from it."""

ROADS = ("datasketch", "fastText", "numpy", "kernel")

Road = Callable[[Sequence[str]], object]


def texts_of(data: Path, language: str, chars: int, count: int) -> list[str]:
    """Texts of real lines in one language."""
    path = data / "text-more" / f"{language}.jsonl"
    if path.exists():
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        lines = [row["text"] for row in rows]
    else:
        path = data / "text-labelled" / "udhr.jsonl"
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        code, script = language.split("_")
        lines = [row["text"] for row in rows if (row["lang"], row["script"]) == (code, script)]
    random.Random(2).shuffle(lines)
    texts, at = [], 0
    while len(texts) < count:
        text = ""
        while len(text) < chars:
            text += lines[at % len(lines)] + " "
            at += 1
        texts.append(text[:chars])
    return texts


def switched(mode: str, road: Road) -> Road:
    """The road with kernels on or off."""

    def run(texts: Sequence[str]) -> object:
        os.environ[choice.VARIABLE] = mode
        return road(texts)

    return run


def by_datasketch(texts: Sequence[str]) -> None:
    """Signatures of the same shingles, which are made and encoded beforehand: a third more."""
    from datasketch import MinHash
    from xxhash import xxh32_intdigest

    for shingles in _shingles(tuple(texts)):
        MinHash(num_perm=NUM_PERM, hashfunc=xxh32_intdigest, scheme="affine32").update_batch(
            shingles
        )


_MADE: dict[tuple[str, ...], list[list[bytes]]] = {}


def _shingles(texts: tuple[str, ...]) -> list[list[bytes]]:
    if texts not in _MADE:
        keys = map(match_key, texts)
        _MADE[texts] = [
            [piece.encode() for piece in {key[at : at + 4] for at in range(len(key) - 3)}]
            for key in keys
        ]
    return _MADE[texts]


def roads() -> Iterator[tuple[str, dict[str, Road], Callable[[str], str]]]:
    """Per kernel: its roads, slowest first, and how a text is prepared outside of the clock."""
    stage = Signatures()

    def sign(texts: Sequence[str]) -> object:
        return stage.process(Batch.of_texts(list(texts)))

    yield (
        "signatures",
        {
            "datasketch": by_datasketch,
            "numpy": switched("off", sign),
            "kernel": switched("on", sign),
        },
        str,
    )

    def count(texts: Sequence[str]) -> object:
        return WordCounts.of(TextBatch(texts))

    yield "words", {"numpy": switched("off", count), "kernel": switched("on", count)}, str
    for name, (preparation, labels, least) in MODELS.items():
        path = EMBEDDED_MODELS[name].file
        model = LabelModel(path, fasttext.load_model(str(path)))

        def score(
            texts: Sequence[str],
            model: LabelModel = model,
            labels: int = labels,
            least: float = least,
        ) -> object:
            return model.predict(texts, labels, least)

        yield (
            name,
            {"fastText": switched("off", score), "kernel": switched("on", score)},
            PREPROCESS[preparation],
        )


def measured(road: Road, texts: Sequence[str]) -> float:
    """CPU microseconds a text."""
    start = time.process_time()
    road(texts)
    return 1e6 * (time.process_time() - start) / len(texts)


def rows(data: Path, chars: int, count: int, rounds: int) -> Iterator[dict[str, object]]:
    """A row per kernel and language."""
    for name, by_name, prepare in roads():
        for language in LANGUAGES:
            texts = [prepare(text) for text in texts_of(data, language, chars, count)]
            costs: dict[str, list[float]] = {road: [] for road in by_name}
            for number in range(rounds + 1):
                for road, run in by_name.items():
                    cost = measured(run, texts)
                    if number:  # the first round loads what is needed
                        costs[road].append(cost)
            medians = {road: median(values) for road, values in costs.items()}
            slowest = max(medians.values())
            yield {
                "what": name,
                "language": language,
                **{road: round(medians[road]) if road in medians else None for road in ROADS},
                "ratio": f"{slowest / medians['kernel']:.1f}",
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--chars", type=int, default=900)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(table(list(rows(options.data, options.chars, options.texts, options.rounds))))
    print(f"start in every process {choice.START_SECONDS} s, compiling {choice.COMPILE_SECONDS} s")


if __name__ == "__main__":
    main()
