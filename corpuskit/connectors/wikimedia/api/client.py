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

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.errors import TransientError
from corpuskit.connectors.fetching.policy import retry_after
from corpuskit.connectors.fetching.retry import Retry
from corpuskit.connectors.fetching.session import Reply, Session
from corpuskit.errors import SourceError

MAX_LAG: Final = 5
"""Seconds that replicas may be behind, as the manual of the parameter advises."""
MAX_ANSWER: Final = 32_000_000
"""Bytes of an answer; a batch of 500 pages without their text has about 150 kB."""
MAX_STEPS: Final = 1_000
"""Answers that make up one batch; more than one come where a wiki splits its answers."""

_LATER: Final = frozenset({"maxlag", "ratelimited", "readonly"})


class _LaterError(TransientError):
    """The wiki is busy, or something else than the wiki answers."""

    def given_up(self, url: str, tries: int, *, too_long: bool) -> SourceError:
        """The wiki does not answer."""
        wait = f", and asks to wait {self.wait:.0f} s" if too_long else ""
        return SourceError(
            f"{url}: {self.why}{wait}; run the same command again later (what was fetched is kept)"
        )


class Api:
    """The action API at an address."""

    def __init__(
        self, url: str, agent: Agent, delay: float, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`delay`: seconds between two requests. `pause` waits for so many."""
        self.url = url
        self.session = Session(agent, delay=delay, pause=pause)
        self._retry = Retry(pause=pause)

    def slower(self, delay: float) -> None:
        """Keep at least so many seconds between two requests."""
        self.session.delay = max(self.session.delay, delay)

    def query(self, asked: Mapping[str, str | int]) -> dict[str, Any]:
        """An answer of `action=query`. SourceError where there is none, or an error."""
        fixed = {"action": "query", "format": "json", "formatversion": 2, "maxlag": MAX_LAG}
        url = f"{self.url}?{urlencode({**fixed, **asked})}"

        def attempt() -> dict[str, Any]:
            reply = self.session.get(url, limit=MAX_ANSWER)
            answer = _object(reply)
            if answer is not None and "error" not in answer:
                return answer
            wait = retry_after(reply.headers.get("Retry-After"))
            if answer is None:
                why = f"{_kind(reply)} in place of JSON; is this the address of api.php?"
                raise _LaterError(why, wait=wait)
            raise _LaterError(_refusal(self.url, answer["error"]), wait=wait)

        return self._retry.call(self.url, attempt)

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
    """The wiki's error, if the request may be made again; SourceError if it may not."""
    code = str(error.get("code")) if isinstance(error, dict) else ""
    message = f"{code}: {error.get('info')}" if isinstance(error, dict) else str(error)
    if code in _LATER or code.startswith("internal_api_error"):
        return message[:300]
    raise SourceError(f"{url}: {message[:300]}")


def _pages(answer: dict[str, Any]) -> list[dict[str, Any]]:
    query = answer.get("query")
    pages = query.get("pages", []) if isinstance(query, dict) else []
    return [page for page in pages if isinstance(page, dict)] if isinstance(pages, list) else []


def _continued(answer: dict[str, Any]) -> dict[str, str] | None:
    following = answer.get("continue")
    return (
        {k: str(v) for k, v in following.items()}
        if isinstance(following, dict) and following
        else None
    )


def _token(following: Mapping[str, str] | None) -> str:
    return json.dumps(dict(following or {}), sort_keys=True)
