"""HTTP with a name, patience and resumption, against a server that speaks it."""

import gzip
import pickle
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from connectors.file_server import Served, serving

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching import session as http
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.policy import retry_after
from corpuskit.connectors.fetching.session import Session
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")
DATA = random.Random(3).randbytes(1_500_000)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(data=DATA) as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def session(pauses: list[float]) -> Session:
    return Session(AGENT, pause=pauses.append)


def test_every_request_says_who_asks(served: Served, session: Session) -> None:
    assert session.get(served.url("/data")).content == DATA
    agent = served.requests[0][1]["user-agent"]
    assert agent.startswith("corpuskit/")
    assert agent.endswith("(+corpus@example.org; corpuskit tests)")


def test_busy_servers_are_asked_again(
    served: Served, session: Session, pauses: list[float]
) -> None:
    served.faults["/data"] = [(503, {}), (429, {"Retry-After": "40"}), (500, {})]
    assert session.get(served.url("/data")).content == DATA
    assert pauses == [1, 40, 4]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_no_is_a_no(served: Served, session: Session, status: int) -> None:
    served.faults["/data"] = [(status, {})]
    with pytest.raises(HttpError, match=f"answers {status}") as caught:
        session.get(served.url("/data"))
    assert len(served.requests) == 1
    assert caught.value.status == status
    assert isinstance(caught.value, SourceError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_patience_ends(served: Served, session: Session, pauses: list[float]) -> None:
    served.faults["/data"] = [(503, {})] * 99
    with pytest.raises(HttpError, match="given up after 7 tries"):
        session.get(served.url("/data"))
    assert len(served.requests) == 7
    assert sum(pauses) < 150


def test_nobody_waits_for_a_day(served: Served, session: Session, pauses: list[float]) -> None:
    served.faults["/data"] = [(503, {"Retry-After": "86400"})]
    with pytest.raises(HttpError, match="asks to wait 86400 s"):
        session.get(served.url("/data"))
    assert pauses == []


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after("7") == 7
    assert retry_after("soon") is None
    later = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert later is not None
    assert 80 < later <= 90
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0


def test_no_server_at_all(session: Session) -> None:
    with pytest.raises(HttpError, match="given up"):
        session.get("http://127.0.0.1:9/")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "/data"])
def test_redirects_end_and_stay_on_http(served: Served, session: Session, location: str) -> None:
    served.faults["/data"] = [(302, {"Location": location})] * 99
    with pytest.raises(HttpError):
        session.get(served.url("/data"))


def test_a_file_goes_on_where_it_broke(served: Served, session: Session, tmp_path: Path) -> None:
    served.cut["/data"] = [400_000, 300_000]
    session.to_file(served.url("/data"), tmp_path / "x" / "data")
    assert (tmp_path / "x" / "data").read_bytes() == DATA
    assert [one[1].get("range") for one in served.requests] == [
        None,
        "bytes=400000-",
        "bytes=700000-",
    ]
    assert served.sent == len(DATA)
    assert [one.name for one in (tmp_path / "x").iterdir()] == ["data"]


def test_another_run_goes_on_where_one_was_killed(served: Served, tmp_path: Path) -> None:
    def killed(_: float) -> None:
        raise KeyboardInterrupt

    served.cut["/data"] = [600_000]
    with pytest.raises(KeyboardInterrupt):
        Session(AGENT, pause=killed).to_file(served.url("/data"), tmp_path / "data")
    assert not (tmp_path / "data").exists()
    Session(AGENT).to_file(served.url("/data"), tmp_path / "data")
    assert (tmp_path / "data").read_bytes() == DATA
    assert served.sent == len(DATA)


@pytest.mark.parametrize("change", ["etags", "ranges", "content"])
def test_versions_are_never_mixed(
    served: Served, session: Session, tmp_path: Path, change: str
) -> None:
    other = bytes(len(DATA))

    def pause(_: float) -> None:
        served.ranges = change != "ranges"
        served.files["/data"] = other

    served.etags = change != "etags"
    served.cut["/data"] = [600_000]
    Session(AGENT, pause=pause).to_file(served.url("/data"), tmp_path / "data")
    assert (tmp_path / "data").read_bytes() == other


def test_a_file_that_shrank_is_fetched_anew(
    served: Served, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "data.part").write_bytes(DATA + b"more")
    session.to_file(served.url("/data"), tmp_path / "data")  # a part of nobody knows what
    assert (tmp_path / "data").read_bytes() == DATA


def test_ranges_are_what_was_asked(served: Served, session: Session) -> None:
    url = served.url("/data")
    assert session.read_range(url, 10, 20) == DATA[10:20]
    assert session.read_range(url, -7, 0) == DATA[-7:]
    assert served.sent == 17
    with pytest.raises(HttpError, match="no such bytes"):
        session.read_range(url, len(DATA) + 5, len(DATA) + 6)
    with pytest.raises(HttpError, match="another version"):
        session.read_range(url, 0, 9, '"old"')
    served.ranges = False
    with pytest.raises(HttpError, match="no byte ranges"):
        session.read_range(url, 0, 9)


def test_a_bomb_is_not_inflated(served: Served, session: Session) -> None:
    served.files["/bomb"] = gzip.compress(bytes(50_000_000))
    served.headers["/bomb"] = {"Content-Encoding": "gzip"}
    with pytest.raises(HttpError, match="more than 1000000 bytes"):
        session.get(served.url("/bomb"), limit=1_000_000)
    assert len(served.requests) == 1
    assert len(session.get(served.url("/bomb")).content) == 50_000_000


def test_a_body_that_breaks_off_is_asked_for_again(
    served: Served, session: Session, pauses: list[float]
) -> None:
    served.cut["/data"] = [10, 1_000_000]
    assert session.get(served.url("/data")).content == DATA
    assert pauses == [1, 2]


def test_a_slow_drip_has_an_end(
    served: Served, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "DEADLINE", 0.1)
    served.drip["/data"] = 0.01
    with pytest.raises(HttpError, match=r"given up after 7 tries .*no whole answer within 0.1 s"):
        session.get(served.url("/data"))


@pytest.mark.parametrize("first_pause", [2.0, 10.0])
def test_pauses_begin_as_long_as_wanted(
    served: Served, pauses: list[float], first_pause: float
) -> None:
    served.faults["/data"] = [(503, {})] * 3
    Session(AGENT, first_pause=first_pause, pause=pauses.append).get(served.url("/data"))
    assert pauses == [first_pause, 2 * first_pause, 4 * first_pause]


def test_a_redirect_is_an_answer_where_none_is_followed(served: Served) -> None:
    served.faults["/data"] = [(302, {"Location": "/elsewhere"})]
    assert Session(AGENT, redirects=False).get(served.url("/data")).status == 302
    assert len(served.requests) == 1


def test_credentials_of_netrc_are_never_sent(
    served: Served, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    elsewhere = served.url("/data").replace("127.0.0.1", "localhost")
    served.faults["/data"] = [(302, {"Location": elsewhere})]
    assert session.get(served.url("/data")).content == DATA
    assert len(served.requests) == 2
    assert all("authorization" not in headers for _, headers in served.requests)


def test_a_range_that_is_cut_short_is_asked_for_again(
    served: Served, session: Session, pauses: list[float]
) -> None:
    served.cut["/data"] = [100]
    assert session.read_range(served.url("/data"), 0, 1_000) == DATA[:1_000]
    assert pauses == [1]


def test_a_range_beyond_the_end_is_not_asked_for_again(
    served: Served, session: Session, pauses: list[float]
) -> None:
    with pytest.raises(HttpError, match="another range") as caught:
        session.read_range(served.url("/data"), len(DATA) - 5, len(DATA) + 5)
    assert caught.value.status == 206
    assert pauses == []


def test_a_wait_that_is_too_long_is_an_error_of_its_own(served: Served, session: Session) -> None:
    served.faults["/data"] = [(503, {"Retry-After": "86400"})]
    with pytest.raises(AskedToWaitError) as caught:
        session.get(served.url("/data"))
    assert caught.value.status == 503
    assert caught.value.detail == "HTTP 503"


def test_details_are_the_same_every_time(session: Session) -> None:
    with pytest.raises(HttpError) as caught:
        session.get("http://127.0.0.1:9/")
    assert caught.value.detail == "ConnectionError"


def test_requests_are_apart(served: Served, pauses: list[float]) -> None:
    session = Session(AGENT, delay=30, pause=pauses.append)
    for _ in range(3):
        session.get(served.url("/data"))
    assert len(pauses) == 2
    assert all(29 < one <= 30 for one in pauses)


def test_a_no_with_a_message_can_be_read(served: Served, session: Session) -> None:
    served.faults["/data"] = [(404, {})]
    assert session.get(served.url("/data"), accept={404}).status == 404
