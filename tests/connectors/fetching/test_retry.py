"""The loop that asks again: how often, after which pauses, and what it says in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError, TransientError
from corpuskit.connectors.fetching.retry import Retry

URL = "https://me:secret@a.example/list?token=hidden"


def failing(times: int, **more: object) -> Callable[[], str]:
    """An attempt that fails so often, then gives `done`."""
    left = [times]

    def attempt() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise TransientError("status 503", 503, **more)  # type: ignore[arg-type]
        return "done"

    return attempt


def test_pauses_double_until_an_attempt_succeeds() -> None:
    pauses: list[float] = []
    assert Retry(first_pause=3.0, pause=pauses.append).call(URL, failing(3)) == "done"
    assert pauses == [3, 6, 12]


def test_the_last_failure_is_the_error() -> None:
    pauses: list[float] = []
    with pytest.raises(HttpError, match="given up after 2 tries") as caught:
        Retry(tries=2, pause=pauses.append).call(URL, failing(2))
    assert (caught.value.status, caught.value.detail) == (503, "HTTP 503")
    assert not isinstance(caught.value, AskedToWaitError)
    assert pauses == [1]


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    pauses: list[float] = []
    with pytest.raises(AskedToWaitError, match="asks to wait 7200 s"):
        Retry(pause=pauses.append).call(URL, failing(1, wait=7_200.0))
    assert pauses == []


def test_failures_after_progress_do_not_add_up() -> None:
    won: list[int] = []

    def attempt() -> None:
        won.append(1)
        if len(won) < 30:
            raise TransientError("cut")

    pauses: list[float] = []
    Retry(tries=2, pause=pauses.append).call(URL, attempt, progress=lambda: len(won))
    assert pauses == [1] * 29


def test_other_errors_end_at_once() -> None:
    def attempt() -> None:
        raise HttpError("forbidden", 403)

    with pytest.raises(HttpError, match="forbidden"):
        Retry(pause=lambda _: pytest.fail("waited")).call(URL, attempt)


def test_the_log_tells_of_pauses_and_ends_without_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="corpuskit")
    with pytest.raises(HttpError):
        Retry(tries=2, pause=lambda _: None).call(URL, failing(2))
    shown = "https://a.example/list?..."
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", f"{shown}: try 1 of 2 failed (HTTP 503); next in 1.0 s"),
        ("WARNING", f"{shown}: given up after 2 tries (HTTP 503)"),
    ]
