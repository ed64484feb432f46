"""Models that an operator brings, GlotLID and OpenLID: their labels, by a recipe, to a corpus.

The models are small and trained here, with labels as those two write them.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import fasttext
import pytest
from end_to_end.builds import write_recipe

import corpuskit as ck

pytestmark = [pytest.mark.xdist_group("sources"), pytest.mark.data("lid")]

STYLES: dict[str, dict[str, Sequence[str]]] = {
    "glotlid": {
        "tgl": ("tgl_Latn", "fil_Latn"),
        "hmn": ("mww_Latn", "hnj_Latn"),
        "tet": ("tdt_Latn",),
        "other:zho": ("cmn_Hani",),
        "eng": ("eng_Latn",),
        "other:kor": ("kor_Hang",),
    },
    "openlid": {
        "tgl": ("tgl_Latn",),
        "other:zho": ("zho_Hans",),
        "eng": ("eng_Latn",),
        "khm": ("khm_Khmr",),
    },
}
WANTED = {"glotlid": ["hmn", "tgl", "tet"], "openlid": ["khm", "tgl"]}


def sentences(path: Path, languages: Mapping[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["lang"] in languages and len(found[row["lang"]]) < 200:
                found[row["lang"]].append(row["text"])
    return found


def trained(data: Path, style: str, path: Path) -> str:
    """A model with such labels; of several for a language, each has some of the texts."""
    labels = STYLES[style]
    with path.with_suffix(".txt").open("w", encoding="utf-8") as file:
        for lang, texts in sentences(data / "lid" / "train.tsv.gz", labels).items():
            for number, text in enumerate(texts * (200 // len(texts))):
                file.write(f"__label__{labels[lang][number % len(labels[lang])]} {text}\n")
    model = fasttext.train_supervised(
        str(path.with_suffix(".txt")), dim=8, minn=1, maxn=3, bucket=5000, epoch=25, thread=1,
        verbose=0,
    )  # fmt: skip
    model.save_model(str(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def documents(data: Path, languages: Sequence[str]) -> list[dict[str, str]]:
    """Documents of test sentences, and as many in English, with what they are in."""
    texts = sentences(data / "lid" / "eval.tsv.gz", dict.fromkeys([*languages, "eng"]))
    return [
        {"text": "\n".join(texts[lang][at : at + 8]), "url": f"https://a.example/{lang}/{at}"}
        for lang in (*languages, "eng")
        for at in range(0, min(24, len(texts[lang]) - 7), 8)
    ]


@pytest.mark.parametrize("style", STYLES)
def test_a_brought_model_by_the_name_of_its_labels(
    style: str, data_dir: Path, tmp_path: Path
) -> None:
    digest = trained(data_dir, style, tmp_path / "brought.bin")
    rows = documents(data_dir, WANTED[style])
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    recipe = write_recipe(tmp_path, Path("rows.jsonl"), 'url_column = "url"', "[identify]",
                          'model = "brought.bin"', f'labels = "{style}"', f'sha256 = "{digest}"',
                          connector="files")  # fmt: skip
    codes = {"hmn": "hmn_Latn", "tgl": "tgl_Latn", "tet": "tet_Latn", "khm": "khm_Khmr"}
    wanted = [codes[lang] for lang in WANTED[style]]
    build = ck.build(
        ck.load_recipe(recipe, [f"languages={json.dumps(wanted)}"]), tmp_path / "b", workers=1
    )
    kept = build.dataset.to_table(columns=["url", "lang", "lang_score", "lid_top"]).to_pylist()
    assert {row["lang"] for row in kept} == set(wanted)
    assert all(codes[row["url"].split("/")[3]] == row["lang"] for row in kept)
    # Labels of one language count as one: each alone has about half.
    assert all(row["lang_score"] > 0.7 for row in kept)
    labels = [[one["label"] for one in row["lid_top"]] for row in kept]
    assert all(len(set(found)) == len(found) for found in labels)
    assert not {"fil_Latn", "mww_Latn", "hnj_Latn", "tdt_Latn"} & {x for row in labels for x in row}
