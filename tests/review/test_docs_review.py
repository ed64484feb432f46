"""Every command of docs/review.md and docs/judgments.md, run."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from review.builds import judge

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.recipe import parse_recipe
from corpuskit.review.export import JUDGMENTS
from corpuskit.review.sampling import INTERVAL, SampleOptions
from corpuskit.review.server import open_review

pytestmark = pytest.mark.xdist_group("review")


def test_the_commands_of_the_pages_run(
    reviewed: ck.Build, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(str(reviewed.folder), tmp_path / "builds" / "khmer-demo")
    monkeypatch.chdir(tmp_path)
    build = ck.open_build("builds/khmer-demo")
    review = open_review(build, None, SampleOptions(interval=0.06))
    for item in review.database.items():
        answers = {} if item.reason is None else {"boilerplate": True}
        judge(review.database, item, "Sok", **answers)
    review.database.close()
    shutil.copy(review.database.path, "judgments.sqlite")
    ran = set()
    for name in ("review.md", "judgments.md"):
        text = (repository / "docs" / name).read_text(encoding="utf-8")
        for line in re.findall(r"^    (corpuskit .+)$", text, re.M):
            words = line.split()[1:]
            if words[0] == "review" and "--export" not in words:
                continue  # test_end_to_end starts the server
            if words[0] == "classify":
                add_judgments(Path("judgments.parquet"))
            code = run(words)
            assert code == 0, line
            ran.add(words[0])
        for script in re.findall(r"^```python\n(.*?)^```", text, re.S | re.M):
            exec(compile(script, name, "exec"), {})
    assert ran == {"review", "judgments", "classify"}


def add_judgments(path: Path) -> None:
    """As if more had been judged: training needs 200."""
    rows = pq.read_table(path).to_pylist()
    more = [{**row, "id": f"{row['id']}+", "text": f"{row['text']} ។"} for row in rows]
    pq.write_table(pa.Table.from_pylist(rows + more, JUDGMENTS), path)


def test_the_recipes_and_numbers_of_the_pages(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "judgments.md").read_text(encoding="utf-8")
    tables = "\n".join(re.findall(r"^```toml\n(.*?)^```", page, re.S | re.M))
    text = (
        'name = "x"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "tests", contact = "corpus@example.org" }\n'
        '[[source]]\nname = "t"\nconnector = "files"\npath = "."\nlicense = "NOASSERTION"\n'
    )
    recipe = parse_recipe(tomllib.loads(text + tables), tmp_path / "recipe.toml")
    assert recipe.classifier is not None and recipe.classifier.model == "quality.json"
    assert f"--interval {INTERVAL}" in (repository / "docs" / "review.md").read_text()
