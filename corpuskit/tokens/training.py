"""Training a tokenizer on a build's training texts, with SentencePiece."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from corpuskit.about import install_hint
from corpuskit.errors import TokenizerError
from corpuskit.tokens.texts import TextSample

_SPEC: Final = re.compile(r"train:(unigram|bpe):(\d{1,7})(k?)")
_SMALLEST, _LARGEST = 300, 1_000_000
"""Tokens of a vocabulary: 256 stand for bytes."""
_PIECE_CHARS: Final = 1_000
"""Characters of a training sentence: SentencePiece leaves out what is longer than 4,192 bytes, and
texts without spaces have such lines."""


@dataclass(frozen=True)
class TrainSpec:
    """A kind of model and the size of its vocabulary."""

    model: str
    """`unigram` (Kudo 2018) or `bpe` (Sennrich et al. 2016)."""
    size: int

    def __str__(self) -> str:
        size = f"{self.size // 1000}k" if self.size % 1000 == 0 else str(self.size)
        return f"train:{self.model}:{size}"


def parse_train_spec(text: str) -> TrainSpec | None:
    """`train:unigram:32k`; None for a file, which does not begin with `train:`. TokenizerError for
    another beginning with it."""
    if not text.startswith("train:"):
        return None
    match = _SPEC.fullmatch(text)
    size = int(match[2]) * (1000 if match[3] else 1) if match else 0
    if match is None or not _SMALLEST <= size <= _LARGEST:
        raise TokenizerError(
            f"{text!r} does not say what to train: write train:unigram:32k or train:bpe:8000, with "
            f"{_SMALLEST} to {_LARGEST:,} tokens"
        )
    return TrainSpec(match[1], size)


def train(training: TextSample, spec: TrainSpec) -> bytes:
    """The model of SentencePiece, the same bytes for the same texts.

    Texts are taken as they are: they are canonical, and SentencePiece's own normalization (NFKC)
    would change Thai and Lao vowels. Characters that are rare are cut into bytes. TokenizerError
    where the texts do not suffice for a vocabulary of that size, or SentencePiece is missing.
    """
    try:
        import sentencepiece
    except ImportError as error:
        raise TokenizerError(f"training needs sentencepiece: {install_hint('tokens')}") from error
    if not training.files:
        raise TokenizerError("the build has no training texts")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=_sentences(training),
            model_writer=model,
            model_type=spec.model,
            vocab_size=spec.size,
            hard_vocab_limit=False,
            num_threads=1,  # with more, pieces differ from run to run
            character_coverage=0.9999,
            byte_fallback=True,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            input_sentence_size=0,
            minloglevel=2,
        )
    except RuntimeError as error:
        cause = str(error).splitlines()[-1] if str(error) else type(error).__name__
        raise TokenizerError(
            f"{spec} cannot be trained on these texts ({cause:.200}); try a smaller vocabulary"
        ) from error
    return model.getvalue()


def _sentences(training: TextSample) -> Iterator[str]:
    for lang in training.langs:
        for batch in training.batches(lang):
            for text in batch["text"].to_pylist():
                for line in text.split("\n"):
                    for start in range(0, len(line), _PIECE_CHARS):
                        yield line[start : start + _PIECE_CHARS]
