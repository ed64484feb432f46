"""A download in progress: the bytes so far, and the version of the file that they belong to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import requests

from corpuskit import logs
from corpuskit.connectors.fetching.limits import whole_number
from corpuskit.connectors.fetching.policy import CHUNK
from corpuskit.connectors.fetching.redaction import without_secrets

_log = logs.logger(__name__)

_SPAN = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(?:\d{1,18}|\*)")


def validator(response: requests.Response) -> str | None:
    """What names this very version of a file in If-Range: a strong ETag, else its date."""
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        return tag
    return response.headers.get("Last-Modified") if not tag else None


def total_size(response: requests.Response) -> int | None:
    """Size of the whole file, from the Content-Range of a 206 or 416."""
    return whole_number(response.headers.get("Content-Range", "").rpartition("/")[2])


def span_of(content_range: str) -> tuple[int, int] | None:
    """First byte, and the one after the last, of a Content-Range; None if it is malformed."""
    match = _SPAN.fullmatch(content_range.strip())
    return (int(match[1]), int(match[2]) + 1) if match else None


class Download:
    """A file that is being fetched: its bytes so far, and the version that they are of."""

    def __init__(self, url: str, target: Path) -> None:
        self._url, self._target = url, target
        self._part = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._version = self._noted()
        self.have = self._part.stat().st_size if self._version and self._part.exists() else 0
        self._total: int | None = None
        self._ended = False

    def _noted(self) -> str | None:
        """The version of the bytes that an earlier run left; None if they are no use."""
        try:
            note = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return None
        return note["version"] if note.get("url") == self._url else None

    def headers(self) -> dict[str, str]:
        """Ask for the rest of the same version, else for all of it."""
        headers = {"Accept-Encoding": "identity"}
        if self.have and self._version:
            headers |= {"Range": f"bytes={self.have}-", "If-Range": self._version}
        return headers

    def take(
        self, response: requests.Response, report: Callable[[int, int | None], None] | None
    ) -> None:
        """Add what the server sends."""
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            self._total = total_size(response)
            self._ended = self._total == self.have
            if not self._ended:
                self._start(response)
                raise requests.ConnectionError("the server's file is shorter than what was had")
            return
        if not self._continues(response):
            if self.have:
                _log.info("%s: another version, begun anew", without_secrets(self._url))
            self._start(response)
        self._ended = False
        with self._part.open("r+b") as file:
            file.seek(self.have)
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                self.have += len(chunk)
                if report is not None:
                    report(self.have, self._total)
            file.flush()
            os.fsync(file.fileno())
        self._ended = True

    def _continues(self, response: requests.Response) -> bool:
        wanted = f"bytes {self.have}-"
        part = response.status_code == requests.codes.partial_content
        if not (part and response.headers.get("Content-Range", "").startswith(wanted)):
            return False
        self._total = total_size(response)
        return True

    def _start(self, response: requests.Response) -> None:
        """Nothing of what was had is used."""
        self._total = whole_number(response.headers.get("Content-Length", ""))
        self._version, self.have = validator(response), 0
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._part.write_bytes(b"")
        self._note.write_text(json.dumps({"url": self._url, "version": self._version}))

    def complete(self) -> bool:
        """Give the file its name if all of it is there."""
        if not self._ended or self._total not in (None, self.have):
            return False
        self._part.replace(self._target)
        self._note.unlink(missing_ok=True)
        return True
