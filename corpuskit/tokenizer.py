"""Tokenizers from files: SentencePiece models and Hugging Face's `tokenizer.json` (extra `tokens`).

tokenizer = load_tokenizer("khmer.model")
tokenizer.encode(["ភាសាខ្មែរ"])                 # [[512, 84]]
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from corpuskit.about import install_hint
from corpuskit.errors import TokenizerError

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

_ENDS: Final = ("</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "<|eos|>", "[SEP]")
"""Tokens that end a document in the tokenizers of common models."""


class Tokenizer(Protocol):
    """Turns texts into numbers of tokens."""

    name: str
    """Of its file."""
    sha256: str
    """Of its file."""
    vocabulary: int
    """Number of its tokens."""
    end: int | None
    """The token that ends a document; None where it has none."""
    unknown: int | None
    """The token for what it does not know; None where it knows everything."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, without tokens for its beginning and end."""
        ...


class SentencePieceTokenizer:
    """A model of SentencePiece."""

    def __init__(self, model: bytes, name: str) -> None:
        """TokenizerError where the bytes are not a model."""
        try:
            from sentencepiece import SentencePieceProcessor
        except ImportError as error:
            raise TokenizerError(_missing(name)) from error
        try:
            if not model:
                raise ValueError("the file is empty")  # noqa: TRY301 - told as the others are
            self._processor: SentencePieceProcessor = SentencePieceProcessor(model_proto=model)
        except (RuntimeError, ValueError, TypeError) as error:
            raise TokenizerError(
                f"{name} is neither a model of SentencePiece nor a tokenizer.json"
            ) from error
        self.name, self.sha256 = name, hashlib.sha256(model).hexdigest()
        self.vocabulary: int = self._processor.vocab_size()
        self.end = _known(self._processor.eos_id())
        self.unknown = _known(self._processor.unk_id())

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """See Tokenizer."""
        tokens: list[list[int]] = self._processor.encode(list(texts), num_threads=1)
        return tokens


class JsonTokenizer:
    """A `tokenizer.json` of Hugging Face's library `tokenizers`."""

    def __init__(self, content: bytes, name: str) -> None:
        """TokenizerError where the bytes are not a tokenizer."""
        try:
            from tokenizers import Tokenizer as HuggingFaceTokenizer
        except ImportError as error:
            raise TokenizerError(_missing(name)) from error
        try:
            self._tokenizer: Any = HuggingFaceTokenizer.from_buffer(content)
        except Exception as error:
            raise TokenizerError(f"{name} is not a tokenizer.json ({error})") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.name, self.sha256 = name, hashlib.sha256(content).hexdigest()
        self.vocabulary = int(self._tokenizer.get_vocab_size())
        ends = (self._tokenizer.token_to_id(token) for token in _ENDS)
        self.end = next((number for number in ends if number is not None), None)
        unknown = (json.loads(content).get("model") or {}).get("unk_token")
        self.unknown = None if unknown is None else self._tokenizer.token_to_id(unknown)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """See Tokenizer."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


def load_tokenizer(path: str | Path) -> Tokenizer:
    """The tokenizer in a file: JSON is Hugging Face's, everything else SentencePiece's.

    TokenizerError where there is no such file, it is not a tokenizer, or a library is missing.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TokenizerError(f"the tokenizer {path} cannot be read: {error.strerror}") from error
    return tokenizer_of(content, file.name)


def tokenizer_of(content: bytes, name: str) -> Tokenizer:
    """The tokenizer in some bytes; `name` is for messages and reports. Raises as
    `load_tokenizer`."""
    if content.lstrip()[:1] == b"{":
        return JsonTokenizer(content, name)
    return SentencePieceTokenizer(content, name)


def _known(number: int) -> int | None:
    return number if number >= 0 else None


def _missing(name: str) -> str:
    return f"{name} needs the libraries of an extra: {install_hint('tokens')}"
