"""The command, on real text: what it sets, what it refuses, what it leaves alone."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from corpuskit.cli import run
from corpuskit.languages import language, read_profile

pytestmark = pytest.mark.data("text-labelled")

PROFILE = """# kept
[language]
code = "ban_Latn"   # and this
name = "Balinese"
autonym = "Basa Bali"
bcp47 = ["ban"]
segmentation = "spaces"

[language.thresholds]
# this too
min_lang_score = { value = 0.5, from = "measured elsewhere" }
min_stop_words = { value = 9, from = "an older calibration" }

[[source]]
name = "one"
connector = "files"
about = "a source"
license = "CC0-1.0"
license_evidence = "a file"
license_verified_by = "somebody, today"
"""


@pytest.fixture
def balinese(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two collections of real text and a catalogue of one's own: the options that name them."""
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path / "catalogue"))
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "ban_Latn.toml").write_text(PROFILE, encoding="utf-8")
    return [*_rows(data_dir, tmp_path, "nusax", "ban"), *_rows(data_dir, tmp_path, "udhr", "ban")]


def _rows(data: Path, folder: Path, source: str, lang: str) -> list[str]:
    path = folder / f"{source}-{lang}.jsonl"
    lines = (data / "text-labelled" / f"{source}.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["lang"] == lang]
    path.write_text("\n".join(kept), encoding="utf-8")
    return ["--clean", str(path)]


def test_a_profile_is_calibrated_and_the_rest_of_it_kept(
    balinese: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], data_dir: Path
) -> None:
    noise = data_dir / "encodings-noise" / "noise-documents.jsonl"
    more = ["--noise", str(noise), "--report", str(tmp_path / "look"), "--date", "2026-11-24"]
    assert run(["calibrate", "ban_Latn", *balinese, *more, "--write"]) == 0
    shown = capsys.readouterr().out
    assert "min_mean_word_clusters" in shown
    assert "FineWeb-2's thresholds" in shown
    path = tmp_path / "catalogue" / "ban_Latn.toml"
    text, found = path.read_text(encoding="utf-8"), read_profile(path)
    for kept in ("# kept", "# and this", "# this too", "[[source]]", "measured elsewhere"):
        assert kept in text
    assert found.thresholds["min_lang_score"].value == 0.5
    assert 3 < found.thresholds["min_mean_word_clusters"].value < 5
    assert "2026-11-24 on" in found.thresholds["min_mean_word_clusters"].origin
    assert "min_stop_words" not in found.thresholds or found.stop_words
    report = (tmp_path / "look" / "report.html").read_text(encoding="utf-8")
    drawings = report.split("<svg")[1:]
    assert len(drawings) > 20
    for drawing in drawings[:3]:
        ElementTree.fromstring("<svg" + drawing.split("</svg>")[0] + "</svg>")
    before = text
    assert run(["calibrate", "ban_Latn", *balinese, "--date", "2026-11-24", "--write"]) == 0
    assert path.read_text(encoding="utf-8") == before


def test_without_a_place_to_write_tables_are_printed_as_toml(
    balinese: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["calibrate", "ban_Latn", *balinese]) == 0
    shown = capsys.readouterr().out
    table = tomllib.loads(shown[shown.index("[language.thresholds]") :])
    assert "max_mean_word_clusters" in table["language"]["thresholds"]
    assert (tmp_path / "catalogue" / "ban_Latn.toml").read_text(encoding="utf-8") == PROFILE
    assert run(["calibrate", "ban_Latn", *balinese, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["language"] == "ban_Latn"


def test_noise_called_clean_is_refused(
    balinese: list[str], data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noise = str(data_dir / "encodings-noise" / "noise-documents.jsonl")
    out = str(tmp_path / "ban_Latn.toml")
    assert run(["calibrate", "ban_Latn", "--clean", noise, "--out", out]) == 1
    assert "it is not clean" in capsys.readouterr().err
    assert not Path(out).exists()


def test_text_of_another_script_is_refused(
    balinese: list[str], data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thai = _rows(data_dir, tmp_path, "tatoeba-laser", "tha")
    assert run(["calibrate", "ban_Latn", *thai, "--out", str(tmp_path / "x.toml")]) == 1
    assert "it is not Balinese in this script" in capsys.readouterr().err


def test_a_sample_too_small_sets_nothing_and_says_so(
    balinese: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ban_Latn.toml"
    assert run(["calibrate", "ban_Latn", *balinese[2:], "--out", str(out)]) == 0
    assert "thresholds need 59" in capsys.readouterr().err
    found = read_profile(out)
    assert set(found.thresholds) == {"min_lang_score"}
    assert "59 are needed" in found.unset["min_mean_word_clusters"]
    assert "documents of half a page; 20 are needed" in found.unset["min_stop_words"]
    assert any("20 are needed" in told for told in found.lacks)


def test_a_register_is_not_taken_for_the_language(
    balinese: list[str], data_dir: Path, tmp_path: Path
) -> None:
    """Set on encyclopedia and law, rules on stop words would remove a third of the reviews."""
    out = tmp_path / "ban_Latn.toml"
    rows = tmp_path / "oldi.txt"
    with gzip.open(data_dir / "lid" / "train.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file]
    rows.write_text(
        "\n".join(json.dumps({"text": text}) for lang, text, source in lines
                  if lang == "ban" and source.startswith("oldiseed")),
        encoding="utf-8",
    )  # fmt: skip
    rows = rows.rename(tmp_path / "oldi.jsonl")
    assert run(["calibrate", "ban_Latn", "--clean", str(rows), "--out", str(out)]) == 0
    found = read_profile(out)
    assert found.stop_words
    assert "min_mean_word_clusters" in found.thresholds
    assert not {"min_stop_words", "min_stop_word_share"} & set(found.thresholds)
    assert "stop words are from 1 collection; 3 are needed" in found.unset["min_stop_words"]
    assert any("3 are needed" in told for told in found.lacks)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ban_Latn"], 2, "--clean"),
        (["ban_Latn", "--clean", "nowhere"], 2, "nowhere"),
        (["ban_Latn", "--clean", ".", "--cleen", "x"], 2, "--cleen"),
        (["ban_Latn", "--clean", ".", "--write", "--out", "x"], 2, "not both"),
        (["ban_Lat", "--clean", "."], 1, "did you mean ban_Latn?"),
        (["ban_Latn", "--clean", "."], 1, "holds no files"),
    ],
)
def test_mistakes_are_told(
    arguments: list[str], code: int, message: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["calibrate", *arguments]) == code
    assert message in capsys.readouterr().err


def test_thresholds_are_inherited_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    from corpuskit.languages import all_thresholds

    profile = language("war_Latn")
    assert profile.inherits == "ceb_Latn"
    found = all_thresholds(profile)
    assert found["max_mean_word_clusters"][1] == "ceb_Latn"
    assert not any("stop_word" in key for key, (_, code) in found.items() if code != profile.code)
    assert run(["languages", "war_Latn"]) == 0
    assert "inherited from ceb_Latn" in capsys.readouterr().out


def test_a_rule_that_rejects_everything_is_refused(
    balinese: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As bounds copied from a language of another morphology do."""
    path = tmp_path / "catalogue" / "ban_Latn.toml"
    copied = 'max_longest_word = { value = 2, from = "copied from Chinese" }\n[[source]]'
    path.write_text(PROFILE.replace("[[source]]", copied), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    assert run(["calibrate", "ban_Latn", *balinese, "--write"]) == 1
    assert "max_longest_word = 2 alone rejects 100%" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == before


def test_a_default_that_costs_clean_text_is_widened() -> None:
    """Every document repeats a pair of words as often as a real text of this kind may."""
    from datetime import date

    from corpuskit.calibrate import Collection, Sample, calibrate

    words = [f"{a}{b}" for a in "kgsmnpt" for b in ("ali", "anu", "ero", "ipa", "oru", "uta")]
    texts = tuple(
        " ".join([*(["roh", "api"] * 8), *words[start:], *words[:start]][:40])
        for start in range(len(words))
    )
    sample = Sample((Collection("a", texts + tuple(f"{text} kami" for text in texts)),))
    found = calibrate(language("ind_Latn"), sample, today=date(2026, 11, 24))
    assert found.derived.bounds["max_top_2gram_char_fraction"].value > 0.25
    assert "removes 84 of 84" in found.derived.bounds["max_top_2gram_char_fraction"].origin
    assert found.policy["max_url_share"] == 0.25
