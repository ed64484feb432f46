"""Which document goes where: sorted, bounded, the same for any order of documents."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.publish.shards import ROW_GROUP, assign, shard_name, split_of, write_shard

documents = st.lists(
    st.tuples(st.sampled_from(["khm_Khmr", "lao_Laoo"]), st.integers(0, 5_000)), max_size=60
)


def columns(rows: list[tuple[str, int]]) -> tuple:
    """Ids, languages and sizes, as a build has them."""
    ids = np.array([f"{number * 7919 % 10_007:032x}" for number in range(len(rows))], dtype="S32")
    langs = np.array([lang for lang, _ in rows], dtype="S8")
    return ids, langs, np.array([size for _, size in rows], dtype=np.int64)


@given(documents, st.integers(100, 20_000), st.floats(0, 0.9))
def test_every_document_is_in_one_shard(
    rows: list[tuple[str, int]], size: int, validation: float
) -> None:
    ids, langs, sizes = columns(rows)
    shards = list(assign(ids, langs, sizes, size, validation))
    indices = [index for _, chosen in shards for index in chosen.tolist()]
    assert sorted(indices) == list(range(len(rows)))
    assert len({shard.name for shard, _ in shards}) == len(shards)
    for shard, chosen in shards:
        assert shard.rows == len(chosen) > 0
        assert shard.text_bytes == sizes[chosen].sum()
        assert (langs[chosen] == shard.lang.encode()).all()
        names = [name.decode() for name in ids[chosen]]
        assert {split_of(name, validation) for name in names} == {shard.split}
        assert names == sorted(names)
        assert shard.text_bytes <= size + 2 * int(sizes[chosen].max())


@given(documents)
def test_order_of_rows_does_not_matter(rows: list[tuple[str, int]]) -> None:
    given_order = columns(rows)
    back = tuple(values[::-1] for values in given_order)
    first = [(shard, given_order[0][at].tolist()) for shard, at in assign(*given_order, 4_000, 0.2)]
    second = [(shard, back[0][at].tolist()) for shard, at in assign(*back, 4_000, 0.2)]
    assert first == second


def test_names() -> None:
    assert shard_name("khm_Khmr", "train", 0, 4) == "data/train/khm_Khmr-00000-of-00004.parquet"
    name = shard_name("lao_Laoo", "validation", 1, 2)
    assert name == "data/validation/lao_Laoo-00001-of-00002.parquet"


def test_split_is_of_about_the_size_asked() -> None:
    held = sum(split_of(f"{number:032x}", 0.1) == "validation" for number in range(20_000))
    assert 1_850 < held < 2_150  # binomial: 2,000 with a standard deviation of 42
    assert split_of("a", 0.0) == "train"
    assert split_of("a", 0.5) == split_of("a", 0.5)


def test_a_shard_is_sorted_compressed_and_says_what_it_is() -> None:
    schema = pa.schema([pa.field("id", pa.string()), pa.field("text", pa.string())])
    ids = [f"{number * 7919 % 4_001:05d}" for number in range(ROW_GROUP + 5)]
    file = io.BytesIO()
    write_shard(file, pa.table({"id": ids, "text": ids}, schema), schema, {"lang": "khm_Khmr"})
    written = pq.ParquetFile(file)
    assert written.read()["id"].to_pylist() == sorted(ids)
    assert [written.metadata.row_group(n).num_rows for n in range(2)] == [ROW_GROUP, 5]
    assert written.metadata.row_group(0).column(1).compression == "ZSTD"
    assert written.schema_arrow.metadata[b"lang"] == b"khm_Khmr"
