"""Records of WARC 1.1 (ISO 28500:2017) as a crawl writes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from corpuskit.about import version
from corpuskit.connectors.containers.warc_replace import WITHDRAWN_FIELD
from corpuskit.connectors.containers.warc_write import member
from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.connectors.fetching.warc_response import PageVerdicts, captured_fields, http_head
from corpuskit.connectors.web.history import PageCapture

_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/"
UNCHANGED: Final = _PROFILE + "server-not-modified"
SAME: Final = _PROFILE + "identical-payload-digest"
"""Profiles of a revisit (WARC 1.1, 6.7)."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes an archive, for its first record."""

    agent: str
    """User-Agent of every request."""
    operator: str = ""
    recipe: str = ""
    """Hex sha256 of the recipe that asks for it."""


def info(maker: Maker, name: str) -> bytes:
    """The first record of an archive: who made it, for which recipe, under which name."""
    about = {
        "software": f"corpuskit/{version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/"
        "warc-format/warc-1.1/",
        "operator": maker.operator,
        "http-header-user-agent": maker.agent,
        "robots": "obey",
        "corpuskit-recipe": f"sha256:{maker.recipe}" if maker.recipe else "",
    }
    lines = (f"{key}: {value}\r\n" for key, value in about.items() if value)
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Filename": name,
        "Content-Type": "application/warc-fields",
    }
    return member(new_id(), fields, "".join(lines).encode())


def revisit(
    answer: RawAnswer, last: PageCapture, profile: str, verdicts: PageVerdicts
) -> tuple[dict[str, str], bytes]:
    """Head and block of a revisit: the block has the headers alone."""
    fields = {
        "WARC-Type": "revisit",
        **captured_fields(answer),
        "WARC-Profile": profile,
        "WARC-Refers-To": last.record,
        "WARC-Refers-To-Target-URI": last.url,
        "WARC-Refers-To-Date": last.at,
        "WARC-Payload-Digest": last.digest,
        "Content-Type": "application/http; msgtype=response",
        **verdicts.fields(),
    }
    return fields, http_head(answer)


def placeholder(url: str, refers_to: str, at: str, why: str) -> bytes:
    """A record that stands where a page stood that was taken out."""
    fields = {
        "WARC-Type": "metadata",
        "WARC-Date": at,
        "WARC-Target-URI": url,
        "WARC-Refers-To": refers_to,
        "Content-Type": "application/warc-fields",
        WITHDRAWN_FIELD: " ".join(why.split()),
    }
    return member(new_id(), fields, b"")


def new_id() -> str:
    """A WARC-Record-ID that nobody else has."""
    return f"<urn:uuid:{uuid.uuid4()}>"
