"""A page's lines: where they end, and what HTML says is not content."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.extract.blocks import PageBlocks, blocks_of, collapse_spaces
from corpuskit.markup.tree import MAX_DEPTH, TooDeep, parse


def page(markup: str) -> PageBlocks:
    root = parse(f"<html><body>{markup}</body></html>")
    assert root is not None
    return blocks_of(root)


def lines(markup: str) -> list[str]:
    return [block.text for block in page(markup).blocks]


def test_blocks_end_lines_and_inline_elements_do_not() -> None:
    markup = (
        "<h1>Head</h1><p>one <a href=x>link</a> in a <b>sen</b>tence</p>tail<br>next<ul><li>i</ul>"
    )
    assert lines(markup) == ["Head", "one link in a sentence", "tail", "next", "i"]


def test_whitespace_is_html_s_and_no_more() -> None:
    assert lines("<p> a \n b\u00a0c \u3000d </p>") == ["a b\u00a0c \u3000d"]
    assert lines("<pre>\n a\n  b\n</pre>") == [" a\n  b"]


@pytest.mark.parametrize(
    "outside",
    [
        "<nav>x</nav>",
        "<div role=navigation>x</div>",
        "<header>x</header>",
        "<footer>x</footer>",
        "<aside>x</aside>",
        "<div hidden>x</div>",
        "<div style='display: none'>x</div>",
        "<span aria-hidden=true>x</span>",
        "<script>x</script><style>x</style><noscript>x</noscript><template>x</template>",
        "<button>x</button><select><option>x</select><textarea>x</textarea>",
        "<label for=i>x</label>",
        "<table class='navbox'><tr><td>x</table>",
        "<sup class='reference'>x</sup>",
        "<a class='sr-only'>x</a>",
    ],
)
def test_what_html_marks_as_not_content_is_left_out(outside: str) -> None:
    assert lines(f"<p>text {outside} goes on</p>{outside}") in (
        ["text  goes on"],
        ["text goes on"],
        ["text", "goes on"],
    )


def test_the_header_of_an_article_is_content() -> None:
    assert lines("<article><header><h1>Head</h1></header><p>text</p></article>") == ["Head", "text"]


def test_links_groups_and_suspects_are_noted() -> None:
    menu, prose, shared = page(
        "<ul><li><a href=x>menu</a></ul><p>prose</p><div class='social-share'>on</div>"
    ).blocks
    assert (menu.linked, menu.group, menu.suspect) == (True, 1, False)
    assert (prose.linked, prose.group, prose.suspect) == (False, 0, False)
    assert shared.suspect


def test_an_anchor_without_address_is_no_link() -> None:
    assert not page("<p><a name=x>text</a></p>").blocks[0].linked


def test_regions_are_noted_with_their_blocks() -> None:
    regions = page(
        "<p>a</p><main><p>b</p><div class='entry-content'>c</div></main><p>d</p>"
    ).regions
    assert [(region.kind, region.start, region.stop) for region in regions] == [
        ("wordpress", 2, 3),
        ("main", 1, 3),
    ]


def test_wbr_parts_words_only_where_spaces_do_not() -> None:
    assert lines("<p>ខ្មែរ<wbr>ភាសា super<wbr>cali</p>") == ["ខ្មែរ\u200bភាសា supercali"]


def test_lines_of_invisible_characters_are_none() -> None:
    assert lines("<p>\u200b</p><p>&nbsp;</p><p>\ufeff</p><p>a</p>") == ["a"]


def test_depth_is_limited() -> None:
    assert lines("<div>" * (MAX_DEPTH - 4) + "text") == ["text"]
    with pytest.raises(TooDeep):
        page("<div>" * MAX_DEPTH + "text")


ZERO_WIDTH = "\u200b\u200c\u200d\u2060\u00ad\ue000\uf8ff"
SENTENCE = st.text(st.sampled_from("កខគ ابج မြန်" + ZERO_WIDTH), min_size=1, max_size=40)


@given(st.lists(SENTENCE, max_size=8))
def test_no_character_is_lost_or_added(sentences: list[str]) -> None:
    found = "".join(lines("".join(f"<p>{sentence}<b>{sentence}</b></p>" for sentence in sentences)))
    assert [c for c in found if c != " "] == [
        c
        for sentence in sentences
        if (sentence + sentence).strip(" \u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff")
        for c in sentence + sentence
        if c != " "
    ]


@pytest.mark.parametrize("inside", ["<h1>Head</h1>", "<main><p>text</p></main>", ""])
def test_the_frame_of_a_page_is_no_suspect(inside: str) -> None:
    text = "<p>All human beings are born free and equal</p>"
    frame = f"<div class='site has-sidebar'>{inside}{text}</div>"
    assert not any(block.suspect for block in page(f"{frame}<p>and more</p>").blocks)
    other = page("<div class='has-sidebar'>about us</div><p>All human beings are born free</p>")
    assert [block.suspect for block in other.blocks] == [True, False]


def test_a_header_left_open_around_the_content_is_entered() -> None:
    assert lines("<header><h1>Head</h1><main><p>text</p></main>") == ["Head", "text"]


def test_lenient_keeps_landmarks_but_nothing_hidden() -> None:
    root = parse(
        "<html><body><nav>menu</nav><aside>side<div hidden>x</div></aside><script>y</script>"
    )
    assert root is not None
    assert blocks_of(root).blocks == []
    assert [block.text for block in blocks_of(root, lenient=True).blocks] == ["menu", "side"]


SPACES = st.text(st.sampled_from(" \t\n\f\rab\u00a0\u200b\u3000\v"), max_size=40)


@given(SPACES)
def test_spaces_collapse_as_a_pattern_says(text: str) -> None:
    assert collapse_spaces(text) == re.sub(r"[ \t\n\f\r]+", " ", text).strip(" ")
