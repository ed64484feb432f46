"""Licenses are found by their names in sentences of many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.licenses.names import licenses_named

CREATIVE_COMMONS = [
    ("© 2023. CC BY-NC 4.0", "CC-BY-NC-4.0"),
    ("cc-by-sa-3.0-igo", "CC-BY-SA-3.0-IGO"),
    ("(CC) BY 4.0", "CC-BY-4.0"),
    ("CC BY‑NC‑ND 4.0 International", "CC-BY-NC-ND-4.0"),  # with non-breaking hyphens
    ("CC BY-SA 4", "CC-BY-SA-4.0"),
    ("Attribution 4.0 International Creative Commons license", "CC-BY-4.0"),
    ("Attribution-ShareAlike 4.0 International (CC BY-SA 4.0)", "CC-BY-SA-4.0"),
    ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0", "CC-BY-NC-ND-4.0"),
    ("Lisensi Creative Commons Atribusi-BerbagiSerupa 4.0 Internasional", "CC-BY-SA-4.0"),
    ("Lesen Creative Commons Pengiktirafan-TiadaTerbitan 4.0 Antarabangsa", "CC-BY-ND-4.0"),
    ("Giấy phép Creative Commons Ghi công-Phi thương mại 4.0 Quốc tế", "CC-BY-NC-4.0"),
    ("สัญญาอนุญาตของครีเอทีฟคอมมอนส์ แสดงที่มา-ไม่ใช้เพื่อการค้า 4.0 สากล", "CC-BY-NC-4.0"),
    ("Creative Commons Namensnennung - Nicht kommerziell 3.0 Lizenz", "CC-BY-NC-3.0"),
    ("知识共享署名-相同方式共享 4.0 国际许可协议", "CC-BY-SA-4.0"),
    ("a Creative Commons Attribution 3.0 Thailand License", "LicenseRef-CC-BY-3.0-TH"),
    ("Creative Commons Attribution 3.0 IGO", "CC-BY-3.0-IGO"),
    ("Creative Commons Zero v1.0 Universal", "CC0-1.0"),
    ("CC0 1.0", "CC0-1.0"),
    ("Creative Commons Attribution-ShareAlike License", "LicenseRef-CC-BY-SA"),  # which version?
]
OTHERS = [
    ("Licensed under the Apache License, Version 2.0", "Apache-2.0"),
    ("the MIT License", "MIT"),
    ("Distributed under the Boost Software License, Version 1.0", "BSL-1.0"),
    ("the Python Software Foundation License Version 2", "PSF-2.0"),
    ("the Zero Clause BSD License", "0BSD"),
    ("a 3-clause BSD license", "BSD-3-Clause"),
    ("GNU Free Documentation License, Version 1.2 or any later version", "GFDL-1.2-or-later"),
    ("the GNU General Public License as published by the Free Software Foundation; either "
     "version 2 of the License, or (at your option) any later version", "GPL-2.0-or-later"),
    ("GNU General Public License, version 3", "GPL-3.0-only"),
    ("GPLv3", "GPL-3.0-only"),
    ("GNU Lesser General Public License v2.1", "LGPL-2.1-only"),
    ("the Open Database License", "ODbL-1.0"),
    ("it is in the public domain", "LicenseRef-public-domain"),
    ("berada dalam domain awam", "LicenseRef-public-domain"),
]  # fmt: skip
GOVERNMENTS = [
    ("under the terms of the Singapore Open Data Licence version 1.0", "LicenseRef-SG-ODL-1.0"),
    ("Syarat Penggunaan Data Terbuka Kerajaan 1.0", "LicenseRef-MY-OGD-1.0"),
    ("Data and information are subject to the Terms of Use Malaysian Government Open Data 1.0",
     "LicenseRef-MY-OGD-1.0"),
    ("ข้อมูลนี้เผยแพร่ภายใต้ DGA Open Government License", "LicenseRef-TH-DGA-OGL"),
    ("ข้อกำหนดและเงื่อนไขการอนุญาตให้ใช้ข้อมูลภาครัฐแบบเปิดของ สพร.", "LicenseRef-TH-DGA-OGL"),
    ("Data ini tersedia dengan Lisensi Data Terbuka", "LicenseRef-ID-ODL"),
    ("Dữ liệu mở theo Điều 18 Nghị định số 47/2020/NĐ-CP", "LicenseRef-VN-47-2020-ND-CP"),
    ("All content is in the public domain unless otherwise stated. Republic of the Philippines",
     "LicenseRef-PH-public-domain"),
    ("No copyright shall subsist in any work of the Government of the Philippines",
     "LicenseRef-PH-RA8293-176"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "license_"), [*CREATIVE_COMMONS, *OTHERS, *GOVERNMENTS])
def test_names(text: str, license_: str) -> None:
    assert licenses_named(text) == [license_]


@pytest.mark.parametrize(
    "text",
    [
        "All rights reserved", "See creativecommons.org for more", "a license of ours", "",
        "licensed under Creative Commons", "the GNU project", "MIT was founded in 1861",
        "accBY 4.0", "public domains", "Apache helicopters, 2 of them",
    ],
)  # fmt: skip
def test_words_that_name_no_license(text: str) -> None:
    assert licenses_named(text) == []


def test_several_licenses_in_the_order_of_their_names() -> None:
    text = "This page is CC BY-SA 4.0, its code is under the MIT License."
    assert licenses_named(text) == ["CC-BY-SA-4.0", "MIT"]


def test_a_name_without_version_adds_nothing_to_the_same_with_one() -> None:
    text = "Creative Commons Attribution-ShareAlike License (CC BY-SA 4.0)"
    assert licenses_named(text) == ["CC-BY-SA-4.0"]


@given(st.text(), st.sampled_from([text for text, _ in CREATIVE_COMMONS]))
def test_any_text_is_read(text: str, name: str) -> None:
    assert licenses_named(text) == licenses_named(text.upper().lower().upper().lower())
    assert licenses_named(f"{name} | ") == licenses_named(name)
