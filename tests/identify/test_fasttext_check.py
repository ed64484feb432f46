"""A damaged model is told before fastText, which would hang or crash over it, reads it."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import fasttext
import pytest

from corpuskit.engines.parser_process import ParserProcess
from corpuskit.errors import ModelError
from corpuskit.identify.fasttext_check import DamagedModelError, check_fasttext
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.limits import RecordLimits

HEAD = 8 + 12 * 4 + 8


@pytest.fixture(scope="module")
def quantized(tmp_path_factory: pytest.TempPathFactory, train: Callable[..., Path]) -> Path:
    folder = tmp_path_factory.mktemp("quantized")
    source = train(folder / "whole.bin")
    model = fasttext.load_model(str(source))
    model.quantize(str(source.with_suffix(".txt")), qnorm=True, cutoff=300, retrain=False)
    model.save_model(str(folder / "small.ftz"))
    return folder / "small.ftz"


def test_whole_models_pass(own_model: Path, quantized: Path) -> None:
    check_fasttext(own_model)
    check_fasttext(quantized)


@pytest.mark.parametrize("share", [0, 0.002, 0.01, 0.05, 0.3, 0.8, 0.999])
@pytest.mark.parametrize("name", ["own_model", "quantized"])
def test_a_model_that_was_not_downloaded_to_its_end(
    tmp_path: Path, share: float, name: str, request: pytest.FixtureRequest
) -> None:
    whole = request.getfixturevalue(name).read_bytes()
    (tmp_path / "cut.bin").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match=r"cut\.bin: not a fastText model"):
        FastTextModel(tmp_path / "cut.bin", {})


def ask_model(file: None, path: str) -> str:
    model = fasttext.load_model(path)
    return repr(model.predict("ภาษา this is the language", k=3))


def test_what_passes_does_not_harm_the_process(
    tmp_path: Path, own_model: Path, quantized: Path
) -> None:
    """Bytes changed in the header and the dictionary, where sizes are."""
    chance = random.Random(3)
    passed = refused = 0
    with ParserProcess(RecordLimits(seconds=10)) as process:
        for whole in (own_model.read_bytes(), quantized.read_bytes()):
            for number in range(300):
                data = bytearray(whole)
                span = HEAD if number % 2 else HEAD + 600
                data[chance.randrange(8, span)] ^= 1 << chance.randrange(8)
                path = tmp_path / f"{number % 5}.bin"
                path.write_bytes(data)
                try:
                    check_fasttext(path)
                except DamagedModelError:
                    refused += 1
                    continue
                passed += 1
                with suppress(ValueError, RuntimeError):  # it says itself what is wrong
                    process.run(ask_model, None, str(path))
    assert passed > 50
    assert refused > 50


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (8 + 6 * 4, b"\x09", "Unknown loss"),
        (0, b"\0\0\0\0", "its beginning"),
        (4, b"\x0d\0\0\0", "its beginning"),
        (8, b"\xff\0\0\0", "columns, not 255"),
        (HEAD, b"\xff\xff\xff\x7f", "claims"),
        (HEAD + 4, b"\xff\xff\xff\x7f", "claims"),
        (HEAD + 12 + 16, b"\xff" * 20, "a word does not end|neither a word nor a label"),
    ],
)
def test_the_message_says_what_is_wrong(
    tmp_path: Path, own_model: Path, at: int, value: bytes, message: str
) -> None:
    data = bytearray(own_model.read_bytes())
    data[at : at + len(value)] = value
    (tmp_path / "x.bin").write_bytes(data)
    with pytest.raises(ModelError, match=f"not a fastText model .*({message})"):
        FastTextModel(tmp_path / "x.bin", {})
