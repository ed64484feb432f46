"""Batches and chains: every row is kept, a lost one skips the stages after it."""

from typing import ClassVar

import pyarrow as pa
import pytest

import corpuskit as ck
from corpuskit.chain import run_chain
from corpuskit.errors import StageError
from corpuskit.stage import Batch, Stage


class LoseShort:
    name: ClassVar[str] = "lose"
    version: ClassVar[str] = "1"
    reasons: ClassVar[dict[str, str]] = {"lose/short": "The text is shorter than three letters."}
    fields: ClassVar[tuple[pa.Field, ...]] = ()

    def process(self, batch: Batch) -> Batch:
        return batch.with_reasons(["lose/short" if len(t) < 3 else None for t in batch["text"]])


class Length:
    name: ClassVar[str] = "length"
    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = (pa.field("length", pa.int64()),)

    def process(self, batch: Batch) -> Batch:
        assert all(len(text) >= 3 for text in batch["text"])  # never sees a lost row
        return batch.with_columns(length=[len(text) for text in batch["text"]])


class Drops:
    name: ClassVar[str] = "drops"
    version: ClassVar[str] = "1"
    fields: ClassVar[tuple[pa.Field, ...]] = ()

    def process(self, batch: Batch) -> Batch:
        return batch.take(range(len(batch) - 1))


def test_lost_rows_stay_in_place_and_skip_later_stages() -> None:
    done = run_chain([LoseShort(), Length()], Batch.of_texts(["abcd", "a", "xyz"]))
    assert done["reason"] == [None, "lose/short", None]
    assert done["length"] == [4, None, 3]
    assert done["text"] == ["abcd", "a", "xyz"]


def test_a_stage_that_drops_a_row_is_named() -> None:
    with pytest.raises(StageError, match="'drops' was given 2 rows and returned 1"):
        run_chain([Drops()], Batch.of_texts(["one", "two"]))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(StageError, match="differ in length"):
        Batch({"text": ["a"], "url": []})


def test_texts_are_kept_until_text_changes() -> None:
    batch = Batch.of_texts(["one"])
    texts = batch.texts
    assert batch.with_columns(url=["u"]).texts is texts
    assert batch.with_columns(text=["two"]).texts.texts == ["two"]


def test_an_empty_batch_runs_through() -> None:
    done = run_chain([LoseShort(), Length()], Batch.of_texts([]))
    assert len(done) == 0
    assert done["length"] == []


def test_a_function_of_a_document_is_lifted_to_a_stage() -> None:
    @ck.signal("politeness", version="3")
    def politeness(document: ck.Document) -> float:
        return document.text.count("please") / max(len(document.text), 1)

    assert isinstance(politeness, Stage)
    assert (politeness.name, politeness.version) == ("politeness", "3")
    done = run_chain([politeness], Batch.of_texts(["please", "no"], url=["u", None]))
    assert done["politeness"] == [pytest.approx(1 / 6), 0.0]
    assert politeness(ck.Document("please")) == pytest.approx(1 / 6)


def test_columns_of_a_batch() -> None:
    batch = Batch({"text": ["a", "b"], "url": ["u", None]})
    assert (len(batch), "url" in batch, "lang" in batch) == (2, True, False)
    assert batch["url"] == ["u", None]
    assert batch.get("url") == ["u", None]
    assert batch.get("lang") == [None, None]
    assert batch.get("lang", 3) == [3, 3]
    assert len(Batch({})) == 0


def test_a_batch_is_never_changed() -> None:
    batch = Batch.of_texts(["a", "b"], url=["u", "v"])
    other = batch.with_columns(url=["x", "y"], lang=["khm_Khmr"] * 2)
    assert batch.columns == {"text": ["a", "b"], "url": ["u", "v"]}
    assert other.columns == {"text": ["a", "b"], "url": ["x", "y"], "lang": ["khm_Khmr"] * 2}
    assert other.take([1]).columns == {"text": ["b"], "url": ["y"], "lang": ["khm_Khmr"]}
    assert batch.take([1, 0])["text"] == ["b", "a"]


def test_columns_are_left_out() -> None:
    batch = Batch.of_texts(["a"], url=["u"])
    assert batch.without([]) is batch
    assert batch.without(["url", "none"]).columns == {"text": ["a"]}
    texts = batch.texts
    assert batch.without(["url"]).texts is texts
    assert "texts" not in batch.without(["text"]).__dict__
    assert "texts" not in Batch.of_texts(["a"], url=["u"]).without(["url"]).__dict__


def test_a_text_of_none_is_seen_as_empty() -> None:
    assert Batch({"text": [None, "a"]}).texts.texts == ["", "a"]


def test_reasons_and_details_of_a_batch() -> None:
    batch = Batch.of_texts(["a", "b"])
    assert batch.with_reasons(["x/y", None]).columns == {
        "text": ["a", "b"], "reason": ["x/y", None], "detail": [None, None],
    }  # fmt: skip
    assert batch.with_reasons(["x/y", None], ["why", None])["detail"] == ["why", None]


def test_a_row_as_a_document() -> None:
    batch = Batch({
        "text": ["a", None], "id": ["1", None], "url": ["u", None], "lang": ["khm_Khmr", None],
        "source": ["s", None], "length": [7, 8],
    })  # fmt: skip
    first, second = batch.document(0), batch.document(1)
    assert first == ck.Document("a", "1", "u", "khm_Khmr", "s", {
        "id": "1", "url": "u", "lang": "khm_Khmr", "source": "s", "length": 7,
    })  # fmt: skip
    assert (second.text, second.id, second.url, second.lang, second.source) == (
        "", "", None, None, None,
    )  # fmt: skip
    assert Batch.of_texts(["a"]).document(0) == ck.Document("a")


def test_a_signal_is_a_column_of_float32() -> None:
    @ck.signal("length", version="1")
    def length(document: ck.Document) -> int:
        return len(document.text)

    assert length.fields == (pa.field("length", pa.float32()),)
    (value,) = length.process(Batch.of_texts(["abc"]))["length"]
    assert isinstance(value, float)
