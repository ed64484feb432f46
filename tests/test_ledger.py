"""The ledger closes, or says where it does not."""

import pytest

from corpuskit.errors import LedgerError
from corpuskit.ledger import Ledger


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
    assert made["never/seen"] == 0
    assert made.sources["b"]["read"].reasons == {"read/corrupt": 1}
    assert made.stages["read"].read == 6
    assert made.stages["read"].passed == 4


def test_closes() -> None:
    ledger().check()


def test_a_row_lost_between_stages_shows() -> None:
    made = Ledger()
    made.add("read", [None, None, None], "a")
    made.add("extract", [None, None], "a")
    with pytest.raises(LedgerError, match="'read' passed on 3, but 'extract' read 2"):
        made.check()


def test_a_row_lost_without_a_reason_shows() -> None:
    made = ledger()
    made.stages["extract"].passed -= 1
    with pytest.raises(LedgerError, match="does not close at 'extract'"):
        made.check()


def test_rows_moved_between_sources_show() -> None:
    made = Ledger()
    made.add("read", [None, None], "a")
    made.add("read", [None, None], "b")
    made.add("extract", [None], "a")
    made.add("extract", [None, None, None], "b")
    with pytest.raises(LedgerError, match="ledger of a"):
        made.check()


def test_survives_json() -> None:
    made = ledger()
    again = Ledger.from_json(made.to_json())
    assert again.to_json() == made.to_json()
    assert again["read/corrupt"] == 1
