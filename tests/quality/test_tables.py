"""docs/languages.md: its parts, and that measuring one leaves the others as they were."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality import PARTS, markdown
from corpuskit.languages import language_codes

RESTS_ON = "Filters: what each language's rules rest on"
PASSES = "Filters: clean documents that pass, noise that does"


def test_parts_that_are_not_measured_stay() -> None:
    rows = [{"language": "khm_Khmr", "documents": 3}]
    before = markdown({RESTS_ON: rows, PASSES: rows}, "2026-11-27", "")
    after = markdown({PASSES: [{"language": "lao_Laoo", "documents": 4}]}, "2026-11-28", before)
    assert f"## {RESTS_ON}\n\nMeasured 2026-11-27" in after
    assert f"## {PASSES}\n\nMeasured 2026-11-28" in after
    assert "| khm_Khmr | 3 |" in after
    assert after.count("lao_Laoo") == after.count("khm_Khmr") == 1
    assert markdown({}, "2026-11-28", after) == after


def test_the_page_has_every_part_and_every_language(repository: Path) -> None:
    page = (repository / "docs" / "languages.md").read_text(encoding="utf-8")
    parts = dict(part.split("\n", 1) for part in page.split("\n## ")[1:])
    assert list(parts) == list(PARTS)
    assert all("\nMeasured 20" in text for text in parts.values())
    assert [code for code in language_codes() if f"| {code} |" not in parts[RESTS_ON]] == []
