"""From records to rows: text, language, dates, rights, addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from connectors.oai.repositories import oai_dc
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.warc_format import Head
from corpuskit.connectors.oai.records import raw_records
from corpuskit.connectors.reasons import CORRUPT, DELETED, NO_TEXT, TOO_LARGE
from corpuskit.document import RawRecord

NAMES = ("title", "description", "date", "language", "rights", "identifier", "relation")


def rows(block: bytes | str, size: int | None = None) -> list[RawRecord]:
    fields = {"warc-target-uri": "http://x/oai?verb=GetRecord", "warc-date": "2026-01-01T00:00:00Z"}
    content = block.encode() if isinstance(block, str) else block
    return list(
        raw_records(Frame(0, head=Head(fields, 0, size or len(content)), block=content), "a")
    )


def record(metadata: str | None, status: str = "", identifier: str = "oai:x:1") -> str:
    head = f"<identifier>{identifier}</identifier><datestamp>2020-01-01</datestamp>"
    inner = "" if metadata is None else f"<metadata>{metadata}</metadata>"
    return (
        f'<record xmlns="http://www.openarchives.org/OAI/2.0/"><header {status}>{head}</header>'
        f"{inner}</record>"
    )


def dc(**values: list[str]) -> list[RawRecord]:
    return rows(record(etree.tostring(oai_dc(values), encoding="unicode")))


def test_a_row_per_description_with_its_language() -> None:
    found = dc(
        description=["km@@ក្រម", "en@@Code", "Code", "", "មិនដឹង"], title=["ចំណងជើង"], language=["khm"]
    )
    assert [(one.content.decode(), one.lang_declared) for one in found] == [
        ("ក្រម", "km"),
        ("Code", "en"),
        ("មិនដឹង", "khm"),
    ]
    assert [one.source_ref for one in found] == [
        f"oai:x:1@2020-01-01#description-{number}" for number in (1, 2, 3)
    ]
    assert {one.title for one in found} == {"ចំណងជើង"}


def test_markup_in_a_description_is_read() -> None:
    (one,) = dc(description=["<p>ក<i>ខ</i>&nbsp;គ</p><p>ឃ &lt; ង</p>"])
    assert one.content.decode() == "កខ គ\nឃ < ង"
    (one,) = dc(description=["5 km<sup>2</sup>, H<jats:sub>2</jats:sub>O, 1<sup>st</sup>"])
    assert one.content.decode() == "5 km², H₂O, 1st"
    (one,) = dc(description=["a <b and c> d &amp; e"])
    assert one.content.decode() == "a <b and c> d &amp; e"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2020-05-06"], datetime(2020, 5, 6, tzinfo=UTC)),
        (
            ["2021-01-01T10:00:00Z", "2020-05-06T23:30:00+07:00"],
            datetime(2020, 5, 6, 16, 30, tzinfo=UTC),
        ),
        (["2567-05-06"], None),  # Buddhist era, common in Thai repositories
        (["1445-05-06", "2024-01-02"], datetime(2024, 1, 2, tzinfo=UTC)),
        (["1884-05-06"], datetime(1884, 5, 6, tzinfo=UTC)),
        (["2020", "2020-05", "[1998?]", "2020-13-45", "0000-00-00", ""], None),
    ],
)
def test_only_whole_dates_are_dates(dates: list[str], expected: datetime | None) -> None:
    (one,) = dc(description=["x"], date=dates)
    assert one.published_at == expected
    assert one.published_at_source == ("meta" if expected else None)


@pytest.mark.parametrize(
    ("rights", "license_"),
    [
        (["https://creativecommons.org/licenses/by-sa/4.0"], "CC-BY-SA-4.0"),
        (["CC BY 4.0", "Copyright (c) 2020 the authors"], "CC-BY-4.0"),
        (["See http://creativecommons.org/licenses/by/3.0/ for more."], "CC-BY-3.0"),
        (["info:eu-repo/semantics/openAccess"], None),
        (["CC BY 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"], "CC-BY-NC-4.0"),
        ([], None),
    ],
)
def test_rights_are_evidence_and_name_a_license(rights: list[str], license_: str | None) -> None:
    (one,) = dc(description=["x"], rights=rights)
    assert one.license == license_
    assert one.license_confidence == ("declared" if license_ else None)
    stated = [seen for seen in one.license_evidence if seen["kind"] != "conflict"]
    assert [seen["value"] for seen in stated] == rights
    assert {seen["where"] for seen in stated} <= {"oai record: dc:rights"}
    conflicts = [seen["value"] for seen in one.license_evidence if seen["kind"] == "conflict"]
    assert conflicts == (["CC-BY-4.0 / CC-BY-NC-4.0"] if license_ == "CC-BY-NC-4.0" else [])


def test_the_address_is_the_documents_or_the_records() -> None:
    (one,) = dc(
        description=["x"],
        relation=["http://b/"],
        identifier=["ISBN 1", "javascript:x", "https://a/1"],
    )
    assert one.url == "https://a/1"
    (one,) = dc(description=["x"], identifier=["http://[broken"])
    assert one.url == "http://x/oai?verb=GetRecord"


def test_other_formats_with_the_same_names() -> None:
    (one,) = rows(
        record(
            '<resource xmlns="http://datacite.org/schema/kernel-4"><titles><title>t</title></titles>'
            '<descriptions><description xml:lang="km">ក</description></descriptions>'
            "<rightsList><rights>CC BY 4.0</rights></rightsList></resource>"
        )
    )
    assert (one.title, one.content.decode(), one.lang_declared) == ("t", "ក", "km")
    assert one.license == "CC-BY-4.0"


@pytest.mark.parametrize(
    ("block", "reason", "detail"),
    [
        (record(None, 'status="deleted"'), DELETED, "says so"),
        (record("<x/>", 'status="deleted"'), DELETED, "says so"),
        (record(None), CORRUPT, "no metadata"),
        (record("<dc><title>t</title></dc>"), NO_TEXT, "no dc:description"),
        (record("<dc/>", identifier=""), CORRUPT, "no identifier"),
        ("<record><header>", CORRUPT, "not well-formed"),
        ("", CORRUPT, "not well-formed"),
    ],
)
def test_what_is_lost_has_a_reason(block: str, reason: str, detail: str) -> None:
    (one,) = rows(block)
    assert (one.reason, one.content) == (reason, b"")
    assert detail in (one.detail or "")


def test_a_record_larger_than_memory_is_worth() -> None:
    (one,) = rows(record("<dc/>"), size=50_000_000)
    assert (one.reason, one.detail) == (TOO_LARGE, "50000000 bytes of XML")


XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(XML_TEXT, max_size=3)))
def test_whatever_its_elements_hold_a_record_becomes_rows(values: dict[str, list[str]]) -> None:
    found = dc(**values)
    assert found
    texts = [one.content.decode() for one in found if one.reason is None]
    assert len(texts) == len(set(texts))
    assert all(text.strip() for text in texts)
    assert all(one.reason in (None, NO_TEXT) for one in found)
    assert len({one.source_ref for one in found}) == len(found)
    assert found == dc(**values)


@given(st.binary(max_size=400))
def test_bytes_that_are_no_record_have_a_reason(block: bytes) -> None:
    (one,) = rows(block)
    assert one.reason == CORRUPT


def test_hostile_markup_in_a_description_takes_linear_time() -> None:
    """The time limit of each test would end one that does not."""
    (page,) = dc(description=["&lt;p a=" + " " * 200_000 + "<p " + "a" * 200_000])
    assert page.content
