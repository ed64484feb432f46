"""A build that masks personal data: shards, ledger, card, explain and verify agree on it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import published, run, write_recipe

import corpuskit as ck
from corpuskit.errors import RecipeError
from corpuskit.store import LocalStore

TEXTS = {
    "contact": "ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨ ឬ dara.sok@gmail.com សម្រាប់ព័ត៌មានបន្ថែម។",
    "office": "សូមសរសេរមក info@moeys.gov.kh សម្រាប់ព័ត៌មានបន្ថែម។",
    "card": "លេខកាត 4111 1111 1111 1111 និងម៉ាស៊ីន 8.8.8.80 សម្រាប់ព័ត៌មានបន្ថែម។",
    "plain": "ទំព័រនេះគ្មានទិន្នន័យផ្ទាល់ខ្លួនរបស់នរណាម្នាក់ទេ។",
}
ARTICLE = (
    "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ មនុស្ស មានវិចារណញ្ញាណនិង"
    "សតិសម្បជញ្ញៈជាប់ពីកំណើត ហើយគប្បីប្រព្រឹត្ដចំពោះគ្នាទៅវិញទៅមក ក្នុងស្មារតីភាតរភាពជាបងប្អូន។"
)
SECRETS = ("dara.sok", "០១២ ៣៤៥", "012 345", "4111 1111")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("personal")
    rows = [
        {"id": name, "text": f"{ARTICLE}\n{text}", "title": f"{name} dara.sok@gmail.com",
         "url": f"https://news.gov.kh/{name}"}
        for name, text in TEXTS.items()
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    path = Path("rows.jsonl")
    dedup = ("[dedup]", "near = false", "[privacy]", 'keep = ["@gov.kh"]')
    return write_recipe(folder, path, *dedup, connector="tables")


def rows(build: ck.Build) -> dict[str, dict[str, Any]]:
    return {row["url"].rpartition("/")[2]: row for row in build.dataset.to_table().to_pylist()}


@pytest.fixture(scope="module")
def masked(recipe: Path) -> ck.Build:
    return ck.build(ck.load_recipe(recipe), recipe.parent / "masked", workers=1)


def test_nothing_published_holds_what_was_masked(masked: ck.Build) -> None:
    documents = rows(masked)
    assert documents["contact"]["text"].endswith("<PHONE> ឬ <EMAIL> សម្រាប់ព័ត៌មានបន្ថែម។")
    assert "info@moeys.gov.kh" in documents["office"]["text"]
    assert "<CARD> និងម៉ាស៊ីន 8.8.8.8" in documents["card"]["text"]
    assert {row["title"].partition(" ")[2] for row in documents.values()} == {"<EMAIL>"}
    for path in published(masked.folder):
        if path.endswith((".json", ".md")):
            written = (masked.folder / path).read_text(encoding="utf-8")
            assert not any(secret in written for secret in SECRETS), path
    for row in documents.values():
        assert not any(secret in json.dumps(row, default=str) for secret in SECRETS[:2])


def test_counts_are_in_rows_ledger_card_and_explain(masked: ck.Build) -> None:
    documents = rows(masked)
    counts = {name: {entry["kind"]: entry["count"] for entry in row["pii"]}
              for name, row in documents.items()}  # fmt: skip
    assert counts == {
        "contact": {"email": 2, "phone": 1},
        "office": {"email": 1},
        "card": {"card": 1, "email": 1, "ip": 1},
        "plain": {"email": 1},
    }
    for kind, documents_of, chars in (("phone", 1, 11), ("email", 1, 18), ("card", 1, 19)):
        count = masked.ledger.edits[f"personal_data/{kind}"]
        assert (count.documents, count.count, count.chars) == (documents_of, 1, chars)
    assert "personal_data/phone" in (masked.folder / "README.md").read_text(encoding="utf-8")
    assert ck.verify(masked) == []
    told = run("explain", masked.folder, documents["contact"]["id"]).stdout
    assert "personal_data: email 1, phone 1" in told


def test_rejecting_decides_again_and_measures_nothing(recipe: Path, masked: ck.Build) -> None:
    folder = recipe.parent / "rejecting"
    first = ck.build(ck.load_recipe(recipe, ["privacy.card=count"]), folder, workers=1)
    assert "4111" in rows(first)["card"]["text"]
    measured = {path.name for path in (folder / ".work" / "annotate").iterdir()}
    build = ck.build(ck.load_recipe(recipe, ["privacy.card=reject"]), folder, workers=1)
    assert {path.name for path in (folder / ".work" / "annotate").iterdir()} == measured
    assert set(rows(build)) == {"contact", "office", "plain"}
    assert build.ledger.reasons == {"privacy/card": 1}
    assert list(build.ledger.stages)[-5:] == [
        "privacy", "language", "quality", "dedup", "publish",
    ]  # fmt: skip
    assert ck.verify(build) == []


def test_keeping_everything_looks_for_nothing(recipe: Path) -> None:
    kinds = ("email", "phone", "ip", "card", "bank_account", "ids")
    keep = [f"privacy.{kind}=keep" for kind in kinds]
    build = ck.build(ck.load_recipe(recipe, keep), recipe.parent / "keeping", workers=1)
    assert {row["pii"] for row in rows(build).values()} == {None}
    assert "dara.sok@gmail.com" in rows(build)["contact"]["text"]
    assert not [code for code in build.ledger.edits if code.startswith("personal_data")]


def test_entries_that_keep_nothing_are_refused(recipe: Path) -> None:
    wrong = ck.load_recipe(recipe, ['privacy.keep=["gov.kh", "info@"]'])
    with pytest.raises(RecipeError, match=r"privacy\.keep\[1\].*'gov\.kh' is neither an e-mail"):
        ck.build(wrong, recipe.parent / "refused", workers=1)


def test_everything_that_was_not_masked_can_be_purged(recipe: Path, masked: ck.Build) -> None:
    """What docs/personal-data.md says of `.work`: which files hold a text before the edit."""
    before = published(masked.folder)
    holding = {path.parent.name for path in masked.folder.rglob("*") if _holds_secret(path)}
    assert holding == {"extract"}
    done = run("prune", masked.folder, "--all")
    assert done.returncode == 0, done.stderr
    assert re.search(r"removed \d+ files", done.stdout)
    assert not any(_holds_secret(path) for path in masked.folder.rglob("*"))
    assert published(masked.folder) == before
    assert ck.verify(ck.open_build(masked.folder)) == []
    ck.build(ck.load_recipe(recipe), masked.folder, workers=1)
    assert published(masked.folder) == before


def _holds_secret(path: Path) -> bool:
    """Whether a file holds the e-mail address; tables are stored compressed."""
    if not path.is_file():
        return False
    if path.suffix != ".table":
        return b"dara.sok" in path.read_bytes()
    table = LocalStore(path.parents[2]).table(f".work/{path.parent.name}/{path.name}")
    return "dara.sok" in str(table.to_pydict())
