"""Focused against breadth-first: wanted-language text at equal bytes fetched, on a local web.

    python -m benchmarks.focus [--lang khm_Khmr] [--layout islands] [--seed 1 --seed 2] [--delay 0]

Both crawls are the connector's own, over HTTP, with the hosts' names resolved to 127.0.0.1. Text is
counted as the build would (decoded, extracted, normalized, identified), bytes as they are sent.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.local_web import LAYOUTS, Content, Layout, Server, Web, contents
from benchmarks.report import table
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.web.crawler import crawl
from corpuskit.connectors.web.options import WebOptions
from corpuskit.document import RawRecord
from corpuskit.languages import language
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.judge import PageJudge
from corpuskit.recipe.oneoff import crawl_recipe

AGENT: Final = Agent("corpuskit benchmarks", "corpus@example.org")
LANGUAGES: Final = ("khm_Khmr", "lao_Laoo", "mya_Mymr", "ind_Latn")
"""Three with scripts of their own, and one that is easily taken for its neighbors."""
BUDGETS: Final = (0.05, 0.1, 0.2)
SHARE: Final = 0.05
"""Of the pages that are in the wanted language."""


class Known:
    """A judge that remembers: the same bytes are worth the same."""

    def __init__(self, code: str) -> None:
        self.languages: tuple[str, ...] = (code,)
        recipe = crawl_recipe(
            ["http://a.example/"], [code], operator="a", contact="b@example.org", name="focus"
        )
        self._judge = PageJudge(make_plan(recipe))
        self._known: dict[bytes, int] = {}
        self.seconds: list[float] = []

    def __call__(self, page: RawRecord) -> int:
        """Characters in the wanted language."""
        end = b"<nav><ul>" if b"<nav><ul>" in page.content else b"</body>"
        key = page.content.rpartition(end)[0] or page.content
        if key not in self._known:
            began = time.perf_counter()
            self._known[key] = self._judge(page)
            self.seconds.append(time.perf_counter() - began)
        return self._known[key]

    def worth(self, content: Content) -> int:
        """The same, of a page without links."""
        return self(_record(content.body))


def _record(body: bytes) -> RawRecord:
    return RawRecord(source_ref="page", content=body, content_type="text/html")


@dataclass(frozen=True, slots=True)
class Pool:
    """Pages that are in the wanted language, and those that are not."""

    wanted: list[Content]
    others: list[Content]

    @classmethod
    def of(
        cls,
        data: Path,
        code: str,
        judge: Known,
        wanted: int | None = None,
        others: int | None = None,
    ) -> Pool:
        """Of the test data: labelled with the language and found to be, or without any of it.

        `wanted` and `others`: how many of each are enough; the first ones are taken.
        """
        pool = cls([], [])
        for content in contents(data):
            if pool.has(wanted, others):
                break
            has_any = judge.worth(content) > 0
            if has_any == (content.lang == code[:3]):
                (pool.wanted if has_any else pool.others).append(content)
        return cls(pool.wanted[:wanted], pool.others[:others])

    def has(self, wanted: int | None, others: int | None) -> bool:
        """Whether so many of each are there; None means that no number is enough."""
        enough = (len(self.wanted), wanted), (len(self.others), others)
        return all(most is not None and count >= most for count, most in enough)

    def of_share(self, share: float) -> Pool:
        """With no more of either than makes the wanted ones that share."""
        wanted = min(len(self.wanted), int(len(self.others) * share / (1 - share)))
        return Pool(self.wanted[:wanted], self.others[: int(wanted * (1 - share) / share)])


@dataclass(frozen=True, slots=True)
class Curve:
    """What a crawl had fetched after each page: bytes, wanted characters."""

    steps: list[tuple[int, int]]

    def at(self, size: float) -> int:
        """Wanted characters once so many bytes were fetched."""
        return max((chars for sent, chars in self.steps if sent <= size), default=0)


def run(web: Web, judge: Known, share: float, *, focus: bool, **options: object) -> Curve:
    """Crawl until a share of the web's bytes is fetched."""
    size = sum(len(web.body(page, 10_000)) for page in web.pages)
    server = Server(web)
    with server.running(), tempfile.TemporaryDirectory() as folder:
        wanted = WebOptions.model_validate(
            {
                "seeds": [f"http://{page.host}:{server.port}{page.path}" for page in web.seeds],
                "tlds": ["example"],
                "allow_private": web.hosts,
                "max_bytes": int(size * share),
                "focus": focus,
                "delay": 0.0,
                **options,
            }
        )
        context = FetchContext(AGENT, lambda _: None, judge)
        crawl(wanted, Path(folder), context, lambda _: ["127.0.0.1"])
    steps, sent, chars = [(0, 0)], 0, 0
    for page, length in server.served:
        sent += length
        chars += judge.worth(page.content)
        steps.append((sent, chars))
    return Curve(steps)


@dataclass(frozen=True, slots=True)
class Pair:
    """What both orders had of all wanted text (0 to 1) once a share of the bytes was fetched."""

    budget: float
    wide: float
    focused: float

    @property
    def ratio(self) -> float:
        """Focused to breadth-first; infinite of nothing, 1 where both have nothing."""
        if not self.wide:
            return math.inf if self.focused else 1.0
        return self.focused / self.wide

    def row(self) -> dict[str, str | int | float]:
        """As it is printed."""
        return {
            "budget": f"{self.budget:.0%}",
            "breadth-first": f"{self.wide:.1%}",
            "focused": f"{self.focused:.1%}",
            "ratio": f"{self.ratio:.1f}",
        }


def compare(web: Web, judge: Known, **options: object) -> list[Pair]:
    """A pair per budget."""
    size = sum(len(web.body(page, 10_000)) for page in web.pages)
    chars = sum(judge.worth(page.content) for page in web.pages)
    wide, focused = (
        run(web, judge, max(BUDGETS) * 1.02, focus=focus, **options) for focus in (False, True)
    )
    return [
        Pair(share, wide.at(share * size) / chars, focused.at(share * size) / chars)
        for share in BUDGETS
    ]


def summary(pairs: Sequence[Pair]) -> list[dict[str, str | int | float]]:
    """Over seeds, per budget: medians of what both had, least and median ratio."""
    rows: list[dict[str, str | int | float]] = []
    for budget in BUDGETS:
        of = [pair for pair in pairs if pair.budget == budget]
        middle = Pair(
            budget, median(pair.wide for pair in of), median(pair.focused for pair in of)
        ).row()
        ratios = [pair.ratio for pair in of]
        middle["ratio"] = f"{median(ratios):.1f}"
        rows.append(middle | {"least": f"{min(ratios):.1f}"})
    return rows


def build_web(pool: Pool, layout: Layout, code: str, seed: int, hosts: int = 240) -> Web:
    """A web of a layout of those pages."""
    tag = language(code).bcp47[0]
    return Web(pool.wanted, pool.others, layout, tag=tag, hosts=hosts, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", action="append", help=f"default: {', '.join(LANGUAGES)}")
    parser.add_argument("--layout", action="append", choices=[layout.name for layout in LAYOUTS])
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=16)
    arguments = parser.parse_args()
    data = Path(os.environ.get("CORPUSKIT_DATA", "../shared/data"))
    layouts = [
        layout for layout in LAYOUTS if arguments.layout is None or layout.name in arguments.layout
    ]
    rows: list[dict[str, str | int | float]] = []
    for code in arguments.lang or LANGUAGES:
        judge, pool = _prepared(data, code)
        for layout in layouts:
            pairs: list[Pair] = []
            for seed in arguments.seed or [1]:
                web = build_web(pool, layout, code, seed)
                options = {"delay": arguments.delay, "threads": arguments.threads}
                pairs += compare(web, judge, **options)
                where = {"language": code, "layout": layout.name, "seed": seed}
                print(table([where | pair.row() for pair in pairs[-len(BUDGETS) :]]), flush=True)
            rows += [{"language": code, "layout": layout.name} | row for row in summary(pairs)]
    print(table(rows))


def _prepared(data: Path, code: str) -> tuple[Known, Pool]:
    judge = Known(code)
    pool = Pool.of(data, code, judge).of_share(SHARE)
    mean = sum(judge.seconds) / len(judge.seconds)
    print(
        f"{date.today()} {code}: {len(pool.wanted)} wanted pages, {len(pool.others)} others; "
        f"judging took {mean * 1000:.1f} ms a page, {max(judge.seconds) * 1000:.0f} ms at most"
    )
    return judge, pool


if __name__ == "__main__":
    main()
