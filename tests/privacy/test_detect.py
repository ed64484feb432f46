"""What is found in texts and what is left alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.personal_numbers import MAKERS, NAMES, OF_COUNTRY, in_script, phone
from corpuskit.privacy import (
    ID_KINDS,
    KINDS,
    KeptAddresses,
    find_personal_data,
    mask_personal_data,
)

REGIONS = ("KH", "TH", "LA", "MM", "VN", "ID", "MY", "PH")


def masked(text: str, *regions: str) -> str:
    return mask_personal_data(text, regions=regions or REGIONS).text


@pytest.mark.parametrize(
    ("region", "text", "result"),
    [
        ("KH", "ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨ ឬ 023 880 123 / 023 880 124។",
         "ទូរស័ព្ទ <PHONE> ឬ <PHONE> / <PHONE>។"),
        ("KH", "អត្តសញ្ញាណប័ណ្ណលេខ ០១០១២៣៤៥៦(០១)", "អត្តសញ្ញាណប័ណ្ណលេខ <ID>"),
        ("TH", "โทร.081-234-5678 บัตรประชาชน 3-9141-77763-17-5", "โทร.<PHONE> บัตรประชาชน <ID>"),
        ("TH", "เลข๑๖๖๙๐๗๔๓๙๑๕๐๑ครับ", "เลข<ID>ครับ"),
        ("LA", "ໂທ: 020 23 123 456", "ໂທ: <PHONE>"),
        ("MM", "NRC ၁၃/မမန(နိုင်)၇၂၀၃၂၄ နှင့် 13/MAMANA(N)669905", "NRC <ID> နှင့် <ID>"),
        ("ID", "NIK: 3578084309500008, HP 0812-3456-7890 atau +62 812 3456 7890",
         "NIK: <ID>, HP <PHONE> atau <PHONE>"),
        ("ID", "NPWP 01.300.000.7-015.000 Luhn", "NPWP 01.300.000.7-015.000 Luhn"),
        ("ID", "ke rekening BCA 1234567890 a.n. Budi", "ke rekening BCA <ACCOUNT> a.n. Budi"),
        ("ID", "hubungi https://wa.me/6281234567890?text=hi ya", "hubungi <PHONE> ya"),
        ("MY", "No. KP 580508-12-4518", "No. KP <ID>"),
        ("VN", "CCCD số 079093344794; CMND 012345678; MST: 4529464842; SĐT 0912.345.678",
         "CCCD số <ID>; CMND <ID>; MST: <ID>; SĐT <PHONE>"),
        ("PH", "TIN: 123-456-789-000 SSS 34-1234567-8 PhilSys 1234-5678-9012-3456, 0917 123 4567",
         "TIN: <ID> SSS <ID> PhilSys <ID>, <PHONE>"),
        ("SG", "NRIC S0628096Z, call 6123 4567", "NRIC <ID>, call <PHONE>"),
        ("ID", "kartu 4111 1111 1111 1111 dan IP 8.8.8.8, 2001:4860:4860:0:1::8888",
         "kartu <CARD> dan IP <IP>, <IP>"),
        ("KH", "012345678/093456789 ០១២៣៤៥៦៧៨/០៩៣៤៥៦៧៨៩ (855) 12 345 678",
         "<PHONE>/<PHONE> <PHONE>/<PHONE> <PHONE>"),
        ("TH", "โทร 02-123-4567-9 \uff0b66 81 234 5678", "โทร <PHONE>-9 <PHONE>"),
        ("VN", "0912345678-0987654321; STK: 0123 4567 8901 - VCB",
         "<PHONE>-<PHONE>; STK: <ACCOUNT> - VCB"),
        ("MM", "ဖုန်း-၀၉၄၂၁၁၂၃၄၅၆၊ ၀၁-၅၁၂၃၄၅", "ဖုန်း-<PHONE>၊ <PHONE>"),
        ("LA", "856-20-5551-2345", "<PHONE>"),
        ("ID", "No.Rek. BCA 123-456-7890, NPWP 0013000005015001",
         "No.Rek. BCA <ACCOUNT>, NPWP <ID>"),
        ("PH", "PhilHealth No. 12-345678901-2, Pag-IBIG 1234-5678-9012",
         "PhilHealth No. <ID>, Pag-IBIG <ID>"),
        ("ID", "budi [at] gmail [dot] com, budi(at)kku(dot)ac(dot)th, budi AT kku DOT ac DOT th"
         ", budi (AT) mail (DOT) ru", "<EMAIL>, <EMAIL>, <EMAIL>, <EMAIL>"),
        ("VN", "nam.le\uff20vnu.edu.vn nam (a còng) vnu (chấm) vn nam dot le at gmail dot com",
         "<EMAIL> <EMAIL> <EMAIL>"),
        ("ID", "budi @ gmail.com budi@ yahoo.co.id budi_AT_vnu_DOT_vn",
         "<EMAIL> <EMAIL> <EMAIL>"),
        ("ID", "tulis ke budi [at] gmail.com atau budi.s@kemenkeu.go.id.",
         "tulis ke <EMAIL> atau <EMAIL>."),
    ],
)  # fmt: skip
def test_what_is_masked(region: str, text: str, result: str) -> None:
    assert masked(text, region) == result


@pytest.mark.parametrize(
    "text",
    [
        "https://news.com/2020/0812345678901 https://a.id/?id=3578084309500008",
        "http://8.8.8.8:5432/path?x=1 10.0.0.1 192.168.0.1 127.0.0.1 version 1.2.3.4 v8.8.8.8",
        "git clone git@github.com:a/b.git; ssh://git@host.com/x; root@server.com:~$ ls",
        "admin@example.com user@host.local foo@bar @mention a@b pkg@1.2.3 image@sha256",
        "01-02-2019 01.02.2019 2019-01-02 12:30:45 2019-2020 2558-2560",
        "ISBN 0-306-40615-2 ISBN 978-0-306-40615-7, barcode 8850999320014",
        "Rp 12.500.000, 30.224.050 km², 3.14159265358979, 0.0812345678, 1 2 3 4 5 6 7 8 9 10",
        "id913953782285, lp320198795sg, 00000000-0000-0000-0000-000000000000",
        "digits = '0123456789' * 10; x[::2]; IPv6Network('200::/7'); Decimal('+35236450.6')",
        "doi:10.1016/0165-1765(85)90204-9 10.5281/zenodo.0812345678 hdl:2027/0812345678",
        "ark:/12345/0812345678 handle 123456789/0812345678 LCCN 0812345678 arXiv:0812.34567",
        "ISSN 0812-3456 (online) 0812-3457 (cetak), 12(3):0123-0456, tel aviv 1948-1967",
        "kernel 5.10.0.18, 2.0.0.1 released, OID 1.3.6.1, 11.562108, 104.888535",
        "0912.345.678 đồng, 081 234 567 บาท, US$ 012 345 678, ฿ 021 234 567, Rp 0812.345.678",
        "02/2019/0123456 Nomor: 021/8351234/2019 ច្បាប់លេខ ០១២/៣៤៥៦៧៨ S-0812345/PJ.02/2019",
        "is at github dot com, see me at facebook.com, x @ y.T, A @ B.com, at [dot] com",
        "3578084313500008 1669074391504 S0628096A 641322132648",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert find_personal_data(text, regions=REGIONS) == []


def test_hotlines_and_free_numbers_are_nobodys() -> None:
    text = "Hotline 1900 1234, 1800 599 920, 191, 117"
    assert masked(text, "VN") == text


def test_a_phone_number_needs_a_region_or_a_country_code() -> None:
    text = "012 345 678 / +855 12 345 678"
    assert masked(text, "KH") == "<PHONE> / <PHONE>"
    assert mask_personal_data(text).text == "012 345 678 / <PHONE>"


def test_the_nearest_name_tells_the_kind() -> None:
    text = "CMND 123456789, STK 123456789, 123456789"
    kinds = [datum.kind for datum in find_personal_data(text, regions=("VN",))]
    assert kinds == ["cmnd", "bank_account", "bank_account"]


def test_kinds_that_are_not_masked_are_counted() -> None:
    text = "NIK 3578084309500008, budi@gmail.com"
    result = mask_personal_data(text, kinds=["email"])
    assert result.text == "NIK 3578084309500008, <EMAIL>"
    assert (result.masked, result.counted) == ({"email": 1}, {"nik": 1})
    assert result.chars == {"email": 14}


@pytest.mark.parametrize(
    "entry",
    ["info@moeys.gov.kh", "INFO@", "@gov.kh", "@moeys.gov.kh"],
)
def test_addresses_of_institutions_are_kept(entry: str) -> None:
    text = "info@moeys.gov.kh, info (at) moeys (dot) gov (dot) kh, dara@moeys.org"
    result = mask_personal_data(text, keep=KeptAddresses([entry]))
    assert result.text == "info@moeys.gov.kh, info (at) moeys (dot) gov (dot) kh, <EMAIL>"
    assert result.masked == {"email": 1}


def test_numbers_of_institutions_are_kept() -> None:
    keep = KeptAddresses(["023 880 123", "+855 23 880 124"])
    text = "023-880-123, +85523880124, 012 345 678"
    assert mask_personal_data(text, regions=["KH"], keep=keep).text == (
        "023-880-123, +85523880124, <PHONE>"
    )


@pytest.mark.parametrize("kind", [*MAKERS, "phone"])
def test_a_number_of_each_kind_is_found_whole_in_every_script(kind: str) -> None:
    source = random.Random(kind)
    country = next((code for code, kinds in OF_COUNTRY.items() if kind in kinds), "KH")
    make = phone("KH") if kind == "phone" else MAKERS[kind]
    named = {"bank_account": "លេខគណនី", **{name: words[0] for name, words in NAMES.items()}}
    for script in ("Latn", "Khmr", "Thai", "Mymr"):
        for _ in range(30):
            number = make(source)
            written = number if kind in ("email", "ip", "nric") else in_script(number, script)
            text = f"ក {named.get(kind, '')} {written} ខ"
            (datum,) = find_personal_data(text, regions=(country,))
            assert text[datum.start : datum.end] == written
            assert datum.kind == kind or {datum.kind, kind} <= {*ID_KINDS, "card"}


PIECES = st.sampled_from(
    ["012 345 678", "a@b.com", "NIK", "3578084309500008", "tel", " ", "-", ".", "/", "(", ")", "+",
     "8.8.8.8", "4111111111111111", "S0628096Z", "x", "ក", "0", "62", "CMND", "123456789", "\n",
     "13/MAMANA(N)669905", "https://a.b/", "@", "STK", ":", "::", "[at]", "<ID>", "៣៤", "Rp"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=80))
def test_nothing_is_masked_twice(text: str) -> None:
    first = mask_personal_data(text, regions=REGIONS)
    again = mask_personal_data(first.text, regions=REGIONS)
    assert again.text == first.text
    assert not again.masked
    length = sum(len(KINDS[kind].placeholder) * count for kind, count in first.masked.items())
    assert len(first.text) == len(text) - sum(first.chars.values()) + length


@given(st.lists(PIECES, max_size=14).map("".join))
def test_findings_are_in_order_and_apart(text: str) -> None:
    data = find_personal_data(text, regions=REGIONS)
    ends = [0, *(datum.end for datum in data)]
    assert all(end <= datum.start < datum.end for end, datum in zip(ends, data, strict=False))


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(TypeError, match="find_personal_data"):
        find_personal_data(None)  # type: ignore[arg-type]
