"""Floors on lines of collections that the default model was not trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.identification import Labelled, seed_texts
from benchmarks.lid_left_out import answered, per_collection, summary
from corpuskit.identify import identify
from corpuskit.identify.model_spec import ModelSpec

LINES = 150
FLOORS = {
    "bcl_Latn": 0.77, "ceb_Latn": 0.81, "dtp_Latn": 0.56, "hil_Latn": 0.73, "ilo_Latn": 0.91,
    "pam_Latn": 0.8, "war_Latn": 0.8, "bew_Latn": 0.63, "mad_Latn": 0.72, "ksw_Mymr": 0.88,
    "mnw_Mymr": 0.9, "rki_Mymr": 0.54, "shn_Mymr": 0.97, "zho_Hant": 0.9,
}  # fmt: skip
"""Recall on interface messages of MediaWiki, some five points below what was measured on
2026-12-01 (docs/languages.md), for 150 messages are a sample."""


def messages(data: Path, code: str) -> list[Labelled]:
    """Messages spread over the file of a language."""
    path = data / "text-more" / f"{code}.jsonl"
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    texts = [row["text"] for row in rows if row["source"].startswith("mediawiki")]
    step = max(1, len(texts) // LINES)
    return [Labelled(code, "mediawiki", text) for text in texts[::step][:LINES]]


@pytest.mark.data("text-more")
def test_floors_on_messages(data_dir: Path) -> None:
    rows = [row for code in FLOORS for row in messages(data_dir, code)]
    answers = answered(rows, ModelSpec.of())
    recall = {row["language"]: row["recall"] for row in per_collection(answers)}
    assert not {code: recall[code] for code, floor in FLOORS.items() if recall[code] < floor}
    assert summary("", "", answers)["macro_f1"] >= 0.83


@pytest.mark.data("text-more")
def test_no_message_was_trained_on(data_dir: Path) -> None:
    seen = seed_texts(data_dir)
    rows = [row for code in FLOORS for row in messages(data_dir, code)]
    same = [row.text for row in rows if row.text.strip() in seen]
    assert len(same) < 0.01 * len(rows)  # a word or two that another interface has as well


@pytest.mark.data("text-more")
def test_vietnamese_without_diacritics_is_vietnamese(data_dir: Path) -> None:
    path = data_dir / "text-more" / "vie_Latn.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    answers = identify(texts[::8])
    assert sum(answer.lang == "vie_Latn" for answer in answers) / len(answers) >= 0.9


def test_capitals_change_nothing() -> None:
    texts = [
        "Ang mga bata nagdula sa gawas sa balay samtang nag-ulan og kusog kaayo kagahapon.",
        "Pemerintah mengumumkan bahwa harga bahan bakar akan naik mulai bulan depan.",
        "Chính phủ thông báo giá xăng dầu sẽ tăng từ tháng sau trên cả nước.",
    ]
    answers = [
        [answer.lang for answer in identify(side)] for side in (texts, map(str.upper, texts))
    ]
    assert answers == [["ceb_Latn", "ind_Latn", "vie_Latn"]] * 2


@pytest.mark.parametrize(
    "text",
    [
        "for key, value in self.items(): if key not in seen: seen.add(key); yield key, value " * 3,
        "d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709 " * 5,
        "=SUM(A1:A9) B2 C3 D4 =IF(E5;F6;G7) 12 kg 3 pcs =AVERAGE(H8:H20) K1 L2 M3 " * 3,
        "Budi Santoso, Siti Rahayu, Agus Wijaya, Dewi Lestari, Rudi Hartono, Sri Wahyuni, "
        "Joko Susilo, Maria Santos, Jose Cruz, Ana Reyes, Juan Garcia, Nguyen Van An",
    ],
)
def test_what_is_no_language_is_undetermined(text: str) -> None:
    (answer,) = identify([text])
    assert answer.lang == "und"
    assert answer.certainty is None


def test_how_sure_an_answer_is_grows_with_the_text() -> None:
    text = "Pemerintah mengumumkan bahwa harga bahan bakar akan naik mulai bulan depan. "
    short, long = identify([text[:32], text * 5])
    assert short.lang == long.lang == "ind_Latn"
    assert short.certainty is not None
    assert long.certainty is not None
    assert short.certainty < long.certainty
