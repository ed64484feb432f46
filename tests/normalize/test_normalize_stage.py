"""The stage: rows kept, digests, edits in Arrow's form, the same for any batch size."""

from __future__ import annotations

import hashlib
import json
import pickle
import unicodedata
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.chain import run_chain
from corpuskit.errors import CatalogueError
from corpuskit.normalize import KINDS, REASONS, Normalize, normalize
from corpuskit.normalize.rules import SCRIPT_RULES
from corpuskit.stage import Batch, Stage

LANGUAGES = ["khm_Khmr", "lao_Laoo", "mya_Mymr", "tha_Thai", "vie_Latn", "urd_Arab", "mal_Mlym"]
NASTY = [
    *"aÅ e\u0301\u0323ខ្ញ៊ីກາไทมျမတیक्षඛ്രീ\u1112\u1161\u11ab👨\ufe0f",
    *"\u200b\u200c\u200d\u2060\u200f\u202e\u00ad\ufeff\ufffc\ud800\udc00",
    *"\0\x1f\x7f\x85\r\n\v\f\t\u00a0\u3000\u2028",
]
SCRIPT_NAMES = {"burmese", "khmer", "lao", "tatweel", "thai", "zawgyi"}
nasty_text = st.text(alphabet=st.one_of(st.sampled_from(NASTY), st.characters()))


@given(nasty_text, st.sampled_from(LANGUAGES), st.sampled_from(["keep", "strip"]))
def test_idempotent(text: str, language: str, zwsp: str) -> None:
    once = normalize(text, language=language, zwsp=zwsp)
    again = normalize(once.text, language=language, zwsp=zwsp)
    assert again.text == once.text
    assert again.edits == {}
    assert bool(once.edits) == (once.text != text)
    assert set(once.edits) <= set(KINDS)
    once.text.encode("utf-8")  # nothing left that UTF-8 cannot hold


@given(st.lists(nasty_text))
def test_per_batch_is_per_document(texts: list[str]) -> None:
    together = run_chain([Normalize()], Batch.of_texts(texts))
    alone = [run_chain([Normalize()], Batch.of_texts([text])) for text in texts]
    for name in ("text", "raw_sha256", "text_sha256", "normalizer", "edits", "reason"):
        assert list(together[name]) == [batch_of_one[name][0] for batch_of_one in alone]


def test_columns_and_reason() -> None:
    stage = Normalize()
    assert isinstance(stage, Stage)
    texts = ["ភាសា\u200b\u200bខ្មែរ\r\n", " \u200b\u00a0\0", "clean"]
    result = run_chain([stage], Batch.of_texts(texts))
    assert list(result["text"]) == ["ភាសា\u200bខ្មែរ", "", "clean"]
    assert list(result["reason"]) == [None, "normalize/empty", None]
    assert set(REASONS) == {"normalize/empty", "normalize/legacy_font"}
    digest = hashlib.sha256
    assert result["raw_sha256"][0] == digest(texts[0].encode()).hexdigest()
    assert result["text_sha256"][0] == digest("ភាសា\u200bខ្មែរ".encode()).hexdigest()
    schema = pa.schema(stage.fields)
    table = pa.Table.from_pylist([{n: result[n][0] for n in schema.names}], schema=schema)
    assert table["normalizer"][0].as_py() == {
        "name": "corpuskit",
        "version": Normalize.version,
    }
    kinds = ("newlines_unified", "text_edges_trimmed", "zwsp_removed")
    assert result["edits"][0] == [
        {"stage": "normalize", "kind": kind, "count": 1, "chars": 0} for kind in kinds
    ]
    assert result["edits"][2] == []
    assert result["text_sha256"][2] == result["raw_sha256"][2]


def test_strip_and_wrong_options() -> None:
    result = run_chain([Normalize(zwsp="strip")], Batch.of_texts(["ភាសា\u200bខ្មែរ"]))
    assert result["text"][0] == "ភាសាខ្មែរ"
    with pytest.raises(ValueError, match="'keep' or 'strip'"):
        Normalize(zwsp="drop")  # type: ignore[arg-type]  # what a recipe could say
    with pytest.raises(CatalogueError, match="khm_Khmr"):
        normalize("x", language="km")


def test_a_script_s_repairs_run_for_its_main_script(monkeypatch: pytest.MonkeyPatch) -> None:
    def repair(text: str, edits) -> str:
        edits["test_repair"] += text.count("ꦏ")
        return text.replace("ꦏ", "ꦐ")

    monkeypatch.setitem(SCRIPT_RULES, "Java", (repair,))
    monkeypatch.setattr(Normalize, "kinds", {**KINDS, "test_repair": "A repair of this test."})
    result = run_chain([Normalize()], Batch.of_texts(["ꦏꦏ", "a long English text with ꦏ"]))
    assert list(result["text"]) == ["ꦐꦐ", "a long English text with ꦏ"]
    assert [(edit["kind"], edit["count"]) for edit in result["edits"][0]] == [("test_repair", 2)]


def test_stage_is_small_enough_to_send() -> None:
    assert pickle.loads(pickle.dumps(Normalize(zwsp="strip"))).zwsp == "strip"


# Repairs that a reader cannot see but a comparison of characters can.
OF_SCRIPTS = {kind for kind in KINDS if kind.split("_")[0] in SCRIPT_NAMES}
OF_SCRIPTS |= {"arabic_forms_folded", "ligatures_split"}


def _labelled(folder: Path) -> dict[str, list[str]]:
    texts = defaultdict(list)
    for path in sorted((folder / "text-labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts[row["script"]].append(row["text"])
    return texts


def _visible(text: str) -> str:
    """What no listed repair may change: the NFC of everything but white space and Cf."""
    nfc = unicodedata.normalize("NFC", text)
    return "".join(c for c in nfc if not c.isspace() and unicodedata.category(c) != "Cf")


def test_real_text_changes_only_by_the_listed_repairs(data_dir: Path) -> None:
    for script, texts in _labelled(data_dir).items():
        result = run_chain([Normalize()], Batch.of_texts(texts))
        assert set(result["reason"]) == {None}, script
        for before, after, edits in zip(texts, result["text"], result["edits"], strict=True):
            assert (before != after) == bool(edits)
            if not OF_SCRIPTS & {edit["kind"] for edit in edits}:
                assert _visible(before) == _visible(after)
