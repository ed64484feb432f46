"""The steps `extract`, `annotate` and `sign`: chains of stages over records, task by task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pipeline.handmade import ARTICLE, Recorder, recipe_of, run_steps, state_of, write_texts

from corpuskit import identity, schema
from corpuskit.document import document_id, text_sha256
from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.scan import ScanStep
from corpuskit.pipeline.steps.sign import SignStep

CHAIN = (ScanStep, ExtractStep, AnnotateStep, SignStep)
TEXTS = [f"{ARTICLE}\u200b\u200b {number}" for number in range(3)]


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[..., State]:
    """Makes a run over three texts in two files, in one and the same folder."""
    texts = tmp_path / "texts"
    texts.mkdir()
    urls = [f"HTTPS://WWW.Example.com:443/{number}#top" for number in range(3)]
    write_texts(texts, *TEXTS, url=urls)

    def make(task_records: int = 2, **tables: object) -> State:
        return state_of(make_plan(recipe_of(texts, **tables)), tmp_path / "build", task_records)

    return make


@pytest.fixture
def state(fresh: Callable[..., State]) -> State:
    state = fresh()
    state.workspace.work.mkdir(parents=True)
    return run_steps(state, [step() for step in CHAIN])


def output(state: State, step: str, number: int = 0) -> pa.Table:
    return state.workspace.store.table(state.tasks[step][number].output)


def test_texts_are_extracted_task_by_task(state: State) -> None:
    assert [len(task.pieces) for task in state.tasks["extract"]] == [1, 1]
    table = output(state, "extract")
    assert table["text"].to_pylist() == TEXTS[:2]
    assert table["url"].to_pylist()[0] == "HTTPS://WWW.Example.com:443/0#top"
    assert table["url_canonical"].to_pylist()[0] == "https://www.example.com/0"
    assert table["domain"].to_pylist() == ["example.com"] * 2
    assert table["license"].to_pylist() == ["CC0-1.0"] * 2
    assert table["reason"].null_count == 2
    assert not any(name.startswith("_") for name in table.column_names)
    for name in set(table.column_names) & set(schema.FIELDS):
        assert table.schema.field(name).type == schema.FIELDS[name].type, name


def test_texts_are_annotated_and_have_ids(state: State) -> None:
    table = output(state, "annotate")
    refs = output(state, "extract")["source_ref"].to_pylist()
    texts = table["text"].to_pylist()
    assert texts[0] != TEXTS[0], "canonical"
    assert table["id"].to_pylist() == list(map(document_id, refs, texts))
    assert table["text_bytes"].to_pylist() == [len(text.encode()) for text in texts]
    assert table["text_sha256"].to_pylist() == list(map(text_sha256, texts))
    assert table["lang"].to_pylist() == ["khm_Khmr"] * 2
    assert table["quality"].null_count == 0
    assert table.schema.field("id") == schema.FIELDS["id"]


def test_a_record_without_a_text_has_an_id_all_the_same(
    fresh: Callable[..., State], tmp_path: Path
) -> None:
    (tmp_path / "texts" / "rows-2.jsonl").write_text('{"text": 3}\n')
    state = fresh()
    state.workspace.work.mkdir(parents=True)
    run_steps(state, [step() for step in CHAIN])
    table = output(state, "annotate", 1)
    _, ref = output(state, "extract", 1)["source_ref"].to_pylist()
    assert table["reason"].to_pylist()[1] is not None
    assert table["id"].to_pylist()[1] == document_id(ref, "")
    assert table["text_bytes"].to_pylist()[1] == 0


def test_texts_are_signed(state: State) -> None:
    table = output(state, "sign")
    assert table.column_names == ["signature", "shingle_count", "reason", "detail"]
    assert table.num_rows == 2
    assert min(table["shingle_count"].to_pylist()) > 50
    assert state.tasks["sign"][0].columns == ("text", "lang", "reason", "detail")


def test_every_task_reads_the_output_of_the_one_before(state: State) -> None:
    for before, after in (("extract", "annotate"), ("annotate", "sign")):
        reads = [task.reads for task in state.tasks[after]]
        assert reads == [task.output for task in state.tasks[before]]
        assert [task.source for task in state.tasks[after]] == [
            source.anywhere() for source in state.plan.sources
        ] * 2


def test_the_size_of_tasks_is_the_runs(fresh: Callable[..., State]) -> None:
    state = run_steps(fresh(task_records=99), [ScanStep()])
    (task,) = ExtractStep().tasks(state)
    assert len(task.pieces) == 2
    state.task_bytes = 1
    assert len(ExtractStep().tasks(state)) == 2


def keys(state: State, step: str = "extract") -> list[str]:
    return [task.key for task in state.tasks[step]]


def rerun(state: State) -> State:
    return run_steps(state, [step() for step in CHAIN])


def test_keys_follow_pieces_and_what_is_read(fresh: Callable[..., State], state: State) -> None:
    assert len(set(keys(state))) == 2
    assert keys(rerun(fresh())) == keys(state)
    one = rerun(fresh(task_records=99))
    assert not set(keys(one)) & set(keys(state))


@pytest.mark.parametrize(
    ("tables", "first"),
    [({"extract": {"screen": False}}, "extract"), ({"normalize": {"zwsp": "strip"}}, "annotate")],
)
def test_an_option_of_a_stage_runs_its_step_and_those_after_it_again(
    fresh: Callable[..., State], state: State, tables: dict, first: str
) -> None:
    other = rerun(fresh(**tables))
    steps = ("extract", "annotate", "sign")
    again = {step for step in steps if not set(keys(other, step)) & set(keys(state, step))}
    assert again == set(steps[steps.index(first) :])


def test_a_renamed_input_is_another_input(
    fresh: Callable[..., State], state: State, tmp_path: Path
) -> None:
    path = tmp_path / "texts" / "rows-1.jsonl"
    path.rename(path.with_name("rows-9.jsonl"))
    other = rerun(fresh())
    assert keys(other)[0] == keys(state)[0]
    assert keys(other)[1] != keys(state)[1]


def test_an_upgraded_library_runs_exactly_the_steps_that_declare_it_and_says_so(
    fresh: Callable[..., State], state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = identity.library_version

    def upgraded(library: str, version: str) -> State:
        versions = {library: version}
        monkeypatch.setattr(
            identity, "library_version", lambda name: versions.get(name) or real(name)
        )
        return rerun(fresh())

    before = real("trafilatura")
    other = upgraded("trafilatura", "99.1")
    assert isinstance(other.progress, Recorder)
    notes = other.progress.of("note")
    assert notes == [("extract", f"extract runs again: trafilatura {before} -> 99.1")]
    done = {step: count for step, _, count in other.progress.of("begin")}
    assert done["extract"] == 0
    assert {step for step in ("annotate", "sign") if done[step]} == set(), "what follows reads it"

    monkeypatch.undo()
    annotating = upgraded("myanmartools", "99.1")
    assert isinstance(annotating.progress, Recorder)
    done = {step: count for step, _, count in annotating.progress.of("begin")}
    assert (done["extract"], done["annotate"], done["sign"]) == (2, 0, 0)
    assert [step for step, _ in annotating.progress.of("note")] == ["annotate"]

    monkeypatch.undo()
    nothing = upgraded("datasketch", "99.1")
    assert isinstance(nothing.progress, Recorder)
    done = {step: count for step, _, count in nothing.progress.of("begin")}
    assert (done["extract"], done["annotate"], done["sign"]) == (2, 2, 2)


def test_the_key_has_the_source_that_the_pieces_are_of(
    fresh: Callable[..., State], state: State
) -> None:
    source = replace(state.plan.sources[0], license="MIT")
    plan: Plan = replace(state.plan, sources=(source,))
    other = replace(fresh(), plan=plan)
    other.results["scan"] = state.results["scan"]
    assert not {task.key for task in ExtractStep().tasks(other)} & set(keys(state))


def test_what_is_extracted_is_compressed(fresh: Callable[..., State], tmp_path: Path) -> None:
    write_texts(tmp_path / "texts", ARTICLE * 100)
    state = fresh()
    state.workspace.work.mkdir(parents=True)
    run_steps(state, [ScanStep(), ExtractStep()])
    size = state.workspace.store.size(state.tasks["extract"][0].output) or 0
    assert size < len(ARTICLE.encode()) * 50
