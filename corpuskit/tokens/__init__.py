"""What a corpus is worth to a tokenizer: tokens, fertility and bits per byte.

    report = ck.count_tokens("builds/khmer", "train:unigram:32k")
    report.languages()["khm_Khmr"].fertility

Measured on the validation split, which neither the tokenizer nor the unigram model has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corpuskit.errors import TokenizerError
from corpuskit.identity import key_of, library_version
from corpuskit.publish import Build
from corpuskit.publish.token_report import (
    FOLDER,
    TokenCounts,
    TokenReport,
    keep_report,
    token_reports,
)
from corpuskit.store_url import StoreUrl
from corpuskit.tokenizer import Tokenizer, load_tokenizer, tokenizer_of
from corpuskit.tokens.measuring import Frequencies, measure
from corpuskit.tokens.texts import TextSample, train_bytes
from corpuskit.tokens.training import TrainSpec, parse_train_spec, train

__all__ = ["TokenReport", "TrainSpec", "count_tokens", "token_reports", "trained_model"]

MOST_BYTES: Final = 20_000_000
"""Of text per language and split that are looked at: shares of pieces differ by less than 1 % from
those of more."""
MOST_TRAINING_BYTES: Final = 60_000_000
"""Of all languages together that a tokenizer is trained on, the same for each: SentencePiece takes
some 1.3 s for a megabyte of Khmer, and twenty times its memory."""
VERSION: Final = "1"
"""Of what is measured: raise it whenever the same texts give other figures."""
TRAIN, VALIDATION = "train", "validation"


def count_tokens(
    build: Build | str | Path | StoreUrl,
    tokenizer: str | Path,
    *,
    split: str = VALIDATION,
    most_bytes: int = MOST_BYTES,
) -> TokenReport:
    """Measure a tokenizer on a build, and keep the report beside it.

    `tokenizer` is a file, or `train:unigram:32k` (or `bpe`, any size) to train one on the training
    split with SentencePiece. Documents are a random sample of up to `most_bytes` of text for each
    language. Raises TokenizerError where the split has no documents, a tokenizer cannot be read or
    trained, or a library is missing.
    """
    opened = build if isinstance(build, Build) else Build(build)
    sample = TextSample(opened, split, most_bytes)
    if not sample.files:
        raise TokenizerError(_no_documents(opened, split))
    training = TextSample(opened, TRAIN, most_bytes)
    spec = parse_train_spec(str(tokenizer))
    if spec is None:
        opened_tokenizer, name = load_tokenizer(tokenizer), Path(tokenizer).name
    else:
        share = min(most_bytes, MOST_TRAINING_BYTES // max(1, len(training.files)))
        texts = TextSample(opened, TRAIN, share)
        opened_tokenizer, name = _trained(opened, spec, texts), str(spec)
    report = TokenReport(
        key=_key(opened, opened_tokenizer, name, split, most_bytes),
        build_id=opened.manifest["build_id"],
        tokenizer=name,
        sha256=opened_tokenizer.sha256,
        vocabulary=opened_tokenizer.vocabulary,
        trained=spec is not None,
        split=split,
        counts=tuple(_counts(opened_tokenizer, sample, training)),
        train_bytes=train_bytes(opened),
    )
    keep_report(opened, report)
    return report


def _counts(
    tokenizer: Tokenizer, sample: TextSample, training: TextSample
) -> Iterator[TokenCounts]:
    for lang in sample.langs:
        frequencies = Frequencies(tokenizer)
        for batch in training.batches(lang):
            frequencies.add(batch["text"].to_pylist())
        yield from measure(tokenizer, sample.batches(lang), lang, frequencies)


def trained_model(build: Build, report: TokenReport) -> bytes:
    """The model of SentencePiece that was trained for a report; TokenizerError if it is gone."""
    try:
        return build.store.get(_model_name(report.sha256))
    except FileNotFoundError as error:
        raise TokenizerError(f"the model {report.tokenizer} is not in .work any more") from error


def _trained(build: Build, spec: TrainSpec, training: TextSample) -> Tokenizer:
    """A tokenizer trained on the training split, and kept; one that was trained before is taken."""
    parts = ("tokenizer", VERSION, build.manifest["build_id"], str(spec), training.most_bytes)
    note = f"{FOLDER}/{key_of(*parts, library_version('sentencepiece'))}.trained"
    if build.store.exists(note):
        digest = build.store.get(note).decode()
        if build.store.exists(_model_name(digest)):
            return tokenizer_of(build.store.get(_model_name(digest)), str(spec))
    model = train(training, spec)
    tokenizer = tokenizer_of(model, str(spec))
    build.store.put(_model_name(tokenizer.sha256), model)
    build.store.put(note, tokenizer.sha256.encode())
    return tokenizer


def _model_name(digest: str) -> str:
    return f"{FOLDER}/{digest[:32]}.model"


def _key(build: Build, tokenizer: Tokenizer, name: str, split: str, most_bytes: int) -> str:
    manifest = build.manifest
    return key_of(
        "tokens", VERSION, manifest["build_id"], tokenizer.sha256, name, split, most_bytes
    )


def _no_documents(build: Build, split: str) -> str:
    if not build.manifest["documents"]:
        return f"{build.folder} has no documents"
    if split == VALIDATION:
        return (
            f"{build.folder} has no validation split; set `[output] validation = 0.05` in the "
            "recipe and build again, or measure on the training texts with --split train (which "
            "flatters a tokenizer that was trained on them)"
        )
    splits = sorted({entry["split"] for entry in build.manifest["files"] if "split" in entry})
    return f"{build.folder} has no split {split!r} (there are {', '.join(splits)})"
