"""The script that compares models on CommonLID, on a file of the same form."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.commonlid import main
from corpuskit.identify.model_file import EMBEDDED_MODELS

LINES = {
    "ind": "Pemerintah mengumumkan bahwa harga bahan bakar akan naik mulai bulan depan.",
    "tgl": "Ang mga bata ay naglalaro sa labas ng bahay habang umuulan nang malakas.",
    "fil": "Kailangan nating magtulungan upang maging maganda ang ating kinabukasan.",
    "tha": "รัฐบาลประกาศว่าราคาน้ำมันจะเพิ่มขึ้นตั้งแต่เดือนหน้า",
    "zho": "這個學校有很多學生，他們每天都在圖書館裡讀書。",
    "fra": "Le gouvernement a annoncé que le prix du carburant augmentera le mois prochain.",
}


def test_both_models_are_printed_beside_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "commonlid.tsv.gz"
    rows = "".join(f"{text}\t{tag}\n" for tag, text in LINES.items())
    path.write_bytes(gzip.compress(f"text\ttag\n{rows}".encode()))
    world = EMBEDDED_MODELS["lid176"].file
    assert main([str(path), "--beside", str(world), "--labels", "lid176"]) == 0
    shown = capsys.readouterr().out
    table = {line.split(" | ")[0].strip("| "): line for line in shown.splitlines() if "|" in line}
    assert "sea-2+lid176: P | R | F1 | lid.176: P | R | F1" in shown
    assert table["tgl_Latn"].startswith("| tgl_Latn | 2 | 1.000 | 1.000 | 1.000 |")
    assert table["zho_Hant"].startswith("| zho_Hant | 1 | 1.000 | 1.000 | 1.000 | 0.000")
    assert "fra_Latn" not in table
    assert "over 4 languages; of 1 lines in other languages 0 taken for one of them" in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [("text\tlabel\na\tind\n", "no column 'tag'"), ("text\ttag\n", "no lines"), (None, "No such")],
)
def test_a_file_of_another_form_is_refused(
    content: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.tsv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main([str(path)]) == 1
    assert message in capsys.readouterr().err
