"""Javanese script: real text stays as it is, pangkon above all."""

from __future__ import annotations

import json
from pathlib import Path

from corpuskit.normalize import normalize

PANGKON = "\ua9c0"


def test_real_text_keeps_every_mark(data_dir: Path) -> None:
    texts = [
        row["text"]
        for name in ("text-labelled/udhr", "encodings-noise/mediawiki-messages")
        for line in (data_dir / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if (row := json.loads(line))["script"] == "Java"
    ]
    assert sum(text.count(PANGKON) for text in texts) > 500
    for text in texts:
        done = normalize(text, language="jav_Java")
        assert done.text.count(PANGKON) == text.count(PANGKON)
        assert not any(kind.startswith(("java", "nfc")) for kind in done.edits)


def test_marks_are_in_canonical_order() -> None:
    assert normalize("ꦏ\ua9c0\ua9b3", language="jav_Java").text == "ꦏ\ua9b3\ua9c0"
