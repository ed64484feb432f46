"""From labelled texts to the lists of specific words of languages, and these into TOML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import tomlkit

from corpuskit.calibrate.profile_file import write_profile
from corpuskit.calibrate.specific_words import SpecificWordList, count_words, specific_words
from corpuskit.errors import CatalogueError, ModelError
from corpuskit.identify.training.seeds import read_rows, read_seeds
from corpuskit.languages import catalogue, language

FEWEST: Final = 10
"""Words from which on a list is put into a profile: on three words no text can be judged."""


def specific_lists_of(
    seeds: Path, codes: Sequence[str] = (), against: Sequence[str] = (), root: Path | None = None
) -> list[SpecificWordList]:
    """The lists of `codes`, or of every language of the texts whose profile names languages that
    it is confused with; `against` replaces those.

    `seeds` is a seeds TOML or a table with the columns lang, text and source. ModelError where it
    cannot be read or has no texts of a language.
    """
    if seeds.suffix == ".toml":
        given = read_seeds(seeds, root)
        counted = count_words(given.rows, given.lists)
    else:
        counted = count_words(read_rows(seeds))
    if missing := [code for code in codes if code not in counted or not counted[code].texts]:
        raise ModelError(f"{seeds}: no texts in {', '.join(missing)}")
    chosen = codes or [code for code in counted if counted[code].texts and _confusable(code)]
    if not chosen:
        raise ModelError(f"{seeds}: no texts in a language that is confused with others")
    return [specific_words(counted, code, against or _confusable(code)) for code in chosen]


def _confusable(code: str) -> tuple[str, ...]:
    return language(code).confusable if code in catalogue() else ()


def lists_toml(found: Sequence[SpecificWordList], today: date) -> str:
    """Every list with its words, their shares, counts and sources, a word a line."""
    document = tomlkit.document()
    for one in found:
        table = tomlkit.table()
        told = one.as_json(today)
        for key in ("from", "warnings"):
            table[key] = told[key]
        words = tomlkit.array().multiline(True)
        for word in told["words"]:
            row = tomlkit.inline_table()
            row.update(word)
            words.append(row)
        table["words"] = words
        document[one.language] = table
    return tomlkit.dumps(document)


def write_lists(found: Sequence[SpecificWordList], today: date) -> list[str]:
    """Put the lists of FEWEST words or more into their profiles; the codes of those written.

    CatalogueError if a language has no profile, or that of an installed package.
    """
    known = catalogue()
    if missing := [one.language for one in found if one.language not in known]:
        raise CatalogueError(f"no profile of {', '.join(missing)} to write to")
    written = [one for one in found if len(one.words) >= FEWEST]
    for one in written:
        path = known[one.language]
        write_profile(one.language, path, path, specific=one.lines(today))
    return [one.language for one in written]
