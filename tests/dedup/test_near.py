"""near_duplicates, as typed into a REPL."""

from __future__ import annotations

import doctest

import pytest
from datasketch import MinHashLSH

from corpuskit.dedup import Cluster, minhash, near, near_duplicates
from corpuskit.errors import CatalogueError

KHMER = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។"


def test_the_example_of_the_docstring():
    (example,) = doctest.DocTestFinder().find(near_duplicates, globs=vars(near).copy())
    assert doctest.DocTestRunner().run(example) == doctest.TestResults(failed=0, attempted=1)


def test_clusters_by_index():
    texts = [KHMER, "something else", KHMER[:-4], "Something, else!", "alone", KHMER]
    first, second = near_duplicates(texts, language="khm_Khmr")
    assert (first.kept, first.duplicates) == (0, (2, 5))
    assert 0.8 <= first.similarities[0] < first.similarities[1] == 1.0
    assert second == Cluster(kept=1, duplicates=(3,), similarities=(1.0,))
    assert near_duplicates(texts, language="khm_Khmr", threshold=1.0) == [
        Cluster(kept=0, duplicates=(5,), similarities=(1.0,)),
        second,
    ]


@pytest.mark.parametrize("texts", [[], ["one"], ["one", "two"], ["", "x", "\ud800"]])
def test_no_duplicates(texts):
    assert near_duplicates(texts, language="khm_Khmr") == []


def test_a_language_is_asked_for_and_must_be_known():
    with pytest.raises(CatalogueError, match=r"khm_Latn.*catalogue"):
        near_duplicates(["a"], language="khm_Latn")
    with pytest.raises(TypeError):
        near_duplicates(["a"])


def test_minhash_objects_are_datasketchs_own_and_work_in_its_lsh() -> None:
    khmer = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។"
    first, same, other = (
        minhash(text, language="khm_Khmr")
        for text in (khmer, khmer.replace(" ", "\u200b"), khmer[::-1])
    )
    assert first.jaccard(same) == 1  # spaces do not count
    assert first.jaccard(other) < 0.2
    index = MinHashLSH(threshold=0.8, num_perm=len(first))
    index.insert("first", first)
    assert index.query(same) == ["first"]
    assert index.query(other) == []
