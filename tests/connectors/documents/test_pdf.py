import random
import subprocess
import sys
from pathlib import Path

import pytest
from connectors.documents.made import DATA, bulleted_pdf, encrypted_pdf, lines, pdf

from corpuskit.connectors.documents.pdf import read_pdf
from corpuskit.connectors.reasons import (
    CORRUPT,
    ENCRYPTED,
    LEGACY_FONT,
    NO_TEXT_LAYER,
    PDF_TEXT_LAYER,
    LostError,
)
from corpuskit.errors import SourceError


def lost(path: Path) -> LostError:
    with pytest.raises(LostError) as caught:
        read_pdf(str(path))
    return caught.value


@pytest.mark.parametrize("name", ["khmer", "vietnamese"])
def test_every_character_and_paragraph_of_a_well_made_pdf(name: str) -> None:
    _, [part] = read_pdf(str(DATA / f"{name}.pdf"))
    found, expected = part.text.splitlines(), lines(name)
    assert ["".join(one.split()) for one in found] == ["".join(one.split()) for one in expected]
    # a space at which a line was broken is in no PDF of cairo: Khmer loses it
    assert sum(a == b for a, b in zip(found, expected, strict=True)) >= len(expected) - 2


def test_a_wrong_map_of_glyphs_is_told(name: str = "khmer-broken") -> None:
    error = lost(DATA / f"{name}.pdf")
    assert error.reason == PDF_TEXT_LAYER
    assert "19 of 1029 characters damaged" in str(error.detail)


def test_language_and_text(tmp_path: Path) -> None:
    about, [part] = read_pdf(str(pdf(tmp_path / "a.pdf", "Words (in Latin) of one line")))
    assert (about.language, part.text) == ("km-KH", "Words (in Latin) of one line")


def test_pictures_only(tmp_path: Path) -> None:
    error = lost(pdf(tmp_path / "a.pdf"))
    assert (error.reason, error.detail) == (NO_TEXT_LAYER, "0 characters on 1 pages")


def test_a_password(tmp_path: Path) -> None:
    assert lost(encrypted_pdf(tmp_path / "a.pdf")).reason == ENCRYPTED


def test_a_font_that_draws_other_letters(tmp_path: Path) -> None:
    error = lost(pdf(tmp_path / "a.pdf", "sUmsVaKmn_ mkdl; Rbeths", "ABCDEF+LimonS1"))
    assert (error.reason, error.detail) == (LEGACY_FONT, "LimonS1: 19 of 19 letters")


@pytest.mark.parametrize("name", ["khmer", "vietnamese"])
def test_a_cut_or_garbled_pdf_is_a_reason_or_text(name: str, tmp_path: Path) -> None:
    whole, chance = (DATA / f"{name}.pdf").read_bytes(), random.Random(3)
    seen = set()
    for trial in range(40):
        content = bytearray(whole[: chance.randrange(len(whole))] if trial % 2 else whole)
        for _ in range(chance.choice((0, 10, 300)) if trial % 2 else 300):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / "a.pdf"
        path.write_bytes(content)
        try:
            read_pdf(str(path))
        except LostError as error:
            seen.add(error.reason)
    assert CORRUPT in seen
    assert seen <= {CORRUPT, PDF_TEXT_LAYER, NO_TEXT_LAYER, ENCRYPTED}


def test_without_the_library_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['pypdfium2'] = None\n"
        "from corpuskit.connectors.documents.pdf import pdfium\n"
        "pdfium()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    hint = "reading PDF needs pypdfium2: pip install 'corpuskit-lrl[documents]'"
    assert f"{SourceError.__name__}: {hint}" in done.stderr


ITEMS = ["Warga membawa kartu keluarga", "Petugas mencatat nama", "Layanan selesai"]


@pytest.mark.parametrize("code", ["F0B7", "F0A7", "E00C", "FFFD"])
@pytest.mark.parametrize("gap", [12.0, 60.0])
def test_bullets_are_no_damage(code: str, gap: float, tmp_path: Path) -> None:
    _, [part] = read_pdf(str(bulleted_pdf(tmp_path / "a.pdf", ITEMS, code, gap)))
    assert part.text.replace("\u2022\n", "\u2022 ").splitlines() == [
        f"\u2022 {item}" for item in ITEMS
    ]


def test_private_characters_within_words_are_damage(tmp_path: Path) -> None:
    error = lost(bulleted_pdf(tmp_path / "a.pdf", ITEMS, gap=5.5))
    assert error.reason == PDF_TEXT_LAYER
