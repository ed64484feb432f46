"""Zawgyi converted by syllable is what the passes over the whole text make of it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.normalize.zawgyi_convert import by_passes, convert_zawgyi

# As it is typed: E and medial ra first, kinzi and other marks after, zeros for WA, numbers.
TYPED = [
    "\u1031\u1018", "\u103b\u1019\u1014\u1039", "\u1019\u102c", "\u101b\u103d\u102d",
    "\u1005\u1064\u1000\u102c", "\u1015\u1030\u1038", "\u1040\u102b\u1038", "\u1040",
    "\u1041\u1040", "\u1021\u1071", "\u1009", "\u1025\u1039", "\u106a", "\u1086", "\u1038",
    "\u1031\u107e\u1000\u102c\u1004\u1039\u1037", "\u1000\u103a\u1094", "\u104b", "\u104e",
    " ", "1", "a", "\u101e\u102d\u102f\u1094",
]  # fmt: skip
BLOCK = [chr(code) for code in range(0x1000, 0x109A)]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(TYPED), max_size=10).map("".join))
def test_typed_text(text: str) -> None:
    assert convert_zawgyi(text) == by_passes(text)


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*TYPED, *BLOCK]), max_size=10).map("".join))
def test_any_text(text: str) -> None:
    assert convert_zawgyi(text) == by_passes(text)


def test_lines_are_converted_one_by_one(data_dir: Path) -> None:
    path = data_dir / "encodings-noise" / "burmese-zawgyi.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]
    lines = [row["text"] for row in rows if row["encoding"] == "zawgyi"]
    lines.append("\u102b\u1031")  # typed as no rule expects
    assert convert_zawgyi("\n".join(lines)) == "\n".join(by_passes(line) for line in lines)
