"""CSV and TSV as programs write them: a broken record costs its first line only."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from connectors.test_tables import connector, reasons, records, texts
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.tables.delimited import csv_records
from corpuskit.errors import SourceError


def read(content: str, delimiter: str = ",") -> list[list[str] | Damage]:
    stored = content.encode("utf-8", "surrogateescape").split(b"\n")
    return list(csv_records(stored, delimiter))


def kept(content: str, delimiter: str = ",") -> list[list[str]]:
    return [record for record in read(content, delimiter) if isinstance(record, list)]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('1\t"ผู้เขียน', ["1", '"ผู้เขียน']),
        ('"คำ" คือ\t2', ['"คำ" คือ', "2"]),
        ('5" จอ\t"', ['5" จอ', '"']),
        ('"a\tb"', ['"a', 'b"']),
        ('"a ""b"" c"\td', ['a "b" c', "d"]),
        ('"a\tb"\tc', ["a\tb", "c"]),
        ('""\t""', ["", ""]),
        ("a\t", ["a", ""]),
        ("\tb\r", ["", "b"]),
        ('"""\t"""', ['"""', '"""']),
    ],
)
def test_a_quote_in_tsv_is_a_character_unless_it_closes_a_field(
    line: str, fields: list[str]
) -> None:
    found = read(f"x\ty\n{line}\nlast\tline", "\t")
    assert found == [["x", "y"], fields, ["last", "line"]]


def test_a_field_of_several_lines_in_tsv() -> None:
    content = 'id\ttext\turl\n1\t"one\ntwo ""2""\n"\tu\n2\t"stray\tv\n3\tc\tw'
    assert kept(content, "\t")[1:] == [
        ["1", 'one\ntwo "2"\n', "u"],
        ["2", '"stray', "v"],
        ["3", "c", "w"],
    ]
    last = 'id\ttext\n1\t"one\ntwo"\n2\tb'
    assert kept(last, "\t")[1:] == [["1", "one\ntwo"], ["2", "b"]]
    first = 'text\turl\n"one\ntwo"\tu\n"three\n\nfour"\tv\nfive\tw'
    assert kept(first, "\t")[1:] == [["one\ntwo", "u"], ["three\n\nfour", "v"], ["five", "w"]]


def test_a_quote_that_opens_a_tsv_field_joins_no_records() -> None:
    content = 'id\ttext\n1\t"Hello, he said.\n2\tShe said "bye"\n3\t"end"'
    assert kept(content, "\t")[1:] == [
        ["1", '"Hello, he said.'],
        ["2", 'She said "bye"'],
        ["3", "end"],
    ]


@given(st.lists(st.tuples(*[st.text("abក\n", max_size=8)] * 3)))
def test_what_python_writes_as_tsv_is_read_back(rows: list[tuple[str, ...]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *rows])
    assert kept(written.getvalue(), "\t")[1:] == [list(row) for row in rows]


_FIELDS = st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]))


@given(st.lists(st.tuples(_FIELDS, _FIELDS)))
def test_a_tsv_without_quoting_keeps_every_row(rows: list[tuple[str, str]]) -> None:
    content = "".join(f"{first}\t{second}\n" for first, second in [("a", "b"), *rows])
    found = kept(content, "\t")[1:]
    assert len(found) == len(rows)
    for fields, row in zip(found, rows, strict=True):
        assert [field.replace('"', "") for field in fields] == [
            value.replace('"', "") for value in row
        ]


def test_rows_behind_an_open_quote_are_read() -> None:
    content = 'text,n\n"open,1\nb,2\n"c\nd",3\ne,4\n'
    found = read(content)
    assert found[1] == Damage("read/invalid_row", "line 2: ',' expected after '\"'")
    assert found[2:] == [["b", "2"], ["c\nd", "3"], ["e", "4"]]
    at_end = read('text,n\na,1\n"open,2\nb,3\nc,4')
    assert [isinstance(record, Damage) for record in at_end[1:]] == [False, True, False, False]


def test_damage_within_a_quoted_field_costs_its_line() -> None:
    damage = Damage("read/corrupt", "here")
    found = list(csv_records([b"a,b", b'"x', b"c,d", damage, b"e,f"], ","))
    assert found == [
        ["a", "b"],
        Damage("read/invalid_row", "a damaged line follows"),
        ["c", "d"],
        damage,
        ["e", "f"],
    ]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (r'"say \"a\" to",1', ['say "a" to', "1"]),
        (r'"\"a\", b",1', ['"a", b', "1"]),
        (r'"a \\",1', [r"a \\", "1"]),
        ('"a \\"b\n c\\" d",1', ['a "b\n c" d', "1"]),
        (r'"C:\new\"x\"",1', [r'C:\new"x"', "1"]),
    ],
)
def test_quotes_escaped_by_backslashes_are_read_where_the_rules_fail(
    line: str, fields: list[str]
) -> None:
    assert read(f"text,n\n{line}\nlast,2")[1:] == [fields, ["last", "2"]]


def test_a_file_of_carriage_returns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('text,url\r"a, ក",u\rb,v\r'.encode())
    (tmp_path / "b.tsv").write_bytes(b"text\turl\ra\tu")
    (tmp_path / "c.jsonl").write_bytes(b'{"text": "a"}\r{"text": "b"}')
    assert texts(records(tmp_path)) == ["a, ក", "b", "a", "a", "b"]


@pytest.mark.parametrize(("mark", "written"), [(";", ";"), ("|", "|"), ("\t", r"\\t")])
def test_another_delimiter_is_asked_for(tmp_path: Path, mark: str, written: str) -> None:
    (tmp_path / "a.csv").write_text(f"id{mark}text\n1{mark}a\n")
    with pytest.raises(SourceError) as caught:
        connector(tmp_path).inputs()
    assert str(caught.value).endswith(f'did you mean delimiter = "{written[-2:]}"?')
    assert reasons(records(tmp_path, delimiter=mark)) == [None]
