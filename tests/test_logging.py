"""Decisions and fallbacks leave a line in the log; the library prints nothing."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

import numpy as np
import pytest

import corpuskit
from corpuskit.dedup.bands import BUCKET, candidate_pairs
from corpuskit.extract import extract_html
from corpuskit.extract.decode import decode
from corpuskit.identify.lines import judge_lines
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.screen import Screen
from corpuskit.languages import catalogue, catalogue_folder
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

PACKAGE = Path(corpuskit.__file__).parent
KHMER = "ភាសាខ្មែរ គឺជាភាសាផ្លូវការរបស់ប្រទេសកម្ពុជា។ "


def test_nothing_outside_the_command_line_prints() -> None:
    calls = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in PACKAGE.rglob("*.py")
        if "cli" not in file.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")
    ]
    assert calls == []


def test_a_logger_is_named_for_its_module() -> None:
    calls = [
        ast.unparse(node)
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "logs.logger"
    ]
    assert set(calls) == {"logs.logger(__name__)"}
    assert len(calls) > 20


def test_a_detected_charset_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    assert decode(b"caf\xe9 cr\xe8me, d\xe9j\xe0 vu").method == "detected"
    assert "windows-1252" in caplog.text


def test_an_extraction_that_falls_back_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    page = f"<html><body><header><p>{KHMER * 10}</p></header></body></html>"
    extracted = extract_html(page)
    assert extracted.extractor is not None
    assert extracted.extractor["fallback"] == "landmarks"
    assert "extraction fell back to prose: landmarks" in caplog.text


def test_a_screen_without_a_model_for_a_language_is_logged(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kxd_Latn.toml").write_text(
        '[language]\ncode = "kxd_Latn"\nname = "N"\nautonym = "N"\nbcp47 = ["kxd"]\n'
        'segmentation = "spaces"\n'
    )
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    unknown = "kxd_Latn"
    assert unknown not in ModelSpec.of().load().codes
    page = "<p>" + "these are many words in plain Latin letters " * 20
    Screen(languages=[unknown]).process(Batch({"_markup": [page], "content_type": ["text/html"]}))
    assert "only the script is checked" in caplog.text


def test_a_sample_of_lines_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    text = "\n".join(f"{KHMER * 2}{number}" for number in range(300))
    judge_lines(TextBatch([text]), ["khm_Khmr"], ModelSpec.of().load(), every=False)
    assert "of 300 lines of a long text" in caplog.text


def test_a_bucket_too_large_to_compare_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    same = np.ones((BUCKET + 1, NUM_PERM), dtype=np.uint32)
    assert not candidate_pairs(same, 0.8).complete
    assert f"{BUCKET + 1} texts agree in one band" in caplog.text


def test_a_profile_that_replaces_another_is_logged(
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG, logger="corpuskit")
    original = catalogue_folder() / "khm_Khmr.toml"
    (tmp_path / original.name).write_bytes(original.read_bytes())
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    assert catalogue()["khm_Khmr"].parent == tmp_path
    assert f"replaces {original}" in caplog.text
