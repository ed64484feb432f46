"""The stage: what it edits, counts and leaves, alone and in a chain."""

from __future__ import annotations

import pytest

from corpuskit.chain import run_chain
from corpuskit.edits import DIGEST, EDITS, EditingStage
from corpuskit.normalize.stage import Normalize
from corpuskit.privacy import ID_KINDS, KINDS
from corpuskit.privacy.stage import PersonalData, worth_a_look
from corpuskit.quality import Signals
from corpuskit.recipe.answerable import PrivacyTable
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

REGIONS = {"khm_Khmr": ["KH"], "ind_Latn": ["ID"]}


def run(stage: PersonalData, texts: list[str], **columns: list[str | None]) -> Batch:
    batch = Batch.of_texts(texts, **columns)
    return run_chain([Normalize(), stage, Signals()], batch)


def test_texts_are_masked_counted_and_booked_before_signals_are_measured() -> None:
    result = run(
        PersonalData(regions=REGIONS),
        ["ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨, dara@gmail.com", "គ្មានអ្វីទេ", "Tel. 012 345 678"],
        lang=["khm_Khmr", "khm_Khmr", "ind_Latn"],
    )
    assert result["text"][0] == "ទូរស័ព្ទ <PHONE>, <EMAIL>"
    assert result["pii"] == [[{"kind": "email", "count": 1}, {"kind": "phone", "count": 1}], [], []]
    edits = [
        (edit["stage"], edit["kind"], edit["count"], edit["chars"]) for edit in result[EDITS][0]
    ]
    assert edits[-2:] == [("personal_data", "email", 1, 14), ("personal_data", "phone", 1, 11)]
    assert result["quality"][0]["chars"] == len(result["text"][0])
    assert result[DIGEST][1] == result["raw_sha256"][1]


def test_counted_kinds_stay_in_the_text_and_kept_kinds_are_not_counted() -> None:
    stage = PersonalData(mask=["email"], count=["ip"])
    result = run(stage, ["a.b@gmail.com 8.8.8.80 NIK 3578084309500008"])
    assert result["text"] == ["<EMAIL> 8.8.8.80 NIK 3578084309500008"]
    assert result["pii"] == [[{"kind": "email", "count": 1}, {"kind": "ip", "count": 1}]]


def test_the_host_of_a_page_tells_a_region_as_well() -> None:
    texts = ["Call 012 345 678"] * 3
    urls = ["https://www.gov.kh/x", "https://a.com/", None]
    result = run(PersonalData(), texts, lang=["eng_Latn"] * 3, url=urls)
    assert result["text"] == ["Call <PHONE>", *texts[1:]]


def test_documents_in_other_languages_are_not_looked_at() -> None:
    stage = PersonalData(languages=["khm_Khmr"])
    result = run(stage, ["a.b@gmail.com"] * 2, lang=["ind_Latn", "khm_Khmr"])
    assert result["text"] == ["a.b@gmail.com", "<EMAIL>"]
    assert result["pii"] == [None, [{"kind": "email", "count": 1}]]


def test_titles_are_masked_and_counted_too() -> None:
    result = run(PersonalData(), ["x", "a.b@gmail.com"], title=["Mail c@gmail.com", None])
    assert result["title"] == ["Mail <EMAIL>", None]
    assert result["pii"] == [[{"kind": "email", "count": 1}]] * 2
    assert result[EDITS][0] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("ក ខ គ 12", False), ("year 199", False), ("๑๒๓๔", True), ("8.8.8.8", True),
     ("a@", True), ("a [at] b.com", True)],
)  # fmt: skip
def test_the_first_look(text: str, expected: bool) -> None:
    assert worth_a_look(TextBatch(["12", text, "3"])).tolist() == [False, expected, False]


def test_results_do_not_depend_on_the_batch() -> None:
    texts = ["a.b@gmail.com", "", "NIK 3578084309500008", "x", "ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨"]
    stage = PersonalData(regions={"khm_Khmr": ["KH"]})
    together = run(stage, texts[:1] + texts[2:], lang=["khm_Khmr"] * 4)
    for row, text in enumerate(texts[:1] + texts[2:]):
        alone = run(stage, [text], lang=["khm_Khmr"])
        assert alone["text"][0] == together["text"][row]
        assert alone["pii"][0] == together["pii"][row]


def test_every_kind_is_a_key_of_the_recipe_and_the_defaults_mask_all_but_ip() -> None:
    table = PrivacyTable()
    assert set(PrivacyTable.model_fields) - {"ids", "keep"} == set(KINDS)
    assert table.kinds_with("mask", "count", "reject") == list(KINDS)
    assert table.kinds_with("count") == ["ip"]
    rest = PrivacyTable(ids="count", nik="reject", email="keep")
    assert rest.kinds_with("reject") == ["nik"]
    assert set(rest.kinds_with("count")) == {"ip", *ID_KINDS} - {"nik"}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of personal data 'emails'; there are email"):
        PersonalData(mask=["emails"])


def test_it_is_an_editing_stage_whose_placeholders_set_nothing_free() -> None:
    assert issubclass(PersonalData, EditingStage)
    for kind in KINDS.values():
        assert not any(char.isdigit() or char == "@" for char in kind.placeholder)


def test_statements_of_licenses_are_masked_but_not_what_the_operator_says() -> None:
    def evidence(kind: str, value: str) -> dict[str, str]:
        return {"kind": kind, "value": value, "where": "footer"}

    notice = evidence("notice", "© 2020 dara@gmail.com, Tel. 012 345 678, CC BY 4.0")
    link = evidence("rel=license", "https://creativecommons.org/licenses/by/4.0/")
    operator = evidence("operator", "asked by dara@gmail.com")
    batch = Batch.of_texts(
        ["អត្ថបទ", "អត្ថបទ", "teks"], lang=["khm_Khmr", "khm_Khmr", "ind_Latn"]
    ).with_columns(license_evidence=[[notice, link, operator], None, [notice]])
    stage = PersonalData(regions=REGIONS, languages=["khm_Khmr"])
    result = run_chain([Normalize(), stage, Signals()], batch)
    masked = evidence("notice", "© 2020 <EMAIL>, Tel. <PHONE>, CC BY 4.0")
    assert result["license_evidence"] == [[masked, link, operator], None, [notice]]
    assert result["pii"] == [[], [], None]


def test_headers_that_name_whom_to_ask_are_masked_in_the_opt_outs() -> None:
    signal = {"kind": "X-Robots-Tag", "value": "noai, ask dara@gmail.com", "verdict": "disallow"}
    tdm = {"verdict": "disallow", "signals": [signal, {**signal, "value": "noai"}]}
    batch = Batch.of_texts(["អត្ថបទ", "អត្ថបទ"], lang=["khm_Khmr"] * 2).with_columns(tdm=[tdm, None])
    result = run_chain([Normalize(), PersonalData(regions=REGIONS), Signals()], batch)
    masked, plain = result["tdm"][0]["signals"]
    assert masked == {**signal, "value": "noai, ask <EMAIL>"}
    assert plain["value"] == "noai"
    assert result["tdm"][1] is None
