"""Which lines are taken out of a document, and which never."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identify.test_lines import ENGLISH, INDONESIAN, KHMER

from corpuskit.chain import run_chain
from corpuskit.document import text_sha256
from corpuskit.identify.combined import CombinedModel
from corpuskit.identify.foreign import FAR_RUN, NEAR_RUN, foreign_lines
from corpuskit.identify.line_stage import Lines
from corpuskit.identify.lines import judge_lines
from corpuskit.identify.model_spec import embedded_file
from corpuskit.identify.stage import Identify
from corpuskit.languages import language
from corpuskit.normalize import Normalize, normalize
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

SHORT_ENGLISH = "Click the button to open the dialog that you need"
JAVANESE = (
    "Pamarentah arep mbangun sekolah anyar ing desa iku amarga cacahe murid saya akeh saben taun, "
    "ujare kepala dinas marang para wartawan wingi sore nalika rawuh ing papan kono."
)
LINE = {"stage": "lines", "kind": "foreign_line"}


def normalized_and_removed(text: str, *wanted: str) -> dict[str, Any]:
    """The row of one document, normalized before foreign lines were taken out."""
    languages = {code: list(language(code).confusable) for code in wanted}
    stages = [Normalize(), Identify(), Lines(languages=languages, foreign_lines="remove")]
    result = run_chain(stages, Batch.of_texts([text]))
    return {name: values[0] for name, values in result.columns.items()}


def removed(text: str, *wanted: str) -> dict[str, Any]:
    """The row of one document once foreign lines were taken out."""
    languages = {code: list(language(code).confusable) for code in wanted}
    stages = [Identify(), Lines(languages=languages, foreign_lines="remove")]
    result = run_chain(stages, Batch.of_texts([text]))
    return {name: values[0] for name, values in result.columns.items()}


def test_a_run_in_another_language_is_taken_out_and_accounted_for() -> None:
    row = removed("\n\n".join([KHMER, ENGLISH, "7.4", ENGLISH, *[KHMER] * 4]), "khm_Khmr")
    assert row["text"] == "\n\n".join([KHMER] * 5)
    assert row["text_sha256"] == text_sha256(row["text"])
    assert (row["lang"], row["lang_line_share"]) == ("khm_Khmr", 1)
    assert row["removed_text"] == [ENGLISH, "7.4", ENGLISH]
    assert row["removed"] == [
        {
            "stage": "lines",
            "kind": "foreign_line",
            "line": number,
            "lang": "eng_Latn",
            "chars": chars,
        }
        for number, chars in ((3, len(ENGLISH)), (5, 3), (7, len(ENGLISH)))
    ]


def test_one_short_line_stays_and_two_that_follow_each_other_go() -> None:
    assert removed(f"{KHMER}\n{SHORT_ENGLISH}\n{KHMER}", "khm_Khmr")["removed"] is None
    many = [SHORT_ENGLISH] * (FAR_RUN // len(SHORT_ENGLISH) + 2)
    row = removed("\n".join([*[KHMER] * 4, *many]), "khm_Khmr")
    assert row["removed_text"] == many


def test_a_line_that_quotes_stays_whole() -> None:
    text = f"{KHMER}\n{KHMER[:30]} ({ENGLISH})\n{KHMER}"
    assert removed(text, "khm_Khmr")["text"] == text


def test_a_language_that_is_wanted_too_stays() -> None:
    text = "\n".join([*[KHMER] * 5, ENGLISH, ENGLISH])
    assert removed(text, "khm_Khmr", "eng_Latn")["text"] == text
    assert removed(text, "khm_Khmr")["text"] != text


def test_of_a_neighbor_only_a_long_run_goes() -> None:
    document = [INDONESIAN] * 5
    assert removed("\n".join([*document, JAVANESE]), "ind_Latn")["removed"] is None
    row = removed("\n".join([*document, JAVANESE, JAVANESE]), "ind_Latn")
    assert len(JAVANESE) < NEAR_RUN < 2 * len(JAVANESE)
    assert row["removed_text"] == [JAVANESE] * 2
    assert {line["lang"] for line in row["removed"]} == {"jav_Latn"}
    assert removed("\n".join([*document, JAVANESE, JAVANESE]), "ind_Latn", "jav_Latn")[
        "text"
    ].count(JAVANESE)


class _SawLittle(CombinedModel):
    """The model, if it had seen little of Indonesian."""

    thin = frozenset({"ind_Latn"})  # type: ignore[assignment]


def test_no_neighbor_is_taken_from_a_language_the_model_has_seen_little_of() -> None:
    text = TextBatch(["\n".join([*[INDONESIAN] * 5, JAVANESE, JAVANESE])])
    wanted = {"ind_Latn": language("ind_Latn").confusable}
    sure = CombinedModel(embedded_file("sea-2"), embedded_file("lid176"))
    unsure = _SawLittle(embedded_file("sea-2"), embedded_file("lid176"))
    taken = [
        foreign_lines(judge_lines(text, ["ind_Latn"], model)[0], "ind_Latn", wanted, model)
        for model in (sure, unsure)
    ]
    assert [len(one) for one in taken] == [2, 0]


def test_a_document_in_another_language_is_saved_if_enough_of_it_is_wanted() -> None:
    english = [ENGLISH] * 5
    row = removed("\n".join([*english, *[KHMER] * 4]), "khm_Khmr")
    assert (row["lang"], row["text"]) == ("khm_Khmr", "\n".join([KHMER] * 4))
    assert len(row["removed"]) == 5
    for kept in ("\n".join([*english, KHMER]), "\n".join(english)):
        row = removed(kept, "khm_Khmr")
        assert (row["lang"], row["text"], row["removed"]) == ("eng_Latn", kept, None)


@pytest.mark.parametrize("others", [("ind_Latn",), ("ind_Latn", "lao_Laoo", "jav_Latn")])
def test_it_is_saved_whatever_else_is_wanted(others: tuple[str, ...]) -> None:
    text = "\n".join([*[ENGLISH] * 5, *[KHMER] * 4])
    alone = removed(text, "khm_Khmr")
    assert alone["removed"]
    assert removed(text, *others, "khm_Khmr") == alone


def test_of_a_text_without_a_letter_in_a_wanted_script_no_line_is_judged() -> None:
    stage = Lines(languages={"khm_Khmr": []}, foreign_lines="remove")
    batch = run_chain([Identify()], Batch.of_texts([ENGLISH, f"{ENGLISH} {KHMER}", KHMER]))
    assert stage._looked_for(batch) == [None, "khm_Khmr", "khm_Khmr"]


def test_a_document_in_a_neighbor_is_never_cut_down_to_what_is_wanted() -> None:
    text = "\n".join([*[JAVANESE] * 5, *[INDONESIAN] * 3])
    row = removed(text, "ind_Latn")
    assert row["lang"] != "ind_Latn"
    assert (row["text"], row["removed"]) == (text, None)


def test_what_is_not_identified_once_lines_are_out_stays_as_it_was() -> None:
    text = "\n".join([ENGLISH, *["Menu"] * 5])
    row = removed(text, "ind_Latn")
    assert (row["text"], row["removed"]) == (text, None)


def test_only_keep_and_remove_are_known() -> None:
    with pytest.raises(ValueError, match="'keep' or 'remove', not 'drop'"):
        Lines(languages={}, foreign_lines="drop")  # type: ignore[arg-type]


_LINES = st.sampled_from([KHMER, KHMER, ENGLISH, SHORT_ENGLISH, INDONESIAN, "7.4", "", "Menu"])


@settings(max_examples=60)
@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_nothing_is_lost_and_what_is_left_is_canonical(text: str) -> None:
    text = normalize(text, language="khm_Khmr").text
    row = removed(text, "khm_Khmr")
    assert normalize(row["text"], language="khm_Khmr").text == row["text"]
    gone = {cut["line"] - 1 for cut in row["removed"] or ()}
    numbered = list(enumerate(text.split("\n")))
    assert row["removed_text"] == ([line for at, line in numbered if at in gone] or None)
    left = [line for at, line in numbered if at not in gone and line]
    assert [line for line in row["text"].split("\n") if line] == left
    assert all(KHMER not in line for line in row["removed_text"] or ())
    again = removed(row["text"], "khm_Khmr")
    assert again["text"] == row["text"]


ARABIC = (
    "ستقدم الحكومة مساعدات مالية للطلاب الذين يرغبون في مواصلة دراستهم في الجامعات "
    "الحكومية، كما قال وزير التعليم في مؤتمر صحفي"
)
SWAPPED = KHMER.replace("\u17d2\u179a", "\u17d2\u17d2\u179a") + " \u1780\u17b6\u17d2\u1781"
MIXED_LINES = st.sampled_from(
    [KHMER, SWAPPED, f"{KHMER}\u200e", f"a\u200b{KHMER}", ENGLISH, ARABIC, INDONESIAN, "", "7.4"]
)


def test_what_decides_on_the_rules_may_be_taken_out() -> None:
    """English had most letters, so that no repair of Khmer ran; Arabic kept direction marks."""
    row = normalized_and_removed("\n".join([*[ENGLISH] * 5, *[SWAPPED] * 4]), "khm_Khmr")
    assert row["text"] == normalize("\n".join([SWAPPED] * 4), language="khm_Khmr").text
    kinds = {(edit["stage"], edit["kind"]) for edit in row["edits"]}
    assert kinds >= {("lines", "foreign_line"), ("normalize", "khmer_reordered")}
    assert row["text_sha256"] == text_sha256(row["text"])
    row = normalized_and_removed("\n".join([ARABIC, ARABIC, *[f"{KHMER}\u200e"] * 4]), "khm_Khmr")
    assert row["text"] == "\n".join([KHMER] * 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(MIXED_LINES, max_size=10).map("\n".join))
def test_what_is_left_is_normalized(text: str) -> None:
    row = normalized_and_removed(text, "khm_Khmr")
    if row["reason"] is None:
        again = run_chain([Normalize()], Batch.of_texts([row["text"]]))
        assert (again["text"][0], again["edits"][0]) == (row["text"], [])
