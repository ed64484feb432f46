"""What a page is worth before a build reads it."""

from __future__ import annotations

from dataclasses import replace

from identify.test_lines import ENGLISH, KHMER

from corpuskit.document import RawRecord
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.judge import MOST_BYTES, PageJudge
from corpuskit.recipe.oneoff import crawl_recipe


def judge(foreign_lines: str) -> PageJudge:
    recipe = crawl_recipe(
        ["http://a.example/"], ["khm_Khmr"], operator="a", contact="b@example.org", name="judged"
    )
    identify = recipe.identify.model_copy(update={"foreign_lines": foreign_lines})
    return PageJudge(make_plan(recipe.model_copy(update={"identify": identify})))


def page(*paragraphs: str) -> RawRecord:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<html><head><title>a</title></head><body><main>{body}</main></body></html>"
    return RawRecord(
        source_ref="a", content=html.encode(), content_type="text/html", url="http://a.example/"
    )


def test_a_page_is_worth_what_a_build_would_keep_of_it() -> None:
    wanted, other = page(*[KHMER] * 4), page(*[ENGLISH] * 4)
    for foreign_lines in ("keep", "remove"):
        worth = judge(foreign_lines)
        assert 4 * len(KHMER) <= worth(wanted) <= 4 * len(KHMER) + 10
        assert worth(other) == 0


def test_lines_that_a_build_takes_out_are_worth_nothing_and_may_save_the_page() -> None:
    mixed = page(*[ENGLISH] * 5, *[KHMER] * 4)
    assert judge("keep")(mixed) == 0
    assert 4 * len(KHMER) <= judge("remove")(mixed) <= 4 * len(KHMER) + 10


def test_the_rest_of_a_very_long_page_counts_as_more_of_the_same() -> None:
    long = page(*[KHMER] * (2 * MOST_BYTES // len(KHMER.encode())))
    half = replace(long, content=long.content[:MOST_BYTES])
    worth = judge("keep")
    assert abs(worth(long) / worth(half) - len(long.content) / MOST_BYTES) < 0.01
