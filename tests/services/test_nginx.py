"""The nginx that other tests use does what they take for granted."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from services.nginx import nginx


def test_files_ranges_and_the_log(tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        (server.root / "ក.html").write_text("<p>អក្សរ</p>", encoding="utf-8")
        (server.root / "data.bin").write_bytes(bytes(range(256)) * 400)
        page = requests.get(f"{server.url}/ក.html", timeout=10)
        assert (page.content.decode(), page.headers["Content-Type"]) == ("<p>អក្សរ</p>", "text/html")
        part = requests.get(
            f"{server.url}/data.bin", headers={"Range": "bytes=1000-1009"}, timeout=10
        )
        assert (part.status_code, part.content) == (206, bytes(range(232, 242)))
        assert requests.get(f"{server.url}/none", timeout=10).status_code == 404
        first, second, third = server.log()
    assert (first.status, second.status, third.status) == (200, 206, 404)
    assert (second.range, second.body_bytes) == ("bytes=1000-1009", 10)
    assert first.uri == "/%E1%9E%80.html"
    assert "python-requests" in first.agent


def test_directives(tmp_path: Path) -> None:
    limit = "limit_req_zone $server_name zone=one:64k rate=1r/s;"
    busy = "location / { limit_req zone=one; limit_req_status 503; }"
    with nginx(tmp_path, busy, http=limit) as server:
        (server.root / "a.txt").write_text("a")
        statuses = [requests.get(f"{server.url}/a.txt", timeout=10).status_code for _ in range(3)]
        assert statuses == [200, 503, 503]
        assert [request.status for request in server.log()] == statuses


def test_it_is_gone_afterwards(tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        url = server.url
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


def test_a_wrong_configuration_is_shown(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="no_such_directive"),
        nginx(tmp_path, "no_such_directive 1;"),
    ):
        pass
