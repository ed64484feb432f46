"""The tables over all code points say what unicodedata says of each."""

from __future__ import annotations

import unicodedata

import numpy as np

from corpuskit.normalize import common
from corpuskit.text.tables import CLASSES, LETTER, MARK, PRIVATE, SIZE, SPACE, class_table


def test_every_code_point_has_the_class_of_its_category() -> None:
    table = class_table()
    first = np.array([ord(unicodedata.category(chr(code))[0]) for code in range(SIZE)])
    for letter, number in (("L", LETTER), ("M", MARK), ("Z", SPACE)):
        assert (table[first == ord(letter)] == number).all()
    categories = np.array([unicodedata.category(chr(code)) for code in range(SIZE)])
    assert (table[np.isin(categories, ("Co", "Cs", "Cn"))] == PRIVATE).all()
    assert set(np.unique(table).tolist()) == set(CLASSES) - {0}


def test_marks_that_reorder_are_those_with_a_combining_class() -> None:
    expected = [unicodedata.combining(chr(code)) > 0 for code in range(0x20000)]
    assert common.is_mark()[:0x20000].tolist() == expected
