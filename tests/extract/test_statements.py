"""Notices in the text of a page: whose license they state, in which language."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.extract.html import extract_markup

BODY = "<article><h1>Title</h1>" + "<p>A line of text about rivers and their fish.</p>" * 9


def license_of(notice: str, place: str = "footer") -> str | None:
    """The license of a page with a notice in its footer (or in another element)."""
    element = f"<{place}>{notice}</{place.partition(' ')[0]}>"
    return extract_markup(f"<html><body>{BODY}</article>{element}</body></html>").license.id


@pytest.mark.parametrize(
    ("notice", "license_"),
    [
        ("© 2024 Example. CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("This page is licensed under the Python Software Foundation License Version 2.<br>"
         "Examples and other code in the documentation are additionally licensed under the Zero "
         "Clause BSD License.", "PSF-2.0 AND 0BSD"),
        ("The content of this page is licensed under the CC BY 4.0 License, and code samples are "
         "licensed under the Apache 2.0 License.", "CC-BY-4.0 AND Apache-2.0"),
        ("Except for photos, the text is licensed under CC BY 4.0.", "CC-BY-4.0"),
        ("All text and images on this site are licensed under CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("Theme: Twenty, MIT License. Text: CC BY 4.0", "CC-BY-4.0"),
        ("Text is available under CC BY-SA 4.0 and the GFDL.",
         "CC-BY-SA-4.0 OR GFDL-1.3-or-later"),
        ("Karya ini dilisensikan di bawah Lisensi Creative Commons Atribusi 4.0", "CC-BY-4.0"),
        ("Code samples are under the MIT License.", None),
        ("Photos: CC BY 4.0", None),
        ("Map data © OpenStreetMap contributors, ODbL", None),
        ("All rights reserved.", None),
        ("Read our license", None),
    ],
)  # fmt: skip
def test_notices_in_a_footer(notice: str, license_: str | None) -> None:
    assert license_of(notice) == license_
    assert license_of(notice, "div id=site-footer") == license_
    assert license_of(notice, "div class=copyright") == license_


@pytest.mark.parametrize(
    ("sentence", "license_"),
    [
        ("This work is licensed under a Creative Commons Attribution 4.0 license.", "CC-BY-4.0"),
        ("All of the code and documentation has been dedicated to the public domain.",
         "LicenseRef-public-domain"),
        ("This manual is free software; you may redistribute it under the terms of the GNU General "
         "Public License, version 2 or later.", "GPL-2.0-or-later"),
        ("Tác phẩm này được cấp phép theo Giấy phép Creative Commons Ghi công 4.0", "CC-BY-4.0"),
        ("Kandungan halaman ini dilesenkan di bawah CC BY 4.0", "CC-BY-4.0"),
        ("เนื้อหานี้เผยแพร่ภายใต้สัญญาอนุญาตครีเอทีฟคอมมอนส์ แสดงที่มา 4.0", "CC-BY-4.0"),
        ("License: CC BY 4.0", "CC-BY-4.0"),
        ("Lisensi: CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("Linux is licensed under the GNU General Public License, version 2.", None),
        ("License: MIT License", None),  # of the program that the page is about
        ("This image is licensed under CC BY 4.0.", None),
        ("Many sites publish under CC BY 4.0, others under CC BY-SA 4.0.", None),
    ],
)  # fmt: skip
def test_sentences_in_the_text(sentence: str, license_: str | None) -> None:
    page = f"<html><body>{BODY}<p>{sentence}</p>{BODY}</body></html>"
    assert extract_markup(page).license.id == license_


@pytest.mark.parametrize(
    "formula",
    [
        "All rights reserved", "Hak cipta dilindungi undang-undang", "Hak cipta terpelihara",
        "Giữ toàn quyền", "สงวนลิขสิทธิ์", "ສະຫງວນລິຂະສິດ", "រក្សាសិទ្ធិគ្រប់យ៉ាង", "မူပိုင်ခွင့်အားလုံး ရယူထားသည်။",
    ],
)  # fmt: skip
def test_reserved_rights_are_evidence(formula: str) -> None:
    page = f"<html><body>{BODY}</article><footer>© 2024. {formula}</footer></body></html>"
    license_ = extract_markup(page).license
    assert license_.id is None
    assert [item["kind"] for item in license_.evidence] == ["rights reserved"]


def test_a_license_in_a_page_whose_site_reserves_all_rights_is_a_conflict_and_holds() -> None:
    box = "<div class=license>This work is licensed under CC BY 4.0</div>"
    page = f"<html><body>{BODY}{box}</article><footer>All rights reserved</footer></body></html>"
    license_ = extract_markup(page).license
    assert license_.id == "CC-BY-4.0"
    assert license_.evidence[1]["value"] == "CC-BY-4.0 / rights reserved"


def test_a_license_in_a_comment_of_the_markup_is_none() -> None:
    page = f"<html><head><!-- CC BY 4.0 --></head><body>{BODY}</body></html>"
    assert extract_markup(page).license.id is None


def test_precision_and_recall_on_labelled_pages(data_dir: Path) -> None:
    from benchmarks.licenses import PRECISION, RECALL, measured

    scores, mistakes = measured(data_dir / "licenses")
    assert scores["all"].precision >= PRECISION, mistakes
    assert scores["all"].recall >= RECALL, mistakes
