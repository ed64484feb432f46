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
