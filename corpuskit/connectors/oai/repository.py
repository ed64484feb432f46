"""Asking a repository: one request at a time, under the operator's name."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote, urlencode

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.errors import HttpError, TransientError
from corpuskit.connectors.fetching.retry import Retry
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.jsonl import utc
from corpuskit.connectors.oai.answers import NoAnswerError, OaiAnswer, read
from corpuskit.errors import SourceError

MAX_ANSWER: Final = 100_000_000
"""Bytes of an answer, decompressed. Repositories give some 100 records at a time, of 1 to 10 kB."""
MISREADINGS: Final = 4
"""Times in a row that something else than OAI-PMH may come (a page that says that the repository
is being looked after, an answer that is cut off) before the harvest is ended, to go on later."""
WAIT: Final = 15.0
"""Seconds before the first of these is asked again; each time twice as long: 105 in all."""

_SAID_BY_STATUS: Final = frozenset({400, 404, 410, 422})
"""Some repositories give OAI-PMH's errors such a status; the protocol wants 200 for them."""
_DAY: Final = "YYYY-MM-DD"
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class RepositoryIdentity:
    """What a repository says about itself."""

    name: str
    granularity: str
    deleted_record: str
    """no, transient or persistent: whether it remembers what it deleted."""
    admin: str
    earliest: str


class _MisreadError(TransientError):
    """An answer that is not OAI-PMH."""

    def given_up(self, url: str, tries: int, *, too_long: bool) -> SourceError:
        """The repository gives no answers."""
        return SourceError(
            f"{url}: this is not an answer of OAI-PMH: {self.why}; is it a repository's base URL? "
            "If it is, run the same command again later: it goes on from here"
        )


class Repository:
    """The repository at a base URL."""

    def __init__(
        self, url: str, agent: Agent, delay: float, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`delay`: seconds between two requests. `pause` waits for so many."""
        self.url = url
        self._session = Session(agent, delay=delay, pause=pause)
        self._retry = Retry(tries=MISREADINGS, first_pause=WAIT, pause=pause)

    def ask(self, **arguments: str | None) -> OaiAnswer:
        """The answer to a request; SourceError where the repository gives none."""
        url = request_url(self.url, arguments)

        def attempt() -> OaiAnswer:
            reply = self._session.get(url, limit=MAX_ANSWER, accept=_SAID_BY_STATUS)
            try:
                return _dated(read(reply.content))
            except NoAnswerError as error:
                if reply.status in _SAID_BY_STATUS:
                    message = f"{url}: the server answers {reply.status}"
                    raise HttpError(message, reply.status) from error
                raise _MisreadError(str(error)) from error

        return self._retry.call(url, attempt)

    def identify(self) -> RepositoryIdentity:
        """What it says about itself; SourceError if it does not speak OAI-PMH 2.0."""
        answer = self.ask(verb="Identify")
        about = answer.about
        if about.get("protocolVersion") != "2.0":
            why = shown(answer.errors) or f"protocolVersion {about.get('protocolVersion')!r}"
            raise SourceError(f"{self.url}: not a repository of OAI-PMH 2.0 ({why})")
        return RepositoryIdentity(
            about.get("repositoryName", ""),
            about.get("granularity", _DAY),
            about.get("deletedRecord", "no"),
            about.get("adminEmail", ""),
            about.get("earliestDatestamp", ""),
        )


def _dated(answer: OaiAnswer) -> OaiAnswer:
    """The answer by our clock where it does not say the time by the repository's."""
    if _TIME.fullmatch(answer.date):
        return answer
    return replace(answer, date=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


def request_url(base: str, arguments: Mapping[str, str | None]) -> str:
    """The URL of a request; a base URL may have arguments of its own."""
    present = {name.rstrip("_"): value for name, value in arguments.items() if value is not None}
    query = urlencode(present, quote_via=quote, safe="")
    return f"{base}{'&' if '?' in base else '?'}{query}"


def shown(errors: Mapping[str, str]) -> str:
    """Errors of an answer in a line."""
    return "; ".join(f"{code}: {message}" for code, message in errors.items())


def moment(value: date | str, granularity: str, *, end: bool = False) -> str:
    """A time as the repository writes it; of a day its last second where `end`."""
    if isinstance(value, str):
        return value[:10] if granularity == _DAY else value
    written = f"{utc(value):%Y-%m-%dT%H:%M:%SZ}"
    if not isinstance(value, datetime) and end:
        written = f"{written[:10]}T23:59:59Z"
    return written[:10] if granularity == _DAY else written
