"""Helpers of the end-to-end tests: small recipes of real pages, and what a build published."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from bad_input import make
from end_to_end.shell import command, run

import corpuskit as ck

__all__ = ["command", "khmer", "published", "run", "some_pages", "write_recipe"]

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo"


def published(folder: Path) -> dict[str, str]:
    """Digest of every file that a build published."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".work" not in path.parts
    }


def some_pages(folder: Path, count: int, each: int = 3) -> Path:
    """WARCs of `count` records of the demo, trouble of every kind included; a pattern of them.

    A file is never cut below 1,000 records: `each` file holds few, so that there are many tasks.
    """
    rows = [json.loads(line) for line in (DEMO / "index.jsonl").read_text().splitlines()]
    data = (DEMO / "pages.warc.gz").read_bytes()
    trouble = [row for row in rows if row["kind"] not in ("page", "foreign")]
    plain = [row for row in rows if row["kind"] in ("page", "foreign")]
    chosen = sorted((trouble + plain)[:count], key=lambda row: row["offset"])
    members = [data[row["offset"] : row["offset"] + row["length"]] for row in chosen]
    for at in range(0, count, each):
        (folder / f"pages-{at:03}.warc.gz").write_bytes(b"".join(members[at : at + each]))
    return Path("pages-*.warc.gz")


def write_recipe(folder: Path, source: Path, *extra: str, connector: str = "warc") -> Path:
    """A Khmer recipe over one source."""
    path = folder / "recipe.toml"
    path.write_text(
        "\n".join(
            (
                'name = "test"',
                'languages = ["khm_Khmr"]',
                'operator = { name = "corpuskit tests", contact = "corpus@example.org" }',
                "[[source]]",
                'name = "pages"',
                f"connector = {json.dumps(connector)}",
                f"path = {json.dumps(str(source))}",
                'license = "MPL-2.0"',
                'license_verified_by = "examples/demo/LICENSE.md"',
                *extra,
                "",
            )
        ),
        encoding="utf-8",
    )
    return path


@lru_cache(maxsize=20)
def khmer(number: int) -> str:
    """Text of the demo's `number`-th largest Khmer page."""
    return ck.extract_html(make.good_html(number)).text
