"""Asking the action API of a wiki: one request at a time, patient where it asks for patience.

Errors come as JSON with status 200 (https://www.mediawiki.org/wiki/API:Errors_and_warnings);
`maxlag` lets a wiki whose replicas are behind refuse (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from corpuskit import logs
from corpuskit.connectors.base import Agent
from corpuskit.connectors.http import Reply, Session
from corpuskit.connectors.http_policy import TRIES, retry_after, wait_before
from corpuskit.errors import SourceError

_log = logs.logger(__name__)

MAX_LAG: Final = 5
"""Seconds that replicas may be behind, as the manual of the parameter advises."""
MAX_ANSWER: Final = 32_000_000
"""Bytes of an answer; a batch of 500 pages without their text has about 150 kB."""
MAX_STEPS: Final = 1_000
"""Answers that make up one batch; more than one come where a wiki splits its answers."""

_LATER: Final = frozenset({"maxlag", "ratelimited", "readonly"})


class Api:
    """The action API at an address."""

    def __init__(
        self, url: str, agent: Agent, delay: float, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`delay`: seconds between two requests. `pause` waits for so many."""
        self.url, self.delay, self._agent, self._pause = url, delay, agent, pause
        self.session = Session(agent, delay=delay, pause=pause)

    def slower(self, delay: float) -> None:
        """Keep at least so many seconds between two requests."""
        if delay > self.delay:
            self.delay = delay
            self.session = Session(self._agent, delay=delay, pause=self._pause)

    def query(self, asked: Mapping[str, str | int]) -> dict[str, Any]:
        """An answer of `action=query`. SourceError where there is none, or an error."""
        fixed = {"action": "query", "format": "json", "formatversion": 2, "maxlag": MAX_LAG}
        url = f"{self.url}?{urlencode({**fixed, **asked})}"
        why = ""
        for failures in range(TRIES):
            reply = self.session.get(url, limit=MAX_ANSWER)
            answer = _object(reply)
            told = retry_after(reply.headers.get("Retry-After"))
            if answer is None:
                why = f"{_kind(reply)} in place of JSON; is this the address of api.php?"
            elif "error" not in answer:
                return answer
            else:
                why = _refusal(self.url, answer["error"])
            wait = wait_before(failures + 1, told)
            if wait is None:
                why += f", and asks to wait {told:.0f} s"
                break
            _log.info("%s: %s; asked again in %.0f s", self.url, why, wait)
            self._pause(wait)
        raise SourceError(
            f"{self.url}: {why}; run the same command again later (what was fetched is kept)"
        )

    def batches(
        self, asked: Mapping[str, str | int], since: Mapping[str, str] | None = None
    ) -> Iterator[tuple[list[dict[str, Any]], dict[str, str] | None]]:
        """The batches of a generator's pages, each with what continues behind it.

        `since` continues behind an earlier batch. The last one is continued by None. Raises
        SourceError where the wiki leads in circles.
        """
        following = dict(since) if since else None
        seen = {_token(following)}
        while True:
            pages, following = self._batch(asked, following)
            yield pages, following
            if following is None:
                return
            if _token(following) in seen:
                raise SourceError(f"{self.url} goes in circles: its list continues where it began")
            seen.add(_token(following))

    def _batch(
        self, asked: Mapping[str, str | int], following: dict[str, str] | None
    ) -> tuple[list[dict[str, Any]], dict[str, str] | None]:
        """Answers up to one that completes the batch (API:Continue), merged by page."""
        pages: dict[Any, dict[str, Any]] = {}
        for _ in range(MAX_STEPS):
            answer = self.query({**asked, **(following or {})})
            for page in _pages(answer):
                pages.setdefault(page.get("pageid", page.get("title")), {}).update(page)
            following = _continued(answer)
            if answer.get("batchcomplete") or following is None:
                return list(pages.values()), following
        raise SourceError(f"{self.url} never completes a batch of its list")


def _object(reply: Reply) -> dict[str, Any] | None:
    try:
        answer = json.loads(reply.content)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _kind(reply: Reply) -> str:
    declared: str = reply.headers.get("Content-Type", "")
    return declared.partition(";")[0].strip() or "an answer without a type"


def _refusal(url: str, error: Any) -> str:
    """Why a request may be made again; SourceError if it is no use."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    said = f"{code}: {error.get('info')}" if isinstance(error, dict) else str(error)
    if code in _LATER or code.startswith("internal_api_error"):
        return said[:300]
    raise SourceError(f"{url}: {said[:300]}")


def _pages(answer: dict[str, Any]) -> list[dict[str, Any]]:
    query = answer.get("query")
    found = query.get("pages", []) if isinstance(query, dict) else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _continued(answer: dict[str, Any]) -> dict[str, str] | None:
    found = answer.get("continue")
    return {k: str(v) for k, v in found.items()} if isinstance(found, dict) and found else None


def _token(following: Mapping[str, str] | None) -> str:
    return json.dumps(dict(following or {}), sort_keys=True)
