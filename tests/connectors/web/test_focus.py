"""Focus: what is learned of places, what survives a restart, and what it brings."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.focus import Known, Pool, build_web, run
from benchmarks.local_web import LAYOUTS
from corpuskit.connectors.web.focus import Focus, area, folder, since_of, step
from corpuskit.connectors.web.frontier import KEPT, PAGE, Entry, Frontier, UrlOutcome


def test_places() -> None:
    assert folder("http://a.example/km/news/2026/1.html") == "/km/news/"
    assert folder("http://a.example/") == "/"
    name = area("a.example", "/km/", "1", "")
    assert since_of(name) == "1"
    assert (step("1", 500), step("0", 0), step("2", 0), step("s", 0)) == ("0", "1", "3", "3")


def test_what_gave_more_promises_more() -> None:
    focus = Focus()
    rich, poor, new = (area(f"{name}.example", "/", "3", "") for name in ("rich", "poor", "new"))
    for _ in range(5):
        focus.learn(rich, 20_000, 3_000)
        focus.learn(poor, 20_000, 0)
    assert focus.score(rich) > focus.score(new) > focus.score(poor)
    assert focus.best([poor, rich, new])[1] == rich
    # What led to wanted text is worth more than what led nowhere.
    before = focus.score(poor)
    focus.credit(poor, 1_500)
    assert focus.score(poor) > before


def test_what_was_learned_survives(tmp_path: Path) -> None:
    path = tmp_path / "frontier.sqlite"
    frontier = Frontier(path, focus=True)
    entries = [Entry(f"http://{host}.example/{n}", PAGE, 0) for host in "ab" for n in range(4)]
    frontier.add(entries)
    for entry in entries:
        if not entry.url.endswith("/3"):
            chars = 4_000 if "//a." in entry.url else 0
            frontier.settle(entry, UrlOutcome(KEPT, status=200, bytes=20_000, wanted=chars))
    frontier.close()
    with sqlite3.connect(path) as base:
        rows = dict(base.execute("SELECT place, gain FROM yields WHERE place LIKE '_.example'"))
    assert rows["a.example"] >= 12_000
    assert rows["b.example"] == 0


def test_more_wanted_text_for_the_same_bytes(data_dir: Path) -> None:
    """The floor is the one that benchmarks/focus.py is judged by, on a larger web."""
    judge = Known("khm_Khmr")
    pool = Pool.of(data_dir, "khm_Khmr", judge, wanted=60, others=1140)
    islands = next(layout for layout in LAYOUTS if layout.name == "islands")
    web = build_web(pool, islands, "khm_Khmr", 1, 200)
    wide, focused = (run(web, judge, 0.06, focus=focus) for focus in (False, True))
    budget = 0.05 * sum(len(web.body(page, 10_000)) for page in web.pages)
    assert focused.at(budget) >= 3 * max(wide.at(budget), 1)
