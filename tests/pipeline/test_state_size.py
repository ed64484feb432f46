"""The parent holds nothing per document: what a run knows does not grow with the corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pipeline.handmade import ARTICLE, KHMER, recipe_of, run_steps, state_of, write_texts

from corpuskit.pipeline import make_plan
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps import build_steps
from corpuskit.thresholds import RULES


def objects_in(value: Any, seen: set[int]) -> int:
    """How many objects a value is made of."""
    if id(value) in seen:
        return 0
    seen.add(id(value))
    inner: list[Any] = []
    if isinstance(value, dict | Counter):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        inner = list(value)
    elif is_dataclass(value):
        inner = [getattr(value, item.name) for item in fields(value)]
    elif hasattr(value, "__dict__"):
        inner = list(vars(value).values())
    return 1 + sum(objects_in(part, seen) for part in inner)


def finished(folder: Path, documents: int) -> State:
    """A whole build of two tasks."""
    folder.mkdir()
    texts = [f"{ARTICLE}\n{number}" for number in range(documents)]
    write_texts(folder, *texts, per_file=documents // 2)
    every = {KHMER: dict.fromkeys(RULES, False)}
    plan = make_plan(recipe_of(folder, quality=every, dedup={"near": False}))
    state = state_of(plan, folder / "build", task_records=documents // 2)
    with state.workspace.open("handmade"):
        run_steps(state, build_steps())
    assert sum(file.rows for file in state.results["publish"]) == documents
    return state


def test_nothing_per_document_is_in_the_parents_state(tmp_path: Path) -> None:
    few, many = finished(tmp_path / "few", 4), finished(tmp_path / "many", 60)
    for state in (few, many):
        assert len(state.tasks["extract"]) == len(state.tasks["gather"]) == 2
    for name in ("results", "tasks"):
        sizes = [objects_in(getattr(state, name), set()) for state in (few, many)]
        assert sizes[0] > 100, "it is counted at all"
        assert abs(sizes[1] - sizes[0]) <= 12, f"{name} holds something per document"


def test_the_counting_sees_what_is_per_document(tmp_path: Path) -> None:
    state = finished(tmp_path / "few", 4)
    before = objects_in(state.results, set())
    state.results["decide"] = {"reasons": [f"quality/{number}" for number in range(60)]}
    assert objects_in(state.results, set()) >= before + 60
