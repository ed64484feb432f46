"""Layouts of benchmarks: which texts of a record give an item away."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from corpuskit.decontamination import LAYOUTS
from corpuskit.recipe.answerable import ItemFilesTable

RECORDS: dict[str, tuple[dict[str, Any], str | None, list[str]]] = {
    "items": (
        {"id": 7, "passage": "P", "question": "Q", "choices": ["a", "b"], "answer": "b"},
        "7",
        ["P", "Q\na\nb", "Q\nb"],
    ),
    "belebele": (
        {
            "link": "https://en.wikinews.org/x", "question_number": 2, "flores_passage": "P",
            "question": "Q", "mc_answer1": "a", "mc_answer2": "b", "mc_answer3": "c",
            "mc_answer4": "d", "correct_answer_num": "3", "dialect": "khm_Khmr",
        },
        "khm_Khmr/https://en.wikinews.org/x/2",
        ["P", "Q\na\nb\nc\nd", "Q\nc"],
    ),
    "nusax": (
        {"id": "3", "acehnese": "A", "indonesian": "I", "label": "positive"}, "3", ["A", "I"],
    ),
    "xcopa": (
        {"premise": "P", "choice1": "a", "choice2": "b", "question": "cause", "label": 0, "idx": 1},
        "1",
        ["P\na\nb", "P\na"],
    ),
    "flores": ({"id": 1, "sentence": "S", "topic": "politics"}, "1", ["S"]),
    "m3exam": (
        {
            "question_text": "Q", "background_description": ["B1", "B2"], "answer_text": "2",
            "options": ["(1) a", "(2) b", "(3) c", "(4) d"], "language": "thai",
        },
        None,
        ["B1\nB2", "Q\n(1) a\n(2) b\n(3) c\n(4) d", "Q\n(2) b"],
    ),
    "sea-helm": (
        {
            "id": "c3-1", "label": "B", "metadata": {"language": "zh"},
            "prompts": [{"text": "T", "question": "Q", "choice1": "a", "choice2": "b"}],
        },
        "c3-1",
        ["T", "B", "Q\na\nb", "Q\nb"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_record_of_each_layout(name: str) -> None:
    record, item, excerpts = RECORDS[name]
    assert list(LAYOUTS[name].excerpts(record)) == excerpts
    assert LAYOUTS[name].name_of(record) == item


def test_recipes_offer_every_layout() -> None:
    assert set(get_args(ItemFilesTable.model_fields["layout"].annotation)) == set(LAYOUTS)


def test_answers_of_squad_and_an_answer_in_words() -> None:
    layout = LAYOUTS["items"]
    squad = {"context": "C", "question": "Q", "answers": {"text": ["a"], "answer_start": [3]}}
    assert layout.excerpts(squad) == ("C", "Q\na")
    assert layout.excerpts({"question": "Q", "answer": "forty-two"}) == ("Q\nforty-two",)
    assert layout.excerpts({"question": "Q", "answer": 42}) == ("Q\n42",)


@pytest.mark.parametrize(("answer", "expected"), [("D", "Q\nd"), ("b", "Q\nb"), ("4", "Q\nd")])
def test_the_correct_answer_by_letter_text_or_number(answer: str, expected: str) -> None:
    record = {"question": "Q", "choices": list("abcd"), "answer": answer}
    assert LAYOUTS["items"].excerpts(record)[1:] == (expected,)


@pytest.mark.parametrize("answer", ["E", "0", "none of them", None, ["a"], ""])
def test_an_answer_that_names_no_choice_adds_nothing(answer: Any) -> None:
    record = {"question": "Q", "choices": list("abcd"), "answer": answer}
    assert LAYOUTS["items"].excerpts(record) == ("Q\na\nb\nc\nd",)


def test_what_is_no_text_is_refused_and_blank_text_is_none() -> None:
    layout = LAYOUTS["items"]
    with pytest.raises(TypeError, match="`passage` holds a dict"):
        layout.excerpts({"passage": [{}]})
    with pytest.raises(TypeError, match="`question` holds a bool"):
        layout.excerpts({"question": True})
    assert layout.excerpts({"passage": " ", "question": None, "choices": ["a"]}) == ()
