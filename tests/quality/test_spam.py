"""Signals of spam."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.quality.spam import spam_signals
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

GACOR = "Situs judi slot gacor dengan jackpot dan bonus new member di casino terpercaya."
THAI = "เว็บตรงสล็อตบาคาร่า แทงบอลออนไลน์ ฝากถอนไม่มีขั้นต่ำ คาสิโน"
NEWS = "Polisi menangkap tujuh orang karena judi di sebuah rumah; taruhan mereka kecil saja."
TAGS = ", ".join(["sepatu pria", "sandal", "tas kulit", "dompet", "jam tangan", "topi"] * 2)


def signals(*texts: str) -> dict[str, list[float]]:
    columns = spam_signals(TextBatch(texts))
    return {name: values.tolist() for name, values in columns.items()}


def test_gambling_pages_are_told_from_news_of_gambling() -> None:
    shares = signals(GACOR, THAI, NEWS, "slot waktu", "")["gambling_share"]
    limit = RULES["max_gambling_share"].default
    assert limit is not None
    assert [share > limit for share in shares] == [True, True, False, False, False]
    assert shares[2:] == [0, 0, 0]
    assert shares[0] == pytest.approx((4 + 4 + 5 + 7 + 6) / len(GACOR))


def test_lines_of_short_items_are_listings() -> None:
    text = f"Toko kami menjual banyak barang.\n{TAGS}\n"
    prose = "Ia membeli beras yang murah di pasar, lalu pulang ke rumahnya, dan memasak nasi itu."
    shares = signals(TAGS, text, prose, "a, b, c", "", "係啊,係啊,噉樣啊." * 9)["listing_share"]
    assert shares == [1, pytest.approx((len(TAGS) + 1) / len(text)), 0, 0, 0, 0]


def test_a_listing_ends_with_its_text() -> None:
    parts = [f"{TAGS[:60]}, ", TAGS[60:]]
    assert signals(*parts)["listing_share"] == [0, 0]


@given(st.lists(st.text(alphabet="a,|\n ក", max_size=60), max_size=5))
def test_a_text_has_the_same_share_alone(texts: list[str]) -> None:
    together = signals(*texts)["listing_share"]
    assert together == [signals(text)["listing_share"][0] for text in texts]
    assert all(0 <= share <= 1 for share in together)
