"""The seeds of an identification model: files of texts, their languages, sources and licenses.

    [model]
    name = "sea-2"
    alike = ["ind_Latn", "zsm_Latn"]     # told apart by their words: see word_table.py

    [[source]]
    name = "nusax"                       # the longest name that a row's source starts with
    license = "CC-BY-SA-4.0"
    url = "https://github.com/IndoNLP/nusax"

    [[seed]]
    path = "lid/train.tsv.gz"            # columns lang, text, source; or .txt, a text per line
    rename = { "bbc?" = "bbc" }

    [[seed]]
    path = "mine/ban.txt"
    lang = "ban_Latn"
    source = "my-blog"

    [[seed]]
    path = "more/*.jsonl"                # keys lang, script, text, source; * for several files
    sources = ["common-voice"]           # only rows whose source starts with one of these
    without_marks = true                 # without diacritics, as Vietnamese is often typed

    [[words]]                            # a large list: columns word, share (of running text)
    path = "words/ind.tsv.gz"
    lang = "ind_Latn"
    source = "wordfreq"

A language is a code (`ban_Latn`) or ISO 639-3 alone; the script is then that of the texts. Rows
of a seed with `negative = true`, or whose language starts with `other:`, teach the model what not
to accept: it answers `und` to such texts.
"""

from __future__ import annotations

import gzip
import json
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpuskit.errors import ModelError
from corpuskit.identify.preprocess import lid_sea_2
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.text.scripts import script_counts

NEGATIVE: Final = "und_"
_OTHER: Final = "other:"
_HAN: Final = {"Hani": "Hans"}


class SeedRow(NamedTuple):
    """One labelled text."""

    label: str
    """`ban_Latn`; for a negative language `und_fra_Latn`."""
    text: str
    source: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeedSource(_Strict):
    """Where texts come from and under which license."""

    name: str
    license: str
    url: str
    about: str = ""


class Seed(_Strict):
    """A file of texts, or several of one form: `*` in the last part of the path."""

    path: Path
    lang: str | None = None
    source: str | None = None
    negative: bool = False
    languages: tuple[str, ...] = ()
    """Use only these; all if empty."""
    sources: tuple[str, ...] = ()
    """Use only rows whose source starts with one of these; all if empty."""
    without_marks: bool = False
    """Use every text without its diacritics."""
    rename: dict[str, str] = Field(default_factory=dict)


class SeedWords(_Strict):
    """A list of words with their frequencies."""

    path: Path
    lang: str
    source: str


class SeedModel(_Strict):
    """Name and license of the model."""

    name: str
    license: str = NOASSERTION
    alike: tuple[str, ...] = ()
    """Codes of languages that are easily confused with one another."""


class Seeds(_Strict):
    """A seeds TOML."""

    model: SeedModel
    source: tuple[SeedSource, ...]
    seed: tuple[Seed, ...]
    words: tuple[SeedWords, ...] = ()


@dataclass(frozen=True, slots=True)
class WordList:
    """The words of one language."""

    label: str
    source: str
    shares: dict[str, float]
    """Share of running text per prepared word; the sum is 1."""


@dataclass(frozen=True, slots=True)
class SeedSet:
    """The texts of a seeds TOML."""

    seeds: Seeds
    rows: tuple[SeedRow, ...]
    lists: tuple[WordList, ...] = ()

    def without(self, source: str) -> SeedSet:
        """The same without the texts and words of a source."""
        rows = tuple(row for row in self.rows if row.source != source)
        lists = tuple(words for words in self.lists if words.source != source)
        return SeedSet(self.seeds, rows, lists)


def describe(path: Path) -> Seeds:
    """Read a seeds TOML without its texts; ModelError if it is wrong."""
    try:
        return Seeds.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"seeds {path}: {error}") from error
    except ValidationError as error:
        wrong = (f"seeds {path}: {_key(problem)}: {problem['msg']}" for problem in error.errors())
        raise ModelError("\n".join(wrong)) from error


def _key(error: Any) -> str:
    """Where one of pydantic's errors is: `seed[2].path`."""
    first, *rest = error["loc"]
    steps = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in rest)
    return f"{first}{''.join(steps)}"


def read_seeds(path: Path, root: Path | None = None) -> SeedSet:
    """All texts that a seeds TOML names; paths start from `root`, else from its folder.

    ModelError if the TOML or a file is wrong or a source is not described.
    """
    seeds = describe(path)
    folder = root or path.parent
    rows = [
        row
        for seed in seeds.seed
        for file in _files(folder / seed.path)
        for row in read_rows(file, seed)
    ]
    lists = [read_words(folder / words.path, words) for words in seeds.words]
    names = {row.source for row in rows} | {words.source for words in lists}
    known = {name: _known_source(name, seeds, path) for name in sorted(names)}
    return SeedSet(
        seeds,
        tuple(row._replace(source=known[row.source]) for row in rows),
        tuple(replace(words, source=known[words.source]) for words in lists),
    )


def _files(path: Path) -> list[Path]:
    """The files that a path with `*` in its last part names, in order; else the path itself."""
    if "*" not in path.name:
        return [path]
    if files := sorted(path.parent.glob(path.name)):
        return files
    raise ModelError(f"texts {path}: no such file")


def _known_source(row_source: str, seeds: Seeds, path: Path) -> str:
    names = sorted((source.name for source in seeds.source), key=len, reverse=True)
    name = next((name for name in names if row_source.startswith(name)), None)
    if name is None:
        raise ModelError(f"seeds {path}: no [[source]] describes {row_source!r}")
    return name


def read_words(path: Path, words: SeedWords) -> WordList:
    """Read a word list (columns word, share); words that preparation would change are left out."""
    shares: dict[str, float] = {}
    try:
        for row in _table(path, "word", "share"):
            if lid_sea_2(word := row["word"]) == word and (value := float(row["share"])) > 0:
                shares[word] = value
    except (OSError, EOFError, ValueError) as error:
        raise ModelError(f"words {path}: {error}") from error
    whole = sum(shares.values())
    if not whole:
        raise ModelError(f"words {path}: has no word with a share")
    known = {word: share / whole for word, share in shares.items()}
    return WordList(words.lang, words.source, known)


def _table(path: Path, *needed: str) -> Iterator[dict[str, str]]:
    """The rows of a .tsv; ValueError if it, or a row, lacks a needed column.

    Not with the module csv, which refuses fields beyond 131,072 characters; nothing is quoted.
    """
    with _open(path) as file:
        head = file.readline().rstrip("\r\n").split("\t")
        if missing := [name for name in needed if name not in head]:
            raise ValueError(f"no column {missing[0]!r}; there are {', '.join(map(repr, head))}")
        for number, line in enumerate(file, 2):
            if fields := line.rstrip("\r\n"):
                row = dict(zip(head, fields.split("\t"), strict=False))
                if missing := [name for name in needed if name not in row]:
                    raise ValueError(f"line {number} has no {missing[0]!r}")
                yield row


def _open(path: Path) -> IO[str]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    file: IO[str] = opener(path, "rt", encoding="utf-8", newline="")
    return file


def read_rows(path: Path, seed: Seed | None = None) -> list[SeedRow]:
    """The texts of one file: .tsv with columns lang, text, source; .jsonl with keys lang, script,
    text, source; or .txt; all also .gz.

    ModelError if it cannot be read.
    """
    seed = seed or Seed(path=path)
    try:
        raw = list(_raw(path, seed))
    except (OSError, EOFError, ValueError) as error:
        raise ModelError(f"texts {path}: {error}") from error
    raw = [(seed.rename.get(lang, lang), text, source) for lang, text, source in raw]
    if seed.languages:
        raw = [row for row in raw if row[0] in seed.languages]
    if seed.sources:
        raw = [row for row in raw if row[2].startswith(seed.sources)]
    scripts = _scripts(raw)
    return [
        SeedRow(
            _label(lang, scripts[lang], seed.negative),
            without_marks(text) if seed.without_marks else text,
            source,
        )
        for lang, text, source in raw
    ]


def without_marks(text: str) -> str:
    """The text as it is typed without diacritics."""
    bare = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return "".join(bare).replace("đ", "d").replace("Đ", "D")


def _raw(path: Path, seed: Seed) -> Iterator[tuple[str, str, str]]:
    if ".jsonl" in path.suffixes:
        yield from _json_rows(path, seed)
    elif ".tsv" in path.suffixes:
        for row in _table(path, "lang", "text"):
            yield row["lang"], row["text"], seed.source or row.get("source") or path.stem
    elif seed.lang is None:
        raise ModelError(f"texts {path}: no language; set `lang`, or use a .tsv with a column lang")
    else:
        with _open(path) as file:
            for line in file:
                if line.strip():
                    yield seed.lang, line.strip(), seed.source or path.stem


def _json_rows(path: Path, seed: Seed) -> Iterator[tuple[str, str, str]]:
    """The rows of a .jsonl; ValueError if a line is not an object with a text and a language."""
    with _open(path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            row: Any = json.loads(line)
            known = row if isinstance(row, dict) else {}
            if not all(isinstance(known.get(key), str) for key in ("text", "lang")):
                raise ValueError(f"line {number} has no 'text' or no 'lang'")
            text, lang, script = str(known["text"]), str(known["lang"]), known.get("script")
            lang = seed.rename.get(lang, lang)
            code = f"{lang}_{script}" if script and "_" not in lang else lang
            if text.strip():
                yield code, " ".join(text.split()), seed.source or row.get("source") or path.stem


def _scripts(raw: list[tuple[str, str, str]]) -> dict[str, str]:
    """The script that most letters of each language are in."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for lang, text, _ in raw:
        counts[lang].update(script_counts(text))
    return {lang: max(sorted(letters), key=letters.__getitem__, default="Zyyy")
            for lang, letters in counts.items()}  # fmt: skip


def _label(lang: str, script: str, negative: bool) -> str:
    name = lang.removeprefix(_OTHER)
    code = name if "_" in name else f"{name}_{_HAN.get(script, script)}"
    return f"{NEGATIVE}{code}" if negative or lang.startswith(_OTHER) else code
