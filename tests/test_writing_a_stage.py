"""The code of docs/writing-a-stage.md does what the page says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpuskit.chain import run_chain
from corpuskit.edits import EditingStage
from corpuskit.identify import Identify
from corpuskit.policy import signal_rules
from corpuskit.recipe.models import RuleTable
from corpuskit.stage import Batch

KHMER = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។"


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "writing-a-stage.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def names(page: str) -> dict[str, Any]:
    """Everything that the page's blocks of Python define."""
    namespace: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, namespace)
    return namespace


def test_the_signal_is_a_column_and_its_rules_are_read(names: dict[str, Any], page: str) -> None:
    done = run_chain([names["politeness"]], Batch.of_texts(["សូម", KHMER]))
    assert done["politeness"] == [pytest.approx(1 / 3), 0]
    (block,) = re.findall(r"```toml\n(\[rules.*?)```", page, re.DOTALL)
    tables = {k: RuleTable(**v).as_rules() for k, v in tomllib.loads(block)["rules"].items()}
    rules = {(rule.language, rule.threshold) for rule in signal_rules(tables)}
    assert rules == {(None, 0.001), ("lao_Laoo", 0.0005)}


def test_the_stage_that_rejects_declares_its_code(names: dict[str, Any]) -> None:
    done = run_chain([names["Verses"]()], Batch.of_texts(["១៖២ ៣", f"១៖២ {KHMER}"]))
    assert done["reason"] == ["verses/only_numbers", None]
    assert done["verses"] == [1, 1]


def test_the_edit_is_booked_and_the_text_measured_again(names: dict[str, Any]) -> None:
    stage = names["MaskPhones"]()
    assert isinstance(stage, EditingStage)
    done = run_chain([Identify(), stage], Batch.of_texts([f"{KHMER} 012345678", KHMER]))
    assert done["text"] == [f"{KHMER} <PHONE>", KHMER]
    assert done["edits"] == [
        [{"stage": "mask_phones", "kind": "phone_masked", "count": 1, "chars": 0}],
        [],
    ]
    assert done["lang"] == ["khm_Khmr"] * 2
