"""Signals of single characters: shares of punctuation, symbols, digits, markup; runs; script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.languages import script_of
from corpuskit.quality.marks import MARKUP
from corpuskit.quality.shares import Columns, Floats, largest, per
from corpuskit.text import TextBatch
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import (
    CONTROL,
    DIGIT,
    FORMAT,
    PUNCTUATION,
    SCRIPT_IDS,
    SPACE,
    SYMBOL,
)

_UNWRITTEN: Final = (SPACE, FORMAT, CONTROL)

# An address ends with the last ASCII character: Khmer, Lao, Burmese and Thai may go on without a
# space.
_URL: Final = re.compile(r"(?:https?://|www\.)[!-~]+")


def character_signals(texts: TextBatch, langs: Sequence[str | None]) -> Columns:
    """Signals of the texts' characters, one array of len(texts) each.

    Shares are relative to the written characters: all except white space, format and control
    characters.
    """
    counts = texts.class_counts
    written = counts.sum(axis=1) - counts[:, _UNWRITTEN].sum(axis=1)
    return {
        "chars": np.diff(texts.offsets).astype(np.float64),
        "punctuation_share": per(counts[:, PUNCTUATION], written),
        "symbol_share": per(counts[:, SYMBOL], written),
        "digit_share": per(counts[:, DIGIT], written),
        "markup_share": per(_markup_counts(texts), written),
        "undecoded_share": per(_undecoded_counts(texts), written),
        "longest_run": longest_runs(texts),
        "script_share": script_shares(texts, langs),
        **_addresses(texts, written),
    }


def _markup_counts(texts: TextBatch) -> npt.NDArray[np.int64]:
    is_markup = np.zeros(129, dtype=bool)
    is_markup[[ord(char) for char in MARKUP]] = True
    in_markup = is_markup[np.minimum(texts.codes, 128)]
    return np.bincount(texts.owners[in_markup], minlength=len(texts))


def _undecoded_counts(texts: TextBatch) -> npt.NDArray[np.int64]:
    """Replacement characters, private-use characters (unmapped glyphs) and lone surrogates."""
    codes = texts.codes
    basic = (codes >= 0xD800) & (codes <= 0xF8FF)  # surrogates, then the private-use area
    undecoded = basic | (codes == 0xFFFD) | (codes >= 0xF0000)  # planes 15 and 16 are private
    return np.bincount(texts.owners[undecoded], minlength=len(texts))


def _addresses(texts: TextBatch, written: npt.NDArray[np.int64]) -> Columns:
    """Web addresses per text (`urls`), and the share of the text that they make up."""
    addresses = [_URL.findall(text) if "/" in text or "www" in text else [] for text in texts.texts]
    lengths = np.array([sum(map(len, urls)) for urls in addresses], dtype=np.int64)
    return {
        "urls": np.array([len(urls) for urls in addresses], dtype=np.float64),
        "url_share": per(lengths, written),
    }


def longest_runs(texts: TextBatch) -> Floats:
    """Length of the longest run of one written character per text; 0 for a text without any."""
    codes = texts.codes
    begins = np.ones(len(codes), dtype=bool)
    begins[1:] = codes[1:] != codes[:-1]
    firsts = texts.offsets[:-1]
    begins[firsts[firsts < len(codes)]] = True
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(codes))
    lengths[np.isin(texts.classes[starts], _UNWRITTEN)] = 0
    return largest(lengths, np.bincount(texts.owners[starts], minlength=len(texts)))


def script_shares(texts: TextBatch, langs: Sequence[str | None]) -> Floats:
    """Share of each text's letters that are in its language's script.

    If the language is unknown (None, `und`) or its script has no table, the share of the text's
    main script.
    """
    shares = np.zeros(len(texts), dtype=np.float64)
    for row, lang in enumerate(langs):
        script = script_of(lang or "")
        if script not in SCRIPT_IDS and script not in MEMBERS:
            script = texts.main_script(row)
        if script != "Zyyy":
            shares[row] = texts.script_share(row, script)
    return shares
