"""Make lists of specific words from labelled texts, and write them to TOML files."""

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
"""Words that a list needs to be written to a profile: three words cannot judge a text."""


def specific_lists_of(
    seeds: Path, codes: Sequence[str] = (), against: Sequence[str] = (), root: Path | None = None
) -> list[SpecificWordList]:
    """The lists of `codes`, by default of every language in the texts whose profile names
    languages that it is confused with; `against` replaces these.

    `seeds` is a seeds TOML or a table with the columns lang, text and source. ModelError if it
    cannot be read or has no texts in a language.
    """
    if seeds.suffix == ".toml":
        seed_set = read_seeds(seeds, root)
        counted = count_words(seed_set.rows, seed_set.lists)
    else:
        counted = count_words(read_rows(seeds))
    if missing := [code for code in codes if code not in counted or not counted[code].texts]:
        raise ModelError(f"{seeds}: no texts in {', '.join(missing)}")
    chosen = codes or [code for code in counted if counted[code].texts and _confusable(code)]
    if not chosen:
        raise ModelError(f"{seeds}: no texts in a language that its profile calls confusable")
    return [specific_words(counted, code, against or _confusable(code)) for code in chosen]


def _confusable(code: str) -> tuple[str, ...]:
    return language(code).confusable if code in catalogue() else ()


def lists_toml(lists: Sequence[SpecificWordList], today: date) -> str:
    """Every list with its words, their shares, counts and sources, one word per line."""
    document = tomlkit.document()
    for word_list in lists:
        table = tomlkit.table()
        content = word_list.as_json(today)
        for key in ("from", "warnings"):
            table[key] = content[key]
        words = tomlkit.array().multiline(True)
        for word in content["words"]:
            row = tomlkit.inline_table()
            row.update(word)
            words.append(row)
        table["words"] = words
        document[word_list.language] = table
    return tomlkit.dumps(document)


def write_lists(lists: Sequence[SpecificWordList], today: date) -> list[str]:
    """Write the lists of FEWEST words or more to their profiles; returns the codes written.

    CatalogueError if a language has no profile, or only one in an installed package.
    """
    known = catalogue()
    if missing := [word_list.language for word_list in lists if word_list.language not in known]:
        raise CatalogueError(f"no profile of {', '.join(missing)} to write to")
    long_enough = [word_list for word_list in lists if len(word_list.words) >= FEWEST]
    for word_list in long_enough:
        path = known[word_list.language]
        write_profile(word_list.language, path, path, specific=word_list.lines(today))
    return [word_list.language for word_list in long_enough]
