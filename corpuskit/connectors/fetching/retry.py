"""The one loop that asks a server again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from corpuskit import logs
from corpuskit.connectors.fetching.errors import TransientError
from corpuskit.connectors.fetching.policy import TRIES, wait_before
from corpuskit.connectors.fetching.redaction import without_secrets

_log = logs.logger(__name__)

Result = TypeVar("Result")


class Retry:
    """How often and after which pauses an attempt is made again."""

    def __init__(
        self,
        *,
        tries: int = TRIES,
        first_pause: float = 1.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`first_pause`: seconds, doubled each time. `pause` waits for so many seconds."""
        self._tries, self._first_pause, self._pause = tries, first_pause, pause

    def call(
        self,
        url: str,
        attempt: Callable[[], Result],
        progress: Callable[[], int] = int,
    ) -> Result:
        """The result of the first attempt that raises no TransientError.

        An attempt after which `progress` is greater than before it does not count as a failure.
        After `tries` failures, or where the server asks for a longer pause than is ever made,
        raises what the last TransientError's `given_up` makes.
        """
        failures = 0
        while True:
            before = progress()
            try:
                return attempt()
            except TransientError as error:
                failures = 1 if progress() > before else failures + 1
                wait = wait_before(failures, error.wait, self._first_pause)
                if failures >= self._tries or wait is None:
                    _log.warning(
                        "%s: given up after %d tries (%s)",
                        without_secrets(url), failures, error.detail,
                    )  # fmt: skip
                    raise error.given_up(url, failures, too_long=wait is None) from error
                _log.info(
                    "%s: try %d of %d failed (%s); next in %.1f s",
                    without_secrets(url), failures, self._tries, error.detail, wait,
                )  # fmt: skip
                self._pause(wait)
