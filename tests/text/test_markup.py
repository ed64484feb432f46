"""The quick look at a page: what is seen, what is not, and never slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text.markup import unescape, visible_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One<p>two<br/>three</p>", "One\ntwo\nthree"),
        ("<title>T</title><style>p{}</style><script>x<1</script>body", "T\nbody"),
        ("<SCRIPT type='a'>no</SCRIPT >yes<!-- <p>no -->", "yes"),
        ("a &lt;b&gt; &#x1780;&#6017; &nbsp; c", "a <b> កខ c"),
        ("3 < 4 and <b", "3 < 4 and"),
        ("<script>never closed", ""),
        ("seen<!-- never closed", "seen"),
        ('<script type="application/ld+json">{"b":"\\u1780"}</script>', '{"b":"ក"}'),
        ("<svg><text>no</text></svg><template>no</template>yes", "yes"),
        ("plain text,\n\n\ntwo lines", "plain text,\ntwo lines"),
        ("", ""),
    ],
)
def test_visible_text(markup: str, text: str) -> None:
    assert visible_text(markup) == text


@pytest.mark.parametrize(
    "piece",
    [
        *("<", "<!--", "<script", "<script>", "<a ", '<a href="', "&", "&#", "\\u", " \n", "<svg>"),
        *("</", "<style></styl", "<script application/ld+json", "<template ", "<p>x"),
    ],
)
@pytest.mark.timeout(120)
def test_linear_on_hostile_pages(piece: str) -> None:
    """4 MB of what a quadratic pattern would need hours for: the test's own time limit tells."""
    assert isinstance(visible_text(piece * (4_000_000 // len(piece))), str)


@given(st.lists(st.sampled_from([*"<>!-/\"'&;# \nabក\ud800", "<script>", "</script>"])))
def test_any_markup(pieces: list[str]) -> None:
    text = visible_text("".join(pieces))
    assert text == text.strip()
    assert "\n\n" not in text


@pytest.mark.parametrize("start", ["&#", "&#x", "&#X", "&#0", "&#x0"])
@pytest.mark.parametrize("end", [";", ""])
def test_a_reference_of_thousands_of_digits_is_one_bad_character(start: str, end: str) -> None:
    assert unescape(f"a{start}{'9' * 5_000}{end}\n&amp;") == "a\ufffd\n&"
    assert visible_text(f"a{start}{'9' * 5_000}{end}\n&amp;") == "a\ufffd\n&"


def test_references_with_leading_zeros_are_decoded() -> None:
    assert unescape(f"&#{'0' * 30}6016;&#x{'0' * 30}1780;&#1114112;&#x110000;") == "កក\ufffd\ufffd"


_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(style|script|template|svg)\b(?![^<>]*application/ld\+json)[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)


def _by_patterns(markup: str) -> str:
    """`visible_text` by patterns alone, for markup without references."""
    text = re.sub(r"<[a-zA-Z/!?][^<>]*>?", "\n", _UNSEEN.sub("\n", markup))
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text)).strip()


_TAGS = ["<script>", "</script>", "</SCRIPT x>", "<style", "</style>", "<!--", "-->", "<svg/>"]
_TAGS += ["</svg>", '<script type="application/ld+json">', "</script", "<template>", "<p>", "</p "]


@given(st.lists(st.sampled_from([*"<>!-/\"' \n\t\u00a0\x1cabក", *_TAGS])).map("".join))
def test_shortcuts_change_nothing(markup: str) -> None:
    assert visible_text(markup) == _by_patterns(markup)
