"""The store over HTTP against a real S3 server: the contract of every store, faults, conditions."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from services.s3 import (
    BUSY,
    DROPPED,
    KEY,
    LOST,
    SECRET,
    Fault,
    FaultyProxy,
    S3Server,
    faulty_proxy,
    moto,
)
from store_contract import NAME, TABLE, StoreContract

from corpuskit.errors import DamagedOutputError, StoreBusyError, WorkspaceError
from corpuskit.object_store import client as object_client
from corpuskit.object_store.store import FIRST_BYTES, ObjectFile, ObjectStore
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3")
pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture
def url(server: S3Server) -> StoreUrl:
    """An empty prefix."""
    return server.bucket("corpora") / f"builds/{uuid.uuid4().hex}"


@pytest.fixture
def store(url: StoreUrl) -> ObjectStore:
    return ObjectStore(url)


class TestObjectStore(StoreContract):
    flip_every = 67

    @pytest.fixture
    def store(self, url: StoreUrl) -> ObjectStore:
        return ObjectStore(url)


@pytest.fixture
def proxy(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """A proxy that the store of the test asks; what is repeated is repeated at once."""
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    monkeypatch.setattr(object_client, "_BACKOFF", timedelta(milliseconds=1))
    with faulty_proxy(server) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.endpoint)
        yield running


def first(
    count: int, fault: str | float, method: str = ""
) -> Callable[[str, str], str | float | None]:
    """The fault for the first requests, of one method or of all."""
    left = [count]

    def decide(asked: str, key: str) -> Fault:
        if (method and asked != method) or not left[0]:
            return None
        left[0] -= 1
        return fault

    return decide


@pytest.mark.parametrize("fault", [BUSY, DROPPED, LOST])
@pytest.mark.parametrize("count", [1, 3])
def test_what_the_store_fails_over_is_asked_again(
    store: ObjectStore, proxy: FaultyProxy, fault: str, count: int
) -> None:
    uses: list[Callable[[], object]] = [
        lambda: store.put("data/a", b"0123456789"),
        lambda: store.get("data/a") == b"0123456789",
        lambda: store.get("data/a", 2, 5) == b"234",
        lambda: store.size("data/a") == 10,
        lambda: [output.name for output in store.list("data")] == ["data/a"],
        lambda: store.put_table("data/t", TABLE),
        lambda: store.table("data/t").equals(TABLE),
        lambda: store.delete("data/a"),
        lambda: not store.exists("data/a"),
    ]
    for use in uses:
        proxy.fault, proxy.requests = first(count, fault), []
        assert use() in (None, True)
        assert [request[2] for request in proxy.requests[:count]] == [fault] * count
        assert len(proxy.requests) > count


def test_a_slow_answer_is_not_waited_for(url: StoreUrl, proxy: FaultyProxy) -> None:
    store = ObjectStore(url, timeout=0.5)
    for use in (lambda: store.put("a", b"content"), lambda: store.get("a") == b"content"):
        proxy.fault = first(1, 2.0)
        assert use() in (None, True)
    assert [fault for *_, fault in proxy.requests].count(2.0) == 2


@pytest.mark.parametrize("fault", [BUSY, DROPPED, LOST])
def test_conditional_puts_know_their_own_object(
    store: ObjectStore, proxy: FaultyProxy, fault: str
) -> None:
    proxy.fault = first(1, fault, "PUT")
    version = store.client.create("lock", b"mine")
    assert version is not None
    assert store.client.create("lock", b"another's") is None
    proxy.fault = first(1, fault, "PUT")
    newer = store.client.replace("lock", b"mine again", version)
    assert newer is not None
    assert store.client.replace("lock", b"late", version) is None
    assert store.get("lock") == b"mine again"


def test_a_store_that_stays_away_says_what_to_do(
    store: ObjectStore, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_client, "_REPEATS", 0)
    proxy.fault = lambda method, key: BUSY
    with pytest.raises(StoreBusyError, match=r"503.*run the same command again"):
        store.put("a", b"content")
    assert len(proxy.requests) == object_client.TRIES


def test_a_large_output_is_uploaded_in_parts_and_seen_at_the_end(
    store: ObjectStore, proxy: FaultyProxy
) -> None:
    content = bytes(range(256)) * (80 << 10)  # 20 MB
    proxy.fault = first(2, LOST, "PUT")
    with store.writing("data/large") as file:
        file.write(content)
    assert store.get("data/large") == content
    assert [method for method, *_ in proxy.requests].count("POST") >= 2, "begun and completed"


def test_columns_are_fetched_without_the_others(store: ObjectStore, proxy: FaultyProxy) -> None:
    text = pa.array([uuid.uuid4().hex * 200 for _ in range(1_000)])
    table = pa.table({"text": text, "id": [uuid.uuid4().hex for _ in range(1_000)]})
    store.put_table(NAME, table)
    size = store.size(NAME) or 0
    with_text, fetched = [], []
    read_range = store.client.read_range

    def counted(name: str, start: int, stop: int, etag: str | None = None) -> object:
        fetched.append(min(stop, size) - start)
        return read_range(name, start, stop, etag)

    store.client.read_range = counted  # type: ignore[method-assign,assignment]
    assert store.table(NAME, ["id"]).equals(table.select(["id"]))
    assert sum(fetched) < size / 5
    with_text.append(store.table(NAME))
    assert with_text[0].equals(table)


def test_a_file_that_is_replaced_while_it_is_read_is_noticed(store: ObjectStore) -> None:
    store.put("a", b"1" * 2 * FIRST_BYTES)
    file = ObjectFile(store.client, "a")
    assert file.read(10) == b"1" * 10
    store.put("a", b"2" * 2 * FIRST_BYTES)
    file.seek(FIRST_BYTES + 5)
    with pytest.raises(OSError, match="replaced while it was read"):
        file.read(10)


def test_a_file_is_read_in_any_order(store: ObjectStore) -> None:
    content = b"".join(number.to_bytes(4, "big") for number in range(1 << 20))
    store.put("a", content)
    file = ObjectFile(store.client, "a")
    for start, size in ((0, 9), (3 << 20, 100), (10, 4 << 20), (len(content) - 5, 99), (7, 2)):
        file.seek(start)
        assert file.read(size) == content[start : start + size]
    file.seek(0)
    chunks = []
    while chunk := file.read(100_000):
        chunks.append(chunk)
    assert b"".join(chunks) == content


def test_damage_names_the_url(store: ObjectStore) -> None:
    store.put(NAME, b"no table")
    with pytest.raises(DamagedOutputError, match=r"s3://corpora/builds/\w+/.work/extract/abc"):
        store.table(NAME)


def test_a_fingerprint_changes_with_the_content(store: ObjectStore) -> None:
    assert store.fingerprint("a") is None
    store.put("a", b"1")
    before = store.fingerprint("a")
    assert before
    assert store.fingerprint("a") == before
    store.put("a", b"2")
    assert store.fingerprint("a") not in (None, before)


def test_a_missing_bucket_is_said(server: S3Server) -> None:
    store = ObjectStore(StoreUrl("s3", "none-such", "khmer"))
    with pytest.raises(WorkspaceError, match="there is no bucket 'none-such'; create it"):
        store.put("a", b"content")
    assert not store.exists("a")


def test_credentials_are_in_no_pickle_and_no_error(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("a", b"content")
    assert SECRET.encode() not in pickle.dumps(store)
    assert KEY.encode() not in pickle.dumps(store)
    monkeypatch.setattr(object_client, "_REPEATS", 0)
    monkeypatch.setattr(object_client, "TRIES", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(StoreBusyError) as caught:
        ObjectStore(store.url).put("a", b"content")
    assert KEY not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_extra_is_named(url: StoreUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(object_client, "import_module", absent)
    with pytest.raises(WorkspaceError, match=r"pip install 'corpuskit-lrl\[object-store\]'"):
        ObjectStore(url).exists("a")


def test_the_place_of_temporary_files_is_named_when_it_is_full(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkspaceError, match="the disk is full"), store.writing("a"):
        raise OSError(28, "No space left on device")
    assert not store.exists("a")
