"""Edits are made, measured again, digested and booked by the chain, whatever a stage forgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from corpuskit.document import text_sha256
from corpuskit.edits import EDIT_FIELDS, Edit, EditedTexts, EditingStage, Passage, apply_edits
from corpuskit.errors import StageError
from corpuskit.stage import Batch


class Length:
    """Measures texts, and counts how often it is asked."""

    name: ClassVar[str] = "length"
    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = (pa.field("length", pa.int64()),)

    def __init__(self) -> None:
        self.measured: list[list[str]] = []

    def process(self, batch: Batch) -> Batch:
        self.measured.append(list(batch["text"]))
        return batch.with_columns(length=[len(text) for text in batch["text"]])


class Mask(EditingStage):
    """Replaces `x` by `*`."""

    name = "mask"
    version = "1"
    kinds: ClassVar[dict[str, str]] = {"masked": "Letters x masked.", "cut": "Lines taken out."}

    def __init__(self, *edits: Edit | None) -> None:
        self.edits = edits

    def edit(self, batch: Batch) -> EditedTexts:
        if self.edits:
            return EditedTexts(self.edits)
        return EditedTexts([self._edit(text) for text in batch["text"]])

    def _edit(self, text: str) -> Edit | None:
        count = text.count("x")
        return Edit(text.replace("x", "*"), {"masked": count}, {"masked": count}) if count else None


class MaskAgain(Mask):
    """Asks for the length to be measured again; keeps what is not longer than three letters."""

    name = "mask_again"
    remeasures = ("length",)

    def stands(self, batch: Batch) -> Sequence[bool]:
        return [length <= 3 for length in batch["length"]]


def row(batch: Batch, number: int) -> dict[str, Any]:
    """One row of a batch."""
    return {name: values[number] for name, values in batch.columns.items()}


def test_an_edit_is_made_digested_and_booked() -> None:
    done = apply_edits(Mask(), Batch.of_texts(["axx", "b"]), [])
    assert row(done, 0) == {
        "text": "a**",
        "raw_sha256": text_sha256("axx"),
        "text_sha256": text_sha256("a**"),
        "edits": [{"stage": "mask", "kind": "masked", "count": 2, "chars": 2}],
        "removed": None,
        "removed_text": None,
    }
    assert row(done, 1) == {
        "text": "b",
        "raw_sha256": text_sha256("b"),
        "text_sha256": text_sha256("b"),
        "edits": [],
        "removed": None,
        "removed_text": None,
    }
    assert {field.name for field in EDIT_FIELDS} == set(done.columns) - {"text"}


def test_the_digest_before_all_edits_stays_and_edits_add_up() -> None:
    once = apply_edits(Mask(Edit("bx", {"masked": 1})), Batch.of_texts(["a"]), [])
    twice = apply_edits(Mask(), once, [])
    assert twice["raw_sha256"] == [text_sha256("a")]
    assert twice["text_sha256"] == [text_sha256("b*")]
    assert [(edit["count"], edit["chars"]) for edit in twice["edits"][0]] == [(1, 0), (1, 1)]


class Cut(Mask):
    """Cuts the first letter off, after which the letters x are masked again."""

    name = "cut"
    reedits = ("mask",)

    def edit(self, batch: Batch) -> EditedTexts:
        passages = [Passage("cut", 1, text[:1]) for text in batch["text"]]
        return EditedTexts(
            [
                Edit(f"{text[1:]}x", passages=[p])
                for text, p in zip(batch["text"], passages, strict=True)
            ]
        )


def test_a_stage_may_have_earlier_ones_edit_its_texts_again() -> None:
    masked = apply_edits(Mask(), Batch.of_texts(["axb", "ab"]), [])
    done = apply_edits(Cut(), masked, [Length(), Mask()])
    assert done["text"] == ["*b*", "b*"]
    assert done["text_sha256"] == [text_sha256("*b*"), text_sha256("b*")]
    assert [[(e["stage"], e["kind"], e["count"]) for e in row] for row in done["edits"]] == [
        [("mask", "masked", 2), ("cut", "cut", 1)],
        [("cut", "cut", 1), ("mask", "masked", 1)],
    ]
    without = apply_edits(Cut(), Batch.of_texts(["ab"]), [Length()])
    assert without["text"] == ["bx"], "a stage that did not run before does not run now"


def test_a_text_of_none_counts_as_empty() -> None:
    done = apply_edits(Mask(None), Batch({"text": [None]}), [])
    assert done["raw_sha256"] == [text_sha256("")]


def test_removed_passages_are_counted_and_kept_in_order() -> None:
    first = Passage("cut", 2, "hello", "eng_Latn")
    second = Passage("cut", 4, "sawasdee")
    edit = Edit("left", {"masked": 3, "cut": 1}, {"cut": 2}, [first, second])
    done = row(apply_edits(Mask(edit), Batch.of_texts(["before"]), []), 0)
    assert done["edits"] == [
        {"stage": "mask", "kind": "cut", "count": 3, "chars": 2 + 5 + 8},
        {"stage": "mask", "kind": "masked", "count": 3, "chars": 0},
    ]
    assert done["removed"] == [
        {"stage": "mask", "kind": "cut", "line": 2, "lang": "eng_Latn", "chars": 5},
        {"stage": "mask", "kind": "cut", "line": 4, "lang": None, "chars": 8},
    ]
    assert done["removed_text"] == ["hello", "sawasdee"]


def test_characters_are_those_of_the_passages() -> None:
    edit = Edit("left", passages=[Passage("cut", 1, "four")])
    (booked,) = apply_edits(Mask(edit), Batch.of_texts(["before"]), [])["edits"][0]
    assert (booked["count"], booked["chars"]) == (1, 4)


def test_passages_of_several_stages_add_up() -> None:
    edits = [
        Edit("b", passages=[Passage("cut", 1, "a")]),
        Edit("", passages=[Passage("cut", 1, "b")]),
    ]
    batch = Batch.of_texts(["a\nb"])
    for edit in edits:
        batch = apply_edits(Mask(edit), batch, [])
    assert batch["removed_text"] == [["a", "b"]]
    assert [passage["chars"] for passage in batch["removed"][0]] == [1, 1]


def test_a_kind_that_was_counted_nil_times_is_not_booked() -> None:
    done = apply_edits(Mask(Edit("a", {"masked": 0})), Batch.of_texts(["a"]), [])
    assert done["edits"] == [[]]


def test_texts_are_measured_again_where_the_stage_asks_for_it() -> None:
    length = Length()
    batch = length.process(Batch.of_texts(["x", "four", "xx"]))
    done = apply_edits(
        MaskAgain(Edit("1", {"masked": 1}), None, Edit("12", {"masked": 1})), batch, [length]
    )
    assert length.measured[1:] == [["1", "12"]], "only the edited texts, once"
    assert done["length"] == [1, 4, 2]
    assert done["text"] == ["1", "four", "12"]


def test_texts_are_not_measured_again_without_being_asked_for() -> None:
    length = Length()
    batch = length.process(Batch.of_texts(["x"]))
    apply_edits(Mask(Edit("12", {"masked": 1})), batch, [length])
    assert len(length.measured) == 1


def test_an_edit_that_does_not_stand_leaves_the_row_as_it_was() -> None:
    length = Length()
    batch = length.process(Batch.of_texts(["x", "x"]))
    stage = MaskAgain(Edit("too long", {"masked": 1}), Edit("ok", {"masked": 1}))
    done = apply_edits(stage, batch, [length])
    assert done["text"] == ["x", "ok"]
    assert done["length"] == [1, 2]
    assert done["edits"][0] == []
    assert done["text_sha256"] == [text_sha256("x"), text_sha256("ok")]
    nothing = apply_edits(MaskAgain(Edit("too long", {"masked": 1}), None), batch, [length])
    assert nothing["text"] == ["x", "x"]
    assert nothing["edits"] == [[], []]


def test_measuring_stages_run_in_the_order_of_the_chain() -> None:
    order: list[str] = []

    class First(Length):
        name = "first"

        def process(self, batch: Batch) -> Batch:
            order.append(self.name)
            return batch

    class Second(First):
        name = "second"

    class Both(Mask):
        remeasures = ("second", "first")

    apply_edits(
        Both(Edit("b", {"masked": 1})), Batch.of_texts(["a"]), [First(), Length(), Second()]
    )
    assert order == ["first", "second"]


def test_columns_for_the_stages_own_process_are_there_also_without_edits() -> None:
    class Told(Mask):
        def edit(self, batch: Batch) -> EditedTexts:
            return EditedTexts([None] * len(batch), {"_seen": ["what it saw"] * len(batch)})

    assert apply_edits(Told(), Batch.of_texts(["a"]), [])["_seen"] == ["what it saw"]


def test_another_number_of_edits_than_rows_is_refused() -> None:
    with pytest.raises(StageError, match="'mask' was given 2 rows and returned 1 edits"):
        apply_edits(Mask(None), Batch.of_texts(["a", "b"]), [])


def test_a_changed_text_without_a_count_is_refused() -> None:
    message = r"'mask' changed a text and counted no edit; .* must say what was done$"
    with pytest.raises(StageError, match=message):
        apply_edits(Mask(Edit("b")), Batch.of_texts(["a"]), [])
    with pytest.raises(StageError, match="counted no edit"):
        apply_edits(Mask(Edit("b", {"masked": 0})), Batch.of_texts(["a"]), [])


def test_a_kind_that_is_not_declared_is_refused() -> None:
    with pytest.raises(
        StageError, match="'mask' made edits of the kind 'rot13', which it does not"
    ):
        apply_edits(Mask(Edit("b", {"masked": 1, "rot13": 1})), Batch.of_texts(["a"]), [])
    with pytest.raises(
        StageError, match=r"'rot13', which it does not declare; add it to its `kinds`$"
    ):
        apply_edits(Mask(Edit("", passages=[Passage("rot13", 1, "a")])), Batch.of_texts(["a"]), [])


def test_measuring_by_a_stage_that_does_not_run_before_is_refused() -> None:
    with pytest.raises(StageError, match=r"'mask_again' asks for 'length' .* not run before it"):
        apply_edits(MaskAgain(Edit("b", {"masked": 1})), Batch.of_texts(["a"]), [])


def test_an_editing_stage_must_say_what_it_edits() -> None:
    with pytest.raises(TypeError, match="abstract"):
        type("Idle", (EditingStage,), {"name": "idle", "version": "1"})()


def test_the_defaults_of_a_stage_keep_every_row_and_every_edit() -> None:
    batch = Batch.of_texts(["a", "b"])
    assert Mask().process(batch) is batch
    assert list(Mask().stands(batch)) == [True, True]


class Returns(EditingStage):
    """A stage that returns what the test says."""

    name, version = "returns", "1"
    kinds: ClassVar[dict[str, str]] = {"kind": "A kind."}

    def __init__(self, edit: Any, stands: Sequence[bool] | None = None, **columns: Any) -> None:
        self.returned, self.standing, self.columns = edit, stands, columns

    def edit(self, batch: Batch) -> EditedTexts:
        return EditedTexts([self.returned] * len(batch), self.columns)

    def stands(self, batch: Batch) -> Sequence[bool]:
        return super().stands(batch) if self.standing is None else self.standing


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("a text", "which is not an Edit"),
        (Edit(None, {"kind": 1}), "which is not an Edit"),  # type: ignore[arg-type]
        (Edit("\ud800", {"kind": 1}), "half of a surrogate pair"),
        (Edit("b", {"kind": -5}), "counts are 0 or more"),
        (Edit("b", {"kind": 1.5}), "counts are 0 or more"),  # type: ignore[dict-item]
        (Edit("b", {"kind": 1}, {"other": 3}), "of the kind 'other', which it does not declare"),
    ],
)
def test_an_edit_that_cannot_be_booked_is_refused(edit: Any, message: str) -> None:
    with pytest.raises(StageError, match=message):
        apply_edits(Returns(edit), Batch.of_texts(["a"]), [])


@pytest.mark.parametrize("stands", [[], [True, True, False]])
def test_an_answer_for_another_number_of_edits_is_refused(stands: list[bool]) -> None:
    stage = Returns(Edit("b", {"kind": 1}), stands)
    with pytest.raises(StageError, match=f"2 edits stand and answered for {len(stands)}"):
        apply_edits(stage, Batch.of_texts(["a", "a"]), [])


def test_a_column_that_is_there_cannot_be_replaced_beside_edits() -> None:
    with pytest.raises(StageError, match="returned the column 'text' beside its edits"):
        apply_edits(Returns(None, text=["b"]), Batch.of_texts(["a"]), [])


def test_an_editing_stage_cannot_measure_for_another() -> None:
    stage = Returns(Edit("b", {"kind": 1}))
    earlier = Mask()
    stage.remeasures = (earlier.name,)  # type: ignore[misc]
    with pytest.raises(
        StageError, match=f"{earlier.name!r} to measure its texts again, which changes"
    ):
        apply_edits(stage, Batch.of_texts(["a 1"]), [earlier])
