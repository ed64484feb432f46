"""Zawgyi: found in real lines, not found in Unicode, converted to what its writers meant."""

from __future__ import annotations

import json
import unicodedata
import warnings
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from myanmartools import ZawgyiDetector

from corpuskit.chain import run_chain
from corpuskit.normalize import Normalize, normalize
from corpuskit.normalize.edits import KINDS, Edits
from corpuskit.normalize.zawgyi import repair_zawgyi, zawgyi_probability
from corpuskit.normalize.zawgyi_convert import convert_zawgyi
from corpuskit.stage import Batch


@pytest.fixture(scope="module")
def lines(data_dir: Path) -> dict[str, list[dict[str, str]]]:
    path = data_dir / "encodings-noise" / "burmese-zawgyi.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]
    burmese = [row for row in rows if any("\u1000" <= char <= "\u109f" for char in row["text"])]
    return {kind: [r for r in burmese if r["encoding"] == kind] for kind in ("zawgyi", "unicode")}


def repaired(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return repair_zawgyi(text, edits), dict(edits)


def test_the_model_gives_its_own_package_s_probabilities(lines) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        detector = ZawgyiDetector()
    texts = [row["text"] for kind in lines for row in lines[kind]] + ["က", "က a က", "၁"]
    for text in texts:
        assert zawgyi_probability(text) == pytest.approx(
            max(detector.get_zawgyi_probability(text), 0.5 if text == "၁" else 0), abs=1e-5
        )


def test_every_line_found_and_converted_as_the_reference(lines) -> None:
    assert len(lines["zawgyi"]) == 59
    for row in lines["zawgyi"]:
        assert repaired(row["text"])[0] == unicodedata.normalize("NFC", row["unicode"])


def test_unicode_is_left_alone(lines) -> None:
    for row in lines["unicode"]:
        assert repaired(row["text"]) == (row["text"], {})
    assert repaired("\n".join(row["text"] for row in lines["unicode"]))[1] == {}


def test_a_document_in_both_encodings(lines) -> None:
    pairs = zip(lines["zawgyi"], lines["unicode"], strict=True)
    mixed = [row["text"] for pair in list(pairs)[:10] for row in pair]
    text, edits = repaired("\n".join(mixed))
    assert edits == {"zawgyi_converted": 10}
    assert text.split("\n")[1::2] == mixed[1::2]


def test_clean_text_in_the_languages_of_the_script(data_dir: Path) -> None:
    seen = Counter()
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").strip("\n").split("\n"):
            row = json.loads(line)
            if row["script"] == "Mymr":
                seen[row["lang"]] += 1
                assert repaired(row["text"])[1] == {}
    assert set(seen) >= {"mya", "shn", "mnw", "rki"}


def test_a_zero_for_wa() -> None:
    assert normalize("\u1040\u102d\u102f\u1004\u103a", language="mya_Mymr").text == "ဝိုင်"
    kept = "၂၀၁၀ ၀ ၁၀"
    assert normalize(kept, language="mya_Mymr").edits == {}


@pytest.mark.parametrize(
    "text",
    [
        "သြ", "သြ။", "၁၉၄၈ သြ ၁၂", "ထြ", "မဆန်းပါ သြ",  # too short to judge by pairs of letters
        "ကိစ္စက တက္ကသိုလ်မှာ",
        "ဖေႏကာႏသြ ဝွောင်းချာႏ",  # Pa'O: the tone U+108F is NA in Zawgyi
    ],
)  # fmt: skip
def test_short_lines_in_unicode_are_left(text: str) -> None:
    assert repaired(text) == (text, {})
    assert repaired(f"{text}\nမြန်မာနိုင်ငံ")[0] == f"{text}\nမြန်မာနိုင်ငံ"


def test_a_short_line_follows_lines_that_can_only_be_zawgyi() -> None:
    assert repaired("ျမန္မာႏိုင္ငံသည္\nသြား")[0] == "မြန်မာနိုင်ငံသည်\nသွား"
    assert repaired("သြား")[0] == "သြား"


def test_the_stage_converts(lines) -> None:
    batch = Batch.of_texts(["\n".join(row["text"] for row in lines["zawgyi"])])
    result = run_chain([Normalize()], batch)
    counts = {edit["kind"]: edit["count"] for edit in result["edits"][0]}
    assert counts["zawgyi_converted"] == 59
    assert zawgyi_probability(result["text"][0]) < 1e-9


def test_a_hostile_run_takes_linear_time() -> None:
    for run in ("\u1031", "\u102d", "\u103b", "\u1039\u1031", "\u1031\u1064"):
        assert len(convert_zawgyi(run * 100_000)) > 0


BLOCK = [chr(code) for code in range(0x1000, 0x10A0)]


@given(st.text(st.sampled_from([*BLOCK, *" \n\u200b\u200ca"]), max_size=30))
def test_idempotent(text: str) -> None:
    once = normalize(text, language="mya_Mymr")
    assert normalize(once.text, language="mya_Mymr").edits == {}
    assert set(once.edits) <= set(KINDS)
