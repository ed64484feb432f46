"""Stop words from text: real function words, no debris of robots, markup, numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpuskit.calibrate.fineweb2 import published
from corpuskit.calibrate.sample import Collection, Sample
from corpuskit.calibrate.stop_words import debris, stop_words


@pytest.fixture(scope="module")
def minangkabau(data_dir: Path) -> tuple[Collection, ...]:
    result = []
    for name in ("nusax", "nusawrites"):
        path = data_dir / "text-labelled" / f"{name}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        texts = tuple(row["text"] for row in rows if row["lang"] == "min")
        result.append(Collection(name, texts))
    return tuple(result)


@pytest.mark.data("text-labelled")
def test_function_words_are_found(minangkabau: tuple[Collection, ...]) -> None:
    result = stop_words(Sample(minangkabau), "Latn")
    assert {"nan", "untuak", "di", "jo", "dari", "indak"} <= set(result.words)
    assert 20 <= len(result.words) <= 50
    assert result.collections == 2


@pytest.mark.data("text-labelled")
def test_stubs_of_robots_do_not_get_in(minangkabau: tuple[Collection, ...]) -> None:
    """As in FineWeb-2's list for Minangkabau: asteroid, diptera, kumbang ..."""
    names = [f"{a}{b}us" for a in "bcdfghklmn" for b in ("al", "er", "in", "or", "ut")]
    stubs = tuple(
        f"{name.capitalize()} adolah spesies kumbang dari famili {other} ordo diptera kelas "
        f"insecta filum arthropoda. Langau iko biasonyo iduik di {other}."
        for name in names for other in names[:10]
    )  # fmt: skip
    result = stop_words(Sample((*minangkabau, Collection("stubs", stubs))), "Latn")
    for word in ("kumbang", "diptera", "insecta", "arthropoda", "filum", "langau"):
        assert word not in result.words
    alone = stop_words(Sample((Collection("stubs", stubs),)), "Latn")
    assert "diptera" in alone.debris
    assert "a template" in alone.debris["diptera"]


@pytest.mark.parametrize(
    ("word", "script", "reason"),
    [
        ("\u200b", "Laoo", "no letter"),
        ("°", "Latn", "no letter"),
        ("2026", "Khmr", "a number"),
        ("nbsp", "Latn", "markup"),
        ("the", "Khmr", "not in Khmr alone"),
        ("c", "Latn", "a single letter"),
        ("的", "Hans", None),
        ("និង", "Khmr", None),
        ("yang", "Latn", None),
    ],
)
def test_debris_is_told(word: str, script: str, reason: str | None) -> None:
    assert debris(word, script) == reason


def test_debris_in_published_lists_is_told() -> None:
    lao, cebuano = published("lao_Laoo"), published("ceb_Latn")
    assert lao is not None and cebuano is not None
    assert list(lao.debris("Laoo")) == ["\u200b"]
    assert {"°", "c"} <= set(cebuano.debris("Latn"))


def test_a_reader_rules_words_out() -> None:
    text = ("orang yang baik dan benar " * 80).strip()
    sample = Sample((Collection("a", (text,) * 4),))
    assert "orang" in stop_words(sample, "Latn").words + tuple(stop_words(sample, "Latn").debris)
    assert "orang" not in stop_words(sample, "Latn", exclude={"orang"}).words
