"""The steps that find near-duplicates in parts: the same clusters as one process finds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pyarrow as pa
import pytest
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.dedup import bands, partitions
from corpuskit.pipeline.step import State, Step
from corpuskit.pipeline.steps import pairs, signatures
from corpuskit.pipeline.steps.bands import BandsStep
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.gather import GatherStep
from corpuskit.pipeline.steps.leaders import LeadersStep
from corpuskit.pipeline.steps.pairs import PairsStep
from corpuskit.pipeline.steps.signatures import SignaturesStep
from corpuskit.pipeline.steps.stars import StarsStep

PARTS = (LeadersStep, SignaturesStep, BandsStep, CandidatesStep, PairsStep, StarsStep)


def steps() -> list[Step]:
    return [GatherStep(), *(step() for step in PARTS), DedupStep()]


def docs(count: int, seed: int = 1) -> list[Doc]:
    """Texts with copies, near-copies, chains of near-copies and texts of their own."""
    draw = random.Random(seed)
    made: list[Doc] = []
    for number in range(count):
        kind = draw.random()
        if made and kind < 0.2:
            text = draw.choice(made).text
        elif made and kind < 0.5:
            text = draw.choice(made).text
            cut = draw.randrange(4, 40)
            text = text[cut:] if draw.random() < 0.5 else text[:-cut]
        else:
            text = text_of(number + 1000 * seed, draw.randrange(40, 90))
        url = f"https://{number}.example/" if draw.random() < 0.8 else None
        license_ = "CC0-1.0" if draw.random() < 0.5 else None
        dropped = "quality/chars" if draw.random() < 0.1 else None
        made.append(Doc(text or "ក", url=url, license=license_, dropped=dropped))
    return made


def grouped(made: Sequence[Doc], size: int) -> list[Sequence[Doc]]:
    return [made[start : start + size] for start in range(0, len(made), size)]


def found(
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    groups: Sequence[Sequence[Doc]],
    partitions_wanted: int,
) -> pa.Table:
    put_all(state, *groups)
    monkeypatch.setattr(
        "corpuskit.pipeline.steps.partitioned.partitions_for", lambda *_: partitions_wanted
    )
    run_steps(state, steps())
    (task,) = state.tasks["dedup"]
    table = state.workspace.store.table(task.output)
    state.workspace.store.delete(task.output)
    return table


@pytest.mark.parametrize("parts", [2, 8])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_clusters_are_those_of_one_process(
    state: State, monkeypatch: pytest.MonkeyPatch, parts: int, seed: int
) -> None:
    monkeypatch.setattr(signatures, "LARGEST", 50)
    monkeypatch.setattr(pairs, "PAIR", 10**7)  # some 100 candidates a task
    groups = grouped(docs(240, seed), 9)
    whole = found(state, monkeypatch, groups, 1)
    split = found(state, monkeypatch, groups, parts)
    assert len(state.tasks["signatures"]) > 4
    assert 1 < len(state.tasks["pairs"]) <= parts
    assert split.to_pylist() == whole.to_pylist()
    assert split.schema.metadata == whole.schema.metadata
    reasons = whole["reason"].to_pylist()
    assert {"dedup/exact", "dedup/near", None} == set(reasons)


def template_pages(count: int) -> list[Doc]:
    """Pages that share a long menu: every signature agrees with every other in some bands."""
    menu = text_of(1, 200)
    return [Doc(menu + text_of(100 + number, 60 + number % 30)) for number in range(count)]


def test_rounds_go_on_until_a_large_bucket_gives_nothing_new(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bands, "BUCKET", 8)
    monkeypatch.setattr(bands, "HEADS", 2)
    groups = grouped([*template_pages(60), *docs(40)], 7)
    whole = found(state, monkeypatch, groups, 1)
    split = found(state, monkeypatch, groups, 4)
    assert len(state.results["stars"]) > 1
    assert split.to_pylist() == whole.to_pylist()
    assert split.schema.metadata == whole.schema.metadata


def test_no_documents(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [[Doc("ក", dropped="quality/chars")], []]
    assert found(state, monkeypatch, groups, 2).num_rows == 0


def test_a_small_corpus_is_left_to_one_process(state: State) -> None:
    put_all(state, docs(20))
    run_steps(state, steps())
    assert all(not state.tasks[step.name] for step in PARTS)
    assert [name for name, _, _ in state.progress.of("begin")] == ["dedup"]


def test_a_corpus_beyond_the_memory_is_compared_in_parts(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "WHOLE", 10**12)
    put_all(state, docs(20))
    run_steps(state, steps())
    assert len(state.tasks["candidates"]) == 2
    assert len(state.tasks["pairs"]) == 1
    assert [name for name, _, _ in state.progress.of("begin")] == ["candidates", "pairs", "dedup"]


def test_what_is_made_of_them_stands_so_they_do(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_all(state, *grouped(docs(60), 9))
    monkeypatch.setattr("corpuskit.pipeline.steps.partitioned.partitions_for", lambda *_: 2)
    run_steps(state, steps())
    left = {output.name.split("/")[1] for output in state.workspace.store.list(".work")}
    assert not left & {"signatures", "bands", "candidates"}
    again = list(state.progress.of("end"))
    run_steps(state, steps())
    lines = state.progress.of("end")[len(again) :]
    assert [line for _, line in lines][:2] == ["done before", "done before"]


@pytest.mark.parametrize("step", ["leaders", "pairs", "stars", "dedup"])
def test_a_damaged_output_is_made_again(
    state: State, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    groups = grouped(docs(60), 9)
    put_all(state, *groups)
    monkeypatch.setattr("corpuskit.pipeline.steps.partitioned.partitions_for", lambda *_: 2)
    run_steps(state, steps())
    (task,) = state.tasks["dedup"]
    store = state.workspace.store
    before = store.table(task.output).to_pylist()
    output = state.tasks[step][0].output
    content = bytearray(store.get(output))
    content[len(content) // 2] ^= 0x40
    store.put(output, bytes(content))
    if step != "dedup":
        store.delete(task.output)
    run_steps(state, [*steps(), ReadClusters()])
    assert store.table(task.output).to_pylist() == before


class ReadClusters(Step):
    """Reads all that `dedup` left, as the steps after it do."""

    name = "read"
    in_parent = True

    def tasks(self, state: State) -> Sequence[object]:  # type: ignore[override]
        return state.tasks["dedup"]

    def standing(self, state: State, tasks: Sequence[object]) -> set[int]:  # type: ignore[override]
        return set()

    def here(self, state: State, task: object) -> None:
        state.workspace.store.table(task.output).to_pylist()  # type: ignore[attr-defined]
