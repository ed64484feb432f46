"""Wrong types of arguments to public functions: a TypeError that says what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

import corpuskit as ck

LISTS: dict[str, Callable[[Any], Any]] = {
    "quality_signals": lambda texts: ck.quality_signals(texts, language="khm_Khmr"),
    "near_duplicates": lambda texts: ck.near_duplicates(texts, language="khm_Khmr"),
    "identify": ck.identify_languages,
    "segment": lambda texts: ck.segment(texts, unit="words"),
}
STRINGS: dict[str, Callable[[Any], Any]] = {
    "minhash": lambda text: ck.minhash(text, language="khm_Khmr"),
    "normalize": lambda text: ck.normalize_text(text, language="khm_Khmr"),
    "words": ck.words,
    "sentences": ck.sentences,
    "clusters": ck.clusters,
    "match_key": ck.match_key,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_string_is_not_a_list_of_texts(name: str) -> None:
    function = LISTS[name]
    with pytest.raises(TypeError, match=rf"^{name} takes a list of texts, got one string"):
        function("abc")
    with pytest.raises(TypeError, match=rf"^{name} takes a list of texts, got one bytes"):
        function(b"abc")
    with pytest.raises(TypeError, match=rf"^{name} takes a list of texts, got int"):
        function(7)
    with pytest.raises(TypeError, match=rf"^{name} takes a list of strings; item 1 is None"):
        function(["a", None])
    with pytest.raises(TypeError, match=rf"^{name} takes a list of strings; item 0 is bytes: b'a'"):
        function([b"a"])
    with pytest.raises(TypeError, match=rf"^{name} takes a string, got int"):
        function(pa.array([1]))
    assert function([]) is not None
    assert function(pa.chunked_array([["អក្សរ"], ["a", None]])) is not None
    assert function(text for text in ("ab", "cd")) is not None


@pytest.mark.parametrize("name", STRINGS)
def test_a_text_is_a_string(name: str) -> None:
    for value in (None, 7, b"abc", ["abc"]):
        with pytest.raises(TypeError, match=rf"^{name} takes a string, got "):
            STRINGS[name](value)


def test_other_arguments(demo: ck.Build) -> None:
    with pytest.raises(TypeError, match="stop_words is a list of words"):
        ck.quality_signals(["a"], language="khm_Khmr", stop_words="abc")
    with pytest.raises(ValueError, match="threshold is a similarity above 0"):
        ck.near_duplicates(["a"], language="khm_Khmr", threshold=80)
    with pytest.raises(ValueError, match="zwsp is 'keep' or 'strip'"):
        ck.normalize_text("a", language="khm_Khmr", zwsp="drop")
    with pytest.raises(ck.CorpuskitError, match="is not a language code"):
        ck.normalize_text("a", language=None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a language is a code such as 'khm_Khmr', got int"):
        ck.language(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="extract_html takes bytes or a string, got NoneType"):
        ck.extract_html(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Batch\.of_texts takes a list of texts"):
        ck.Batch.of_texts("abc")
    with pytest.raises(TypeError, match="a build is opened by its folder, got int"):
        ck.open_build(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"verify takes a Build: verify\(open_build"):
        ck.verify("builds/x")  # type: ignore[arg-type]


def test_a_reason_of_no_stage_is_a_key_error(demo: ck.Build) -> None:
    assert demo.ledger["dedup/near"] > 0
    assert demo.ledger["quality/chars"] == 0  # a rule that nothing broke
    for reason in ("nope/x", "near", "", "dedupe/near"):
        with pytest.raises(KeyError, match="a reason is STAGE/NAME, with a stage of read, "):
            demo.ledger[reason]
