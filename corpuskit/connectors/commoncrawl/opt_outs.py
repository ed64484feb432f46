"""Opt-outs from text mining and training, judged anew by what Common Crawl kept of a page.

Its crawler has its own view of robots.txt and none of the other signals. Those that a record
holds, in the response's headers and the page's meta elements, decide as for a page of a live
crawl; robots.txt and tdmrep.json of the time of the crawl are not in it.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.page_metas import metas_in
from corpuskit.connectors.reasons import OPT_OUT
from corpuskit.connectors.sniff import HTML, XHTML
from corpuskit.document import RawRecord

_MENTIONED: Final = re.compile(
    "|".join(("bot", "tdm", "corpuskit", "content.?(?:signal|usage)", *AI_BOTS, "\0")).encode(),
    re.IGNORECASE,
)
"""Pages without any of it have no such meta element and need not be parsed for one (a NUL is a
letter's half in UTF-16)."""


def judge(record: RawRecord) -> RawRecord:
    """The record with the column `tdm`; lost where the page reserves mining or training."""
    if record.reason is not None:
        return record
    signals = opt_outs.of_headers(record.headers)
    if record.content_type in (HTML, XHTML) and _MENTIONED.search(record.content):
        signals += opt_outs.of_meta(metas_in(record.content, record.charset))
    record.tdm = opt_outs.verdict(signals)
    if record.tdm["verdict"] == "disallow":
        shown = "; ".join(
            f"{signal['kind']}: {signal['value']}" for signal in record.tdm["signals"]
        )
        record.content, record.reason, record.detail = b"", OPT_OUT, shown[:500]
    return record
