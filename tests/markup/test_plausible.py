"""Right and wrong readings of bytes lie far on either side of the limits."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from corpuskit.markup.plausible import latin, other_script, plausible, thai, vietnamese, western


@pytest.fixture(scope="module")
def declaration(data_dir: Path) -> dict[str, str]:
    """The Universal Declaration by language (ISO 639-3), 5,000 characters of each."""
    texts: dict[str, list[str]] = defaultdict(list)
    with (data_dir / "text-labelled" / "udhr.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts[row["lang"]].append(row["text"])
    return {lang: "\n".join(parts)[:5_000] for lang, parts in texts.items()}


@pytest.mark.data("text-labelled")
def test_every_latin_orthography_of_a_code_page_is_latin(declaration: dict[str, str]) -> None:
    refused = []
    for lang, text in declaration.items():
        for codec in ("cp1252", "cp1250", "cp1254", "cp1257"):
            try:
                text.encode(codec)
            except UnicodeEncodeError:
                continue
            refused += [] if latin(text) else [(lang, codec)]
    assert refused == []


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize(
    ("lang", "codec"),
    [("tha", "cp874"), ("rus", "cp1251"), ("ell", "cp1253"), ("arb", "cp1256"), ("heb", "cp1255"),
     ("kor", "cp949"), ("khm", "utf-8"), ("lao", "utf-8")],
)  # fmt: skip
def test_other_scripts_read_as_latin_are_not(
    declaration: dict[str, str], lang: str, codec: str
) -> None:
    content = declaration[lang].encode(codec, "ignore")
    assert not latin(content.decode("cp1252", "replace"))
    assert plausible("windows-1252", "plain ASCII")
    assert not plausible("windows-1252", content.decode("cp1252", "replace"))


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize("lang", ["fra", "deu", "spa", "por", "pol", "swe", "fin"])
@pytest.mark.parametrize("codec", ["cp1251", "cp1253", "cp874"])
def test_latin_read_as_another_script_is_not(
    declaration: dict[str, str], lang: str, codec: str
) -> None:
    text = declaration[lang].encode("cp1252", "ignore").decode(codec, "replace")
    assert not other_script(text)
    assert not thai(text)


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize("lang", ["rus", "ell", "arb", "heb", "tha"])
def test_other_scripts_read_rightly_are_other_scripts(
    declaration: dict[str, str], lang: str
) -> None:
    assert other_script(declaration[lang])


@pytest.mark.data("text-labelled")
def test_thai_has_its_marks_on_consonants(declaration: dict[str, str]) -> None:
    assert thai(declaration["tha"])
    assert not thai(declaration["lao"])
    assert not thai("ASCII only")
    assert not thai("".join(reversed(declaration["tha"])))


def test_vietnamese_has_its_tones_on_vowels() -> None:
    assert vietnamese(
        "tâ\u0301t ca\u0309 mo\u0323i ngươ\u0300i sinh ra đê\u0300u đươ\u0323c tư\u0323 do"
    )
    assert not vietnamese("pero\u0300 ì Ò")
    assert not vietnamese("no accents")


def test_western_text_has_no_symbols_in_words() -> None:
    assert western("São Paulo, garçon, 5\u00a0½ Zoll")
    assert not western(
        "wszystkie osoby rodz\u00b9 siê wolne".replace("rodz\u00b9 ", "rodz\u00b9c ")
    )


def test_thai_in_attributes_alone_is_believed_where_it_is_declared() -> None:
    """A frameset, or a page of pictures."""
    frames = '<frameset><frame src="/?q=\u0e40\u0e21\u0e37\u0e2d\u0e07"></frameset>'
    assert plausible("windows-874", frames, declared=True)
    assert not plausible("windows-874", frames)
    accents = '<img alt="Caf\u0e49 Fran\u0e47ais">'  # windows-1252 read as windows-874
    assert not plausible("windows-874", accents, declared=True)
