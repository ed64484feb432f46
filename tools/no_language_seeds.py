"""Write texts that are in no language, as negative seeds of an identification model.

    pip install faker==40.63.0 babel==2.19.0 wordfreq==3.1.1
    python tools/no_language_seeds.py FOLDER

Makes FOLDER/no-language.tsv.gz (columns lang, text, source): lines of program code from Python's
own library (PSF-2.0), lists of persons' names (Faker, MIT), menus of language and country names
(CLDR, Unicode-3.0), words of eight languages mixed (wordfreq, CC-BY-SA-4.0), and, made up here
(CC0-1.0), digests, identifiers and tables. The same versions and Python give the same file.
"""

from __future__ import annotations

import base64
import gzip
import random
import string
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXTS = 400
"""Texts of each kind."""
LABEL = "other:zxx"
MODULES = ("argparse", "ast", "calendar", "configparser", "csv", "datetime", "email/message",
           "ftplib", "http/client", "imaplib", "json/decoder", "logging/handlers", "optparse",
           "pathlib", "platform", "selectors", "shutil", "socket", "sqlite3/dump", "statistics",
           "subprocess", "tarfile", "threading", "tkinter/ttk", "turtle", "typing", "unittest/mock",
           "urllib/request", "uuid", "xml/dom/minidom", "zipfile")  # fmt: skip
NAMES = ("id_ID", "fil_PH", "en_TH", "en_US", "es_ES", "nl_NL", "pt_PT", "fr_FR")
MENUS = ("id", "ms", "jv", "su", "fil", "ceb", "vi", "en", "fr", "de", "es", "pt", "it", "nl")
WORDS = ("id", "ms", "fil", "vi", "en", "es", "pt", "nl")


def code(chance: random.Random) -> Iterator[str]:
    """Some lines of a module, without those that are prose."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    lines = [
        line.strip()
        for module in MODULES
        for line in (folder / f"{module}.py").read_text(encoding="utf-8").split("\n")
        if sum(char in "()[]{}=._:\"'*" for char in line) > 0.1 * len(line.strip()) > 0
    ]
    for _ in range(TEXTS):
        start = chance.randrange(len(lines) - 12)
        yield " ".join(lines[start : start + chance.randint(3, 12)])


def names(chance: random.Random) -> Iterator[str]:
    """Lists of names of persons from one country."""
    from faker import Faker

    for at in range(TEXTS):
        maker: Any = Faker(NAMES[at % len(NAMES)])
        maker.seed_instance(chance.randrange(1 << 30))
        yield ", ".join(maker.name() for _ in range(chance.randint(4, 20)))


def menus(chance: random.Random) -> Iterator[str]:
    """Names of languages and countries: half in one language, half each in its own."""
    from babel import Locale

    locales = [Locale.parse(name) for name in MENUS]
    for at in range(TEXTS):
        size = chance.randint(6, 25)
        chosen = [chance.choice(locales) for _ in range(size)] if at % 2 else [locales[0]] * size
        parts = []
        for locale in chosen:
            listed = locale.languages if chance.random() < 0.5 else locale.territories
            parts.append(listed[chance.choice(sorted(listed))])
        yield " | ".join(parts)


def mixed_words(chance: random.Random) -> Iterator[str]:
    """Words that are neighbors in no language: each is drawn from one of eight."""
    from wordfreq import top_n_list

    lists = [top_n_list(name, 8000)[200:] for name in WORDS]
    for _ in range(TEXTS):
        yield " ".join(chance.choice(chance.choice(lists)) for _ in range(chance.randint(8, 40)))


def made_up(chance: random.Random) -> Iterator[str]:
    """Digests, base64, identifiers, random letters, cells of tables."""
    makers = (_digest, _base64, _identifier, _letters, _cell, _cell)
    for at in range(2 * TEXTS):
        maker = makers[at % len(makers)]
        yield " ".join(maker(chance) for _ in range(chance.randint(5, 30)))


def _digest(chance: random.Random) -> str:
    return chance.randbytes(chance.choice((4, 8, 16, 20))).hex()


def _base64(chance: random.Random) -> str:
    return base64.b64encode(chance.randbytes(chance.randint(6, 40))).decode()


def _identifier(chance: random.Random) -> str:
    parts = ("".join(chance.choices(string.ascii_lowercase, k=chance.randint(2, 6)))
             for _ in range(chance.randint(1, 4)))  # fmt: skip
    return chance.choice("_-./").join(parts)


def _letters(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_letters, k=chance.randint(1, 12)))


def _cell(chance: random.Random) -> str:
    """A cell of a table: its name, a formula, an amount with a unit."""
    place = f"{chance.choice(string.ascii_uppercase)}{chance.randint(1, 99)}"
    formula = chance.choice(("SUM", "AVERAGE", "IF", "MAX", "MIN", "ROUND", "COUNT", "INDEX"))
    unit = chance.choice(("kg", "m", "cm", "km", "USD", "IDR", "Rp", "PHP", "pcs", "ha", "No", "x"))
    return chance.choice((place, f"={formula}({place};{chance.randint(1, 9)})", unit,
                          f"{chance.randint(1, 9999)} {unit}"))  # fmt: skip


KINDS = {"python": code, "faker": names, "cldr": menus, "wordfreq": mixed_words, "made-up": made_up}


def main() -> None:
    """Write all kinds."""
    rows = ["lang\ttext\tsource"]
    for source, kind in KINDS.items():
        texts = (" ".join(text.split()) for text in kind(random.Random(source)))
        rows += [f"{LABEL}\t{text}\t{source}" for text in texts]
    data = gzip.compress(("\n".join(rows) + "\n").encode(), mtime=0)
    (Path(sys.argv[1]) / "no-language.tsv.gz").write_bytes(data)


if __name__ == "__main__":
    main()
