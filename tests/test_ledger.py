"""The ledger closes, or says where it does not."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from corpuskit.errors import LedgerError
from corpuskit.ledger import EditCount, Ledger, StageCount


def ledger() -> Ledger:
    made = Ledger()
    made.add("read", [None, None, "read/corrupt", None], "a")
    made.add("extract", [None, "extract/empty", None], "a")
    return made


def test_counts_per_reason_and_source() -> None:
    made = ledger()
    made.add("read", [None, "read/corrupt"], "b")
    assert made["read/corrupt"] == 2
    assert made["extract/empty"] == 1
    assert made["extract/never_seen"] == 0
    with pytest.raises(KeyError, match="a stage of read, extract"):
        made["never/seen"]
    assert made.reasons == {"read/corrupt": 2, "extract/empty": 1}
    assert made.sources["b"]["read"].reasons == {"read/corrupt": 1}
    assert made.stages["read"].read == 6
    assert made.stages["read"].passed == 4


def test_one_code_at_two_stages_is_counted_together() -> None:
    made = ledger()
    made.add("extract", ["read/corrupt"], "a")
    assert made["read/corrupt"] == 2
    assert made.reasons["read/corrupt"] == 2


def test_closes() -> None:
    ledger().check()
    Ledger().check()


def test_a_stage_counted_in_parts_adds_up() -> None:
    made = Ledger()
    for _ in range(2):
        made.add_counts("read", StageCount(3, 2, Counter({"read/corrupt": 1})), "a")
    assert made.stages["read"] == StageCount(6, 4, Counter({"read/corrupt": 2}))
    assert made.sources["a"]["read"] == made.stages["read"]
    made.check()


def test_a_row_lost_between_stages_shows() -> None:
    made = Ledger()
    made.add("read", [None, None, None], "a")
    made.add("extract", [None, None], "a")
    with pytest.raises(LedgerError, match="all sources: 'read' passed on 3, but 'extract' read 2"):
        made.check()


def test_a_row_lost_after_the_second_stage_shows() -> None:
    made = ledger()
    made.add("normalize", [None, None], "a")
    made.add("dedup", [None], "a")
    with pytest.raises(LedgerError, match="'normalize' passed on 2, but 'dedup' read 1"):
        made.check()


def test_a_row_lost_without_a_reason_shows() -> None:
    made = ledger()
    made.stages["extract"].passed -= 1
    with pytest.raises(LedgerError) as caught:
        made.check()
    assert str(caught.value) == (
        "ledger of all sources does not close at 'extract': read 3, passed 1, "
        "reasons {'extract/empty': 1}"
    )


def test_rows_moved_between_sources_show() -> None:
    made = Ledger()
    made.add("read", [None, None], "a")
    made.add("read", [None, None], "b")
    made.add("extract", [None], "a")
    made.add("extract", [None, None, None], "b")
    with pytest.raises(LedgerError, match="ledger of a: 'read' passed on 2, but 'extract' read 1"):
        made.check()


def test_a_source_that_does_not_close_shows() -> None:
    made = ledger()
    made.sources["a"]["extract"].reasons.clear()
    with pytest.raises(LedgerError, match="ledger of a does not close at 'extract'"):
        made.check()


def test_survives_json() -> None:
    made = ledger()
    made.edits["lines/foreign_line"] = EditCount(1, 2, 30, Counter({"eng_Latn": 2}))
    made.edits["normalize/nfc_composed"] = EditCount(4, 5)
    made.meanings = {"read/corrupt": "Corrupt.", "extract/empty": "Empty."}
    again = Ledger.from_json(json.loads(str(made)))
    assert again.to_json() == made.to_json()
    assert again["read/corrupt"] == 1
    assert again.edits == made.edits
    assert again.meanings == made.meanings
    again.check()


def test_as_json_it_is_in_a_fixed_order() -> None:
    made = Ledger()
    made.add("read", ["read/z", "read/a", None], "b")
    made.edits = {
        "b/c": EditCount(1, 1, 0, Counter({"tha_Thai": 1, "eng_Latn": 1})),
        "a/b": EditCount(1, 1),
    }
    made.meanings = {"read/z": "Z.", "read/a": "A."}
    stage = {"stage": "read", "read": 3, "passed": 1, "reasons": {"read/a": 1, "read/z": 1}}
    assert json.dumps(made.to_json()) == json.dumps(
        {
            "stages": [stage],
            "sources": {"b": [stage]},
            "edits": {
                "a/b": {"documents": 1, "count": 1, "chars": 0},
                "b/c": {
                    "documents": 1,
                    "count": 1,
                    "chars": 0,
                    "languages": {"eng_Latn": 1, "tha_Thai": 1},
                },
            },
            "meanings": {"read/a": "A.", "read/z": "Z."},
        }
    )
    assert "edits" not in ledger().to_json()
    assert str(made) == json.dumps(made.to_json(), indent=1)


def test_edits_add_up() -> None:
    total = EditCount(1, 2, 3, Counter({"eng_Latn": 1}))
    total.add(EditCount(10, 20, 30, Counter({"eng_Latn": 1, "tha_Thai": 4})))
    assert total == EditCount(11, 22, 33, Counter({"eng_Latn": 2, "tha_Thai": 4}))


def test_edits_in_words() -> None:
    assert str(EditCount(1_000, 2_000)) == "2,000 in 1,000 documents"
    assert str(EditCount(1, 2, 3_000)) == "2 in 1 document · 3,000 characters"
    languages = Counter({"eng_Latn": 1, "tha_Thai": 1_200})
    assert str(EditCount(1, 2, 0, languages)) == "2 in 1 document (tha_Thai 1,200, eng_Latn 1)"


def test_ledgers_without_edits_or_meanings_are_read() -> None:
    stages = {"stages": [{"stage": "read", "read": 1, "passed": 1, "reasons": {}}], "sources": {}}
    made = Ledger.from_json(stages)
    assert (made.edits, made.meanings) == ({}, {})
    assert made.stages == {"read": StageCount(1, 1)}
