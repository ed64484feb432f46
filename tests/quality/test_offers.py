"""Signals of link farms and product listings."""

from __future__ import annotations

import pytest

from corpuskit.quality.offers import offer_signals
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

LINKS = "\n".join(f"Situs judi {number} - https://www.toko{number}.com/a" for number in range(9))
DOMAINS = "\n".join(f"berita{number}.co.id គេហទំព័រ" for number in range(9))
ONE_SERVER = "\n".join(f"Panduan {number} https://docs.org/{number}" for number in range(20))
CITED = "\n".join(
    f"Penulis menerbitkan hasil penelitiannya tentang bahasa-bahasa di Asia Tenggara dan "
    f"kesusastraannya pada tahun {number}, dan itu dapat dibaca di https://jurnal{number}.id/"
    for number in range(9)
)
SHOPS = {
    "ind": "Kaos pria lengan pendek\nRp 125.000\nBeli",
    "vie": "Áo thun nam 250.000đ Mua ngay",
    "tha": "เสื้อยืด ฿๒๕๐ หยิบใส่ตะกร้า",
    "khm": "អាវយឺត ១២.០០០៛ ទិញ",
    "lao": "ເສື້ອ 85.000 ກີບ",
    "mya": "အင်္ကျီ ၁၂၀၀၀ ကျပ်",
    "zsm": "Baju RM 25.90 beli",
    "tgl": "Damit PHP 250 bilhin",
}
BUDGET = (
    "Pemerintah menyetujui anggaran sebesar Rp 12.000.000 untuk sekolah di desa itu, dan warga "
    "berharap agar pembangunan gedung dapat diselesaikan sebelum tahun ajaran yang baru dimulai. "
)


def shares(text: str) -> tuple[float, float]:
    columns = offer_signals(TextBatch([text]))
    return columns["link_share"][0], columns["offer_share"][0]


def test_pages_of_links_are_told_from_texts_that_cite() -> None:
    limit = RULES["max_link_share"].default
    assert limit is not None
    assert shares(LINKS)[0] > limit
    assert shares(DOMAINS)[0] > limit
    assert shares(ONE_SERVER)[0] == shares(CITED)[0] == shares("")[0] == 0
    assert shares("import os.path; e.g. i.e. v1.2.in foo.py config.id=3 " * 9)[0] == 0


@pytest.mark.parametrize("language", SHOPS)
def test_a_shop_is_told_from_an_article_with_prices(language: str) -> None:
    limit = RULES["max_offer_share"].default
    assert limit is not None
    assert shares("\n".join([SHOPS[language]] * 8))[1] > limit
    assert shares("\n".join([SHOPS[language]] * 5))[1] == 0
    assert shares(BUDGET * 8)[1] == 0


def test_numbers_without_a_currency_are_no_prices() -> None:
    assert shares("Pasal 12 ayat 3, tahun 2019 đến 2020, 25 Ksatria, 3 kipas. " * 9)[1] == 0
