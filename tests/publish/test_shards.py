"""Which document goes where: sorted, bounded, the same for any order of tasks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.publish.shards import Kept, assign, part_rows, shard_name, split_of

documents = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["khm_Khmr", "lao_Laoo"]), st.integers(0, 5_000)),
    max_size=60,
)


def kept(rows: list[tuple[int, str, int]]) -> Kept:
    ids = [f"{number:032x}" for number in range(len(rows))]
    return Kept(
        task=np.array([task for task, _, _ in rows], dtype=np.int64),
        row=np.arange(len(rows)),
        id=np.array(ids, dtype=np.str_),
        lang=np.array([lang for _, lang, _ in rows], dtype=np.str_),
        cluster=np.array(ids, dtype=np.str_),
        cluster_size=np.ones(len(rows), dtype=np.int64),
        text_bytes=np.array([size for _, _, size in rows], dtype=np.int64),
    )


@given(documents, st.integers(100, 20_000), st.floats(0, 0.9))
def test_every_document_is_in_one_shard(
    rows: list[tuple[int, str, int]], size: int, validation: float
) -> None:
    one = kept(rows)
    shards = list(assign(one, size, validation))
    indices = [index for _, _, _, chosen in shards for index in chosen.tolist()]
    assert sorted(indices) == list(range(len(rows)))
    assert len({name for name, _, _, _ in shards}) == len(shards)
    for _, lang, split, chosen in shards:
        assert len(chosen)
        assert (one.lang[chosen] == lang).all()
        assert all(split_of(str(cluster), validation) == split for cluster in one.cluster[chosen])
        assert one.id[chosen].tolist() == sorted(one.id[chosen].tolist())
        largest = int(one.text_bytes[chosen].max())
        assert int(one.text_bytes[chosen].sum()) <= size + 2 * largest


@given(documents)
def test_order_of_rows_does_not_matter(rows: list[tuple[int, str, int]]) -> None:
    one = kept(rows)
    back = Kept(**{name: values[::-1] for name, values in vars(one).items()})
    names = [(name, one.id[chosen].tolist()) for name, _, _, chosen in assign(one, 4_000, 0.2)]
    again = [(name, back.id[chosen].tolist()) for name, _, _, chosen in assign(back, 4_000, 0.2)]
    assert names == again


def test_names() -> None:
    assert shard_name("khm_Khmr", "train", 0, 4) == "data/khm_Khmr-00000-of-00004.parquet"
    assert (
        shard_name("lao_Laoo", "validation", 1, 2)
        == "data/lao_Laoo-validation-00001-of-00002.parquet"
    )


def test_split_is_by_cluster_and_of_about_the_size_asked() -> None:
    held = sum(split_of(f"{number:032x}", 0.1) == "validation" for number in range(20_000))
    assert 1_850 < held < 2_150  # binomial: 2,000 with a standard deviation of 42
    assert split_of("a", 0.0) == "train"
    assert split_of("a", 0.5) == split_of("a", 0.5)


def test_rows_by_task() -> None:
    one = kept([(1, "khm_Khmr", 1), (0, "khm_Khmr", 1), (1, "khm_Khmr", 1)])
    parts = [(task, chosen.tolist()) for task, chosen in part_rows(one, [2, 1, 0])]
    assert parts == [(0, [1]), (1, [2, 0])]
