"""Marks of code: many in programs of any language, hardly any in prose of any script."""

from __future__ import annotations

import ast
import re
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.quality.code import MARKS, count
from corpuskit.quality.strings import quality_signals
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

LIMIT = RULES["max_code_marks_per_word"].default

CODE = {
    "JavaScript": "const a = f(x);\nif (a.b(c) && d) {\nreturn { \"x\": a[0] };\n}",
    "C": "#include <stdio.h>\nint main(void) {\nprintf(\"%d\", x->y);\nreturn 0;\n}",
    "HTML": "<div class=\"menu\">\n<a href=\"/index\">Home</a>\n</div>",
    "a template": "{% for item in items %}\n<li>{{ item.name }}</li>\n{% endfor %}",
    "CSS": "body {\nmargin: 0;\npadding: 0;\n}\n.menu a {\ncolor: red;\n}",
    "SQL": "SELECT a.name(), COUNT(b.id) FROM t WHERE x=1 AND y='z';",
    "a shell": "#!/bin/sh\nfor f in $(ls); do\necho \"${f}\" && exit 1\ndone",
}  # fmt: skip
PROSE = {
    "khm_Khmr": "មនុស្សទាំងអស់(ប្រុស ស្រី)កើតមកមានសេរីភាព។ គេមានវិចារណញ្ញាណ (reason) ជាប់ពីកំណើត។",
    "ind_Latn": 'Orang itu berkata: "Mari!" Ia datang (lagi) dan pergi; berkas(s) disimpan.',
    "vie_Latn": "Công ty A&B (Hà Nội) tăng 5% - 6% so với năm 2025, theo ông Nam: 'rất tốt'.",
    "tha_Thai": "กระทรวงฯ(ศธ.)แจ้งว่า e-mail: a.b@c.go.th, โทร. 02-123(ต่อ 4) เปิดทุกวัน",
}


@pytest.mark.parametrize("name", CODE)
def test_code_has_many_marks(name: str) -> None:
    assert count(CODE[name]) / len(CODE[name].split()) > 4 * LIMIT


@pytest.mark.parametrize("name", PROSE)
def test_prose_with_brackets_quotes_and_colons_has_none(name: str) -> None:
    assert count(PROSE[name]) == 0


def test_modules_of_python_are_told_whatever_language_they_are_taken_for() -> None:
    """Modules that say more than their documentation does; none was looked at for the rule."""
    folder = Path(sysconfig.get_path("stdlib"))
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("[a-p]*.py"))]
    programs = [text[-3000:] for text in sources if len(text) > 3000 and len(_functions(text)) > 3]
    assert len(programs) > 60
    for language in ("khm_Khmr", "ind_Latn"):
        signals = quality_signals(programs, language=language)
        caught = [float(row["code_marks_per_word"] or 0) > LIMIT for row in signals]
        assert sum(caught) / len(caught) >= 0.98


def _functions(text: str) -> list[ast.AST]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


@given(st.text())
def test_what_a_mark_needs_stands_in_it(text: str) -> None:
    for mark in MARKS:
        if mark.pattern.search(text):
            assert not mark.needs or any(needed in text for needed in mark.needs), mark.name


AS_WRITTEN = re.compile(
    r"[A-Za-z0-9_)\]]\.[A-Za-z_]\w*(?:[(\[=]|\.[A-Za-z_]\w*[(\[ =])", re.ASCII | re.MULTILINE
)


@given(st.text(st.sampled_from("aA0_.)](=[ \né{};:,'\"")))
def test_attributes_are_looked_for_from_their_dots(text: str) -> None:
    attribute = next(mark for mark in MARKS if mark.name == "attribute")
    assert len(attribute.pattern.findall(text)) == len(AS_WRITTEN.findall(text))


@given(st.text(st.sampled_from("aA0_.)](=[ \né{};:,'\"<>-/&|$%\\")))
def test_no_mark_is_missed_for_what_it_needs(text: str) -> None:
    assert count(text) == sum(len(mark.pattern.findall(text)) for mark in MARKS)


@given(st.lists(st.text(max_size=30)))
def test_texts_are_counted_one_by_one(texts: list[str]) -> None:
    from corpuskit.quality.code import code_marks

    assert code_marks(TextBatch(texts)).tolist() == [count(text) for text in texts]
