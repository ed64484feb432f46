"""The second opinion of specific words."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.identify.training.seeds import read_rows
from corpuskit.languages import language, specific_lists
from corpuskit.quality.signals import Signals
from corpuskit.stage import Batch

LISTS = {
    "ind_Latn": {"ind_Latn": ["bisa", "karena"], "zsm_Latn": ["boleh"]},
    "zsm_Latn": {"zsm_Latn": ["boleh"], "ind_Latn": ["bisa", "karena"]},
}
FILL = " ".join(["kata"] * 17)


def share(text: str, lang: str | None) -> float | None:
    stage = Signals(specific_words=LISTS)
    batch = Batch.of_texts([text], lang=[lang])
    measured_share: float | None = stage.process(batch)["quality"][0]["specific_word_share"]
    return measured_share


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (f"{FILL} Bisa bisa BOLEH", "ind_Latn", 1 / 20),  # every occurrence, in every case
        (f"{FILL} bisa boleh boleh", "ind_Latn", 0.0),  # more of the neighbor
        (f"{FILL} bisa boleh boleh", "zsm_Latn", 1 / 20),
        (f"{FILL} kata kata kata", "ind_Latn", 0.0),
        ("bisa karena", "ind_Latn", None),  # too short
        (f"{FILL} bisa bisa bisa", "ban_Latn", None),  # no list
        (f"{FILL} bisa bisa bisa", None, None),
        ("", "ind_Latn", None),
    ],
)
def test_share(text: str, lang: str | None, expected: float | None) -> None:
    assert share(text, lang) == (None if expected is None else pytest.approx(expected))


def test_texts_of_one_batch_do_not_mix() -> None:
    texts = [f"{FILL} bisa bisa bisa", f"{FILL} boleh kata kata", f"{FILL} bisa kata kata"]
    rows = Signals(specific_words=LISTS).process(Batch.of_texts(texts, lang=["ind_Latn"] * 3))
    measured_share = [row["specific_word_share"] for row in rows["quality"]]
    assert measured_share == [pytest.approx(3 / 20), 0.0, pytest.approx(1 / 20)]


@pytest.mark.parametrize("code", ["ban_Latn", "min_Latn", "jav_Latn", "sun_Latn", "mad_Latn"])
def test_real_texts_have_words_of_their_language_s_list(code: str, data_dir: Path) -> None:
    """Sentences that no list was made from; 1 to 6 in 100 have none (benchmarks/evidence.py)."""
    path = data_dir / "lid" / "eval.tsv.gz"
    texts = [row.text for row in read_rows(path) if row.label == code]
    stage = Signals(specific_words={code: specific_lists(language(code))})
    rows = stage.process(Batch.of_texts(texts, lang=[code] * len(texts)))["quality"]
    shares = [share for row in rows if (share := row["specific_word_share"]) is not None]
    assert len(shares) >= 100
    assert sum(share > 0 for share in shares) >= 0.92 * len(shares)
