"""VNI and TCVN3: what typists of those fonts left is found, in documents of a few lines."""

from __future__ import annotations

import gzip
import json
import unicodedata
from pathlib import Path

import pytest

from corpuskit.chain import run_chain
from corpuskit.normalize import Normalize
from corpuskit.normalize.legacy_vietnamese import tcvn3, vietnamese_font, vni
from corpuskit.stage import Batch


def test_words_as_they_were_typed() -> None:
    assert vni("người việt nam độc lập") == "ngöôøi vieät nam ñoäc laäp"
    assert tcvn3("người việt nam độc lập") == "ng\u00adêi viÖt nam ®éc lËp"


@pytest.mark.parametrize("font", [vni, tcvn3])
def test_documents_of_five_lines_are_found(data_dir: Path, font) -> None:
    """On sources that the list of words was not made from."""
    documents = 0
    for source in ("ud", "tatoeba-laser", "global-asp-stories", "esperanto-course"):
        path = data_dir / "text-labelled" / f"{source}.jsonl"
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        texts = [row["text"] for row in rows if (row["lang"], row["script"]) == ("vie", "Latn")]
        for at in range(0, len(texts), 5):
            text = unicodedata.normalize("NFC", "\n".join(texts[at : at + 5]).lower())
            assert vietnamese_font(font(text)) == font.__name__
            assert vietnamese_font(font(text).replace("\u00ad", "")) == font.__name__
            assert vietnamese_font(text) is None
            documents += 1
    assert documents == 77


def test_no_seed_of_identification_is_flagged(data_dir: Path) -> None:
    with gzip.open(data_dir / "lid" / "train.tsv.gz", "rt", encoding="utf-8") as lines:
        flagged = [line for line in lines if vietnamese_font(line)]
    assert flagged == []


def test_the_stage_names_the_font() -> None:
    batch = Batch.of_texts([vni("người việt nam và các dân tộc là của một nước")])
    result = run_chain([Normalize()], batch)
    assert list(result["reason"]) == ["normalize/legacy_font"]
    assert list(result["detail"]) == ["vni"]
