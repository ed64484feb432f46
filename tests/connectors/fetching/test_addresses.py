"""Where a crawler must not be led, in every way of writing it."""

import ipaddress

import pytest

from corpuskit.connectors.fetching.addresses import RefusedError, is_public, locate

FORMS = {
    "loopback": "http://127.0.0.1/",
    "short": "http://127.1/",
    "decimal": "http://2130706433/",
    "hex": "http://0x7f000001/",
    "hex parts": "http://0x7f.0x0.0x0.0x1/",
    "octal": "http://0177.0.0.01/",
    "zero": "http://0.0.0.0/",
    "v6 loopback": "http://[::1]/",
    "v6 unspecified": "http://[::]/",
    "v4-mapped": "http://[::ffff:127.0.0.1]/",
    "v4-compatible": "http://[::7f00:1]/",
    "NAT64": "http://[64:ff9b::7f00:1]/",
    "local NAT64": "http://[64:ff9b:1::a00:1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "v6 site-local": "http://[fec0::1]/",
    "v6 documentation": "http://[2001:db8::1]/",
    "v6 documentation of 2024": "http://[3fff::1]/",
    "v6 benchmarking": "http://[2001:2::1]/",
    "v6 discard": "http://[100::1]/",
    "v6 segment routing": "http://[5f00::1]/",
    "v6 not allocated": "http://[4000::1]/",
    "v6 ORCHID": "http://[2001:20::1]/",
    "Teredo": "http://[2001:0:7f00:1::]/",
    "relay of 6to4": "http://192.88.99.1/",
    "relay of AMT": "http://192.52.193.1/",
    "AS112": "http://192.175.48.1/",
    "protocol assignments": "http://192.0.0.9/",
    "documentation": "http://203.0.113.7/",
    "benchmarking": "http://198.18.0.1/",
    "reserved": "http://240.0.0.1/",
    "wide digits": "http://１２７.0.0.1/",
    "percent-encoded": "http://127%2e0%2e0%2e1/",
    "CGNAT": "http://100.64.0.1/",
    "private": "http://10.1.2.3/",
    "private 172": "http://172.16.0.1/",
    "private 192": "http://192.168.1.1/",
    "link-local": "http://169.254.1.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "v6 link-local": "http://[fe80::1]/",
    "v6 unique local": "http://[fd00:ec2::254]/",
    "multicast": "http://224.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "name of loopback": "http://localhost:8080/",
    "below localhost": "http://a.localhost/",
    "metadata by name": "http://metadata.google.internal/",
    "trailing dot": "http://localhost./",
    "user name": "http://public.example@127.0.0.1/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:25/x",
    "ftp": "ftp://public.example/",
    "no host": "http:///x",
    "bad port": "http://public.example:99999/",
}


@pytest.mark.parametrize("form", FORMS)
def test_refused(form: str) -> None:
    # A resolver that answers publicly: nothing here may depend on what names resolve to.
    with pytest.raises(RefusedError):
        locate(FORMS[form], resolver=lambda host: ["93.184.216.34"])


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "::1", "fe80::1%eth0", "169.254.0.1"])
def test_a_name_is_what_it_resolves_to(address: str) -> None:
    with pytest.raises(RefusedError, match="not public"):
        locate("http://rebind.example/", resolver=lambda host: ["93.184.216.34", address])


def test_a_public_name_is_pinned_to_its_addresses() -> None:
    place = locate(
        "https://public.example/a?b=c",
        resolver=lambda host: ["2606:2800:220:1::1", "93.184.216.34"],
    )
    assert place.addresses == ("93.184.216.34", "2606:2800:220:1::1")
    assert (place.host, place.port, place.target) == ("public.example", 443, "/a?b=c")
    assert place.authority == "public.example"
    with pytest.raises(OSError, match="no address"):
        locate("http://gone.example/", resolver=lambda host: [])


def test_only_what_is_named_is_allowed() -> None:
    place = locate("http://127.0.0.1:81/", ["127.0.0.1"])
    assert (place.addresses, place.authority) == (("127.0.0.1",), "127.0.0.1:81")
    assert locate("http://own.test/", ["own.test"], lambda host: ["127.0.0.9"]).addresses
    for other in ("http://127.0.0.2/", "file:///etc/passwd", "http://2130706433/"):
        with pytest.raises(RefusedError):
            locate(other, ["127.0.0.1", "own.test"], lambda host: ["127.0.0.1"])


def test_the_public_internet_is_public() -> None:
    for address in (
        "8.8.8.8", "192.88.98.1", "198.17.0.1", "223.255.255.1", "2001:4860:4860::8888",
        "2400:cb00::1", "2a00::1", "64:ff9b::808:808", "2002:808:808::1",
    ):  # fmt: skip
        assert is_public(ipaddress.ip_address(address)), address


def test_a_host_in_other_letters_is_asked_by_its_ascii_name() -> None:
    asked: list[str] = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"]

    place = locate("http://ខ្មែរ.example/ក\x1b?q=ក", resolver=resolver)
    assert asked == [place.host] == ["xn--j2e0cg3n2c.example"]
    assert place.target == "/%E1%9E%80%1B?q=%E1%9E%80"
