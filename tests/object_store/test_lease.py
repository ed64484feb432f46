"""One build owns a prefix: its lease is taken, kept, released and broken by conditional puts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from services.s3 import BUSY, LOST, S3Server, faulty_proxy, moto, rclone

from corpuskit.errors import WorkspaceError
from corpuskit.object_store import client as object_client
from corpuskit.object_store.client import ObjectClient
from corpuskit.object_store.lease import NAME, Lease, check_conditions
from corpuskit.object_store.store import ObjectStore
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3")
pytest.importorskip("obstore")

KILLED = """
import os, pathlib, signal, sys
from corpuskit.object_store.lease import Lease
from corpuskit.object_store.client import ObjectClient
from corpuskit.store_url import StoreUrl
memory = pathlib.Path(sys.argv[2]) if sys.argv[2] else None
with Lease(ObjectClient(StoreUrl.parse(sys.argv[1])), memory, float(sys.argv[3])).held():
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture
def client(server: S3Server) -> ObjectClient:
    return ObjectClient(server.bucket("corpora") / f"builds/{uuid.uuid4().hex}")


def kill_an_owner(client: ObjectClient, memory: Path | None, seconds: float) -> None:
    arguments = [str(client.url), str(memory or ""), str(seconds)]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_second_owner_is_refused_until_the_first_has_ended(client: ObjectClient) -> None:
    with Lease(client).held():
        with pytest.raises(WorkspaceError, match="in use by a running build") as caught:
            Lease(client).held().__enter__()
        assert str(client.url) in str(caught.value)
    with Lease(client).held():
        pass
    assert [name for name, _ in client.list("")] == [NAME], "probes are removed"


def test_of_many_at_once_one_gets_it(client: ObjectClient) -> None:
    assert _winners(client, 32) == 1


def test_of_many_who_break_a_lease_one_gets_it(client: ObjectClient) -> None:
    kill_an_owner(client, None, 0.1)
    time.sleep(2)  # the store's clock counts seconds
    assert _winners(client, 32) == 1


def _winners(client: ObjectClient, count: int) -> int:
    everyone = threading.Barrier(count)

    def take(_: int) -> bool:
        lease = Lease(client)
        everyone.wait(60)
        with ExitStack() as stack:
            try:
                stack.enter_context(lease.held())
            except WorkspaceError:
                taken = False
            else:
                taken = True
            everyone.wait(60)
            lease.refuse_if_lost()
        return taken

    with ThreadPoolExecutor(count) as threads:
        results = list(threads.map(take, range(count)))
    return sum(results)


def test_a_killed_owner_keeps_it_until_it_runs_out(client: ObjectClient) -> None:
    kill_an_owner(client, None, 3_000)
    with pytest.raises(WorkspaceError, match=r"its lease ends in (2\d\d\d|3000) s"):
        Lease(client).held().__enter__()
    version = client.read(NAME)[1]
    short = json.loads(client.read(NAME)[0]) | {"seconds": 0.1}
    assert client.replace(NAME, json.dumps(short).encode(), version) is not None
    time.sleep(2)  # the store's clock counts seconds
    with Lease(client).held():
        pass


def test_a_killed_owner_is_followed_at_once_in_its_own_folder(
    client: ObjectClient, tmp_path: Path
) -> None:
    memory = tmp_path / "lease"
    kill_an_owner(client, memory, 3_000)
    with Lease(client, memory).held() as lease:
        lease.confirm()
    with pytest.raises(WorkspaceError, match="in use"), Lease(client, memory).held():
        Lease(client, tmp_path / "another").held().__enter__()


def test_an_owner_that_died_between_two_owners_is_remembered(
    client: ObjectClient, tmp_path: Path
) -> None:
    memory = tmp_path / "lease"
    kill_an_owner(client, memory, 3_000)
    (owner,) = json.loads(memory.read_text())
    memory.write_text(json.dumps([owner, "one that never got it"]))
    with Lease(client, memory).held():
        assert owner not in json.loads(memory.read_text())


def test_it_is_renewed_while_it_is_held(client: ObjectClient) -> None:
    with Lease(client, seconds=0.5).held() as lease:
        before = client.read(NAME)[0]
        wait_until(lambda: client.read(NAME)[0] != before)
        lease.confirm()


def test_an_owner_whose_lease_was_taken_over_writes_nothing_more(client: ObjectClient) -> None:
    store = ObjectStore(client.url)
    with store.owned(None):
        store.put("data/a", b"content")
        content, version, _ = client.read(NAME)
        taken = json.dumps(json.loads(content) | {"owner": "another"}).encode()
        assert client.replace(NAME, taken, version) is not None
        with pytest.raises(WorkspaceError, match="its lease was taken over"):
            store.commit("manifest.json", b"{}", ["data/a"])
        with pytest.raises(WorkspaceError, match="another build may own it"):
            store.put("data/b", b"content")
        with pytest.raises(WorkspaceError, match="another build may own it"):
            store.delete("data/a")
    assert not store.exists("manifest.json")
    assert not store.exists("data/b")
    assert client.read(NAME)[0] == taken, "another's lease is left alone"


def test_an_owner_that_cannot_renew_stops(
    server: S3Server, client: ObjectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    monkeypatch.setattr(object_client, "_REPEATS", 0)
    with faulty_proxy(server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        behind = ObjectClient(client.url)
        with Lease(behind, seconds=0.5).held() as lease:
            proxy.fault = lambda method, key: BUSY
            with pytest.raises(WorkspaceError, match=r"could not be renewed for 0\.5 s"):
                wait_until(lambda: lease.refuse_if_lost() is not None)


def test_a_lost_answer_loses_no_lease(
    server: S3Server, client: ObjectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    with faulty_proxy(server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        lost: set[int] = set()

        def every_second(method: str, key: str) -> str | None:
            number = sum(asked == "PUT" for asked, *_ in proxy.requests)
            if method == "PUT" and number % 2 == 0 and number not in lost:
                lost.add(number)
                return LOST
            return None

        proxy.fault = every_second
        with Lease(ObjectClient(client.url)).held() as lease:
            for _ in range(3):
                lease.confirm()
    assert len(lost) > 3


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"owner": "x", "seconds": -1}', b"\xff"])
def test_a_lease_that_cannot_be_read_is_somebodys(client: ObjectClient, content: bytes) -> None:
    client.put(NAME, content)
    with pytest.raises(WorkspaceError, match="in use by a running build"):
        Lease(client).held().__enter__()


def test_a_server_that_ignores_conditions_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rclone(tmp_path) as other, other.environment():
        url = other.bucket("corpora") / "khmer"
        with pytest.raises(WorkspaceError, match=r"this server puts an object that is to be new "
                           r"in place of another one.*If-None-Match"):  # fmt: skip
            check_conditions(ObjectClient(url))
        assert list(ObjectClient(url).list("")) == []


class OneConditionIgnored(ObjectClient):
    """A server that heeds If-None-Match and ignores If-Match."""

    def replace(self, name: str, content: bytes, version: object) -> object:  # type: ignore[override]
        self.put(name, content)
        return version


def test_a_server_that_ignores_if_match_is_refused(client: ObjectClient) -> None:
    with pytest.raises(WorkspaceError, match="in place of another version than it was told"):
        check_conditions(OneConditionIgnored(client.url))


def test_a_missing_bucket_is_said(server: S3Server) -> None:
    with pytest.raises(WorkspaceError, match="there is no bucket 'none-such'"):
        check_conditions(ObjectClient(StoreUrl("s3", "none-such", "khmer")))


def test_no_machine_is_named(client: ObjectClient) -> None:
    with Lease(client).held():
        content = client.read(NAME)[0].decode()
    assert os.uname().nodename not in content
    assert set(json.loads(content)) == {"owner", "renewals", "seconds", "nonce"}
