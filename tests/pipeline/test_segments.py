"""Segments: stages by name and options, what they add and what their outputs depend on."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pipeline.handmade import Sandwich, Scream, courtesy, plug_in

from corpuskit import registry
from corpuskit.edits import EDIT_FIELDS
from corpuskit.identity import Identity, Ingredient
from corpuskit.normalize.stage import Normalize
from corpuskit.pipeline import segments
from corpuskit.pipeline.segments import RESERVED, Segment, StageSpec


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)
    monkeypatch.setattr(segments, "_MADE", {})


def task_key(*specs: StageSpec) -> str:
    """Key of a task that runs stages."""
    segment = Segment("extract", specs)
    return Identity({"extract": segment.ingredients}, "recipe").task_key("extract", "input")


def test_what_a_spec_tells_of_its_stage() -> None:
    spec = StageSpec("scream", {"volume": 2.0}, {"place": "there"})
    assert spec.kind is Scream
    assert spec.fields == Scream.fields
    assert spec.reasons == Scream.reasons
    assert not spec.is_editing
    assert spec.edits == {}


def test_an_editing_stage_and_its_kinds() -> None:
    spec = StageSpec("sandwich")
    assert spec.is_editing
    assert spec.edits == Sandwich.kinds
    assert spec.reasons == {}


def test_a_lifted_signal_is_a_stage() -> None:
    spec = StageSpec("courtesy")
    assert spec.kind is spec.make() is courtesy
    assert not spec.is_editing
    assert spec.ingredient == Ingredient("courtesy", "2", {}, ())


def test_options_of_stages_are_in_the_key_of_tasks() -> None:
    loud = StageSpec("scream", {"volume": 2.0})
    assert loud.ingredient == Ingredient("scream", "1", {"volume": 2.0}, ())
    assert task_key(loud) != task_key(StageSpec("scream"))
    assert task_key(loud) != task_key(StageSpec("scream", {"volume": 3.0}))
    assert task_key(loud, StageSpec("courtesy")) != task_key(StageSpec("courtesy"), loud)


def test_places_are_in_no_key() -> None:
    here, there = (StageSpec("scream", places={"place": place}) for place in ("here", "there"))
    assert task_key(here) == task_key(there)
    assert (here.make().place, there.make().place) == ("here", "there")


def test_the_libraries_and_the_distribution_of_a_plug_in_are_in_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert StageSpec("sandwich").ingredient.libraries == ("numpy",)
    offered = {(registry.STAGES, "sandwich"): "lunch"}
    monkeypatch.setattr(registry, "provider", lambda group, name: offered.get((group, name)))
    assert StageSpec("sandwich").ingredient.libraries == ("numpy", "lunch")


def test_a_stage_is_made_once_per_process_and_options() -> None:
    loud = StageSpec("scream", {"volume": 2.0})
    stage = loud.make()
    assert isinstance(stage, Scream)
    assert stage.volume == 2.0
    assert StageSpec("scream", {"volume": 2.0}).make() is stage
    assert StageSpec("scream", {"volume": 3.0}).make() is not stage


def test_a_segment_makes_its_stages_in_order() -> None:
    segment = Segment("annotate", (StageSpec("scream"), StageSpec("courtesy")))
    assert [stage.name for stage in segment.make()] == ["scream", "courtesy"]
    assert [ingredient.name for ingredient in segment.ingredients] == ["scream", "courtesy"]


def test_only_stages_that_can_lose_a_document_are_in_the_ledger() -> None:
    specs = (StageSpec("normalize"), StageSpec("courtesy"), StageSpec("scream"))
    assert Segment("annotate", specs).ledger_stages == ("normalize", "scream")


def test_the_columns_of_a_segment() -> None:
    plain = Segment("annotate", (StageSpec("scream"), StageSpec("courtesy")))
    assert plain.fields == {
        "loudness": pa.field("loudness", pa.float32()),
        "courtesy": pa.field("courtesy", pa.float32()),
    }
    edited = Segment("annotate", (StageSpec("scream"), StageSpec("sandwich")))
    assert set(edited.fields) == {"loudness", *(field.name for field in EDIT_FIELDS)}


def test_a_later_stages_type_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = pa.field("loudness", pa.float64())
    monkeypatch.setattr(courtesy, "fields", (wide,))
    segment = Segment("annotate", (StageSpec("scream"), StageSpec("courtesy")))
    assert segment.fields == {"loudness": wide}


def test_reserved_names_are_stages_of_the_ledger_and_of_no_chain() -> None:
    assert {"read", "policy", "dedup", "publish"} <= RESERVED
    assert not RESERVED & registry.names(registry.STAGES).keys()
    assert StageSpec("normalize").kind is Normalize
