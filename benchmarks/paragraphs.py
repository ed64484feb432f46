"""Clean paragraphs that the filters keep and noise that they reject, per language and rule.

    python benchmarks/paragraphs.py ../shared/data

Every language of text-labelled with LEAST_ROWS rows or more, whether the catalogue has a
profile of it or only the defaults hold. A paragraph is a row; rows of fewer than 30 words,
single sentences mostly, are joined to that. Every noise document is judged as if it were in
the language: the stage before would lose most of them as other languages.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import LESSONS, SAME, noise, normalized, records
from benchmarks.quality_pass import verdicts
from benchmarks.report import table
from corpuskit.calibrate import Collection
from corpuskit.languages import language, language_codes
from corpuskit.policy import Verdict

LEAST_ROWS = 100


def paragraphs(data: Path) -> dict[str, tuple[str, ...]]:
    """Paragraphs by language, of those with enough rows."""
    rows: dict[str, dict[str, list[str]]] = {}
    counts: Counter[str] = Counter()
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        for row in records(path):
            code = f"{row['lang']}_{row['script']}"
            code = SAME.get(code, code)
            counts[code] += 1
            if path.stem != LESSONS:
                rows.setdefault(code, {}).setdefault(path.stem, []).append(normalized(row["text"]))
    return {
        code: tuple(paragraph for texts in rows[code].values() for paragraph in joined(texts))
        for code in sorted(rows)
        if counts[code] >= LEAST_ROWS
    }


def joined(texts: Sequence[str]) -> tuple[str, ...]:
    return Collection("", tuple(texts)).documents


def rules(judged: Sequence[Verdict]) -> dict[str, int]:
    """How many each rule rejects, the commonest first."""
    counts = Counter(rule.rule for verdict in judged for rule in verdict.broken)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def run(data: Path) -> list[dict[str, Any]]:
    """A row per language; `by_rule` counts clean paragraphs that break a rule, `noise_by_rule`
    noise documents."""
    bad = [text for _, _, text in noise(data)]
    known = set(language_codes())
    rows = []
    for code, texts in paragraphs(data).items():
        clean = verdicts([(code, text) for text in texts])
        dirty = verdicts([(code, text) for text in bad])
        rows.append({
            "language": code,
            "rules": _rules_of(code, known),
            "paragraphs": len(clean),
            "kept": sum(verdict.passed for verdict in clean) / len(clean),
            "noise": len(dirty),
            "rejected": sum(not verdict.passed for verdict in dirty) / len(dirty),
            "by_rule": rules(clean),
            "noise_by_rule": rules(dirty),
        })  # fmt: skip
    return rows


def _rules_of(code: str, known: set[str]) -> str:
    if code not in known:
        return "defaults"
    profile = language(code)
    has_own = bool(profile.thresholds.keys() - {"min_lang_score", "min_script_ratio"})
    return "own" if has_own else f"of {profile.inherits}" if profile.inherits else "defaults"


if __name__ == "__main__":
    rows = run(Path(sys.argv[1]))
    print(table([{**row, "by_rule": str(row["by_rule"]), "noise_by_rule": ""} for row in rows]))
