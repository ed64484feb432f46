"""A small build with kept and rejected documents of two sources, and judgments of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.review.database import Judgment, JudgmentDatabase
from corpuskit.review.questions import answers_of
from corpuskit.review.sampling import Item

RECIPE = """
name = "reviewed"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "news"
connector = "files"
path = "news.jsonl"
license = "CC0-1.0"
license_verified_by = "the tests"
[[source]]
name = "blogs"
connector = "files"
path = "blogs.jsonl"
license = "CC0-1.0"
license_verified_by = "the tests"
"""


def passages(pages: Iterable[int], size: int = 500) -> list[str]:
    """Passages of the demo's Khmer pages."""
    texts = []
    for number in pages:
        text = khmer(number)
        texts += [text[at : at + size] for at in range(0, len(text) - size, size)]
    return texts


def write_sources(folder: Path) -> Path:
    """The recipe and its two sources: passages, and records that are rejected."""
    for name, pages in (("news", range(10)), ("blogs", range(10, 20))):
        rows = [
            {"text": text, "url": f"https://{name}.example.org/{number}?a=<b>"}
            for number, text in enumerate(passages(pages))
        ]
        rows += [{"text": f"{rows[number]['text'][:28]}{number}"} for number in range(12)]
        rows += [
            {"text": f"This is page {number} of a plain English site. " * 9} for number in (1, 2)
        ]
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    return folder / "recipe.toml"


def build_reviewed(folder: Path) -> ck.Build:
    return ck.build(ck.load_recipe(write_sources(folder)), folder / "build", workers=1)


def judge(
    database: JudgmentDatabase, item: Item, reviewer: str, number: int = 1, **answers: Any
) -> None:
    """Save a judgment; without answers the text is good."""
    data = {"language": "right", "education": 3, **answers}
    database.save(Judgment(item.id, reviewer, number, answers_of(data, 10**6), 1_700_000_000.0))
