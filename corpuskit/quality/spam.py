"""Signals of spam: pages of online gambling, listings of tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from corpuskit.quality.shares import Columns, Floats
from corpuskit.text import TextBatch
from corpuskit.text.tables import SIZE

GAMBLING: Final[dict[str, tuple[str, ...]]] = {
    "Latn": (
        "slot", "casino", "kasino", "judi", "nhà cái", "cá cược",
        "gacor", "maxwin", "scatter", "jackpot", "togel", "sbobet", "poker", "bandar", "freebet",
        "free spin", "freespin", "mega888", "918kiss", "taruhan", "baccarat", "roulette",
        "pragmatic play", "lotto", "betting", "sabong", "jili", "nổ hũ", "tài xỉu", "xóc đĩa",
        "soi kèo", "cá độ",
    ),
    "Thai": (
        "สล็อต", "บาคาร่า", "แทงบอล", "คาสิโน", "พนัน",
        "แจ็คพอต", "เว็บตรง", "ฟรีสปิน", "เดิมพัน", "ฝากถอน", "รูเล็ต", "หวย",
    ),
    "Khmr": ("កាស៊ីណូ", "ល្បែង", "ភ្នាល់", "បាការ៉ាត់", "ស្លុត", "ឆ្នោត"),
    "Laoo": ("ຄາສິໂນ", "ພະນັນ", "ສະລັອດ", "ບາຄາຣ່າ", "ຫວຍ", "ແທງບານ"),
    "Mymr": ("ကာစီနို", "လောင်းကစား", "စလော့", "ဘောလုံးလောင်း", "ထီ"),
    "Hani": (
        "博彩", "娱乐城", "娛樂城", "投注", "赌场", "賭場",
        "百家乐", "百家樂", "老虎机", "老虎機", "时时彩", "六合彩",
    ),
}  # fmt: skip
"""Words of pages that sell online gambling, by script, in lower case; one of the first NEEDED is in
each such page. Each alone is an everyday word somewhere: a slot of time, a port (bandar)."""

NEEDED: Final = 6
FEWEST_KINDS: Final = 4
"""Different words that make a text one about gambling: 5 to 12 in 10 gambling pages, at most 1 in
3,470 clean documents."""
LISTED_ITEMS: Final = 12
"""Items in a line that can be a listing; six are in a verse of the Cherokee Bible."""
ITEM_CHARS: Final = 20
"""Code points that an item of a listing has in the mean, separator included."""
_SEPARATORS: Final = ",;|/·•#›»"
_SHORT_CLAUSES: Final = ("Hani", "Hira", "Kana")
"""Scripts whose clauses are as short as items of a listing: their texts are not measured."""


def spam_signals(texts: TextBatch) -> Columns:
    """Signals of spam, one array of len(texts) each."""
    return {"gambling_share": gambling_shares(texts), "listing_share": listing_shares(texts)}


def gambling_shares(texts: TextBatch) -> Floats:
    """Share of each text's code points in words of online gambling, of its main script and of the
    Latin one; 0 with fewer than FEWEST_KINDS different ones."""
    shares = np.zeros(len(texts), dtype=np.float64)
    for row, text in enumerate(texts.texts):
        words = GAMBLING.get(texts.main_script(row), ())
        lower = text.lower()
        if any(word in lower for word in words[:NEEDED]):
            shares[row] = _gambling_share(lower, (*words, *GAMBLING["Latn"]))
    return shares


def _gambling_share(lower: str, words: Sequence[str]) -> float:
    used = [word for word in dict.fromkeys(words) if word in lower]
    if len(used) < FEWEST_KINDS:
        return 0.0
    return min(1.0, sum(len(word) * lower.count(word) for word in used) / len(lower))


def listing_shares(texts: TextBatch) -> Floats:
    """Share of each text's code points in lines that list short items: LISTED_ITEMS or more between
    commas, bars, slashes and the like, of less than ITEM_CHARS in the mean; 0 in Chinese and
    Japanese."""
    codes, offsets = texts.codes, texts.offsets
    ends = np.union1d(np.flatnonzero(codes == ord("\n")), offsets[1:] - 1)
    ends = ends[ends >= 0]
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    places = np.flatnonzero(_is_separator()[codes])
    separators = np.searchsorted(places, ends + 1) - np.searchsorted(places, starts)
    lengths = ends + 1 - starts
    is_listing = (separators >= LISTED_ITEMS - 1) & (lengths < ITEM_CHARS * (separators + 1))
    owners = np.searchsorted(offsets, starts, side="right") - 1
    listed = np.bincount(owners, weights=lengths * is_listing, minlength=len(texts))
    sizes = np.diff(offsets)
    listed[[texts.main_script(row) in _SHORT_CLAUSES for row in range(len(texts))]] = 0
    shares: Floats = np.divide(
        listed, sizes, out=np.zeros(len(texts), dtype=np.float64), where=sizes > 0
    )
    return shares


@lru_cache(maxsize=1)
def _is_separator() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.zeros(SIZE, dtype=np.bool_)
    table[[ord(char) for char in _SEPARATORS]] = True
    return table
