"""Megatron-LM's indexed data set: `.bin` with tokens, `.idx` with where each document is.

Format of `megatron/core/datasets/indexed_dataset.py`: a header of nine bytes `MMIDIDX`, version 1,
a code for the type of numbers, the numbers of sequences and of documents; then lengths (int32),
offsets in bytes (int64) and the first sequence of each document (int64). A document is one
sequence.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.errors import ExportError
from corpuskit.exports.files import ExportedFile, writing
from corpuskit.exports.options import ExportOptions
from corpuskit.store import Store
from corpuskit.tokenizer import Tokenizer, load_tokenizer

SUFFIX: Final = "_text_document"
"""As `tools/preprocess_data.py` of Megatron-LM names its files."""
_HEADER: Final = b"MMIDIDX\x00\x00"
_VERSION: Final = 1
_UINT16, _INT32 = (8, np.dtype("<u2")), (4, np.dtype("<i4"))
_LARGEST_SMALL: Final = 65_500
"""Size of a vocabulary from which Megatron-LM takes four bytes for a token (`optimal_dtype`)."""


def write_megatron(
    store: Store, name: str, batches: Iterable[pa.RecordBatch], options: ExportOptions
) -> list[ExportedFile]:
    """The pair of files of a language and split; ExportError for a tokenizer without an end."""
    if options.tokenizer is None:
        raise ExportError("megatron needs a tokenizer")
    tokenizer = load_tokenizer(options.tokenizer)
    end = _end(tokenizer, wanted=options.end_of_document)
    code, kind = _UINT16 if tokenizer.vocabulary < _LARGEST_SMALL else _INT32
    data = ExportedFile(f"{name}{SUFFIX}.bin", tokens=0)
    lengths: list[int] = []
    with writing(store, data) as file:
        for batch in batches:
            for tokens in tokenizer.encode(batch["text"].to_pylist()):
                array = np.asarray([*tokens, *end], dtype=kind)
                lengths.append(len(array))
                file.write(array.tobytes())
    data.documents, data.tokens = len(lengths), sum(lengths)
    index = ExportedFile(f"{name}{SUFFIX}.idx")
    with writing(store, index) as file:
        for part in _index(lengths, code, kind.itemsize):
            file.write(part)
    return [data, index]


def _index(lengths: list[int], code: int, itemsize: int) -> Iterable[bytes]:
    sizes = np.asarray(lengths, dtype="<i4")
    offsets = np.zeros(len(sizes), dtype="<i8")
    np.cumsum(sizes[:-1].astype(np.int64) * itemsize, out=offsets[1:])
    yield _HEADER
    yield struct.pack("<QBQQ", _VERSION, code, len(sizes), len(sizes) + 1)
    yield sizes.tobytes()
    yield offsets.tobytes()
    yield np.arange(len(sizes) + 1, dtype="<i8").tobytes()


def _end(tokenizer: Tokenizer, *, wanted: bool) -> list[int]:
    if not wanted:
        return []
    if tokenizer.end is None:
        raise ExportError(
            f"{tokenizer.name} has no token that ends a document (</s>, <|endoftext|>, ...); "
            "--no-end-of-document leaves it out"
        )
    return [tokenizer.end]
