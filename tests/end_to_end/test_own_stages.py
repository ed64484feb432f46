"""Stages of a third party: codes of their own, rules on their signals, and what they get wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from end_to_end.builds import khmer, write_recipe

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("own stages")

PLUGIN = """
import pyarrow as pa
import corpuskit as ck

class Manners:
    name, version = "manners", "1"
    fields = (pa.field("shouting", pa.float32()),)
    reasons = {"manners/rude": "The text insults its reader."}

    def process(self, batch):
        rude = ["rude" in text for text in batch["text"]]
        codes = ["manners/rude" if here else None for here in rude]
        if any("unheard of" in text for text in batch["text"]):
            codes = ["manners/unheard_of"] * len(batch)
        details = ["says rude" if here else None for here in rude]
        return batch.with_columns(shouting=[0.0] * len(batch)).with_reasons(codes, details)

@ck.signal("politeness", version="1")
def politeness(document):
    return document.text.count("please") / 10
"""

RULES = """
[rules.politeness]
min = 0.1
[rules.politeness.lao_Laoo]
min = 0.3
[quality.khm_Khmr]
max_digit_share = false
"""

COMMAND = "import sys; from corpuskit.cli import run; sys.exit(run(sys.argv[1:]))"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Khmer texts: polite, very polite, impolite and rude; and a plug-in that is installed."""
    (tmp_path / "their_plugin.py").write_text(PLUGIN)
    info = tmp_path / "their_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-plugin\nVersion: 1.4\n")
    (info / "entry_points.txt").write_text(
        "[corpuskit.stages]\nmanners = their_plugin:Manners\npoliteness = their_plugin:politeness\n"
    )
    words = ["please", "please " * 5, "", "please rude"]
    rows = [
        {"text": f"{khmer(number)}\n{word}", "url": f"https://a.example/{number}"}
        for number, word in enumerate(words)
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    recipe = write_recipe(tmp_path, Path("rows.jsonl"), connector="files")
    recipe.write_text(
        'stages = ["manners", "politeness"]\n'
        + recipe.read_text().replace('["khm_Khmr"]', '["khm_Khmr", "lao_Laoo"]')
        + RULES
    )
    return tmp_path


def corpuskit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, with the plug-in installed."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), *sys.path))},
        cwd=folder, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def story(build: ck.Build, url: str) -> dict[str, Any]:
    (record,) = ck.explain(build, url)
    return record.to_json()


def test_codes_and_rules_of_ones_own_are_everywhere(folder: Path) -> None:
    done = corpuskit(folder, "build", "recipe.toml", "--out", "b", "--workers", "2")
    assert done.returncode == 0, done.stderr
    build = ck.open_build(folder / "b")
    assert ck.verify(build) == []
    assert build.manifest["documents"] == 2

    ledger = build.ledger
    assert list(ledger.stages) == [
        "read", "decode", "screen", "extract", "normalize", "manners", "policy", "language",
        "quality", "rules", "dedup", "publish",
    ]  # fmt: skip
    assert ledger.reasons == {"manners/rude": 1, "rules/politeness": 1}
    assert ledger.meanings["manners/rude"] == "The text insults its reader."
    below = "The signal `politeness` is below the minimum of the recipe's rules."
    assert ledger.meanings["rules/politeness"] == below

    rejects = pq.read_table(build.folder / "rejects").to_pylist()
    rows = {row["reason"]: row for row in rejects}
    assert (rows["manners/rude"]["stage"], rows["manners/rude"]["detail"]) == (
        "manners", "says rude",
    )  # fmt: skip
    impolite = rows["rules/politeness"]
    assert impolite["stage"] == "rules"
    assert (impolite["rule"], impolite["value"]) == ("min_politeness", 0.0)
    assert impolite["threshold"] == pytest.approx(0.1)
    assert impolite["broken"][0]["rule"] == "min_politeness"
    assert impolite["detail"] == "politeness 0 < 0.1"

    rude, bad = story(build, "https://a.example/3"), story(build, "https://a.example/2")
    assert (rude["reason"], rude["meaning"]) == ("manners/rude", "The text insults its reader.")
    assert (bad["reason"], bad["meaning"]) == ("rules/politeness", below)
    (rule,) = [rule for rule in bad["rules"] if rule["rule"] == "min_politeness"]
    assert rule == {
        "rule": "min_politeness", "signal": "politeness", "value": 0.0, "threshold": 0.1,
        "passed": False,
    }  # fmt: skip
    kept = story(build, "https://a.example/1")
    (rule,) = [rule for rule in kept["rules"] if rule["rule"] == "min_politeness"]
    assert (rule["value"], rule["passed"]) == (0.5, True)
    assert "min_politeness" in corpuskit(folder, "explain", "b", "https://a.example/2").stdout

    card = (build.folder / "README.md").read_text(encoding="utf-8")
    assert "| `manners/rude` | 1 | The text insults its reader. |" in card
    assert f"| `rules/politeness` | 1 | {below} |" in card
    assert "| `min_politeness` | 0.1 | 0.3 |" in card
    assert "| `politeness` | `politeness` |" in card
    assert build.dataset.to_table(["politeness"])["politeness"].to_pylist() != [None, None]
    assert build.manifest["policies"]["lao_Laoo"]["min_politeness"] == 0.3
    assert build.manifest["versions"]["their-plugin"] == "1.4"


def test_a_code_that_is_not_declared_names_its_stage(folder: Path) -> None:
    rows = (folder / "rows.jsonl").read_text(encoding="utf-8")
    (folder / "rows.jsonl").write_text(rows.replace("please", "unheard of"), encoding="utf-8")
    done = corpuskit(folder, "build", "recipe.toml", "--out", "b", "--workers", "1")
    assert done.returncode == 1
    assert "stage 'manners' lost a document as 'manners/unheard_of'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((folder / "b" / ".work").glob("annotate/*"))


def test_a_new_release_of_a_plug_in_runs_its_step_again(folder: Path) -> None:
    first = corpuskit(folder, "build", "recipe.toml", "--out", "b", "--workers", "1")
    assert first.returncode == 0, first.stderr
    metadata = folder / "their_plugin-1.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.4", "1.5"))
    done = corpuskit(folder, "build", "recipe.toml", "--out", "b", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "annotate runs again: their-plugin 1.4 -> 1.5" in done.stdout + done.stderr
    assert len(list((folder / "b" / ".work").glob("extract/*"))) == 1
    assert len(list((folder / "b" / ".work").glob("annotate/*"))) == 2
