"""How a request and its times are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from corpuskit.connectors.oai.repository import moment, request_url, shown

SECONDS, DAYS = "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD"


def test_arguments_are_coded_whatever_they_hold() -> None:
    arguments = {"verb": "ListRecords", "resumptionToken": " a+b/%20&c=ក#", "set": None}
    assert request_url("http://a/oai", arguments) == (
        "http://a/oai?verb=ListRecords&resumptionToken=%20a%2Bb%2F%2520%26c%3D%E1%9E%80%23"
    )


def test_a_base_url_may_have_arguments() -> None:
    assert request_url("http://a/?page=oai", {"from_": "2020"}) == "http://a/?page=oai&from=2020"


@pytest.mark.parametrize(
    ("value", "granularity", "end", "written"),
    [
        (date(2020, 1, 2), SECONDS, False, "2020-01-02T00:00:00Z"),
        (date(2020, 1, 2), SECONDS, True, "2020-01-02T23:59:59Z"),
        (date(2020, 1, 2), DAYS, True, "2020-01-02"),
        (datetime(2020, 1, 2, 3, 4, 5), SECONDS, True, "2020-01-02T03:04:05Z"),
        (datetime(2020, 1, 2, 3, 4, 5), DAYS, False, "2020-01-02"),
        (
            datetime(2020, 1, 2, 3, tzinfo=timezone(timedelta(hours=7))),
            SECONDS,
            False,
            "2020-01-01T20:00:00Z",
        ),
        ("2020-01-02T03:04:05Z", DAYS, False, "2020-01-02"),
        ("2020-01-02T03:04:05Z", SECONDS, False, "2020-01-02T03:04:05Z"),
    ],
)
def test_times_in_the_repositorys_granularity(
    value: date | str, granularity: str, end: bool, written: str
) -> None:
    assert moment(value, granularity, end=end) == written


def test_errors_in_a_line() -> None:
    assert shown({"badArgument": "no", "badVerb": "x"}) == "badArgument: no; badVerb: x"
