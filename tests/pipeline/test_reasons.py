"""Every reason code with its meaning, those of plug-ins included."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline.handmade import Scream, Shelf, plug_in, recipe_of, write_texts

from corpuskit.pipeline import make_plan
from corpuskit.pipeline.reasons import SET_ASIDE, STAGES, edits, reasons, reasons_of_plan


def test_built_in_codes_by_stage_in_the_order_of_the_ledger() -> None:
    table = reasons()
    assert list(table) == [stage for stage in STAGES if stage in table]
    for stage, codes in table.items():
        assert all(code.startswith(f"{stage}/") for code in codes)
        assert all(meaning.endswith(".") for meaning in codes.values())
    assert "read/crashed" in table["read"]
    assert set(SET_ASIDE) <= {code for codes in table.values() for code in codes}
    assert "publish" not in table, "nothing is lost there"


def test_codes_of_a_plan_have_those_of_its_plug_ins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(monkeypatch)
    write_texts(tmp_path, "a")
    source = {"name": "a", "connector": "shelf", "path": "*.jsonl", "license": "NOASSERTION"}
    plan = make_plan(
        recipe_of(tmp_path, source=[source], stages=["scream", "courtesy"],
                  rules={"courtesy": {"min": 0.1}})
    )  # fmt: skip
    codes = reasons_of_plan(plan)
    assert codes["scream/rude"] == Scream.reasons["scream/rude"]
    assert codes["read/dusty"] == Shelf.reasons["read/dusty"]
    assert codes["rules/courtesy"].startswith("The signal `courtesy` is below")
    built_in = {code: text for stage in reasons().values() for code, text in stage.items()}
    assert codes.items() >= built_in.items()


def test_kinds_of_edits_by_stage() -> None:
    kinds = edits()
    assert set(kinds) == {"normalize", "lines", "personal_data", "repeated_text"}
    assert "foreign_line" in kinds["lines"]
    assert "nfc_composed" in kinds["normalize"]
