"""The contract of a store: the suite that every store must pass.

A test module of a store subclasses `StoreContract` and overrides the fixture `store`. Nothing here
knows where outputs are; everything goes through the methods of `corpuskit.store.Store`.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import pyarrow as pa
import pytest

from corpuskit.errors import DamagedOutputError, WorkspaceError
from corpuskit.store import Store, StoredOutput, get_record, put_record

NAME = ".work/extract/abc.table"
OUTSIDE = ("..", "../a", "data/../../a", "/etc/passwd", "", ".")
"""Names that lead out of a store, or to all of it."""

TABLE = pa.table(
    {
        "text": pa.array(["ក", None, "ខ"]),
        "number": pa.array([1, 2, 3], pa.int32()),
        "codes": pa.array([["a"], [], None], pa.list_(pa.string())),
    }
)

KILLED = """
import os, pickle, signal, sys
store = pickle.loads(bytes.fromhex(sys.argv[1]))
with store.writing(sys.argv[2]) as file:
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def put_and_get(store: Store, name: str) -> bytes:
    """What another process makes of a store that it is handed."""
    store.put(f"{name}.answer", b"put elsewhere")
    return store.get(name)


class StoreContract:
    """What every store promises; see the docstring of `corpuskit.store`."""

    flip_every = 7
    """Bytes between two flipped bits; a store that asks a server tries fewer."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store."""
        raise NotImplementedError("a store's test module overrides this fixture")

    def test_what_is_put_comes_back(self, store: Store) -> None:
        store.put(NAME, b"content")
        assert store.get(NAME) == b"content"
        assert store.exists(NAME)
        assert store.size(NAME) == 7

    def test_an_empty_output_is_an_output(self, store: Store) -> None:
        store.put(NAME, b"")
        assert store.exists(NAME)
        assert store.size(NAME) == 0
        assert store.get(NAME) == b""

    def test_a_file_is_seen_when_it_is_whole(self, store: Store) -> None:
        with store.writing(NAME) as file:
            file.write(b"first half, ")
            file.flush()
            assert not store.exists(NAME)
            assert list(store.list(".work/extract")) == []
            file.write(b"second half")
        assert store.get(NAME) == b"first half, second half"

    def test_an_exception_leaves_nothing(self, store: Store) -> None:
        with pytest.raises(KeyError), store.writing(NAME) as file:
            file.write(b"half")
            raise KeyError
        assert not store.exists(NAME)
        assert list(store.list(".work")) == []

    def test_an_exception_leaves_what_was_there_before(self, store: Store) -> None:
        store.put(NAME, b"before")
        with pytest.raises(KeyError), store.writing(NAME) as file:
            file.write(b"half of what comes after")
            raise KeyError
        assert store.get(NAME) == b"before"

    def test_a_killed_process_leaves_nothing(self, store: Store) -> None:
        self._kill(store, NAME)
        assert not store.exists(NAME)
        assert store.size(NAME) is None
        assert list(store.list(".work/extract")) == []
        store.put(NAME, b"again")
        assert store.get(NAME) == b"again"

    def test_a_killed_process_leaves_what_was_there_before(self, store: Store) -> None:
        store.put(NAME, b"before")
        self._kill(store, NAME)
        assert store.get(NAME) == b"before"

    def _kill(self, store: Store, name: str) -> None:
        handed = pickle.dumps(store).hex()
        done = subprocess.run([sys.executable, "-c", KILLED, handed, name], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL

    def test_a_name_can_be_written_again(self, store: Store) -> None:
        store.put(NAME, b"a longer first content")
        store.put(NAME, b"second")
        assert store.get(NAME) == b"second"
        assert store.size(NAME) == 6
        assert [output.name for output in store.list(".work/extract")] == [NAME]

    @pytest.mark.parametrize(
        ("start", "stop", "content"),
        [
            (0, None, b"0123456789"),
            (3, None, b"3456789"),
            (0, 4, b"0123"),
            (3, 7, b"3456"),
            (3, 3, b""),
            (7, 3, b""),
            (8, 99, b"89"),
            (99, None, b""),
        ],
    )
    def test_ranges(self, store: Store, start: int, stop: int | None, content: bytes) -> None:
        store.put(NAME, b"0123456789")
        assert store.get(NAME, start, stop) == content

    def test_a_file_is_read_from_anywhere(self, store: Store) -> None:
        store.put(NAME, b"0123456789")
        with store.reading(NAME) as file:
            file.seek(6)
            assert file.read(2) == b"67"
            file.seek(0)
            assert file.read() == b"0123456789"

    def test_a_listing_is_of_one_folder_in_the_order_of_names(self, store: Store) -> None:
        for name in ("data/b/2", "data/a", "data/b/10", "database/c", "data.json"):
            store.put(name, name.encode())
        names = ["data/a", "data/b/10", "data/b/2"]
        assert list(store.list("data")) == [StoredOutput(name, len(name)) for name in names]
        assert [output.name for output in store.list("data/b")] == names[1:]
        assert list(store.list("none")) == []

    def test_a_deleted_output_is_gone(self, store: Store) -> None:
        store.put(NAME, b"content")
        store.delete(NAME)
        assert not store.exists(NAME)
        assert store.size(NAME) is None
        assert list(store.list(".work/extract")) == []
        store.delete(NAME)

    def test_what_is_not_there_is_not_found(self, store: Store) -> None:
        assert not store.exists(NAME)
        assert store.size(NAME) is None
        with pytest.raises(FileNotFoundError):
            store.get(NAME)
        with pytest.raises(FileNotFoundError):
            store.table(NAME)
        with pytest.raises(FileNotFoundError), store.reading(NAME):
            pass

    def test_a_folder_is_no_output(self, store: Store) -> None:
        store.put("data/train/a", b"content")
        assert not store.exists("data/train")
        assert store.size("data/train") is None

    @pytest.mark.parametrize("name", OUTSIDE)
    def test_names_that_lead_out_are_refused(self, store: Store, name: str) -> None:
        for use in (store.get, store.exists, store.size, store.delete, store.reading, store.table):
            with pytest.raises(ValueError, match="not the name of an output"):
                use(name)
        with pytest.raises(ValueError, match="not the name of an output"):
            store.put(name, b"content")

    def test_a_commit_publishes_when_every_member_is_there(self, store: Store) -> None:
        store.put("data/a", b"a")
        with pytest.raises(WorkspaceError, match="data/b disappeared while the build ran"):
            store.commit("manifest.json", b"{}", ["data/a", "data/b"])
        assert not store.exists("manifest.json")
        store.put("data/b", b"b")
        store.commit("manifest.json", b"{}", ["data/a", "data/b"])
        assert store.get("manifest.json") == b"{}"

    def test_a_commit_names_the_first_missing_members(self, store: Store) -> None:
        names = [f"data/{number}" for number in range(5)]
        with pytest.raises(WorkspaceError, match=r"data/0, data/1, data/2 disappeared .*again"):
            store.commit("manifest.json", b"{}", names)

    @pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
    def test_tables_come_back_as_they_were(self, store: Store, compression: str | None) -> None:
        table = TABLE.replace_schema_metadata({"corpuskit": "{}"})
        store.put_table(NAME, table, compression)
        found = store.table(NAME)
        assert found.equals(table)
        assert found.schema.metadata == {b"corpuskit": b"{}"}

    @pytest.mark.parametrize("compression", [None, "lz4"])
    def test_columns_of_a_table(self, store: Store, compression: str | None) -> None:
        store.put_table(NAME, TABLE, compression)
        assert store.table(NAME, ["number"]).equals(TABLE.select(["number"]))
        assert store.table(NAME, ["codes", "text"]).equals(TABLE.select(["codes", "text"]))
        with pytest.raises(ValueError, match="none"):
            store.table(NAME, ["none"])

    def test_a_table_without_rows(self, store: Store) -> None:
        store.put_table(NAME, TABLE.slice(0, 0))
        assert store.table(NAME, ["text"]).num_rows == 0

    def test_compression_makes_a_table_smaller(self, store: Store) -> None:
        table = pa.table({"text": ["the same words"] * 5_000})
        sizes = []
        for compression in (None, "lz4"):
            store.put_table(NAME, table, compression)
            sizes.append(store.size(NAME) or 0)
        assert sizes[1] < sizes[0] / 4

    @pytest.mark.parametrize("content", [b"", b"no table", None], ids=["empty", "other", "cut"])
    def test_a_damaged_table_says_what_to_do(self, store: Store, content: bytes | None) -> None:
        store.put_table(NAME, TABLE)
        store.put(NAME, store.get(NAME)[:60] if content is None else content)
        with pytest.raises(DamagedOutputError, match="run the build again, which makes it") as hit:
            store.table(NAME, ["text"])
        assert hit.value.output == NAME
        assert pickle.loads(pickle.dumps(hit.value)).output == NAME

    @pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
    def test_a_flipped_bit_is_seen(self, store: Store, compression: str | None) -> None:
        store.put_table(NAME, TABLE, compression)
        whole = store.get(NAME)
        for place in range(0, len(whole), self.flip_every):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << place % 8
            store.put(NAME, bytes(flipped))
            try:
                assert store.table(NAME).equals(TABLE), "only what pads a message may change"
            except DamagedOutputError:
                continue

    def test_a_column_that_is_not_asked_for_is_not_compared(self, store: Store) -> None:
        store.put_table(NAME, TABLE)
        content = store.get(NAME)
        place = content.index("ខ".encode())
        store.put(NAME, content[:place] + b"\0" + content[place + 1 :])
        assert store.table(NAME, ["number"]).equals(TABLE.select(["number"]))
        with pytest.raises(DamagedOutputError):
            store.table(NAME, ["number", "text"])

    def test_batches_of_a_table(self, store: Store) -> None:
        batches = [*TABLE.slice(0, 2).to_batches(), *TABLE.slice(2).to_batches()]
        store.put_batches(NAME, TABLE.schema.with_metadata({"a": "b"}), iter(batches))
        with store.table_file(NAME) as file:
            assert file.schema.metadata == {b"a": b"b"}
            assert file.rows == [2, 1]
            assert file.batch(1).to_pylist() == TABLE.slice(2).to_pylist()
        assert store.table(NAME).replace_schema_metadata(None).equals(TABLE)
        with pytest.raises(FileNotFoundError), store.table_file("none"):
            pass

    def test_records_come_back_or_are_damaged(self, store: Store) -> None:
        put_record(store, "a", {"name": "ខ្មែរ", "parts": [1, None, 2.5]})
        assert get_record(store, "a") == {"name": "ខ្មែរ", "parts": [1, None, 2.5]}
        content = store.get("a")
        for other in (content.replace(b"2.5", b"2.4"), content[:-4], b"{}", b"[]", b"\xff", b""):
            store.put("a", other)
            with pytest.raises(DamagedOutputError, match="run the build again"):
                get_record(store, "a")
        with pytest.raises(FileNotFoundError):
            get_record(store, "none")

    def test_a_store_works_in_another_process(self, store: Store) -> None:
        store.put(NAME, b"put here")
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            assert pool.submit(put_and_get, store, NAME).result(60) == b"put here"
        assert store.get(f"{NAME}.answer") == b"put elsewhere"
        assert pickle.loads(pickle.dumps(store)).get(NAME) == b"put here"

    def test_writers_of_one_name_do_not_mix(self, store: Store) -> None:
        with store.writing(NAME) as first, store.writing(NAME) as second:
            first.write(b"1" * 100_000)
            second.write(b"2" * 100_000)
        assert store.get(NAME) in (b"1" * 100_000, b"2" * 100_000)
