"""Small builds of texts with known copies, made in this process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.handmade import Serial

import corpuskit as ck

LANGUAGES = ("jav_Latn", "sun_Latn", "tha_Thai")


def documents(data_dir: Path) -> list[dict[str, str]]:
    """Constructed copies of the test data: id, text, cluster."""
    lines = (data_dir / "neardup/constructed/docs.jsonl").read_text(encoding="utf-8").splitlines()
    codes = {code[:3] for code in LANGUAGES}
    rows = map(json.loads, lines)
    return [row for row in rows if row["lang"] in codes]


def write_recipe(
    folder: Path, name: str, rows: Sequence[dict[str, str]], dedup: str = "", more: str = ""
) -> Path:
    """A recipe over rows, whose address is made of their id."""
    lines = (
        json.dumps({"text": row["text"], "url": f"https://{name}.example.net/{row['id']}"})
        for row in rows
    )
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = folder / f"{name}.toml"
    path.write_text(
        f"""
        name = "{name}"
        languages = {json.dumps(LANGUAGES)}
        operator = {{ name = "corpuskit tests", contact = "https://corpuskit.test/" }}
        [[source]]
        name = "texts"
        connector = "files"
        path = "{name}.jsonl"
        license = "NOASSERTION"
        [dedup]
        {dedup}
        {more}
        """,
        encoding="utf-8",
    )
    return path


def build(recipe: Path, out: Path | None = None, **options: object) -> ck.Build:
    """Build beside the recipe, in this process."""
    return ck.build(
        ck.load_recipe(recipe),
        out or recipe.parent / recipe.stem,
        engine=Serial(),
        **options,  # type: ignore[arg-type]
    )


def rejects_of(opened: ck.Build, reason: str = "dedup/earlier") -> list[dict[str, object]]:
    """Rows of the rejects with a reason."""
    rows = [row for batch in opened.rejects() for row in batch.to_pylist()]
    return [row for row in rows if row["reason"] == reason]
