"""Comparing builds: recipes, counts, and documents by id and by record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from end_to_end.builds import DEMO
from hypothesis import given, settings
from hypothesis import strategies as st

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.diff.builds import Change
from corpuskit.diff.documents import diff_documents
from corpuskit.document import text_sha256
from corpuskit.errors import WorkspaceError


def build_of(folder: Path, rows: Sequence[tuple[str, str, str]], per_file: int = 3) -> ck.Build:
    """A published folder of rows (id, record, text) as far as comparing needs one."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    rows = sorted(rows)
    files = []
    for number, first in enumerate(range(0, len(rows), per_file)):
        part = rows[first : first + per_file]
        table = pa.table(
            {
                "id": [name for name, _, _ in part],
                "source": ["s"] * len(part),
                "source_ref": [record for _, record, _ in part],
                "text_sha256": [text_sha256(text) for _, _, text in part],
                "url": pa.nulls(len(part), pa.string()),
            }
        )
        path = f"data/{number}.parquet"
        pq.write_table(table, folder / path, row_group_size=2)
        files.append({"path": path, "kind": "data", "rows": len(part)})
    manifest = {
        "name": folder.name, "version": "1.0.0", "build_id": "b", "documents": len(rows),
        "text_bytes": 0, "languages": {}, "files": files, "recipe": {}, "inputs": [], "stages": [],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "ledger.json").write_text(json.dumps({"stages": [], "sources": {}}))
    return ck.open_build(folder)


def identifier(number: int) -> str:
    return f"{number * 2654435761 % 2**32:08x}" + f"{number:024x}"


def naive(old: Sequence[tuple[str, str, str]], new: Sequence[tuple[str, str, str]]) -> list[int]:
    """same, changed, gained, lost, found the simple way."""
    before, after = ({name: (record, text) for name, record, text in rows} for rows in (old, new))
    same = sum(before[name] == after[name] for name in before.keys() & after.keys())
    changed = len(before.keys() & after.keys()) - same
    lost = [before[name][0] for name in before.keys() - after.keys()]
    gained = [after[name][0] for name in after.keys() - before.keys()]
    pairs = sum(min(lost.count(record), gained.count(record)) for record in set(lost))
    return [same, changed + pairs, len(gained) - pairs, len(lost) - pairs]


ROWS = st.dictionaries(st.integers(0, 40), st.tuples(st.integers(0, 8), st.integers(0, 2)))


@settings(max_examples=60)
@given(ROWS, ROWS, st.integers(1, 30))
def test_documents_are_compared_as_sets_of_rows_are(
    tmp_path_factory: pytest.TempPathFactory,
    old: Mapping[int, tuple[int, int]],
    new: Mapping[int, tuple[int, int]],
    per_range: int,
) -> None:
    folder = tmp_path_factory.mktemp("builds")
    before, after = (
        [(identifier(number), f"record {record}", f"text {text}")
         for number, (record, text) in rows.items()]
        for rows in (old, new)
    )  # fmt: skip
    # An id stands for its record and text, but for takedowns that edit a text in place.
    known = {name: record for name, record, _ in before}
    after = [(name, known.get(name, record), text) for name, record, text in after]
    builds = (build_of(folder / "old", before), build_of(folder / "new", after))
    result = diff_documents(*builds, rows_per_range=per_range)
    counted = [result.same, result.changed, result.gained, result.lost]
    assert counted == naive(before, after)


def test_examples_name_their_records(tmp_path: Path) -> None:
    old = [(identifier(n), f"record {n}", "text") for n in range(4)]
    new = [(identifier(9), "record 0", "other"), (identifier(8), "record 8", "new"), *old[2:]]
    result = diff_documents(build_of(tmp_path / "old", old), build_of(tmp_path / "new", new))
    assert result.examples == {
        "changed": [
            {"old": identifier(0), "new": identifier(9), "source": "s",
             "source_ref": "record 0", "url": None}
        ],
        "gained": [{"new": identifier(8), "source": "s", "source_ref": "record 8", "url": None}],
        "lost": [{"old": identifier(1), "source": "s", "source_ref": "record 1", "url": None}],
    }  # fmt: skip


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    old = build_of(tmp_path / "old", [(identifier(1), "r", "t")])
    new = build_of(tmp_path / "new", [(identifier(1), "r", "t")])
    (new.folder / "data/0.parquet").write_bytes(b"PAR1")
    with pytest.raises(WorkspaceError, match=r"0\.parquet cannot be read; `corpuskit verify"):
        ck.diff(old, new)
    (new.folder / "data/0.parquet").unlink()
    with pytest.raises(WorkspaceError, match=r"0\.parquet is missing"):
        ck.diff(old, new)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """The demo with a rule more, as it is published: without `.work`."""
    folder = tmp_path_factory.mktemp("stricter") / "build"
    recipe = ck.load_recipe(DEMO / "khmer.toml", ["quality.khm_Khmr.min_chars=1200"])
    ck.build(recipe, folder, workers=2)
    shutil.rmtree(folder / ".work")
    return ck.open_build(folder)


def test_a_changed_rule_shows_in_every_part(demo: ck.Build, stricter: ck.Build) -> None:
    result = ck.diff(demo, stricter)
    assert result.recipe == [Change("quality.khm_Khmr.min_chars", None, 1200)]
    assert result.thresholds == [Change("khm_Khmr min_chars", None, 1200.0)]
    assert (result.software, result.inputs) == ([], {"added": 0, "removed": 0, "changed": 0})
    assert result.reasons[0].name == "quality/chars"
    counts = {change.name: change.difference for change in result.counts}
    documents = result.documents
    assert counts["documents"] == documents.gained - documents.lost < 0
    assert documents.same + documents.lost + documents.changed == demo.manifest["documents"]
    assert set(result.cycle) == {"plan", "do", "check", "act"}
    assert "raise MAJOR" in result.cycle["act"][1]
    json.dumps(result.to_json())


def test_a_build_is_the_same_as_itself(demo: ck.Build) -> None:
    result = ck.diff(demo, demo.folder)
    assert result.is_empty
    assert result.documents.same == demo.manifest["documents"]


def test_the_command_prints_a_table_or_json(
    demo: ck.Build, stricter: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", demo.folder, stricter.folder]) == 0
    table = capsys.readouterr().out
    assert "plan   1 key of the recipe changed" in table
    assert "quality.khm_Khmr.min_chars" in table
    assert run(["diff", demo.folder, stricter.folder, "--json"]) == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert data == json.loads(json.dumps(ck.diff(demo, stricter).to_json()))
    assert run(["diff", demo.folder, demo.folder]) == 0
    assert "the same documents, made in the same way" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("1.0.0", "1.0.0", "raise MINOR"),
        ("1.0.0", "1.1.0", ""),
        ("1.9.0", "1.10.0", ""),
        ("1.0.0", "2.0.0", ""),
    ],
)
def test_the_part_of_the_version_to_raise(old: str, new: str, advice: str, tmp_path: Path) -> None:
    rows = [(identifier(n), f"record {n}", "text") for n in range(3)]
    builds = [build_of(tmp_path / "old", rows[:2]), build_of(tmp_path / "new", rows)]
    for build, version in zip(builds, (old, new), strict=True):
        build.manifest["version"] = version
    line = ck.diff(*builds).cycle["act"][1]
    assert advice in line
    assert ("raise" in line) == bool(advice)
