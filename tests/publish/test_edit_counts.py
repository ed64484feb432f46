"""Edits are counted in the published rows themselves."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa

from corpuskit.ledger import EditCount
from corpuskit.publish.edits import COLUMNS, count_edits, disagreements, merged
from corpuskit.schema import EDITS, REMOVED


def edit(kind: str, count: int, chars: int = 0, stage: str = "lines") -> dict[str, Any]:
    return {"stage": stage, "kind": kind, "count": count, "chars": chars}


def passage(chars: int, lang: str | None = None, kind: str = "foreign_line") -> dict[str, Any]:
    return {"stage": "lines", "kind": kind, "line": 1, "lang": lang, "chars": chars}


def batch(*rows: tuple[list | None, list | None]) -> pa.RecordBatch:
    """A batch of rows with `edits` and `removed`; ids are their numbers."""
    edits, removed = [pair[0] for pair in rows], [pair[1] for pair in rows]
    return pa.record_batch(
        {
            "id": pa.array([str(number) for number in range(len(rows))]),
            "edits": pa.array(edits, EDITS),
            "removed": pa.array(removed, REMOVED),
        }
    )


ENGLISH = passage(5, "eng_Latn")
ROWS = batch(
    ([edit("foreign_line", 2, 12), edit("nfc_composed", 3, stage="normalize")],
     [ENGLISH, passage(7, "tha_Thai")]),
    ([edit("foreign_line", 2, 10)], [ENGLISH, passage(5)]),
    ([], None),
    (None, []),
)  # fmt: skip


def test_documents_edits_characters_and_languages_are_counted() -> None:
    assert count_edits([ROWS]) == {
        "lines/foreign_line": EditCount(2, 4, 22, Counter({"eng_Latn": 2, "tha_Thai": 1})),
        "normalize/nfc_composed": EditCount(1, 3, 0),
    }


def test_batches_add_up() -> None:
    halves = [ROWS.slice(0, 1), ROWS.slice(1)]
    assert count_edits(halves) == count_edits([ROWS])
    assert merged(map(count_edits, ([half] for half in halves))) == count_edits([ROWS])
    assert count_edits([]) == {}


def test_passages_are_counted_by_language_even_where_no_edit_counts_them() -> None:
    counted = count_edits([batch(([], [ENGLISH]))])
    assert counted == {"lines/foreign_line": EditCount(0, 0, 0, Counter({"eng_Latn": 1}))}


def test_merged_counts_are_in_order_and_of_their_own() -> None:
    first = {"b/c": EditCount(1, 1), "a/b": EditCount(1, 1)}
    total = merged([first, {"b/c": EditCount(2, 2, 2)}])
    assert list(total.items()) == [("a/b", EditCount(1, 1)), ("b/c", EditCount(3, 3, 2))]
    assert first["b/c"] == EditCount(1, 1), "the parts stay as they are"


def test_rows_whose_passages_are_not_what_their_edits_count() -> None:
    assert list(disagreements(ROWS)) == []
    wrong = batch(
        ([edit("foreign_line", 1, 5)], [ENGLISH]),
        ([edit("foreign_line", 2, 5)], [ENGLISH]),
        ([edit("foreign_line", 1, 6)], [ENGLISH]),
        (None, [ENGLISH]),
        ([edit("foreign_line", 1, 5, stage="other")], [ENGLISH]),
        ([edit("foreign_line", 1, 5)], [ENGLISH, passage(1, kind="other")]),
        ([edit("foreign_line", 1, 5)], None),
    )
    assert list(disagreements(wrong)) == ["1", "2", "3", "4", "5"]


def test_a_row_is_named_once() -> None:
    removed = [ENGLISH, passage(1, kind="other")]
    assert list(disagreements(batch(([], removed)))) == ["0"]


def test_the_columns_are_those_of_the_schema() -> None:
    assert COLUMNS == ("edits", "removed")
