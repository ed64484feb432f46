"""What `make bench-quality` prints: extraction, screening, identification, filters, duplicates.

    python benchmarks/quality.py [DATA] [--only WORD] [--json FILE] [--docs]

DATA is the folder of test data (CORPUSKIT_DATA, else ../shared/data). With `--only Filters` the
parts of that name are measured alone, and the others stay in docs/languages.md as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import (  # noqa: E402
    catalogue,
    extraction,
    identification,
    left_out,
    lid_left_out,
    neardup,
    normalizers,
    paragraphs,
    quality_pass,
    screening,
)
from benchmarks.report import Rows, cell, table  # noqa: E402
from corpuskit.identity import installed_versions as versions  # noqa: E402

PARTS: dict[str, Callable[[Path], Rows]] = {
    "Extraction: token F1 per set, against trafilatura's defaults": extraction.run,
    "Screening: pages skipped before extraction, and those skipped wrongly": screening.run,
    "Identification: collections trained on, and collections left out": lid_left_out.summaries,
    "Identification: recall by collection left out": lid_left_out.run,
    "Identification: the default model per language": identification.run,
    "Filters: what each language's rules rest on": catalogue.run,
    "Filters: what calibrated rules remove of a collection left out": left_out.run,
    "Filters: clean paragraphs kept, noise rejected, per language and rule": paragraphs.run,
    "Filters: clean documents that pass, noise that does": quality_pass.run,
    "Normalizers: damage repaired, clean text left alone, speed": normalizers.run,
    "Near-duplicates: recall and precision per language and script": neardup.run,
}

HEAD = """<!-- Written by `python benchmarks/quality.py --docs`; do not edit. -->
# Languages, measured

What corpuskit does for each language on the test data, printed anew by `make bench-quality`. Each
table says when and with which libraries it was measured; where none are named, by an earlier
version.

- Filter thresholds were set on the rows `labelled` and `pages` and on lid's training texts, which
  the paragraphs below are part of; `held out` was not looked at, and each collection was left out
  once. How: [Calibration](calibration.md).
- The noise was looked at while rules were chosen; `noise kept aside`, modules of Python's own
  library, was not.
- Identification: figures on collections that the model was trained on flatter, and documents are
  joined from sentences; the first table has both kinds beside each other.
- Settings of normalizers were chosen on part of the data that judges them.
"""


def markdown(tables: dict[str, Rows], on: str, before: str) -> str:
    """docs/languages.md: the same tables, the hundreds of languages without a profile summed up.

    Parts that were not measured are as they were `before`.
    """
    used = ", ".join(f"{name} {number}" for name, number in versions().items())
    parts = dict(part.split("\n", 1) for part in before.split("\n## ")[1:])
    parts |= {
        title: f"\nMeasured {on} with {used}.\n\n{_markdown_table(_summed(rows))}\n"
        for title, rows in tables.items()
    }
    texts = [f"## {title}\n{parts[title].rstrip()}\n" for title in PARTS if title in parts]
    return "\n".join([HEAD, *texts])


def _summed(rows: Rows) -> Rows:
    many = [row for row in rows if row.get("part") == "defaults"]
    if not many:
        return rows
    documents, passed = (sum(row[name] for row in many) for name in ("documents", "passed"))
    name = f"{len(many)} other languages and scripts"
    total = {"part": "defaults", "name": name, "documents": documents, "passed": passed}
    return [row for row in rows if row not in many] + [{**total, "pass_rate": passed / documents}]


def _markdown_table(rows: Rows) -> str:
    names = [n for n in dict.fromkeys(n for row in rows for n in row) if n != "mistaken"]
    numeric = [any(isinstance(row.get(name), int | float) for row in rows) for name in names]
    lines = [f"| {' | '.join(names)} |", f"|{'|'.join('--:' if n else '---' for n in numeric)}|"]
    for row in rows:
        cells = (_plain(row.get(name)) for name in names)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return cell(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--only", default="", metavar="WORD", help="parts with it in their title")
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--docs", action="store_true", help="write docs/languages.md as well")
    arguments = parser.parse_args()
    print("versions:", ", ".join(f"{name} {number}" for name, number in versions().items()))
    tables = {}
    for title, run in PARTS.items():
        if arguments.only not in title:
            continue
        tables[title] = list(run(arguments.data))
        print(f"\n{title}\n\n{table(tables[title])}", flush=True)
    if arguments.json:
        arguments.json.write_text(
            json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8"
        )
    if arguments.docs:
        page = ROOT / "docs" / "languages.md"
        text = markdown(tables, date.today().isoformat(), page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
