"""What tests of whole crawls share: a crawl of sites on loopback, and what came of it."""

import subprocess
import sys
from pathlib import Path

from connectors.web.sites import AGENT, Site

from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.web.connector import WebConnector
from corpuskit.connectors.web.options import WebOptions
from corpuskit.document import RawRecord

RUN = """
import json, sys
from pathlib import Path
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.web.connector import WebConnector
from corpuskit.connectors.web.options import WebOptions
options = WebOptions.model_validate(json.loads(sys.argv[1]))
agent = Agent("corpuskit tests", "corpus@example.org")
WebConnector(options, Path("."), Path(sys.argv[2])).fetch(FetchContext(agent, lambda line: None))
"""
"""A crawl in a process of its own: options as JSON, folder."""


def options(*sites: Site, **more: object) -> WebOptions:
    seeds = [site.url + "/" for site in sites]
    return WebOptions.model_validate(
        {
            "seeds": seeds,
            "allow_private": [site.host for site in sites],
            "delay": 0.0,
            "deadline": 5.0,
            **more,
        }
    )


def crawled(store: Path, wanted: WebOptions) -> list[RawRecord]:
    """Crawl, then read what is there."""
    connector = WebConnector(wanted, store, store)
    connector.fetch(FetchContext(AGENT, lambda line: None))
    return records(store, wanted)


def records(store: Path, wanted: WebOptions) -> list[RawRecord]:
    """Every record of a crawl but those of its own making."""
    connector = WebConnector(wanted, store, store)
    found = [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]
    return [record for record in found if record.reason != "read/warc_record_type"]


def outcomes(site: Site, found: list[RawRecord]) -> dict[str, str | None]:
    """Reason per path, None for a page."""
    return {str(record.url).removeprefix(site.url): record.reason for record in found}


def check_warcs(store: Path) -> None:
    """Every archive passes `warcio check`."""
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, store.glob("*.warc.gz"))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "digest pass" in done.stdout
