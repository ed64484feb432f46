"""Where a sentence ends, as data: marks by their conditions, and abbreviations.

ICU's sentence rules were measured first: they end a sentence at the Burmese comma, miss Tibetan
and Thai signs and know no abbreviations (benchmarks/segmentation.py). So we have our own rules.
"""

from __future__ import annotations

from typing import Final

from corpuskit.text.sentence_terminal import CODES

# Not in Unicode's Sentence_Terminal, since they also have other uses, but they end sentences too:
# Khmer koomuut, Thai angkhankhu and khomut, the Tibetan shads, Javanese pada adeg and pada adeg
# adeg, the ellipses.
_MORE: Final = "\u17da\u0e5a\u0e5b\u0f0d\u0f0e\u0f0f\u0f10\u0f11\ua9ca\ua9cb\u2025\u2026"

TERMINAL: Final[frozenset[str]] = frozenset(map(chr, CODES)) | frozenset(_MORE)
"""Marks of any script that may end a sentence at the end of a line. Thai and Lao mostly have
none."""

CLAUSES: Final[dict[str, str]] = {
    "\u104a": "Burmese little section: a comma (Unicode Standard 16.3)",
    "\ua9c8": "Javanese pada lingsa: a comma (Unicode Standard 17.4)",
    "\u1b5e": "Balinese carik siki: a comma (Unicode Standard 17.3)",
    "\u1735": "Philippine single punctuation: a comma (Unicode Standard 17.1)",
}
"""Sentence_Terminal in Unicode, but inside a line they separate clauses."""

SPACED: Final = ".!?\u2024\u2025\u2026\u203c\u2047\u2048\u2049"
"""Marks that end a sentence only before white space, and not before a small letter: they also
occur in numbers, addresses, abbreviations and quoted speech. All others always end a sentence."""

OPENERS: Final = "\"'([{\u00ab\u00bf\u00a1\u2018\u201c\u201e\u2013\u2014-*•"
"""Characters that may come between the end of a sentence and the first letter of the next."""

CLOSERS: Final = (
    "\"')]}\u00bb\u2019\u201d\u203a\u300d\u300f\u3009\u300b\u3011\u3015\uff09\u0f3b\u0f3d"
)
"""Characters that belong to the previous sentence if they follow its mark without a space."""

# Khmer "and so on" is written between two stops; the first does not end a sentence.
KHMER_ETC: Final = "\u17d4\u179b\u17d4"

TITLES: Final[dict[str, str]] = {
    # Titles before a name or a place; only with a capital.
    "eng": "Dr Prof Mr Mrs Ms Messrs St Sr Jr Rev Hon Gen Col Capt Lt Sgt Gov Sen Rep",
    # Ejaan yang Disempurnakan (Indonesia, 2022), "Singkatan".
    "ind": "Drs Dra Ir Sdr Sdri Bpk Tn Ny Hj Jl Gg Kol Kapt Jend Pdt Yth Kec Kab Kel",
    # Panduan singkatan (Dewan Bahasa dan Pustaka).
    "zsm": "En Pn Tuan Kpt Jln Kg Bhd Sdn Hjh",
    # Thông tư 01/2011/TT-BNV on writing documents; common titles.
    "vie": "Tp TP Ts TS ThS Gs GS PGS Bs BS Ks KS Tt TT",
    # Manwal sa Masinop na Pagsulat (Komisyon sa Wikang Filipino).
    "tgl": "Bb Gng Kgg Blg Sta Sto Engr Atty Brgy",
}
"""Words whose dot does not end a sentence, per language, with the source of each list."""

NUMBERED: Final = "No Nos no nos Fig fig Vol vol Art art hlm hal Hlm Hal psl tgl Tgl Blg blg pp p"
"""Words whose dot does not end a sentence before a digit."""
