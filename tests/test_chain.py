"""Chains: every row is kept, a lost one skips the stages after it, contracts are checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from corpuskit.chain import run_chain
from corpuskit.edits import Edit, EditedTexts, EditingStage
from corpuskit.errors import StageError
from corpuskit.stage import Batch


class Step:
    """A stage made of a function."""

    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = ()

    def __init__(self, name: str, process: Callable[[Batch], Batch], *reasons: str) -> None:
        self.name = name
        self.process = process
        self.reasons = dict.fromkeys(reasons, "A meaning.")


def losing(name: str, code: str | None, detail: str | None = None, *, text: str) -> Step:
    """A stage that loses the rows of a text, and says `detail` of them."""

    def process(batch: Batch) -> Batch:
        hit = [row == text for row in batch["text"]]
        return batch.with_reasons(
            [code if here else None for here in hit], [detail if here else None for here in hit]
        )

    return Step(name, process, *([code] if code else []))


def seeing(texts: list[list[str]]) -> Step:
    """A stage that notes which texts it is given, and adds a column."""

    def process(batch: Batch) -> Batch:
        texts.append(list(batch["text"]))
        return batch.with_columns(seen=[f"saw {text}" for text in batch["text"]])

    return Step("see", process)


def test_a_lost_row_stays_in_place_and_skips_later_stages() -> None:
    texts: list[list[str]] = []
    stages = [losing("a", "a/x", "why", text="one"), seeing(texts), losing("b", "b/y", text="two")]
    done = run_chain(stages, Batch.of_texts(["zero", "one", "two", "three"]))
    assert texts == [["zero", "two", "three"]]
    assert done["reason"] == [None, "a/x", "b/y", None]
    assert done["detail"] == [None, "why", None, None]
    assert done["seen"] == ["saw zero", None, "saw two", "saw three"]
    assert done["text"] == ["zero", "one", "two", "three"]


def test_rows_that_were_lost_before_are_not_seen() -> None:
    texts: list[list[str]] = []
    batch = Batch.of_texts(["a", "b"]).with_reasons(["read/corrupt", None], ["cut", None])
    done = run_chain([seeing(texts)], batch)
    assert texts == [["b"]]
    assert done["reason"] == ["read/corrupt", None]
    assert done["detail"] == ["cut", None]
    assert done["seen"] == [None, "saw b"]


def test_all_rows_may_be_lost() -> None:
    texts: list[list[str]] = []
    done = run_chain([losing("a", "a/x", text="one"), seeing(texts)], Batch.of_texts(["one"]))
    assert texts == [[]]
    assert done["reason"] == ["a/x"]
    assert done["seen"] == [None]


def test_an_earlier_detail_stays_until_a_stage_says_something() -> None:
    batch = Batch({"text": ["a", "b", "c"], "detail": ["from the source", None, "kept"]})
    done = run_chain(
        [losing("a", None, text="z"), losing("b", "b/x", "later", text="a"), seeing([])], batch
    )
    assert done["detail"] == ["later", None, "kept"]
    assert done["reason"] == ["b/x", None, None]


def test_a_row_that_is_lost_without_a_word_keeps_the_earlier_detail() -> None:
    batch = Batch({"text": ["a", "b"], "detail": ["from the source", None]})
    done = run_chain([losing("b", "b/x", text="a")], batch)
    assert done["detail"] == ["from the source", None]


def test_reasons_and_details_are_always_there() -> None:
    done = run_chain([], Batch.of_texts(["a"]))
    assert done.columns == {"text": ["a"], "reason": [None], "detail": [None]}
    assert len(run_chain([seeing([])], Batch.of_texts([]))) == 0


def test_stages_see_the_views_of_texts_that_were_computed_before() -> None:
    views: list[Any] = []

    def process(batch: Batch) -> Batch:
        views.append(batch.texts)
        return batch.with_columns(number=[len(views)] * len(batch))

    run_chain([Step("a", process), Step("b", process)], Batch.of_texts(["a", "b"]))
    assert views[0] is views[1]
    batch = Batch.of_texts(["a", "b"])
    run_chain([Step("c", process)], batch)
    assert views[2] is batch.texts, "also those from before the chain"


@pytest.mark.parametrize("code", ["b/other", "plain", "a/undeclared"])
def test_a_code_that_is_not_the_stages_own_names_the_stage(code: str) -> None:
    stage = losing("a", code, text="one")
    stage.reasons = {"a/declared": "A meaning.", "b/other": "Of another stage.", "plain": "None."}
    after: list[list[str]] = []
    with pytest.raises(StageError, match=f"stage 'a' lost a document as {code!r}.*reasons = "):
        run_chain([stage, seeing(after)], Batch.of_texts(["one"]))
    assert after == [], "the first chain that meets it stops there"


def test_codes_of_rows_lost_before_are_not_the_stages_affair() -> None:
    batch = Batch.of_texts(["a", "b"]).with_reasons(["read/corrupt", None])
    assert run_chain([losing("a", "a/x", text="b")], batch)["reason"] == ["read/corrupt", "a/x"]


@pytest.mark.parametrize("rows", [[0], [0, 1, 1]])
def test_a_stage_that_drops_or_adds_a_row_is_named(rows: list[int]) -> None:
    stage = Step("drops", lambda batch: batch.take(rows))
    with pytest.raises(StageError) as caught:
        run_chain([stage], Batch.of_texts(["a", "b"]))
    assert str(caught.value) == (
        f"stage 'drops' was given 2 rows and returned {len(rows)}; a stage must keep every row and "
        "set `reason` for those it loses"
    )


class Shout(EditingStage):
    """Makes every text upper case; a column in transit says which it was."""

    name = "shout"
    version = "1"
    kinds: ClassVar[dict[str, str]] = {"raised": "Letters raised."}
    reasons: ClassVar[dict[str, str]] = {"shout/quiet": "Nothing to raise."}
    remeasures = ("see",)

    def edit(self, batch: Batch) -> EditedTexts:
        edits = [
            Edit(text.upper(), {"raised": len(text)}) if text.islower() else None
            for text in batch["text"]
        ]
        return EditedTexts(edits, {"_before": list(batch["text"]), "told": ["yes"] * len(batch)})

    def process(self, batch: Batch) -> Batch:
        quiet = [None if text.isalpha() else "shout/quiet" for text in batch["_before"]]
        return batch.with_columns(was=batch["_before"]).with_reasons(quiet)


def test_edits_are_made_before_the_stages_own_process() -> None:
    texts: list[list[str]] = []
    done = run_chain([seeing(texts), Shout()], Batch.of_texts(["a", "B", "1"]))
    assert done["text"] == ["A", "B", "1"]
    assert done["was"] == ["a", "B", "1"]
    assert done["seen"] == ["saw A", "saw B", "saw 1"]
    assert texts == [["a", "B", "1"], ["A"]]
    assert done["reason"] == [None, None, "shout/quiet"]
    assert [len(edits) for edits in done["edits"]] == [1, 0, 0]
    assert "_before" not in done, "columns in transit end with their stage"
    assert done["told"] == ["yes"] * 3


def test_columns_in_transit_of_the_input_stay() -> None:
    batch = Batch({"text": ["a"], "_content": [b"a"]})
    assert run_chain([seeing([]), Shout()], batch)["_content"] == [b"a"]


def test_an_editing_stage_can_only_have_earlier_stages_measure_again() -> None:
    with pytest.raises(StageError, match="not run before it"):
        run_chain([Shout(), seeing([])], Batch.of_texts(["a"]))


class Rewrites:
    """A plain stage that changes texts on its own."""

    name, version, fields = "rewrites", "1", ()

    def process(self, batch: Batch) -> Batch:
        return batch.with_columns(text=[text.upper() for text in batch["text"]])


class Forgets:
    """A stage that returns its own column alone."""

    name, version = "forgets", "1"
    fields = (pa.field("size", pa.int64()),)

    def process(self, batch: Batch) -> Batch:
        return Batch({"size": [len(text) for text in batch["text"]]})


class Fails:
    name, version, fields = "fails", "1", ()

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def process(self, batch: Batch) -> Batch:
        raise self.error


def test_a_plain_stage_may_not_change_texts() -> None:
    with pytest.raises(StageError, match=r"'rewrites' changed texts in `process`.*EditingStage"):
        run_chain([Rewrites()], Batch.of_texts(["a"]))


def test_columns_that_a_stage_does_not_return_stay() -> None:
    done = run_chain([Forgets()], Batch.of_texts(["abc"], url=["u"]))
    assert (done["text"], done["url"], done["size"]) == (["abc"], ["u"], [3])


@pytest.mark.parametrize("error", [ZeroDivisionError("one\ntwo"), SystemExit(3), KeyError("k")])
def test_an_exception_is_attributed_to_its_stage_in_one_line(error: BaseException) -> None:
    with pytest.raises(StageError) as caught:
        run_chain([Fails(error)], Batch.of_texts(["a"]))
    message = str(caught.value)
    assert message.startswith(f"stage 'fails' failed: {type(error).__name__}: ")
    assert "test_chain.py, line " in message
    assert "\n" not in message
