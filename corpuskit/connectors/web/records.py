"""Records of WARC 1.1 (ISO 28500:2017) as a crawl writes them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from corpuskit.about import version
from corpuskit.connectors.warc_write import member, payload_digest
from corpuskit.connectors.web.client import Answer
from corpuskit.connectors.web.history import Capture
from corpuskit.document import Robots, Tdm

ROBOTS_FIELD: Final = "Corpuskit-Robots"
TDM_FIELD: Final = "Corpuskit-Tdm"
PUBLISHED_FIELD: Final = "Corpuskit-Published"
WITHDRAWN_FIELD: Final = "Corpuskit-Withdrawn"
"""Fields of our own in a record's head: verdicts of the time of the crawl, and what a feed or a
sitemap said, as JSON; in place of a page that was taken out, why."""

_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/"
UNCHANGED: Final = _PROFILE + "server-not-modified"
SAME: Final = _PROFILE + "identical-payload-digest"
"""Profiles of a revisit (WARC 1.1, 6.7)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a page, for the head of its record."""

    robots: Robots
    tdm: Tdm
    published: str | None = None
    """Time in ISO 8601 at which it was published,"""
    published_source: str | None = None
    """by whose word."""

    def fields(self) -> dict[str, str]:
        """The fields of the head."""
        fields = {
            ROBOTS_FIELD: json.dumps(self.robots, default=str),
            TDM_FIELD: json.dumps(self.tdm),
        }
        if self.published:
            dated = {"at": self.published, "source": self.published_source}
            fields[PUBLISHED_FIELD] = json.dumps(dated)
        return fields


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
    said = {
        "software": f"corpuskit/{version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/"
        "warc-format/warc-1.1/",
        "operator": maker.operator,
        "http-header-user-agent": maker.agent,
        "robots": "obey",
        "corpuskit-recipe": f"sha256:{maker.recipe}" if maker.recipe else "",
    }
    lines = (f"{key}: {value}\r\n" for key, value in said.items() if value)
    fields = {
        "WARC-Type": "warcinfo",
        "WARC-Date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Filename": name,
        "Content-Type": "application/warc-fields",
    }
    return member(new_id(), fields, "".join(lines).encode())


def response(answer: Answer, said: Said) -> tuple[dict[str, str], bytes]:
    """Head and block of a response."""
    fields = {
        "WARC-Type": "response",
        **_captured(answer),
        "WARC-Payload-Digest": payload_digest(answer.body),
        "Content-Type": "application/http; msgtype=response",
        **said.fields(),
    }
    return fields, _http_head(answer) + answer.body


def revisit(
    answer: Answer, last: Capture, profile: str, said: Said
) -> tuple[dict[str, str], bytes]:
    """Head and block of a revisit: the block has the headers alone."""
    fields = {
        "WARC-Type": "revisit",
        **_captured(answer),
        "WARC-Profile": profile,
        "WARC-Refers-To": last.record,
        "WARC-Refers-To-Target-URI": last.url,
        "WARC-Refers-To-Date": last.at,
        "WARC-Payload-Digest": last.digest,
        "Content-Type": "application/http; msgtype=response",
        **said.fields(),
    }
    return fields, _http_head(answer)


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


def _captured(answer: Answer) -> dict[str, str]:
    return {
        "WARC-Date": warc_date(answer.at),
        "WARC-Target-URI": answer.url,
        "WARC-IP-Address": answer.address,
    }


def _http_head(answer: Answer) -> bytes:
    # The body is stored without its transfer coding, so the header must not claim one.
    headers = [(k, v) for k, v in answer.headers if k.lower() != "transfer-encoding"]
    lines = [
        f"HTTP/1.1 {answer.status} {answer.phrase}".rstrip(),
        *(f"{k}: {v}" for k, v in headers),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace") + b"\r\n"


def warc_date(at: datetime) -> str:
    """A time in UTC as WARC writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def new_id() -> str:
    """A WARC-Record-ID that nobody else has."""
    return f"<urn:uuid:{uuid.uuid4()}>"
