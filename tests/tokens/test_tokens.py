"""Tokens, fertility, bits per byte, and mixes of languages by UniMax."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.errors import TokenizerError
from corpuskit.mixing import available_amounts, unimax
from corpuskit.publish.token_report import FOLDER, token_reports
from corpuskit.tokenizer import load_tokenizer
from corpuskit.tokens import count_tokens, parse_train_spec, trained_model

pytestmark = pytest.mark.xdist_group("tokens")

RECIPE = """
name = "counted"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "news"
connector = "files"
path = "news"
license = "NOASSERTION"
[[source]]
name = "help"
connector = "files"
path = "help"
license = "NOASSERTION"
[output]
validation = 0.4
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """Sixteen documents of two sources, some of each set apart for validation."""
    folder = tmp_path_factory.mktemp("counted")
    for number in range(16):
        path = folder / ("news", "help")[number % 2] / f"{number}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(khmer(number + 1), encoding="utf-8")
    (folder / "r.toml").write_text(RECIPE, encoding="utf-8")
    return ck.build(ck.load_recipe(folder / "r.toml"), folder / "b", workers=1)


def texts(build: ck.Build, split: str) -> list[tuple[str, str]]:
    return [
        (row["source"], row["text"])
        for batch in build.documents(["source", "text", "split"])
        for row in batch.to_pylist()
        if row["split"] == split
    ]


def test_counts_are_those_of_the_texts(counted: ck.Build, tmp_path: Path) -> None:
    report = count_tokens(counted, "train:bpe:800")
    path = tmp_path / "x.model"
    path.write_bytes(trained_model(counted, report))
    tokenizer = load_tokenizer(path)
    assert (report.vocabulary, report.sha256) == (tokenizer.vocabulary, tokenizer.sha256)
    seen: Counter[int] = Counter()
    for _, text in texts(counted, "train"):
        seen.update(tokenizer.encode([text])[0])
    total = seen.total() + tokenizer.vocabulary
    assert {counts.source for counts in report.counts} == {"news", "help"}
    for counts in report.counts:
        of_source = [text for source, text in texts(counted, "validation")
                     if source == counts.source]  # fmt: skip
        tokens = [token for text in of_source for token in tokenizer.encode([text])[0]]
        words = sum(len(ck.words(text, "khm_Khmr")) for text in of_source)
        assert (counts.documents, counts.tokens) == (len(of_source), len(tokens))
        assert counts.text_bytes == sum(len(text.encode()) for text in of_source)
        assert counts.characters == sum(map(len, of_source))
        assert counts.fertility == pytest.approx(len(tokens) / words)
        bits = -sum(math.log2((seen[token] + 1) / total) for token in tokens)
        assert counts.bits_per_byte == pytest.approx(bits / counts.text_bytes)
        assert counts.unknown == 0  # rare characters are bytes
    whole = report.languages()["khm_Khmr"]
    assert whole.tokens == sum(counts.tokens for counts in report.counts)
    train = sum(len(text.encode()) for _, text in texts(counted, "train"))
    estimate = train / whole.text_bytes * whole.tokens
    assert report.train_tokens == {"khm_Khmr": pytest.approx(estimate, abs=1)}
    assert 0.5 < report.train_tokens["khm_Khmr"] / seen.total() < 2


def test_a_tokenizer_that_fits_takes_fewer_tokens_and_bits(counted: ck.Build) -> None:
    small, large = (count_tokens(counted, f"train:bpe:{size}") for size in (500, 3000))
    few, many = (report.languages()["khm_Khmr"] for report in (large, small))
    assert few.tokens < many.tokens
    assert (few.bits_per_byte or 9) < (many.bits_per_byte or 0)
    assert few.fertility is not None
    assert 1 < few.fertility < (many.fertility or 0)


def test_training_gives_the_same_bytes_and_changes_no_vowel(
    counted: ck.Build, tmp_path: Path
) -> None:
    report = count_tokens(counted, "train:unigram:600")
    model = trained_model(counted, report)
    for output in list(counted.store.list(FOLDER)):
        counted.store.delete(output.name)
    again = count_tokens(counted, "train:unigram:600")
    assert again == report
    assert trained_model(counted, again) == model
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_proto=model)
    for text in ("น้ำใจ\u200bดี", "ນ້ຳໃຈ  ດີ", "ភាសា\u200bខ្មែរ", "Ｆｕｌｌ width ﬁ"):
        assert processor.decode(processor.encode(text)) == text


def test_a_tokenizer_json_is_read(counted: ck.Build, tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    word = ck.words(texts(counted, "validation")[0][1], "khm_Khmr")[0]
    made = Tokenizer(models.WordLevel({"[UNK]": 0, word: 1, "</s>": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    tokenizer = load_tokenizer(tmp_path / "tokenizer.json")
    assert (tokenizer.vocabulary, tokenizer.end, tokenizer.unknown) == (3, 2, 0)
    assert tokenizer.encode([f"{word} x", ""]) == [[1, 0], []]
    report = count_tokens(counted, tmp_path / "tokenizer.json")
    total = report.languages()["khm_Khmr"]
    assert total.unknown_share > 0.5
    assert not report.trained
    assert report.tokenizer == "tokenizer.json"


def test_reports_are_kept_for_this_very_build(counted: ck.Build, tmp_path: Path) -> None:
    report = count_tokens(counted, "train:bpe:800")
    assert report in token_reports(counted)
    counted.store.put(f"{FOLDER}/damaged.json", b"{")
    other = json.dumps({"format": 1, "build_id": "other"}).encode()
    counted.store.put(f"{FOLDER}/other.json", other)
    assert report in token_reports(counted)
    counted.store.delete(f"{FOLDER}/damaged.json")
    assert ck.verify(counted) == []


def test_a_takedown_deletes_tokenizers_and_reports(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "help").mkdir()
    for number in range(3):
        (tmp_path / "news" / f"{number}.txt").write_text(khmer(number + 1), encoding="utf-8")
    (tmp_path / "help" / "a.txt").write_text(khmer(5), encoding="utf-8")
    (tmp_path / "r.toml").write_text(RECIPE.replace("0.4", "0"), encoding="utf-8")
    build = ck.build(ck.load_recipe(tmp_path / "r.toml"), tmp_path / "b", workers=1)
    count_tokens(build, "train:bpe:500", split="train")
    assert list(build.store.list(FOLDER))
    ck.takedown(build, sources=["help"], reason="asked")
    assert not list(build.store.list(FOLDER))


def test_what_cannot_be_measured_is_told(
    counted: ck.Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.model").write_bytes(b"not a model")
    (tmp_path / "x.json").write_text('{"model": {}}')
    (tmp_path / "empty").write_bytes(b"")
    for name, message in (
        (tmp_path / "none.model", "cannot be read: No such file"),
        (tmp_path / "x.model", "is neither a model of SentencePiece nor"),
        (tmp_path / "empty", "is neither a model of SentencePiece nor"),
        (tmp_path / "x.json", "is not a tokenizer.json"),
        ("train:wordpiece:8k", "does not say what to train"),
        ("train:bpe:10", "300 to 1,000,000 tokens"),
    ):
        with pytest.raises(TokenizerError, match=message):
            count_tokens(counted, name)
    assert run(["tokens", str(counted.folder), "--tokenizer", "x.model", "--save", "y"]) == 2
    assert "--save is for a tokenizer that is trained" in capsys.readouterr().err


def test_a_build_without_validation_says_what_to_do(tmp_path: Path) -> None:
    for name in ("news", "help"):
        (tmp_path / name).mkdir()
    (tmp_path / "news" / "a.txt").write_text(khmer(1), encoding="utf-8")
    (tmp_path / "help" / "b.txt").write_text(khmer(2), encoding="utf-8")
    (tmp_path / "r.toml").write_text(RECIPE.replace("0.4", "0"), encoding="utf-8")
    build = ck.build(ck.load_recipe(tmp_path / "r.toml"), tmp_path / "b", workers=1)
    with pytest.raises(TokenizerError, match=r"validation = 0\.05"):
        count_tokens(build, "train:bpe:500")
    assert count_tokens(build, "train:bpe:500", split="train").split == "train"


@pytest.mark.parametrize(
    ("text", "model", "size"),
    [("train:unigram:32k", "unigram", 32_000), ("train:bpe:8000", "bpe", 8_000)],
)
def test_what_to_train_is_written_shortly(text: str, model: str, size: int) -> None:
    spec = parse_train_spec(text)
    assert spec is not None
    assert (spec.model, spec.size) == (model, size)
    assert parse_train_spec(str(spec)) == spec
    assert parse_train_spec("models/khmer.model") is None


def test_unimax_shares_equally_up_to_the_cap() -> None:
    available = {"ind": 1_000_000, "khm": 100, "lao": 10}
    shares = unimax(available, 3_000, epochs=4)
    # Lao gets 4 * 10, Khmer 4 * 100, and Indonesian what they leave of 3,000.
    assert {lang: share.amount for lang, share in shares.items()} == {
        "ind": 2_560, "khm": 400, "lao": 40,
    }  # fmt: skip
    assert shares["lao"].epochs == shares["khm"].epochs == 4
    assert sum(share.share for share in shares.values()) == pytest.approx(1)
    equal = unimax(available, 30, epochs=4)
    assert {share.amount for share in equal.values()} == {10}


def test_a_budget_beyond_all_caps_is_not_filled() -> None:
    shares = unimax({"khm": 100, "lao": 10}, 10_000, epochs=2)
    assert {lang: share.amount for lang, share in shares.items()} == {"khm": 200, "lao": 20}
    assert unimax({"khm": 100, "lao": 0}, 50)["lao"].share == 0
    assert unimax({}) == {}
    for wrong in ({"budget": 0}, {"epochs": 0}, {"budget": -5}):
        with pytest.raises(ValueError, match="above 0"):
            unimax({"khm": 1}, **wrong)


def test_the_commands_print_and_mix(
    counted: ck.Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown(*arguments: object, code: int = 0) -> str:
        assert run([str(argument) for argument in arguments]) == code
        captured = capsys.readouterr()
        return captured.err if code else captured.out

    for output in list(counted.store.list(FOLDER)):
        counted.store.delete(output.name)
    assert "run `corpuskit tokens" in shown("mix", counted.folder, code=1)
    listing = shown("tokens", counted.folder, "--tokenizer", "train:bpe:1k", "--save",
                    tmp_path / "new" / "k.model")  # fmt: skip
    assert "train:bpe:1k · 1,000 tokens · trained on the training texts" in listing
    assert listing.count("  news ") == listing.count("  help ") == 1
    assert (tmp_path / "new" / "k.model").stat().st_size
    mixed: dict[str, Any] = json.loads(
        shown("mix", counted.folder, counted.folder, "--budget", "1k", "--json")
    )
    assert mixed["languages"]["khm_Khmr"]["amount"] == mixed["mixed"] == 1_000
    assert mixed["unit"] == "train:bpe:1k"
    (tokens,) = (report.train_tokens for report in token_reports(counted))
    assert mixed["languages"]["khm_Khmr"]["available"] == 2 * tokens["khm_Khmr"]
    size = sum(len(text.encode()) for _, text in texts(counted, "train"))
    assert available_amounts([counted], "bytes") == ({"khm_Khmr": size}, "bytes")
    assert "are left: every language is at its cap" in shown(
        "mix", counted.folder, "--budget", "1.5B", "--unit", "bytes"
    )
    assert "is not an amount" in shown("mix", counted.folder, "--budget", "much", code=2)
    shown("tokens", counted.folder, "--tokenizer", "train:bpe:500")
    assert "name one with --unit" in shown("mix", counted.folder, code=1)
    told = json.loads(
        shown("tokens", counted.folder, "--tokenizer", tmp_path / "new" / "k.model", "--json")
    )
    assert told["languages"][0]["fertility"] > 1
