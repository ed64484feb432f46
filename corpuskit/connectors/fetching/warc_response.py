"""A WARC record (1.1, ISO 28500:2017) of an answer, with the verdicts on it in its head."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from corpuskit.connectors.containers.warc_write import payload_digest
from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.document import Robots, Tdm

ROBOTS_FIELD: Final = "Corpuskit-Robots"
TDM_FIELD: Final = "Corpuskit-Tdm"
PUBLISHED_FIELD: Final = "Corpuskit-Published"
"""Fields of our own in a record's head, as JSON: verdicts of the time of the fetch, and what a feed
or a sitemap said."""


@dataclass(frozen=True, slots=True)
class PageVerdicts:
    """What robots.txt, opt-outs and lists said of a page, for the head of its record."""

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


def response(answer: RawAnswer, verdicts: PageVerdicts) -> tuple[dict[str, str], bytes]:
    """Head and block of a response."""
    fields = {
        "WARC-Type": "response",
        **captured_fields(answer),
        "WARC-Payload-Digest": payload_digest(answer.body),
        "Content-Type": "application/http; msgtype=response",
        **verdicts.fields(),
    }
    return fields, http_head(answer) + answer.body


def captured_fields(answer: RawAnswer) -> dict[str, str]:
    """Fields of a record's head: when, what and from where."""
    return {
        "WARC-Date": warc_date(answer.at),
        "WARC-Target-URI": answer.url,
        "WARC-IP-Address": answer.address,
    }


def http_head(answer: RawAnswer) -> bytes:
    """The start of a record's block: status line and headers."""
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
