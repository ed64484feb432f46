"""Answers as repositories send them: mended where it is plain what was meant, else told of."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from corpuskit.connectors.oai.answers import NoAnswerError, OaiAnswer, read

HEAD = "<header><identifier>oai:x:{}</identifier><datestamp>2020-01-0{}</datestamp></header>"


def record(number: int, text: str) -> str:
    inner = f"<metadata><dc><description>{text}</description></dc></metadata>"
    return f"<record>{HEAD.format(number, number)}{inner}</record>"


def wrap(*records: str, token: str = "<resumptionToken>next &amp; last</resumptionToken>") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<responseDate>2026-01-01T00:00:00Z</responseDate><request/><ListRecords>"
        f"{''.join(records)}{token}</ListRecords></OAI-PMH>\n"
    ).encode("utf-8", "surrogatepass")


def texts(answer: OaiAnswer) -> list[str]:
    return [etree.fromstring(item.xml)[1][0][0].text for item in answer.items]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ក\x0bខ\x1f", "កខ"),
        ("ក&#x1F;ខ&#8;&#xFFFF;&#1114112;", "កខ"),
        ("&#x1780;&#6017;\x01", "កខ"),
        ("a & b&c &d; \x02", "a & b&c &d; "),
        ("ក&nbsp;&ldquo;ខ&rdquo; &amp; &lt;p&gt;", "ក\xa0“ខ” & <p>"),
        ("\ud800ក", "\ufffd\ufffd\ufffdក"),
    ],
)
def test_what_xml_forbids_is_mended(text: str, meant: str) -> None:
    answer = read(wrap(record(1, text), record(2, "ខ")))
    assert texts(answer) == [meant, "ខ"]
    assert answer.token == "next & last"
    assert answer.date == "2026-01-01T00:00:00Z"


def test_another_charset() -> None:
    body = wrap(record(1, "ไทย\x0b")).decode().replace("UTF-8", "TIS-620").encode("tis-620")
    assert texts(read(body)) == ["ไทย"]


@pytest.mark.parametrize("broken", ["<b>no end", "</p>", "<a href=x>", "a < b", "<dc:x>y</dc:x>"])
def test_a_broken_record_takes_no_other_with_it(broken: str) -> None:
    answer = read(wrap(record(1, "ក"), record(2, broken), record(3, "ខ")))
    assert [item.identifier for item in answer.items] == ["oai:x:1", "oai:x:2", "oai:x:3"]
    assert [item.datestamp for item in answer.items] == ["2020-01-01", "2020-01-02", "2020-01-03"]
    assert texts(OaiAnswer(items=[answer.items[0], answer.items[2]])) == ["ក", "ខ"]
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.items[1].xml)
    assert answer.token == "next & last"


def test_a_record_without_an_end() -> None:
    cut = record(2, "ខ").replace("</record>", "")
    answer = read(wrap(record(1, "ក"), cut, record(3, "គ")))
    assert [item.identifier for item in answer.items] == ["oai:x:1", "oai:x:2", "oai:x:3"]


def test_a_bomb_of_entities_is_not_expanded() -> None:
    declared = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    body = wrap(record(1, "&i;"), record(2, "ខ")).replace(b"?><", f"?>{declared}]><".encode())
    answer = read(body)
    assert sum(len(item.xml) for item in answer.items) < 2_000
    assert answer.items[1].identifier == "oai:x:2"


def test_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    declared = f'?><!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><'
    answer = read(wrap(record(1, "&a;")).replace(b"?><", declared.encode()))
    assert b"password" not in b"".join(item.xml for item in answer.items)


@pytest.mark.parametrize(
    ("token", "meant"),
    [
        ("<resumptionToken/>", None),
        ("<resumptionToken>\n   </resumptionToken>", None),
        ("", None),
        ('<resumptionToken cursor="0" completeListSize="3">\n  a b \n</resumptionToken>', "a b"),
        ("<resumptionToken> ក%20&lt;&#9;</resumptionToken>", " ក%20<\t"),
    ],
)
def test_tokens(token: str, meant: str | None) -> None:
    answer = read(wrap(record(1, "ក"), token=token))
    assert answer.token == meant
    assert answer.size == (3 if "completeListSize" in token else None)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no XML"),
        (b"<html><p>down</html>", "no XML"),
        (b"<rss/>", "type 'rss'"),
        (wrap(record(1, "x"))[:-20], "cut off"),
        (b"\x00\xff\xfe", "no XML"),
    ],
)
def test_what_is_no_answer(body: bytes, why: str) -> None:
    with pytest.raises(NoAnswerError, match=why):
        read(body)


@pytest.mark.parametrize(
    "after",
    [
        "<br />\n<b>Warning</b>: Undefined index: y in <b>/srv/oai.php</b> on line <b>7</b><br />",
        "<script>x = '<a>'</script>",
        "Execution time: 0.5 s & more",
        "</body></html>",
        "<!-- cached --",
        "\0\0\0",
        "</OAI-PMH >",
        "<OAI-PMH>",
        "]]>",
    ],
)
@pytest.mark.parametrize("before", ["", "<br />Notice: x<br />", "\n<html><body>"])
def test_bytes_around_the_root_are_cut_off(before: str, after: str) -> None:
    answer = read(before.encode() + wrap(record(1, "ក"), record(2, "ខ")) + after.encode())
    assert texts(answer) == ["ក", "ខ"]
    assert answer.token == "next & last"


def test_bytes_behind_the_root_of_utf_16() -> None:
    body = wrap(record(1, "ក")).decode().replace("UTF-8", "UTF-16")
    assert texts(read(f"{body}<br>".encode("utf-16"))) == ["ក"]


def test_a_broken_record_and_bytes_behind_the_root() -> None:
    answer = read(wrap(record(1, "ក"), record(2, "a < b"), record(3, "ខ")) + b"<br>")
    assert [item.identifier for item in answer.items] == ["oai:x:1", "oai:x:2", "oai:x:3"]
    assert answer.token == "next & last"


def test_an_answer_that_a_server_sends_twice_is_read_once() -> None:
    assert texts(read(wrap(record(1, "ក")) * 2)) == ["ក"]


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "undefined", "rot13", "hex", "utf-7", "unicode_escape", "x-none"]
)
def test_an_encoding_that_is_not_a_charset_is_not_used(label: str) -> None:
    body = wrap(record(1, "ក\x0b")).replace(b'"UTF-8"', f'"{label}"'.encode())
    assert texts(read(body)) == ["ក"]


def test_windows_874_is_known_where_the_answer_is_mended() -> None:
    body = wrap(record(1, "ไทย\x0b")).decode().replace("UTF-8", "windows-874").encode("cp874")
    assert texts(read(body)) == ["ไทย"]


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("&#" + "9" * 5_000 + ";", ""),
        ("&#x" + "f" * 5_000 + ";", ""),
        ("&#" + "0" * 5_000 + "6016;", "ក"),
        ("&#;", "&#;"),
        ("&#xg;", "&#xg;"),
    ],
    ids=["decimal", "hexadecimal", "zeros", "no-digits", "not-hexadecimal"],
)
def test_numeric_references_of_any_length(reference: str, meant: str) -> None:
    assert texts(read(wrap(record(1, f"a{reference}b\x0b")))) == [f"a{meant}b"]


@pytest.mark.parametrize(
    "pump",
    [
        "<resumptionToken>" + "\n " * 60_000 + "x" + " \n" * 60_000 + "</resumptionToken>",
        "<OAI-PMH " * 60_000,
        "<a:record><header>" * 30_000,
        "".join(f"<a{n}:record><header>" for n in range(30_000)),
        "<record><header><identifier>x" + "identifier>x" * 60_000,
        "<resumptionToken " * 60_000,
        "</ListRecords " * 60_000,
        "&" * 200_000,
    ],
    ids=["token", "roots", "records", "names", "identifiers", "tokens", "ends", "ampersands"],
)
def test_hostile_answers_take_linear_time(pump: str) -> None:
    """The time limit of each test would end one that does not."""
    with suppress(NoAnswerError):
        read(wrap(record(1, "a < b") + pump))


def test_errors() -> None:
    answer = read(
        b'<OAI-PMH><error code="badArgument">a\n b</error><error code="badVerb"/></OAI-PMH>'
    )
    assert answer.errors == {"badArgument": "a b", "badVerb": ""}


def test_a_header_without_identifier_is_named_by_what_it_holds() -> None:
    body = wrap(
        "<record><header/><metadata/></record>", "<record><header/><metadata> </metadata></record>"
    )
    first, second = read(body).items
    assert first.identifier.startswith("unnamed:")
    assert first.identifier != second.identifier


@given(st.binary(max_size=300), st.integers(0, 600))
def test_nothing_crashes(noise: bytes, at: int) -> None:
    body = wrap(record(1, "ក"), record(2, "ខ"))
    for content in (noise, body[:at] + noise + body[at:]):
        with suppress(NoAnswerError):
            read(content)
