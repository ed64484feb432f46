"""Add a language as if the catalogue had none of it, with a model of its own; build its corpus.

    python examples/new_language.py [FOLDER]

Dzongkha (Bhutan, Tibetan script): the demo's WARC holds 25 real pages of it, and lid.176 does not
know it. The script writes a profile, which goes before the catalogue's, trains a small
identification model on half of the pages, pins it by its digest and builds from all of them. A real
model needs more, and more kinds of, text: see docs/adding-a-language.md.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import fasttext

import corpuskit as ck
from corpuskit.connectors.warc import WarcConnector, WarcOptions

DEMO = Path(__file__).resolve().parent / "demo"

PROFILE = """
[language]
code = "dzo_Tibt"
name = "Dzongkha"
autonym = "རྫོང་ཁ"
bcp47 = ["dz", "dzo"]
fonts = ["Noto Serif Tibetan", "Jomolhari"]
segmentation = "spaces"
cctld = ["bt"]
labels = {}
caveats = ["Shares its script with Tibetan, which the model of this example does not know."]
"""

RECIPE = """
name = "dzongkha-example"
languages = ["dzo_Tibt"]
operator = {{ name = "corpuskit examples", contact = "corpus@example.org" }}

[[source]]
name = "libreoffice-help"
connector = "warc"
path = {path}
license = "MPL-2.0"
license_verified_by = "examples/demo/LICENSE.md"

[identify]
model = "own.ftz"
sha256 = "{sha256}"
"""


def texts_by_language() -> dict[str, list[str]]:
    """Texts of the demo's pages by the language that examples/demo/index.jsonl says."""
    lines = (DEMO / "index.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = ("page", "foreign")
    language_of = {r["url"]: r["language"] for r in map(json.loads, lines) if r["kind"] in kinds}
    connector = WarcConnector(WarcOptions(path="pages.warc.gz"), DEMO)
    found: dict[str, list[str]] = {}
    for item in connector.inputs():
        for piece in connector.scan(item):
            for record in connector.read(item, piece):
                language = language_of.get(record.url or "")
                if language and record.reason is None:
                    page = ck.extract_html(record.content, charset=record.charset)
                    found.setdefault(language, []).append(page.text)
    return found


def train(folder: Path) -> str:
    """A model whose labels are codes, from every second page; its digest."""
    rows = []
    for code, texts in sorted(texts_by_language().items()):
        for text in texts[::2]:
            rows += [f"__label__{code} {line}" for line in text.splitlines() if line.strip()]
    (folder / "train.txt").write_text("\n".join(rows), encoding="utf-8")
    model = fasttext.train_supervised(
        str(folder / "train.txt"),
        dim=16,
        minn=1,
        maxn=4,
        bucket=20_000,
        epoch=10,
        thread=1,
        verbose=0,
    )
    model.save_model(str(folder / "own.ftz"))
    return hashlib.sha256((folder / "own.ftz").read_bytes()).hexdigest()


def main(folder: Path) -> None:
    profiles = folder / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    (profiles / "dzo_Tibt.toml").write_text(PROFILE, encoding="utf-8")
    os.environ["CORPUSKIT_CATALOGUE"] = str(profiles)  # as you would export it in a shell

    path = json.dumps(str(DEMO / "pages.warc.gz"))
    (folder / "dzongkha.toml").write_text(
        RECIPE.format(path=path, sha256=train(folder)), encoding="utf-8"
    )
    build = ck.build(ck.load_recipe(folder / "dzongkha.toml"), folder / "build", workers=2)
    print(build)
    for row in build.dataset.head(2, columns=["lang", "lang_score", "text"]).to_pylist():
        print(row["lang"], f"{row['lang_score']:.2f}", " ".join(row["text"].split())[:60])
    print("rejected:", dict(build.ledger.reasons.most_common(4)))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "builds/dzongkha").absolute())
