"""The step `rejects`: files of rejects, of as many rows as were tallied."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline.handmade import Serial, run_steps

from corpuskit.errors import LedgerError
from corpuskit.ledger import Ledger
from corpuskit.pipeline.step import Job, State
from corpuskit.pipeline.steps import rejects as writing
from corpuskit.pipeline.steps.rejects import RejectsStep, write
from corpuskit.pipeline.steps.tally import TallyTask
from corpuskit.publish.published import note_name, read_note
from corpuskit.publish.rejects import files_of
from corpuskit.schema import REJECTS

COUNTS = (4, 0, 3, 5)


@pytest.fixture
def tallied(state: State) -> State:
    """Twelve rejects in four outputs of `tally`."""
    first = 0
    tasks = []
    for number, count in enumerate(COUNTS):
        task = TallyTask("tally", f"k{number}", number, (), "clusters", ())
        rows = [{"id": str(first + at), "broken": []} for at in range(count)]
        table = pa.Table.from_pylist(rows, REJECTS)
        state.workspace.store.put_table(task.output, table.replace_schema_metadata({"a": "b"}))
        tasks.append(task)
        first += count
    state.tasks["tally"] = tasks
    state.results["tally"] = (Ledger(), list(COUNTS))
    return state


def ids(state: State, name: str) -> list[str]:
    with state.workspace.store.reading(name) as source:
        return pq.read_table(source)["id"].to_pylist()


def test_one_file_for_a_million_rows(tallied: State) -> None:
    run_steps(tallied, [RejectsStep()])
    (file,) = tallied.results["rejects"]
    store = tallied.workspace.store
    assert file.path == "rejects/rejects-00000-of-00001.parquet"
    assert (file.kind, file.rows, file.bytes) == ("rejects", 12, store.size(file.path))
    assert file.sha256 == hashlib.sha256(store.get(file.path)).hexdigest()
    assert read_note(store, note_name(file.path)) == file
    assert ids(tallied, file.path) == [str(number) for number in range(12)]
    assert tallied.progress.events == []


@pytest.mark.parametrize("size", [1, 4, 5, 7, 12])
def test_files_are_cut_by_rows_however_they_were_tallied(
    tallied: State, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "files_of", lambda total: files_of(total, size))
    run_steps(tallied, [RejectsStep()])
    files = tallied.results["rejects"]
    assert len(files) == -(-12 // size)
    found = [ids(tallied, file.path) for file in files]
    assert [row for rows in found for row in rows] == [str(number) for number in range(12)]
    assert all(len(rows) == size for rows in found[:-1])
    for task in tallied.tasks["rejects"]:
        assert all(start < stop for _, start, stop in task.slices)


def test_no_rejects_is_an_empty_file(tallied: State) -> None:
    tallied.tasks["tally"], tallied.results["tally"] = [], (Ledger(), [])
    run_steps(tallied, [RejectsStep()])
    (file,) = tallied.results["rejects"]
    assert file.rows == 0
    assert ids(tallied, file.path) == []


def test_rows_that_get_lost_in_writing_are_noticed(
    tallied: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    (task,) = RejectsStep().tasks(tallied)
    real = writing.write_rejects
    monkeypatch.setattr(writing, "write_rejects", lambda file, tables: real(file, tables) - 1)
    with pytest.raises(LedgerError, match=r"parquet: 12 rejects planned, 11 written"):
        write(Job(tallied.workspace, task))
    assert read_note(tallied.workspace.store, note_name(task.name)) is None


def test_rows_that_got_lost_before_are_noticed(tallied: State) -> None:
    (task,) = RejectsStep().tasks(tallied)
    name, start, stop = task.slices[-1]
    wrong = replace(task, slices=(*task.slices[:-1], (name, start, stop + 1)))
    with pytest.raises(LedgerError, match="13 rejects planned, 12 written"):
        write(Job(tallied.workspace, wrong))


def test_files_that_stand_are_not_written_again(tallied: State) -> None:
    run_steps(tallied, [RejectsStep()])
    files, store = tallied.results["rejects"], tallied.workspace.store
    store.put("manifest.json", b"{}")
    engine = Serial()
    run_steps(tallied, [RejectsStep()], engine)
    assert engine.tasks == []
    assert tallied.results["rejects"] == files
    assert store.exists("manifest.json")
    store.put(files[0].path, b"truncated")
    run_steps(tallied, [RejectsStep()], engine)
    assert len(engine.tasks) == 1
    assert tallied.results["rejects"] == files
    assert not store.exists("manifest.json"), "taken away before a file is replaced"


def test_what_a_file_depends_on(tallied: State, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = RejectsStep().tasks(tallied)
    tasks = tallied.tasks["tally"]
    tallied.tasks["tally"] = [replace(tasks[0], key="other"), *tasks[1:]]
    assert RejectsStep().tasks(tallied)[0].key != first.key
    tallied.tasks["tally"] = tasks
    monkeypatch.setattr(writing, "files_of", lambda total: files_of(total, 6))
    halves = RejectsStep().tasks(tallied)
    assert len({first.key, *(half.key for half in halves)}) == 3
