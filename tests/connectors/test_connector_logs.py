"""Decisions of connectors leave a line in the log of their module, without secrets."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from connectors.commoncrawl.test_listing import capture, options
from connectors.excluding import below
from connectors.file_server import serving as serving_files
from connectors.web.crawls import crawled
from connectors.web.crawls import options as crawl_options
from connectors.web.sites import Page, links, serving

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl.captures import IndexPage
from corpuskit.connectors.commoncrawl.listing import choose
from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import TablesOptions

QUIET = """
from corpuskit.connectors.fetching.errors import HttpError
from corpuskit.connectors.fetching.session import Session
try:
    Session(None, tries=1).get("http://127.0.0.1:9/")
except HttpError:
    pass
"""
"""Ends in a warning, in a program that never set up logging."""


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="corpuskit")


def lines(caplog: pytest.LogCaptureFixture, module: str) -> list[str]:
    name = f"corpuskit.connectors.{module}"
    return [record.getMessage() for record in caplog.records if record.name == name]


def test_what_a_crawl_leaves_out_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    routes = {
        "/": links("/shut?token=hidden", "/kept"),
        "/robots.txt": "User-agent: *\nDisallow: /shut\n",
        "/kept": Page("<p>x</p>", headers={"X-Robots-Tag": "noai"}),
    }
    with serving(routes) as [site]:
        crawled(tmp_path, crawl_options(site, sitemaps=False))
    assert lines(caplog, "web.visit") == [
        f"{site.url}/shut?...: read/robots (Disallow: /shut), try 1",
        f"{site.url}/kept: read/opt_out (x-robots-tag: noai)",
    ]
    assert "hidden" not in caplog.text


def test_a_host_that_is_given_up_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuskit.connectors.web.turns.MAX_STREAK", 2)
    with serving({"/robots.txt": Page("", status=503)}) as [site]:
        crawled(tmp_path, crawl_options(site, sitemaps=False))
    assert "robots.txt is unavailable (503)" in lines(caplog, "fetching.origins")[0]
    (given_up,) = lines(caplog, "web.crawler")
    assert given_up.startswith(f"{site.host}: host given up after 2 failures")


def test_captures_that_are_excluded_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    page = IndexPage([capture(1, "A", "https://wol.b.org/km/?key=hidden")])
    choose([page], options(), below("b.org"))
    assert lines(caplog, "commoncrawl.listing") == [
        "https://wol.b.org/km/?...: excluded (wol.b.org)"
    ]


def test_a_server_without_ranges_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving_files(**{"a.jsonl": b'{"text": "x"}\n' * 9}) as served:
        served.ranges = False
        wanted = TablesOptions(url=f"{served.base}/a.jsonl?token=hidden", rows=3)
        agent = Agent("corpuskit tests", "corpus@example.org")
        TablesConnector(wanted, tmp_path, tmp_path).fetch(FetchContext(agent, lambda _: None))
    assert any("no range" in line for line in lines(caplog, "fetching.session"))
    assert any("fetched whole" in line for line in lines(caplog, "tables.fetcher"))
    assert "hidden" not in caplog.text


def test_the_library_prints_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")
