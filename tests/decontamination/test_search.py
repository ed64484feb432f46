"""Which items a text holds: copies however typed, quotations, edits; and what is none."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.decontamination import (
    EvaluationItem,
    ItemIndex,
    build_index,
    find_items,
    open_index,
    write_index,
)
from corpuskit.decontamination.index import COMMON, SHORTEST
from corpuskit.errors import StageError

PASSAGE = (
    "Sungai Mahakam mengalir sejauh sembilan ratus kilometer dari pegunungan Müller hingga Selat "
    "Makassar, dan lumba-lumba pesut yang hidup di dalamnya tinggal kurang dari seratus ekor."
)
KHMER = "តើប្រាសាទបន្ទាយស្រីត្រូវបានសាងសង់ឡើងក្នុងរជ្ជកាលព្រះបាទណា ហើយឧទ្ទិសដល់ព្រះអាទិទេពអង្គណា?"
THAI = "แม่น้ำสายใดที่ไหลผ่านจังหวัดอุบลราชธานีก่อนบรรจบกับแม่น้ำโขงที่อำเภอโขงเจียม"
VIETNAMESE = "Hồ nước ngọt nào ở tỉnh Bắc Kạn được hình thành cách đây hơn hai trăm triệu năm?"
QUESTION = "Siapa nama raja?"
ANSWER = "Mulawarman Kutai"

ITEMS = [
    EvaluationItem("belebele", "1", (PASSAGE, f"{QUESTION}\n{ANSWER}")),
    EvaluationItem("belebele", "2", (PASSAGE,)),
    EvaluationItem("quiz", "khmer", (KHMER,)),
    EvaluationItem("quiz", "thai", (THAI,)),
    EvaluationItem("quiz", "vietnamese", (VIETNAMESE,)),
    EvaluationItem("quiz", "short", ("Siapa dia?",)),
]
HOST = (
    "Pada hari Minggu kuturut ayah ke kota, naik delman istimewa kududuk di muka. Cuaca cerah dan "
    "jalan lengang; di pasar orang menawar ikan asin, cabai dan gula merah sampai siang. "
)


@pytest.fixture(scope="module")
def index() -> ItemIndex:
    return build_index(ITEMS)


def names(index: ItemIndex, text: str) -> list[str]:
    (items,) = find_items(index, [text])
    return [f"{item.benchmark} {item.name}" for item in items]


@pytest.mark.parametrize(
    ("text", "name"),
    [(KHMER, "quiz khmer"), (THAI, "quiz thai"), (VIETNAMESE, "quiz vietnamese")],
)
@pytest.mark.parametrize("way", ["exact", "nfd", "zwsp", "wrapped", "lower"])
def test_a_copy_is_found_however_it_is_typed(
    index: ItemIndex, text: str, name: str, way: str
) -> None:
    copy = {
        "exact": text,
        "nfd": unicodedata.normalize("NFD", text),
        "zwsp": "\u200b".join(text),
        "wrapped": "\n".join(text[at : at + 15] for at in range(0, len(text), 15)),
        "lower": text.lower().replace("?", ""),
    }[way]
    ((found,),) = find_items(index, [f"{HOST}{copy} {HOST}"])
    assert (f"{found.benchmark} {found.name}", found.score) == (name, 1.0)


def test_all_items_with_the_same_passage_are_named(index: ItemIndex) -> None:
    assert names(index, HOST + PASSAGE) == ["belebele 1", "belebele 2"]


def test_half_a_passage_is_found_and_a_few_words_are_not(index: ItemIndex) -> None:
    half = PASSAGE[: len(PASSAGE) // 2]
    ((first, _),) = find_items(index, [HOST + half + HOST])
    assert 0.4 < first.score < 0.6
    assert names(index, HOST + "Sungai Mahakam mengalir ke Selat Makassar. " + HOST) == []


@pytest.mark.parametrize("text", [KHMER, THAI, VIETNAMESE, PASSAGE])
def test_copies_with_a_tenth_of_their_characters_changed_are_found(
    index: ItemIndex, text: str
) -> None:
    rng = random.Random(7)
    places = rng.sample(range(len(text)), len(text) // 10)
    changed = list(text)
    for place in places:
        changed[place] = "x"
    assert names(index, HOST + "".join(changed))


def test_a_short_question_counts_only_with_its_answer(index: ItemIndex) -> None:
    assert names(index, f"{HOST}{QUESTION} Hayam Wuruk dari Majapahit. {HOST}") == []
    assert names(index, f"{HOST}{QUESTION}\nA. {ANSWER}\n{HOST}") == ["belebele 1"]
    assert names(index, f"{QUESTION}\n{HOST * 3}\n{ANSWER}") == []


def test_an_item_that_is_an_ordinary_phrase_is_not_searched_for(index: ItemIndex) -> None:
    assert names(index, "Siapa dia? Siapa dia?") == []
    number = [item.name for item in ITEMS].index("short")
    assert number not in index.items


def test_clean_and_empty_texts_hold_nothing(index: ItemIndex) -> None:
    assert find_items(index, [HOST * 20, "", " \u200b"]) == [[], [], []]
    assert find_items(index, []) == []


def test_a_phrase_of_many_items_is_not_enough() -> None:
    """Four items share most of their words; the names in them tell which of them a text holds."""
    template = "{} adalah sebuah kecamatan di kabupaten {}, provinsi {}, Indonesia, dengan desa {}"
    places = [
        ("Karangkancana", "Kuningan", "Jawa Barat", "Cihanjaro"),
        ("Sungai Loban", "Tanah Bumbu", "Kalimantan Selatan", "Sebamban"),
        ("Wuryantoro", "Wonogiri", "Jawa Tengah", "Gumiwang Lor"),
        ("Poli-Polia", "Kolaka Timur", "Sulawesi Tenggara", "Andowengga"),
    ]
    items = [
        EvaluationItem("gazetteer", name, (template.format(name, *rest),)) for name, *rest in places
    ]
    alone = build_index(items[:1])
    together = build_index(items)
    other = template.format("Buntulia", "Pohuwato", "Gorontalo", "Hulawa")
    scores = {
        size: max((item.score for item in find_items(index, [other])[0]), default=0.0)
        for size, index in (("alone", alone), ("together", together))
    }
    assert scores["together"] < scores["alone"]
    assert find_items(together, [items[2].excerpts[0]])[0][0].name == "Wuryantoro"


def test_a_phrase_of_hundreds_of_items_leads_to_none_of_them() -> None:
    template = "Berdasarkan bacaan di atas, pernyataan manakah yang paling tepat mengenai "
    subjects = [f"{number * 7919 % 100_003} {'qwrtzpsdfgh'[number % 11]}" for number in range(400)]
    index = build_index(
        [EvaluationItem("exam", str(n), (template + of,)) for n, of in enumerate(subjects)]
    )
    assert (np.diff(index.starts) <= COMMON).all()
    assert (index.covered > 40).all()
    first = find_items(index, [HOST + template + subjects[123]])[0][0]
    assert (first.name, first.score) == ("123", 1.0)


@given(st.permutations(range(4)), st.integers(1, 3))
def test_the_answer_for_a_text_depends_on_it_alone(order: list[int], repeats: int) -> None:
    index = build_index(ITEMS)
    texts = [HOST + PASSAGE, KHMER[5:] + THAI, HOST * repeats, VIETNAMESE]
    alone = [find_items(index, [text])[0] for text in texts]
    assert find_items(index, [texts[row] for row in order]) == [alone[row] for row in order]


def test_an_index_is_the_same_from_its_file(index: ItemIndex, tmp_path: Path) -> None:
    write_index(index, tmp_path / "a.table")
    again = open_index(tmp_path / "a.table")
    texts = [HOST + PASSAGE, KHMER, THAI[4:], HOST]
    assert find_items(again, texts) == find_items(index, texts)
    write_index(build_index(ITEMS), tmp_path / "b.table")
    assert (tmp_path / "a.table").read_bytes() == (tmp_path / "b.table").read_bytes()


def test_a_damaged_or_missing_index_is_a_clear_error(index: ItemIndex, tmp_path: Path) -> None:
    path = tmp_path / "index.table"
    with pytest.raises(StageError, match=r"cannot be read .* run the build again"):
        open_index(path)
    write_index(index, path)
    content = bytearray(path.read_bytes())
    middle = slice(len(content) // 2, len(content) // 2 + 128)  # more than the padding of a column
    content[middle] = bytes(byte ^ 1 for byte in content[middle])
    path.write_bytes(content)
    with pytest.raises(StageError, match="cannot be read"):
        open_index(path)


def test_an_index_of_no_usable_item_finds_nothing() -> None:
    index = build_index([EvaluationItem("quiz", "1", ("x" * (SHORTEST - 1),))])
    assert len(index.lengths) == 0
    assert find_items(index, [HOST]) == [[]]


def test_the_shortest_item_is_found() -> None:
    index = build_index([EvaluationItem("quiz", "1", ("abcdefghijklmnop",))])
    assert [item.score for item in find_items(index, ["x abcdefghijklmnop y"])[0]] == [1.0]
