"""Zawgyi to Unicode, as data: what each Zawgyi code means, then how the marks are ordered.

Zawgyi is a font encoding that follows the shapes of Burmese: medials, stacks and tall shapes have
code points of their own, taken from the blocks of Shan, Mon and Karen, and the marks are in the
order in which they are drawn. The meaning of the codes and the moves of the marks follow CLDR's
transform `my-t-my-s0-zawgyi` (Zawgyi-my); the phases are its passes over the text.

In a rule C is any consonant, M any medial, V any vowel sign except U+1031, S any space, D any
digit, N anything but a digit.
"""

from __future__ import annotations

from typing import Final

CLASSES: Final[dict[str, str]] = {
    "C": "[\u1000-\u1021]",
    "M": "[\u103b-\u103e]",
    "V": "[\u102b-\u1030\u1032]",
    "S": "[ \u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]",
    "D": "[\u1040-\u1049]",  # digits
    "N": "[^\u1040-\u1049]",
}

# Phase 1a. One code for one or more characters, wherever it stands.
LETTERS: Final[dict[str, str]] = {
    "\u1033": "\u102f", "\u1034": "\u1030",  # tall or moved vowels below
    "\u1039": "\u103a", "\u103a": "\u103b", "\u107d": "\u103b",  # asat, medial ya
    "\u103b": "\u103c",  # medial ra, typed before its letter
    "\u103c": "\u103d", "\u108a": "\u103d\u103e",  # medial wa, and ha below it
    "\u103d": "\u103e", "\u1087": "\u103e", "\u1088": "\u103e\u102f", "\u1089": "\u103e\u1030",
    "\u104e": "\u104e\u1004\u103a\u1038", "\u105a": "\u102b\u103a",
    "\u1064": "\u1004\u103a\u1039",  # kinzi, also with the vowel above it
    "\u108b": "\u1004\u103a\u1039\u102d", "\u108c": "\u1004\u103a\u1039\u102e",
    "\u108d": "\u1004\u103a\u1039\u1036", "\u108e": "\u102d\u1036",
    "\u106a": "\u1025", "\u106b": "\u100a", "\u1086": "\u103f", "\u108f": "\u1014",
    "\u1090": "\u101b",  # letters shortened beside another
    "\u1094": "\u1037", "\u1095": "\u1037",  # dot below, moved to the right
}  # fmt: skip

# Phase 1b. Subscript letters: U+1039 and the letter.
STACKED: Final[dict[str, str]] = {
    "\u1060": "\u1000", "\u1061": "\u1001", "\u1062": "\u1002", "\u1063": "\u1003",
    "\u1065": "\u1005", "\u1066": "\u1006", "\u1067": "\u1006", "\u1068": "\u1007",
    "\u1069": "\u1008", "\u106c": "\u100b", "\u106d": "\u100c", "\u1070": "\u100f",
    "\u1071": "\u1010", "\u1072": "\u1010", "\u1096": "\u1010\u103d", "\u1073": "\u1011",
    "\u1074": "\u1011", "\u1075": "\u1012", "\u1076": "\u1013", "\u1077": "\u1014",
    "\u1078": "\u1015", "\u1079": "\u1016", "\u107a": "\u1017", "\u107b": "\u1018",
    "\u1093": "\u1018", "\u107c": "\u1019", "\u1085": "\u101c",
}  # fmt: skip

# Phase 1c. Letters drawn as one with what is stacked below them: upper and lower letter.
PAIRS: Final[dict[str, tuple[str, str]]] = {
    "\u106e": ("\u100d", "\u100d"), "\u106f": ("\u100d", "\u100e"),
    "\u1091": ("\u100f", "\u100d"), "\u1092": ("\u100b", "\u100c"),
    "\u1097": ("\u100b", "\u100b"),
}  # fmt: skip

# Before phase 1: what is typed behind the letter that it comes before in Unicode, or means
# something else beside others; still in Zawgyi's own codes. Kinzi is drawn over the consonant.
KINZI: Final[tuple[tuple[str, str], ...]] = (
    ("(C)(\u103a?)\u1064", "\u1064\\1\\2"),
    ("(C)(\u103a?)(\u1033?)\u108b", "\u1064\\1\\2\u102d\\3"),
    ("(C)(\u103a?)\u108c(\u1033?)", "\u1064\\1\\2\u102e\\3"),
    ("(C)(\u103a?)\u108d", "\u1064\\1\\2\u1036"),
)
BESIDE: Final[tuple[tuple[str, str], ...]] = (
    ("\u103a\u1039", "\u1039\u103a"),
    ("\u1031\u1094(C)\u103d", "\\1\u103d\u1031\u1094"),
    ("\u103c\u108a", "\u108a"),
    # U and NYA look alike: over these subscripts and under asat only NYA occurs.
    ("[\u1025\u106a](?=[\u1061\u1062\u1065\u1068\u1076\u1078-\u107a]|\u1037?\u1039)", "\u1009"),
    # Medial ra, in eight widths; it is typed before its letter, so what stands between is not its.
    ("[\u103b\u107e-\u1084]+([\u103c\u103d\u1087\u108a]*)(?=C)", "\\1\u103b"),
    ("[\u107e-\u1084]+", "\u103b"),
)

# Phases 2 to 8: digits typed for the letters that look like them, and the order of marks.
PHASES: Final[tuple[tuple[tuple[str, str], ...], ...]] = (
    (
        ("(S)\u1037", "\u1037\\1"),
        ("S+([\u102b-\u1030\u1032-\u103b\u103d\u103e])", "\\1"),
        ("\u1037\u1037+", "\u1037"),
        ("\u1031\u1040(N)", "\u1031\u101d\\1"),
        ("(\u1031+)\u1004\u103a\u1039(C)", "\u1004\u103a\u1039\\2\u1031"),
        ("\u1031\u103c(C)", "\\1\u103c\u1031"),
        ("\u1031(C)([\u103b\u103d\u103e]+)", "\\1\\2\u1031"),  # ra is the next letter's
        ("\u1031([\u1000-\u102a])", "\\1\u1031"),
        ("\u1031\u1037+(C)", "\\1\u1031\u1037"),
    ),
    (
        ("\\A\u1040(N)", "\u101d\\1"),
        ("(?<=[\u102b-\u103f])\u1040(?=N)", "\u101d"),
        ("\\A\u1044(N)", "\u104e\\1"),
        ("(?<=[\u102b-\u103f])\u1044(?=N)", "\u104e"),
        ("\u1025\u102e", "\u1026"),
        ("\u103a\u1037", "\u1037\u103a"),
        ("\u1036(M*)(V+)", "\\1\\2\u1036"),
        ("([\u102b\u102c\u102f\u1030])([\u102d\u102e\u1032])", "\\2\\1"),
        ("\u103c(C)", "\\1\u103c"),
        ("\u1005\u103b", "\u1008"),
    ),
    (
        ("(M)\u1039(C)", "\u1039\\2\\1"),
        ("\u103c\u103a\u1039(C)", "\u103a\u1039\\1\u103c"),
        ("\u1036(M+)", "\\1\u1036"),
    ),
    (
        ("([\u103c-\u103e]+)\u103b", "\u103b\\1"),
        ("([\u103d\u103e]+)\u103c", "\u103c\\1"),
        ("\u103e\u103d", "\u103d\u103e"),
        ("(\u1031+V*)\u1039(C)", "\u1039\\2\\1"),
        ("(V+)\u1039(C)", "\u1039\\2\\1"),
        ("(\u1031+)(M+)", "\\2\\1"),
        ("\u1037([\u102d-\u1030\u1032\u1036])", "\\1\u1037"),
        ("\u1037(M+)", "\\1\u1037"),
        ("(V+)(M+)", "\\2\\1"),
        ("(?<=C)([\u102b-\u1032\u1036\u103b-\u103e])\u103a(?=C)", "\u103a\\1"),
    ),
    (
        ("(\u1031+)(M+)", "\\2\\1"),
        ("(V)(M)", "\\2\\1"),
        ("([\u103c-\u103e])\u103b", "\u103b\\1"),
        ("([\u103d\u103e])\u103c", "\u103c\\1"),
        ("\u103e\u103d", "\u103d\u103e"),
        ("\u1038([\u102b-\u1030\u1032\u103b-\u103f\u1036\u1037\u103a])", "\\1\u1038"),
        ("\u1036\u102f", "\u102f\u1036"),
    ),
    (
        ("([\u102d-\u1030\u1032\u1033\u1035-\u1037\u1039-\u103e])\\1+", "\\1"),
        ("\u102f\u1030", "\u102f"),
        ("\u102f\u103a", "\u102f"),
        ("\u102d\u102e", "\u102e"),
        ("S+([\u102b-\u1032\u1036-\u103e])", "\\1"),
        ("(?<=C)\u103b\u103a", "\u103a\u103b"),
    ),
    # What corpuskit.normalize.burmese repairs, so that a conversion is final.
    (("(?<!D)\u1040(?=[\u102b-\u1030\u1032-\u103a\u103d\u103e])", "\u101d"),),
)
