"""Where a site says the same again and again."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from corpuskit.connectors.web.streak import MAX_SAME, Streaks, page_key, text_key

SITE = "http://a.example"


def noted(streaks: Streaks, urls: list[str], text: str) -> list[tuple[str, str] | None]:
    return [streaks.note(url, text_key(text)) for url in urls]


def test_the_deepest_prefix_ends_and_no_other() -> None:
    streaks = Streaks({})
    days = [f"{SITE}/cal/2026/{day}" for day in range(MAX_SAME + 1)]
    assert noted(streaks, days[: MAX_SAME - 1], "no events") == [None] * (MAX_SAME - 1)
    [ended] = noted(streaks, days[MAX_SAME - 1 : MAX_SAME], "no events")
    assert ended is not None and ended[0] == f"{SITE}/cal/2026/"
    assert streaks.ended(days[-1]) == ended[1]
    assert streaks.ended(f"{SITE}/cal/2026/deeper/x") == ended[1]
    assert streaks.ended(f"{SITE}/cal/2027/1") is None
    # One more page that says so elsewhere is no reason to end all.
    assert noted(streaks, [f"{SITE}/other"], "no events") == [None]
    assert streaks.ended(f"{SITE}/news") is None
    assert Streaks({ended[0]: ended[1]}).ended(days[0]) == ended[1]


def test_folders_of_one_page_each_end_above() -> None:
    streaks = Streaks({})
    days = [f"{SITE}/cal/{day}/" for day in range(MAX_SAME)]
    ended = noted(streaks, days, "no events")[-1]
    assert ended is not None and ended[0] == f"{SITE}/cal/"
    assert streaks.ended(f"{SITE}/cal") is None


def test_a_run_is_broken_by_another_text_below_the_same_prefix_alone() -> None:
    streaks = Streaks({})
    for number in range(3 * MAX_SAME):
        assert streaks.note(f"{SITE}/news/{number}", text_key(f"story {'x' * number}")) is None
        same = streaks.note(f"{SITE}/cal/{number}", text_key("nothing"))
        assert (same is not None) == (number == MAX_SAME - 1 or number == 2 * MAX_SAME - 1 or
                                      number == 3 * MAX_SAME - 1)  # fmt: skip
    assert streaks.ended(f"{SITE}/news/1") is None


def page(body: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><head><title>x</title></head><body>{body}</body>")


def test_a_page_is_what_it_shows() -> None:
    shown = page_key(page("<p>No events on 12 May</p>"))
    assert page_key(page("<p>No events on 3 May</p><script>token='a'</script>")) == shown
    assert page_key(page("<div>No\nevents</div> on <b>១២</b> May<style>p {}</style>")) == shown
    assert page_key(page("<p>No events on 12 June</p>")) != shown
    # What follows a script is no part of it.
    assert page_key(page("<script>a</script>one")) != page_key(page("<script>a</script>two"))


@given(st.text(max_size=200))
def test_digits_and_white_space_say_nothing(text: str) -> None:
    assert text_key(text) == text_key(f" 1{text}\n٣") == text_key(" ".join(text))
