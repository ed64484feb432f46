"""One request against servers that do not behave."""

import gzip
import shutil
import ssl
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.sites import AGENT, Page, serving

from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.policy import user_agent

BOMB = gzip.compress(b"\0" * 50_000_000)


def everything(status: int, kind: str) -> bool:
    return True


def client(deadline: float = 10.0) -> PinnedClient:
    return PinnedClient(AGENT, allow_private=["127.0.0.2", "named.test"], deadline=deadline,
                  resolver=lambda host: ["127.0.0.2"])  # fmt: skip


def drip_body(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    drip(request)


def drip(request: BaseHTTPRequestHandler) -> None:
    for _ in range(100):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)


def chunked(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    request.wfile.write(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")


def cut(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"only this")


def nonsense(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n")


def reset(request: BaseHTTPRequestHandler) -> None:
    request.connection.close()


ROUTES = {
    "/ok": Page("ok", headers={"X-Robots-Tag": "noai"}),
    "/gzip": Page(gzip.compress(b"<p>small</p>"), headers={"Content-Encoding": "gzip"}),
    "/bomb": Page(BOMB, headers={"Content-Encoding": "gzip"}),
    "/large": Page(b"x" * 11_000_000),
    "/pdf": Page(b"%PDF", kind="application/pdf"),
    "/busy": Page("", status=429, headers={"Retry-After": "7"}),
    "/busy-long": Page("", status=503, headers={"Retry-After": "999999"}),
    "/busy-date": Page("", status=503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "/file": Page("", status=302, headers={"Location": "file:///etc/passwd"}),
    "/drip": drip_body,
    "/drip-head": drip,
    "/chunked": chunked,
    "/cut": cut,
    "/nonsense": nonsense,
    "/reset": reset,
}


def test_answers_and_limits() -> None:
    with serving(ROUTES) as [site]:
        get = client().get
        ok = get(site.url + "/ok", everything)
        assert (ok.status, ok.body, ok.media_type, ok.charset) == (200, b"ok", "text/html", "utf-8")
        assert ok.fields["x-robots-tag"] == "noai"
        assert ok.address == "127.0.0.2"
        packed = get(site.url + "/gzip", everything)
        assert packed.body == ROUTES["/gzip"].body
        assert packed.content() == b"<p>small</p>"
        assert get(site.url + "/chunked", everything).body == b"hello world"
        assert get(site.url + "/pdf", lambda status, kind: kind == "text/html").body == b""
        assert get(site.url + "/file", everything).status == 302
        assert get(site.url + "/large", everything, 1000, truncate=True).body == b"x" * 1000
        assert get(site.url + "/busy", everything).retry_after() == 7.0
        assert get(site.url + "/busy-long", everything).retry_after() == 300.0
        assert get(site.url + "/busy-date", everything).retry_after() == 0.0
        with pytest.raises(FetchError) as bomb:
            get(site.url + "/bomb", everything).content()
        assert bomb.value.code == "read/too_large"
        with pytest.raises(FetchError) as large:
            get(site.url + "/large", everything)
        assert (large.value.code, large.value.again) == ("read/too_large", False)


@pytest.mark.parametrize("path", ["/cut", "/nonsense", "/reset"])
def test_a_broken_answer_is_worth_another_try(path: str) -> None:
    with serving(ROUTES) as [site], pytest.raises(FetchError) as lost:
        client().get(site.url + path, everything)
    assert (lost.value.code, lost.value.again) == ("read/network", True)


@pytest.mark.parametrize("path", ["/drip", "/drip-head"])
def test_a_dripping_server_meets_the_deadline(path: str) -> None:
    with serving(ROUTES) as [site]:
        began = time.monotonic()
        with pytest.raises(FetchError) as lost:
            client(deadline=0.5).get(site.url + path, everything)
        assert lost.value.code == "read/timed_out"
        assert time.monotonic() - began < 5  # dripping alone would take 10 s


def test_the_name_is_said_and_the_checked_address_asked() -> None:
    hosts = []

    def tell(request: BaseHTTPRequestHandler) -> Page:
        hosts.append(request.headers["Host"])
        return Page("ok")

    with serving({"/": tell}) as [site]:
        port = site.server.server_port
        assert client().get(f"http://named.test:{port}/", everything).status == 200
        assert hosts == [f"named.test:{port}"]
        assert site.agents == {user_agent(AGENT)}


def test_addresses_are_refused_and_missing_names_reported() -> None:
    def nowhere(host: str) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(FetchError) as refused:
        client().get("http://127.0.0.1:1/", everything)
    assert (refused.value.code, refused.value.again) == ("read/refused_address", False)
    with pytest.raises(FetchError) as missing:
        PinnedClient(AGENT, resolver=nowhere).get("http://gone.example/", everything)
    assert missing.value.code == "read/network"


def test_tls_is_checked_against_the_name_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=named.test", "-addext", "subjectAltName=DNS:named.test",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving({"/": "secret"}) as [site]:
        site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
        port = site.server.server_port
        with pytest.raises(FetchError) as unknown:
            client().get(f"https://named.test:{port}/", everything)
        assert unknown.value.code == "read/network"
        monkeypatch.setattr("certifi.where", lambda: str(certificate))
        assert client().get(f"https://named.test:{port}/", everything).body == b"secret"
        with pytest.raises(FetchError) as other:
            client().get(f"https://127.0.0.2:{port}/", everything)
        assert other.value.code == "read/network"


def test_interim_answers_and_repeated_headers() -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n"
        request.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\n" + hints * 2)
        request.send_response(200)
        for name, value in (
            ("Location", "/first"), ("Location", "/second"), ("Retry-After", "4"),
            ("Retry-After", "9"), ("Link", "<a>"), ("Link", "<b>"), ("X-Robots-Tag", "a: noindex"),
            ("X-Robots-Tag", "noai"), ("Content-Length", "5"),
        ):  # fmt: skip
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(b"hello")

    with serving({"/x": answer}) as [site]:
        client = PinnedClient(AGENT, allow_private=[site.host], deadline=3.0)
        got = client.get(site.url + "/x", lambda status, kind: True)
    assert (got.status, got.body) == (200, b"hello")
    assert (got.fields["location"], got.fields["link"]) == ("/first", "<a>, <b>")
    assert got.fields["x-robots-tag"] == "a: noindex\nnoai"
    assert got.retry_after() == 4.0


@pytest.mark.parametrize("path", ["/50%zz", "/%E1%9E%80%", "/a?b=%c3%A9&c=100%", "/a[b]|c"])
def test_a_url_is_asked_for_as_it_is_written(path: str) -> None:
    with serving({"*": "page"}) as [site]:
        client().get(site.url + path, everything)
        assert site.paths() == [path]
