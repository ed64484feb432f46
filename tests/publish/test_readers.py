"""A published corpus opens, whole, in what people read corpora with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from end_to_end.builds import DEMO
from services import programs

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("readers")

LANGUAGES = ("khm_Khmr", "vie_Latn")
READERS = ("datasets-3.6", "datasets", "pandas", "polars", "duckdb", "pyarrow")
OPEN = Path(__file__).with_name("open_corpus.py")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """The demo in two languages, a fifth of it for validation."""
    languages = json.dumps(LANGUAGES)
    recipe = ck.load_recipe(
        DEMO / "khmer.toml", overrides=[f"languages={languages}", "output.validation=0.2"]
    )
    build = ck.build(recipe, tmp_path_factory.mktemp("readers") / "build", workers=2)
    if build.manifest["format"] == 1:
        pytest.skip("published in format 1, which is one folder without a column `split`")
    return build


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Hugging Face's libraries keep what they make of a corpus."""
    return tmp_path_factory.mktemp("huggingface")


@pytest.fixture(scope="session")
def reference(corpus: ck.Build, home: Path) -> dict[str, dict[str, Any]]:
    """What pyarrow sees, which wrote the files."""
    return open_with("pyarrow", corpus.folder, home)


def open_with(
    reader: str, folder: Path, home: Path, config: str | None = None
) -> dict[str, dict[str, Any]]:
    """By split, what a reader sees of a corpus: rows, languages, columns, a digest of texts."""
    python, name = sys.executable, reader
    if reader == "datasets-3.6":
        services, name = programs.folder(), "datasets"
        own = services / reader / "bin" / "python" if services else None
        if own is None or not own.exists():
            programs.missing("datasets 3.6 is not installed (`make readers`)")
        python = str(own)
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(home / reader)}
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, OPEN, name, folder, *([config] if config else [])],
        capture_output=True, text=True, check=False, timeout=200, env={**inherited, **offline},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def expected(build: ck.Build, split: str, *languages: str) -> dict[str, int]:
    """Rows of each language that the manifest counts in a split."""
    counts: dict[str, int] = {}
    for file in build.manifest["files"]:
        if file["kind"] == "data" and file["split"] == split and file["lang"] in languages:
            counts[file["lang"]] = counts.get(file["lang"], 0) + file["rows"]
    return counts


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_sees_every_row_and_column(
    reader: str, corpus: ck.Build, home: Path, reference: dict[str, dict[str, Any]]
) -> None:
    seen = open_with(reader, corpus.folder, home)
    assert set(seen) == {"train", "validation"}
    schema = pq.read_schema(corpus.files("data")[0])
    for split, rows in seen.items():
        assert rows["languages"] == expected(corpus, split, *LANGUAGES)
        assert len(rows["languages"]) == len(LANGUAGES)
        assert rows["splits"] == [split]
        assert rows["columns"] == sorted(schema.names)
        assert rows["digest"] == reference[split]["digest"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", ["datasets-3.6", "datasets"])
def test_one_language_is_a_configuration(
    reader: str, language: str, corpus: ck.Build, home: Path
) -> None:
    seen = open_with(reader, corpus.folder, home, language)
    for split in ("train", "validation"):
        assert seen[split]["languages"] == expected(corpus, split, language)


def test_the_layout_and_types_are_those_that_all_readers_know(corpus: ck.Build) -> None:
    published = [path for path in corpus.folder.rglob("*.parquet") if ".work" not in path.parts]
    data = sorted(
        str(path.relative_to(corpus.folder)) for path in published if "data" in path.parts
    )
    assert data == [
        f"data/{split}/{language}-00000-of-00001.parquet"
        for split in ("train", "validation")
        for language in LANGUAGES
    ]
    assert len(published) > len(data)  # the rejects
    for path in published:
        for field in pq.read_schema(path):
            assert not any(map(pa.types.is_map, types_in(field.type))), (path.name, field.name)
    for path in data:
        assert pq.read_table(corpus.folder / path, columns=["split"])[
            "split"
        ].unique().to_pylist() == [path.split("/")[1]]


def types_in(kind: pa.DataType) -> list[pa.DataType]:
    """A type and all types within it."""
    inner = [kind.field(number).type for number in range(kind.num_fields)]
    return [kind, *(within for one in inner for within in types_in(one))]


def test_maps_within_other_types_are_seen() -> None:
    hidden = pa.list_(pa.struct([("counts", pa.map_(pa.string(), pa.int32()))]))
    assert any(map(pa.types.is_map, types_in(hidden)))
    assert not any(map(pa.types.is_map, types_in(pa.list_(pa.struct([("n", pa.int32())])))))


def test_stored_signatures_are_ready_for_datasketchs_lsh(corpus: ck.Build) -> None:
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=120)
    texts = {
        row["id"]: row
        for batch in corpus.documents(columns=["id", "text", "lang"])
        for row in batch.to_pylist()
    }
    signatures = dict(corpus.signatures())
    assert signatures.keys() == texts.keys()
    for name, signature in signatures.items():
        index.insert(name, signature)
    for name in list(texts)[::20]:
        signature = ck.minhash(texts[name]["text"], language=texts[name]["lang"])
        assert signature == signatures[name]
        assert name in index.query(signature)
