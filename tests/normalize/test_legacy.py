"""Khmer typed for a font with Latin codes: flagged, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

from corpuskit.chain import run_chain
from corpuskit.normalize import Normalize
from corpuskit.normalize.legacy import legacy_font
from corpuskit.stage import Batch


def _texts(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").strip("\n").split("\n")
    return [json.loads(line).get("text", "") for line in lines]


def test_every_limon_text_is_flagged(data_dir: Path) -> None:
    texts = _texts(data_dir / "encodings-noise" / "khmer-legacy-limon.jsonl")
    assert [legacy_font(text) for text in texts] == ["limon"] * 15
    reasons = run_chain([Normalize()], Batch.of_texts(texts))["reason"]
    assert list(reasons) == ["normalize/legacy_font"] * 15


def test_nothing_else_is(data_dir: Path) -> None:
    noise = data_dir / "encodings-noise"
    for path in [
        *sorted((data_dir / "text-labelled").glob("*.jsonl")),
        noise / "noise-documents.jsonl",
        noise / "mediawiki-messages.jsonl",
    ]:
        assert [text for text in _texts(path) if legacy_font(text)] == []


def test_code_and_names_are_not() -> None:
    for text in (
        "getElementById;setTimeout(function(){camelCaseName.doThis()});" * 3,
        "JavaScript iPhone YouTube LaTeX OpenStreetMap WordPress LibreOffice" * 3,
    ):
        assert not legacy_font(text)
