"""The parts of `make bench` that compute: slopes, ratios, what counts as a fall, pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from benchmarks.performance import report
from benchmarks.performance.inputs import recomposed
from benchmarks.performance.measuring import Cost
from benchmarks.performance.run import _line
from benchmarks.performance.sentences import Sentences


def measured(ratio: float) -> report.Measured:
    roads = {"corpuskit": {"each": 0.001}, "datatrove": {"each": 0.001 * ratio}}
    return report.Measured("", 2, "", "small", 1, {}, None, {"texts": {"counts": [1, 2], **roads}})


def test_the_slope_is_the_cost_of_a_document_and_the_intercept_the_fixed_cost() -> None:
    costs = {("ours", 100): [Cost(2.0, 3.0), Cost(9.0, 9.0), Cost(1.0, 3.0)],
             ("ours", 300): [Cost(4.0, 5.0)]}  # fmt: skip
    line = _line(costs, "ours", (100, 300))
    assert line["each"] == pytest.approx(0.01)
    assert line["fixed"] == pytest.approx(1.0)


@pytest.mark.parametrize(("ratio", "code"), [(10.0, 0), (7.6, 0), (7.4, 1), (20.0, 0)])
def test_a_ratio_may_fall_by_a_quarter(
    ratio: float, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.check(measured(ratio), measured(10.0)) == code
    assert ("FELL" in capsys.readouterr().out) is bool(code)


def test_rows_that_a_missing_peer_prevents_are_printed_and_not_compared() -> None:
    alone = {"texts": {"counts": [1, 2], "corpuskit": {"each": 0.001, "fixed": 1.0}}}
    without = replace(measured(1.0), results=alone)
    assert report.ratios(without) == {}
    assert report.check(without, measured(10.0)) == 0
    assert report.check(measured(10.0), None) == 1


def test_a_recomposed_page_keeps_its_markup_and_says_something_else() -> None:
    sentence = "Kalimat yang lain sama sekali, cukup panjang."
    page = (
        "<html><head><script>var a = 'not a sentence, but longer than that';</script></head>"
        "<body><!-- a comment that is longer than a sentence --><nav>Home</nav>"
        "<p>A sentence of the page that will be replaced.</p></body></html>"
    )
    new = recomposed(page, Sentences([sentence], seed=1))
    assert f"<p>{sentence}</p>" in new
    assert new.replace(sentence, "A sentence of the page that will be replaced.") == page
    assert re.findall("<[^>]+>", new) == re.findall("<[^>]+>", page)


def test_every_sentence_comes_once_before_one_comes_again() -> None:
    sentences = Sentences([str(number) for number in range(50)], seed=1)
    assert len({sentences.next() for _ in range(50)}) == 50
    assert sentences.text(100) != sentences.text(100)
