"""Which scripts a text is written in (ISO 15924 codes)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corpuskit.text.tables import (
    LETTER,
    MARK,
    SCRIPT_IDS,
    SCRIPTS,
    Codes,
    class_table,
    code_points,
    script_table,
)

# Languages whose writing mixes scripts are labelled with a code for the mixture (ISO 15924).
MEMBERS: dict[str, tuple[str, ...]] = {
    "Hans": ("Hani",),
    "Hant": ("Hani",),
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
}


def counts_of_codes(codes: Codes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Letters and marks per script id, shape (len(SCRIPTS),); punctuation and digits left out."""
    classes = class_table()[codes]
    written = (classes == LETTER) | (classes == MARK)
    return np.bincount(script_table()[codes[written]], minlength=len(SCRIPTS))


def script_counts(text: str) -> dict[str, int]:
    """Letters and marks per script, largest first; `Zyyy` are those of scripts without a table."""
    counts = counts_of_codes(code_points(text))
    order = np.argsort(-counts, kind="stable")
    return {SCRIPTS[index]: int(counts[index]) for index in order if counts[index]}


def shares_in_counts(counts: npt.NDArray[np.int64], script: str) -> npt.NDArray[np.float64]:
    """Share (0 to 1) of `script` among the counted letters and marks, per row of `counts`.

    0 for a text without any, and for a script without a table.

    Combining marks shared by scripts (`Zyyy`) are left out of the total.
    """
    members = MEMBERS.get(script, (script,))
    places = [SCRIPT_IDS[member] for member in members if member in SCRIPT_IDS]
    total = counts[:, 1:].sum(axis=1)
    shares: npt.NDArray[np.float64] = counts[:, places].sum(axis=1) / np.maximum(total, 1)
    return shares


def script_share(text: str, script: str) -> float:
    """Share (0 to 1) of the text's letters and marks that belong to `script`."""
    return float(shares_in_counts(counts_of_codes(code_points(text))[np.newaxis], script)[0])
