"""Bodies have an end: in bytes, and in seconds."""

from __future__ import annotations

import gzip

import pytest
import requests
from connectors.file_server import serving

from corpuskit.connectors.fetching.errors import TooLargeError
from corpuskit.connectors.fetching.limits import TooSlowError, read_body


@pytest.mark.parametrize("coded", [False, True])
def test_a_dripping_server_does_not_set_the_deadline(coded: bool) -> None:
    with serving(data=gzip.compress(bytes(500)) * 30) as served:
        served.drip["/data"] = 0.01
        served.headers["/data"] = {"Content-Encoding": "gzip"} if coded else {}
        with (
            requests.get(served.url("/data"), stream=True, timeout=5) as response,
            pytest.raises(TooSlowError, match="no whole answer within"),
        ):
            read_body(response.raw, 1_000_000, 0.1, decode=True)
    assert served.sent == 0  # the connection was closed before the end


def test_a_body_ends_at_its_limit() -> None:
    with serving(data=bytes(1_000_000)) as served:
        for limit, truncate in ((1_000_000, False), (999_999, True), (999_999, False)):
            with requests.get(served.url("/data"), stream=True, timeout=5) as response:
                if limit < 1_000_000 and not truncate:
                    with pytest.raises(TooLargeError, match="more than 999999 bytes"):
                        read_body(response.raw, limit, decode=False, truncate=truncate)
                    continue
                body = read_body(response.raw, limit, decode=False, truncate=truncate)
                assert len(body) == limit
