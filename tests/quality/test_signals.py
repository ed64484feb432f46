"""The stage `signals`: every value in its range, for any text, however it is batched."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.quality.signals import QUALITY, Signals
from corpuskit.stage import Batch, Stage
from corpuskit.thresholds import QUALITY_SIGNALS, SIGNALS

LANGS = ("khm_Khmr", "mya_Mymr", "ind_Latn", "und", None)
STOP_WORDS = {"khm_Khmr": ["និង"], "ind_Latn": ["yang", "dan"]}

alphabet = st.one_of(
    st.sampled_from("កខ្ុំ។ៗ\u200bကြ်း။กาํ้ะกຂ້າ abcXYZ_09.,…\n\n  \x00\ud800\udfff\ufffd\ue000{}/:#"),
    st.characters(),
)
texts = st.one_of(st.text(alphabet, max_size=80), st.text(st.sampled_from("aក \n"), max_size=200))
rows = st.lists(st.tuples(texts, st.sampled_from(LANGS)), max_size=6)


def measured(pairs: list[tuple[str, str | None]]) -> list[dict[str, float | None]]:
    batch = Batch.of_texts([text for text, _ in pairs], lang=[lang for _, lang in pairs])
    return list(Signals(stop_words=STOP_WORDS).process(batch)["quality"])


def test_is_a_stage_with_one_struct_in_the_declared_order() -> None:
    assert isinstance(Signals(), Stage)
    assert Signals.fields == (pa.field("quality", QUALITY),)
    assert [field.name for field in QUALITY] == list(QUALITY_SIGNALS)


@settings(max_examples=200)
@given(rows)
def test_values_are_finite_and_in_range(pairs: list[tuple[str, str | None]]) -> None:
    for row, (_, lang) in zip(measured(pairs), pairs, strict=True):
        assert list(row) == list(QUALITY_SIGNALS)
        for name, value in row.items():
            unlisted = name.startswith("stop_word") and lang not in STOP_WORDS
            if unlisted or name == "specific_word_share":  # of these no lists are given
                assert value is None
            else:
                assert value is not None
                assert 0 <= value <= SIGNALS[name].highest
                assert value < float("inf")


@given(rows)
def test_per_document_equals_per_batch(pairs: list[tuple[str, str | None]]) -> None:
    assert measured(pairs) == [row for pair in pairs for row in measured([pair])]


def test_values_survive_the_column_type() -> None:
    row = measured([("មនុស្ស និង សត្វ។ 12", "khm_Khmr"), ("", None)])
    assert pa.array(row, type=QUALITY).to_pylist() == row


def test_options_are_json_and_an_empty_list_is_no_list() -> None:
    options = json.loads(json.dumps({"stop_words": {"khm_Khmr": [], "ind_Latn": ["di"]}}))
    assert set(Signals(**options).stop_words) == {"ind_Latn"}


def test_rows_without_text_are_measured_as_empty() -> None:
    batch = Batch({"text": [None, "ក"]})
    assert [row["chars"] for row in Signals().process(batch)["quality"]] == [0, 1]


@pytest.mark.data("text-labelled")
def test_real_text_of_every_script_is_in_range(data_dir: Path) -> None:
    with (data_dir / "text-labelled" / "udhr.jsonl").open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file][::40]
    pairs = [(record["text"], f"{record['lang']}_{record['script']}") for record in records]
    assert len({lang for _, lang in pairs}) > 100
    for row in measured(pairs):
        for name, value in row.items():
            assert value is None or 0 <= value <= SIGNALS[name].highest
            assert value is not None or name.startswith(("stop_word", "specific_word"))
        assert row["words"]
        assert row["alphabetic_word_share"]
