import unicodedata

from corpuskit.quality.marks import CLOSERS


def test_closers_are_the_closing_marks_of_unicode():
    plain = " \u00a0\"'"
    closing = {
        char
        for char in map(chr, range(0x110000))
        if unicodedata.category(char) in ("Pe", "Pf", "Pi")
    }
    assert CLOSERS.startswith(plain)
    assert set(CLOSERS) - set(plain) <= closing
    if unicodedata.unidata_version == "14.0.0":
        assert set(CLOSERS) == {*plain, *closing}
