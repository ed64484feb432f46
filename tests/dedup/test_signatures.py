"""Signatures are datasketch's, for any shingles, block size and batch."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.chain import run_chain
from corpuskit.dedup.shingles import ShingleSets, shingle_sets
from corpuskit.dedup.signatures import (
    EMPTY,
    NUM_PERM,
    SEED,
    Signatures,
    from_bytes,
    permutations,
    signatures,
    to_bytes,
)
from corpuskit.stage import Batch, Stage

TEXTS = [
    "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។",
    "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
    "",
    "ab",
    "lone \ud800 surrogate \udfff here",
    "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း",
]


def of_datasketch(hashes: np.ndarray, num_perm: int, seed: int) -> MinHash:
    first = MinHash(num_perm=num_perm, seed=seed, hashfunc=lambda low: low)
    first.update_batch((hashes & np.uint64(0xFFFFFFFF)).tolist())
    return first


@pytest.mark.parametrize(("num_perm", "seed"), [(120, 1), (128, 1), (16, 42), (1, 7)])
def test_signatures_equal_those_of_datasketch(num_perm, seed):
    sets = shingle_sets(TEXTS)
    rows = signatures(sets, num_perm, seed)
    assert rows.shape == (len(TEXTS), num_perm)
    assert rows.dtype == np.uint32
    for row, shingles in zip(rows, sets, strict=True):
        assert MinHash(hashvalues=row, seed=seed, scheme="affine32") == of_datasketch(
            shingles, num_perm, seed
        )


@given(st.lists(st.sets(st.integers(0, 2**64 - 1), max_size=40), max_size=6))
def test_signatures_of_any_hashes_equal_those_of_datasketch(sets):
    hashes = np.array([first for hashes in sets for first in sorted(hashes)], dtype=np.uint64)
    offsets = np.cumsum([0, *map(len, sets)])
    given_sets = ShingleSets(hashes, offsets)
    for row, shingles in zip(signatures(given_sets, 24), given_sets, strict=True):
        assert np.array_equal(row, of_datasketch(shingles, 24, 1).hashvalues)


@pytest.mark.parametrize("num_perm", [1, 16, 120, 128, 1000])
@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
def test_the_permutations_are_those_of_datasketch(num_perm, seed):
    drawn = permutations(num_perm, seed)
    expected = MinHash(num_perm=num_perm, seed=seed, scheme="affine32").permutations
    assert drawn[0].dtype == drawn[1].dtype == np.uint32
    assert np.array_equal(np.array(drawn), expected)


def test_signing_does_not_import_datasketch_and_scipy():
    code = (
        "import sys\n"
        "from corpuskit.dedup.signatures import Signatures\n"
        "from corpuskit.stage import Batch\n"
        "Signatures().process(Batch.of_texts(['text of some length']))\n"
        "assert not {'datasketch', 'scipy'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "CORPUSKIT_KERNELS": "auto"}  # numba imports scipy
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_datasketch_reads_a_stored_signature_and_estimates_similarity():
    text = TEXTS[0] * 3
    batch = Signatures().process(Batch.of_texts([text, text + TEXTS[1]]))
    first, second = (
        MinHash(hashvalues=np.frombuffer(stored, "<u4"), seed=SEED, scheme="affine32")
        for stored in batch["signature"]
    )
    counts = batch["shingle_count"]
    # One set holds the other; the estimate's standard deviation is below .05.
    assert first.jaccard(second) == pytest.approx(counts[0] / counts[1], abs=0.15)


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    sets = shingle_sets([*TEXTS, " ".join(TEXTS), "x" * 3000, *TEXTS])
    whole = signatures(sets)
    for size in (1, 10, 100):
        monkeypatch.setattr("corpuskit.dedup.signatures._BLOCK", size)
        assert np.array_equal(signatures(sets), whole)


def test_the_stage_adds_its_columns_and_keeps_every_row():
    stage = Signatures(num_perm=8, seed=3)
    assert isinstance(stage, Stage)
    batch = run_chain([stage], Batch.of_texts([*TEXTS, None], reason=[None] * 6 + ["extract/x"]))
    table = pa.table(
        {field.name: pa.array(batch[field.name], field.type) for field in stage.fields}
    )
    assert [len(first) for first in batch["signature"][:6]] == [32] * 6
    assert batch["shingle_count"] == [*shingle_sets(TEXTS).counts.tolist(), None]
    assert np.array_equal(from_bytes(table["signature"])[:6], signatures(shingle_sets(TEXTS), 8, 3))
    assert (from_bytes(table["signature"])[6] == EMPTY).all()


def test_a_batch_gives_what_each_text_gives():
    together = Signatures().process(Batch.of_texts(TEXTS))["signature"]
    alone = [Signatures().process(Batch.of_texts([text]))["signature"][0] for text in TEXTS]
    assert list(together) == alone
    assert list(Signatures().process(Batch.of_texts([]))["signature"]) == []


@pytest.mark.parametrize("chunks", [[3, 3], [0, 6], [1, 5, 0]])
def test_a_stored_column_is_read_in_any_chunks(chunks):
    rows = signatures(shingle_sets(TEXTS))
    stored = to_bytes(rows)
    edges = np.cumsum([0, *chunks])
    column = pa.chunked_array(
        [pa.array(stored[a:b], pa.binary()) for a, b in itertools.pairwise(edges)]
    )
    assert np.array_equal(from_bytes(column), rows)
    assert np.array_equal(from_bytes(column.slice(2)), rows[2:])
    assert np.array_equal(from_bytes(stored), rows)


def test_an_empty_column_is_an_empty_matrix():
    assert from_bytes([]).shape == (0, NUM_PERM)
    assert from_bytes(pa.chunked_array([], pa.binary())).shape == (0, NUM_PERM)
    assert from_bytes([None]).tolist() == [[EMPTY] * NUM_PERM]
