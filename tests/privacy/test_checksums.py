"""Check digits, against numbers that other libraries made and against invented ones."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.clean_text import records
from benchmarks.personal_numbers import MAKERS
from corpuskit.privacy import checksums

CHECKS: dict[str, Callable[[str], bool]] = {
    "tha-pin": checksums.is_thai_id,
    "idn-nik": checksums.is_nik,
    "mys-mykad": checksums.is_mykad,
    "sgp-nric-fin": checksums.is_nric,
    "vnm-cccd": checksums.is_cccd,
    "vnm-mst": checksums.is_mst,
}


@pytest.mark.data("pii")
def test_the_gold_numbers_are_told_apart(data_dir: Path) -> None:
    rows = [row for row in records(data_dir / "pii" / "gold.jsonl") if row["kind"] in CHECKS]
    assert len(rows) == 380
    wrong = [row for row in rows
             if CHECKS[row["kind"]](row["value"].replace("-", "")) != row["valid"]]  # fmt: skip
    assert not wrong


@pytest.mark.parametrize(
    ("kind", "is_valid"),
    [("thai_id", checksums.is_thai_id), ("nric", checksums.is_nric), ("card", checksums.is_card)],
)
def test_a_wrong_check_digit_is_noticed(kind: str, is_valid: Callable[[str], bool]) -> None:
    source = random.Random(kind)
    for _ in range(200):
        number = re.sub(r"[ -]", "", MAKERS[kind](source))
        assert is_valid(number)
        last = number[-1]
        wrong = chr(ord(last) + 1) if last not in "9Z" else "0" if last == "9" else "A"
        assert not is_valid(number[:-1] + wrong)


@pytest.mark.parametrize("number", ["S1234567D", "T1234567J", "F1234567N", "G1234567X"])
def test_published_examples_of_nric(number: str) -> None:
    assert checksums.is_nric(number)


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [("4111111111111111", True), ("378282246310005", True), ("6011111111111117", True),
     ("4111111111111112", False), ("9111111111111111", False), ("0000000000000000", False)],
)  # fmt: skip
def test_published_test_numbers_of_cards(number: str, is_valid: bool) -> None:
    assert checksums.is_card(number) is is_valid
