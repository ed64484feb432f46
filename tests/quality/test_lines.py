"""Line shapes in real text of several scripts."""

from __future__ import annotations

import pytest

from corpuskit.quality.lines import ends_sentence, is_bullet, line_signals
from corpuskit.text import TextBatch


def signals(text: str) -> dict[str, float]:
    return {name: float(values[0]) for name, values in line_signals(TextBatch([text])).items()}


@pytest.mark.parametrize(
    "line",
    [
        "មនុស្សទាំងអស់ កើតមកមានសេរីភាព។",
        "ចប់៕",
        "ဖြစ်သည်။",
        "ဟုတ်ကဲ့၊",
        "Semua orang dilahirkan merdeka.",
        "Họ nói: “Chúng tôi sẽ đến.”",
        "«ແມ່ນບໍ?»",
        "Apa kabar?!",
        "Teruskan…",
        "ꦧꦱꦗꦮ꧉",
        "སྐད་ཡིག་ཡིན།",
        "(Lihat di atas.)",
        "人人生而自由。",
        "सभी मनुष्य स्वतंत्र हैं।",
        "هل هذا صحيح؟",
    ],
)
def test_sentence_marks_of_any_script_end_a_line(line: str) -> None:
    assert ends_sentence(line)


@pytest.mark.parametrize("line", ["ทุกคนเกิดมามีอิสระ", "Menu utama", "ទំព័រដើម", "a,", "1)", '"'])
def test_other_lines_end_without_one(line: str) -> None:
    assert not ends_sentence(line)


@pytest.mark.parametrize(
    ("line", "bullet"),
    [("• ទំព័រ", True), ("- satu", True), ("-satu", False), ("— Ya.", True), ("Satu", False)],
)
def test_bullets(line: str, bullet: bool) -> None:
    assert is_bullet(line) == bullet


def test_a_khmer_page_with_a_menu() -> None:
    sentence = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។"
    values = signals(f"ទំព័រដើម\n\n  \n{sentence}\nអំពីយើង...\nទំព័រដើម")
    assert values["lines"] == 4
    assert values["mean_line_chars"] == (8 + len(sentence) + 10 + 8) / 4
    assert values["short_line_fraction"] == 3 / 4
    assert values["terminal_line_fraction"] == 2 / 4  # an ellipsis ends with a full stop
    assert values["ellipsis_line_fraction"] == 1 / 4
    assert values["fragment_share"] == pytest.approx(16 / (26 + len(sentence)))
    assert values["duplicate_line_fraction"] == 1 / 4
    assert values["duplicate_line_char_fraction"] == pytest.approx(8 / (26 + len(sentence)))


def test_a_text_without_lines() -> None:
    assert set(signals(" \n\n ").values()) == {0.0}


PANTUN = """Naik perahu ke Pulau Pandan
Singgah sebentar membeli garam
Budi yang baik jadikan pegangan
Supaya hidup tidak suram

Hujan gerimis di hari petang
Anak itik mandi di paya
Kalau rindu silakan datang
Pintu rumah terbuka juga"""
LUC_BAT = """Sáng ra mẹ quét sân nhà
Con gà gáy muộn vườn cà nở hoa
Bà ngồi kể chuyện ngày xa
Có con thuyền nhỏ đi qua bến này
Gió đưa mùi lúa tháng hai
Trường làng trống điểm em dài bước chân"""
KLON = """ฝนโปรยปรายชายคาพาใจเศร้า
คิดถึงเจ้าคราวก่อนนอนฟังฝน
เสียงกบร้องก้องนาท้าลมบน
หอมดินปนกลิ่นหญ้าคราก่อนนอน
พี่จะรอขอเพียงเจ้าเอ่ยปาก
แม้นลำบากอย่างไรไม่ถอดถอน"""


@pytest.mark.parametrize("text", [PANTUN, LUC_BAT, KLON])
def test_lines_of_verse_are_no_fragments(text: str) -> None:
    assert signals(text)["fragment_share"] == 0
    titled = signals(f"{text}\n\nA. B.")
    assert titled["fragment_share"] == 0
    assert 0 < signals(f"Judul\n{text}\n\nIbu")["fragment_share"] < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "Beranda\nTentang kami\nBerita terbaru hari ini\nHubungi kami\nPeta situs\nCari",  # a menu
        "kucing\nanjing\nkambing\nkelinci\nkerbau\nkuda",  # alike, but single words
        "\n".join(f"Harga beras hari ke {day} bulan ini" for day in range(8)),  # with numbers
        "Pergi ke pasar pagi hari\nMembeli sayur dan ikan\nPulang naik becak",  # no stanza
        "Sắp xếp giảm dần\nNgôn ngữ\nẨn tác vụ cấm có thời hạn\nTrang mồ côi\nNhập vào không gian "
        "tên",
    ],
)
def test_menus_and_lists_are_fragments(text: str) -> None:
    assert signals(text)["fragment_share"] == 1
