"""Measure how often the default model is right, by the length of a text and the score.

    python tools/calibrate_certainty.py ../shared/data            # to standard output
    python tools/calibrate_certainty.py ../shared/data --write    # into the model's label table

Measured on `other_collections` of benchmarks/lid_left_out.py: no text, and of the languages that
have seeds no collection, that the model was trained on. Each language has one vote, languages that
the model does not know included; a share never falls with a higher score or a longer text.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.identification import documents, identifier  # noqa: E402
from benchmarks.lid_left_out import other_collections  # noqa: E402
from corpuskit.identify.model_spec import ModelSpec  # noqa: E402
from corpuskit.names import REGIONAL_MODEL  # noqa: E402
from corpuskit.text import TextBatch  # noqa: E402

LETTERS = (15, 30, 60, 150)
SCORES = (0.0, 0.8, 0.95, 0.99)
LABELS = ROOT / "corpuskit" / "identify" / "labels" / f"{REGIONAL_MODEL}.toml"


def shares(data: Path) -> list[list[float]]:
    """Shares of right answers, shape (lengths, scores)."""
    texts = other_collections(data)
    rows = [*texts, *documents(texts, 300), *documents(texts)]
    known = ModelSpec.of(sha256=None).load().members[0].codes
    answers = identifier(ModelSpec.of())([row.text for row in rows])
    counts = TextBatch([row.text for row in rows]).script_counts.sum(axis=1).tolist()
    votes: dict[tuple[int, int], dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row, answer, letters in zip(rows, answers, counts, strict=True):
        if answer.lang in known:
            cell = _place(LETTERS, letters), _place(SCORES[1:], answer.score)
            votes[cell][row.code].append(row.code == answer.lang)
    return _rising(
        [[_right(votes[length, score]) for score in range(len(SCORES))]
         for length in range(len(LETTERS) + 1)]
    )  # fmt: skip


def _place(bounds: Sequence[float], value: float) -> int:
    return sum(value >= bound for bound in bounds)


def _right(votes: dict[str, list[bool]]) -> float:
    """Share of right answers; a language counts with the square root of its texts."""
    weights = Counter({code: len(listed) ** 0.5 for code, listed in votes.items()})
    right = sum(weights[code] * sum(listed) / len(listed) for code, listed in votes.items())
    return right / sum(weights.values()) if weights else 0.0


def _rising(table: list[list[float]]) -> list[list[float]]:
    rows = [list(accumulate(row, max)) for row in table]
    columns = [list(accumulate(column, max)) for column in zip(*rows, strict=True)]
    return [[round(share, 2) for share in row] for row in zip(*columns, strict=True)]


def section(table: list[list[float]]) -> str:
    """The section of the label table."""
    rows = "".join(f"    {row},\n" for row in table)
    return f"[certainty]\nletters = {list(LETTERS)}\nscores = {list(SCORES)}\nshares = [\n{rows}]\n"


def main() -> None:
    """Print the section, or put it in place of the one in the label table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = section(shares(arguments.data))
    if not arguments.write:
        print(text)
        return
    labels = re.sub(r"\n\[certainty\]\n[^\[]*(\[[^\n]*\n)*?\]\n", "\n", LABELS.read_text("utf-8"))
    LABELS.write_text(f"{labels.rstrip()}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
