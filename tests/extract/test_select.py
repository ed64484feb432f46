"""How the article is chosen: by template, as a whole, by trafilatura, or all prose."""

from __future__ import annotations

import pytest
import trafilatura

from corpuskit.extract import select
from corpuskit.extract.blocks import blocks_of
from corpuskit.extract.select import ArticleChoice, choose
from corpuskit.markup.tree import parse

PROSE = "All human beings are born free and equal in dignity and rights, and so on. "
MENU = "".join(f"<div><a href=/{n}>Menu entry {n}</a></div>" for n in range(30))


def chosen(markup: str) -> ArticleChoice:
    root = parse(f"<html><body>{markup}</body></html>")
    assert root is not None
    return choose(root, blocks_of(root))


def lines(choice: ArticleChoice) -> list[str]:
    return [block.text for block in choice.blocks]


def test_a_template_s_article_with_the_heading_before_it() -> None:
    choice = chosen(
        f"{MENU}<h1>Head</h1><div class='mw-parser-output'><p>{PROSE}</p>"
        "<h2>Categories</h2><ul><li><a href=x>Category</a></ul></div>"
    )
    assert (choice.name, choice.mode) == ("corpuskit", "template:mediawiki")
    assert lines(choice) == ["Head", PROSE.strip()]


def test_a_plain_body_is_taken_whole() -> None:
    choice = chosen(
        f"<nav>{MENU}</nav><h1>Head</h1><p>short</p><table><tr><td>cell</table><p>{PROSE}"
    )
    assert choice.mode == "region:body"
    assert lines(choice) == ["Head", "short", "cell", PROSE.strip()]


def test_main_is_believed_if_it_holds_half_of_the_prose() -> None:
    inside = f"<main><p>{PROSE * 3}</p></main>"
    assert chosen(f"<p>{PROSE}</p>{inside}").mode == "region:main"
    assert chosen(f"<p>{PROSE * 9}</p>{inside}").mode == "region:body"


def test_the_excerpts_of_a_front_page_are_not_the_article() -> None:
    posts = "".join(f"<div class='entry-content'><p>{n} {PROSE}</p></div>" for n in range(3))
    assert len(lines(chosen(f"<main>{posts}</main>"))) == 3


def test_trafilatura_chooses_amid_a_menu_and_gaps_are_filled() -> None:
    choice = chosen(
        f"{MENU}<div><h1>Head</h1><p>{PROSE * 3}</p><p>ok</p>"
        f"<p>Choose <span class='menu-item'>File</span> or Open.</p><p>{PROSE * 3}</p></div>{MENU}"
    )
    assert (choice.name, choice.mode, choice.fallback) == ("trafilatura", "selection", None)
    assert lines(choice) == [
        "Head",
        (PROSE * 3).strip(),
        "ok",
        "Choose File or Open.",
        (PROSE * 3).strip(),
    ]


def test_a_short_khmer_page_keeps_its_sentence_whole_and_leaks_no_menu() -> None:
    """Pitfall: on such a page trafilatura breaks the text at the link and adds the menu."""
    sentence = "មនុស្សទាំងអស់<a href=x>កើតមក</a>មានសេរីភាព និងសមភាពក្នុងសេចក្តីថ្លៃថ្នូរ។"
    page = f"<html><body>{MENU}<div><p>{sentence}</p></div></body></html>"
    assert "កើតមកមានសេរីភាព" not in (trafilatura.extract(page) or "")
    whole = sentence.replace("<a href=x>", "").replace("</a>", "")
    assert lines(chosen(f"{MENU}<div><p>{sentence}</p></div>")) == [whole]


def test_too_little_chosen_falls_back_to_all_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "_MIN_CHOSEN_SHARE", 2.0)  # whatever is chosen is too little
    choice = chosen(f"{MENU}<p>{PROSE}</p><p>{PROSE}</p>")
    assert (choice.mode, choice.fallback) == ("prose", "too little chosen")
    assert lines(choice) == [PROSE.strip()] * 2


def test_a_raise_in_trafilatura_falls_back_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    choice = chosen(f"{MENU}<p>{PROSE}</p>")
    assert (choice.mode, choice.fallback) == ("prose", "RecursionError")
    assert lines(choice) == [PROSE.strip()]


def test_a_large_page_is_not_given_to_trafilatura() -> None:
    choice = chosen(f"<p>{PROSE}</p>" + "<div><a href=x>entry</a></div>" * select.MAX_ELEMENTS)
    assert (choice.mode, choice.fallback) == ("prose", "large")
    assert lines(choice) == [PROSE.strip()]


@pytest.mark.parametrize("number", [0, 1, 63, 64, 4095, 4096, 250_000])
def test_marks_name_one_block_each(number: int) -> None:
    mark = select._marked(number)
    assert select._numbers(f"text {mark}text") == {number}
    assert mark.isprintable()
    assert not any(char.isalnum() or char.isspace() for char in mark)
