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

ABBREVIATIONS: Final[dict[str, str]] = {
    # Titles before a name or a place.
    "eng": "Dr Prof Mr Mrs Ms Messrs St Sr Jr Rev Hon Gen Col Maj Capt Cpt Lt Sgt Cpl Gov Sen Rep "
    "Msgr Fr Bro Mt Ft",
    # Ejaan yang Disempurnakan (Indonesia, 2022), "Singkatan"; ranks of army and police; firms.
    # Behind the words of the last line a sentence cannot end.
    "ind": "Dra Drs dr drg drh Ir Sdr Sdri Bp Bpk Tn Ny Nn Hj Ust Pdt Rm Mgr KH Rd "
    "Jl Jln Gg Gd Kp Ds Dsn Kec Kab Kel Prov Komp Perum Yth ttd Ttd "
    "Kol Kapt Jend Mayjen Brigjen Letjen Letkol Letda Lettu Serma Sertu Serka Serda Praka Kopda "
    "Bripka Briptu Bripda Iptu Ipda Kompol Kombes Irjen Komjen Laksda Marsda Gub "
    "PT CV UD Fa Rp PD "
    "mis yg dg dgn utk pd kpd sbg spt krn a.n u.b u.p d.a c.q s.d cq ub",
    # Panduan singkatan (Dewan Bahasa dan Pustaka).
    "zsm": "En Pn Tuan Kpt Jln Kg Bhd Sdn Hjh Ts Ust Ustz Us Tmn Lrg Bkt Sg Kpl Sjn Insp Supt "
    "Bhg YB YAB YBhg Ar RM",
    # Thông tư 01/2011/TT-BNV on writing documents; academic, medical and other common titles.
    "vie": "Tp TP TX Tx TT Tt Ts TS TSKH ThS Ths Th GS Gs PGS Pgs BS Bs BSCK BSCKI BSCKII KS Ks "
    "KTS Kts LS Ls NCS DS Ds CN LM Lm HT ĐĐ NS NSND NSƯT NGND NGƯT NXB Nxb ĐT Cty CTy VD Vd vd "
    "tp ths pgs gs bs",
    # Manwal sa Masinop na Pagsulat (Komisyon sa Wikang Filipino); Cebuano uses the same.
    "tgl": "Bb Gng Gg Kgg Blg Sta Sto Engr Atty Arch Brgy Bgy Dra Kap Kgd Kon Pang Pres Sec Gob "
    "Gat Ptr Prop Msgr Php PhP PO SPO PSupt Insp Supt",
    # Dictionaries name no list; degrees and titles as newspapers write them.
    "jav": "R.Ng R.M R.A R.T K.R.T K.P.H Kg Kj",
}
"""Words whose dot does not end a sentence, per language, with the source of each list.

A word made of several (PGS.TS, Th.S) counts if each of its parts is listed or a capital. Capitals,
with or without dots between them, count without being listed (sentences.py)."""

NUMBERED: Final = (
    "No Nos no nos Nr nr Fig fig Vol vol Art art hlm hal Hlm Hal psl Psl tgl Tgl Blg blg pp p "
    "pk Pk pkl Pkl pkul th Th thn Thn Telp telp Tlp tlp Tel tel Fax fax HP Hp Ext ext "
    "bil Bil ms RT RW Rt Rw Lt lt Blok Blk Kav Km KM ay Ay gb Gb gbr Gbr tbl Tbl lamp Lamp "
    "jld Jld cet Cet ed Ed bd Bd kc Kc ca Ca USD SGD tr Tr trg Trg Đ đ ĐT đt SĐT sđt Sec sec Ch ch"
)
"""Words whose dot does not end a sentence before a digit."""

LAO_LETTERS: Final = "[\u0e81-\u0eae\u0edc-\u0edf](?:(?![\u0ea7\u0ead])[\u0e81-\u0eae]){0,2}"
"""A Lao abbreviation (ດຣ., ພນ.): consonants alone. Words have a vowel sign, or WO or O as a vowel
inside (Unicode Standard 16.2)."""

LAO_TITLE: Final = "\u0e94\u0ea3"
"""Lao "Dr.", known without a space around it, since no syllable ends so."""

SPELLED: Final = "[\u1000-\u109f\u1780-\u17dd]{1,5}"
"""A part of an initialism spelled by the names of Latin letters in Burmese or Khmer (ဘီ.အေ.); two
parts or more with dots between them."""
