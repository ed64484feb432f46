"""The parts of `make bench` that compute: slopes, ratios, what counts as a fall, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.performance import report
from benchmarks.performance.inputs import recomposed
from benchmarks.performance.measuring import Cost
from benchmarks.performance.run import Bench, _check, _line
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
    before, now = report.ratios(measured(10.0)), report.ratios(measured(ratio))
    assert report.check(before, now) == code
    assert report.fallen(before, now) == ["texts"] * code
    assert ("FELL" in capsys.readouterr().out) is bool(code)


def test_rows_that_a_missing_peer_prevents_are_printed_and_not_compared() -> None:
    alone = {"texts": {"counts": [1, 2], "corpuskit": {"each": 0.001, "fixed": 1.0}}}
    without = replace(measured(1.0), results=alone)
    assert report.ratios(without) == {}
    assert report.check(report.ratios(measured(10.0)), {}) == 0


class NoisyBench(Bench):
    """Rows whose ratios come one after the other from a list."""

    def __init__(self, ratios: dict[str, list[float]]) -> None:
        self.size, self.rounds, self.versions = "small", 1, {"datatrove": "0"}
        self._ratios = ratios

    def results(self, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        for name in names:
            ratio = self._ratios[name].pop(0)
            yield {"name": name, **measured(ratio).results["texts"]}


@pytest.mark.parametrize(
    ("ratios", "code", "left"),
    [([9.0, 1.0, 1.0], 0, 2), ([2.0, 9.0, 1.0], 0, 1), ([2.0, 3.0, 4.0], 1, 0), ([-1, 3, 9], 0, 0)],
)
def test_a_row_that_fell_is_measured_again(ratios: list[float], code: int, left: int) -> None:
    bench = NoisyBench({"texts": ratios})
    assert _check(bench, [], measured(10.0)) == code
    assert len(ratios) == left


def test_without_a_stored_run_there_is_nothing_to_compare_with() -> None:
    assert _check(NoisyBench({}), [], None) == 1


def test_both_roads_are_in_the_table_with_their_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    each = {"corpuskit": 0.001, "fast": 0.0005, "datatrove": 0.0105}
    roads = {road: {"each": cost, "fixed": 1.0, "cpu": [1, 2], "wall": [1, 2]}
             for road, cost in each.items()}  # fmt: skip
    run = replace(measured(1.0), results={"texts": {"counts": [1, 2], **roads}})
    assert report.ratios(run) == {"texts": pytest.approx(10.5), "texts [fast]": pytest.approx(21)}
    monkeypatch.setattr(report, "_count_templates", lambda: {"small": 1, "large": 1})
    (line,) = [line for line in report._lines(run) if line.startswith("| texts") and "met" in line]
    assert line.endswith("| 10.5 ms | 1.0 ms | 10.5 (met) | 10x | 0.5 ms | 21.0 (met) | 15x |")


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
