"""Exports are what other programs read: they get every document back."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import struct
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from services.s3 import moto

import corpuskit as ck
from corpuskit import exports
from corpuskit.cli import run
from corpuskit.errors import ExportError, TokenizerError, UnknownNameError, WorkspaceError
from corpuskit.exports import export
from corpuskit.exports.formats import Csv, Jsonl, PlainText
from corpuskit.exports.mds import write_mds
from corpuskit.exports.options import ExportOptions
from corpuskit.store import LocalStore
from corpuskit.tokenizer import load_tokenizer

pytestmark = pytest.mark.xdist_group("exports")


@pytest.fixture(scope="module")
def tokenizer(demo: ck.Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of SentencePiece of 1,000 tokens."""
    path = tmp_path_factory.mktemp("tokenizer") / "small.model"
    arguments = ["tokens", demo.folder, "--tokenizer", "train:bpe:1k", "--save", path]
    assert run([str(argument) for argument in arguments]) == 0
    return path


def rows(demo: ck.Build, *columns: str, split: str | None = None) -> list[dict[str, Any]]:
    """The documents, in the order of the shards."""
    return [
        {name: row[name] for name in columns}
        for batch in demo.documents([*columns, "split"])
        for row in batch.to_pylist()
        if split in (None, row["split"])
    ]


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_jsonl_is_read_line_by_line(demo: ck.Build, tmp_path: Path, compression: str) -> None:
    result = export(demo, "jsonl", tmp_path / "out", compression=compression, workers=1)
    assert result.documents == 82
    lines = []
    for file in result.files:
        path = tmp_path / "out" / file.path
        content = path.read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
        opened = {
            "none": lambda c: c,
            "gzip": gzip.decompress,
            "zstd": lambda c: zstandard.ZstdDecompressor().stream_reader(io.BytesIO(c)).read(),
        }[compression](content)
        lines += [json.loads(line) for line in opened.decode().splitlines()]
    assert lines == rows(demo, *exports.DEFAULT_COLUMNS)


def test_hugging_face_datasets_and_pandas_read_every_column(demo: ck.Build, tmp_path: Path) -> None:
    import datasets

    export(demo, "jsonl", tmp_path / "out", columns=["all"], compression="zstd", workers=1)
    files = sorted(map(str, (tmp_path / "out").rglob("*.jsonl.zst")))
    loaded = datasets.load_dataset(
        "json", data_files=files, split="train", cache_dir=str(tmp_path / "cache")
    )
    assert sorted(loaded["text"]) == sorted(row["text"] for row in rows(demo, "text"))
    assert set(loaded.column_names) == set(demo.dataset.schema.names)
    captured = [row["fetched_at"] for row in rows(demo, "fetched_at")]
    assert loaded[0]["fetched_at"].astimezone() == captured[0].astimezone()


def test_csv_is_read_by_the_standard_library_and_polars(demo: ck.Build, tmp_path: Path) -> None:
    import polars

    columns = ["id", "text", "quality", "title"]
    export(demo, "csv", tmp_path / "out", columns=columns, splits=["train"], workers=1)
    (path,) = (tmp_path / "out").rglob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    wanted = rows(demo, *columns, split="train")
    assert [row["text"] for row in read] == [row["text"] for row in wanted]
    assert json.loads(read[0]["quality"])["chars"] == wanted[0]["quality"]["chars"]
    assert polars.read_csv(path)["id"].to_list() == [row["id"] for row in wanted]
    assert list(read[0]) == columns


def test_text_has_a_blank_line_behind_each_document(demo: ck.Build, tmp_path: Path) -> None:
    export(demo, "text", tmp_path / "out", workers=1)
    texts = []
    for path in sorted((tmp_path / "out").rglob("*.txt")):
        texts += path.read_text(encoding="utf-8").removesuffix("\n\n").split("\n\n")
    wanted = ["\n".join(line for line in row["text"].split("\n") if line.strip())
              for row in rows(demo, "text")]  # fmt: skip
    assert texts == wanted


def read_megatron(prefix: Path) -> list[list[int]]:
    """Documents as Megatron-Core's `IndexedDataset` finds them."""
    index = prefix.with_suffix(".idx").read_bytes()
    assert index[:9] == b"MMIDIDX\x00\x00"
    version, code, sequences, documents = struct.unpack("<QBQQ", index[9:34])
    assert version == 1
    kind = {4: np.int32, 8: np.uint16}[code]
    lengths = np.frombuffer(index, np.int32, sequences, 34)
    pointers = np.frombuffer(index, np.int64, sequences, 34 + lengths.nbytes)
    at = 34 + lengths.nbytes + pointers.nbytes
    first = np.frombuffer(index, np.int64, documents, at)
    assert at + first.nbytes == len(index)
    assert first.tolist() == list(range(sequences + 1))
    data = prefix.with_suffix(".bin").read_bytes()
    assert lengths.sum() * np.dtype(kind).itemsize == len(data)
    return [
        np.frombuffer(data, kind, length, pointer).tolist()
        for length, pointer in zip(lengths.tolist(), pointers.tolist(), strict=True)
    ]


@pytest.mark.parametrize("ends", [True, False])
def test_megatron_has_the_tokens_of_every_document(
    demo: ck.Build, tokenizer: Path, tmp_path: Path, ends: bool
) -> None:
    result = export(
        demo, "megatron", tmp_path / "out", tokenizer=tokenizer, end_of_document=ends, workers=1
    )
    loaded = load_tokenizer(tokenizer)
    for split in ("train", "validation"):
        tokens = read_megatron(tmp_path / "out" / split / "khm_Khmr_text_document")
        wanted = loaded.encode([row["text"] for row in rows(demo, "text", split=split)])
        assert tokens == [[*document, *([loaded.end] if ends else [])] for document in wanted]
    assert result.documents == 82
    assert result.tokens == sum(file.bytes for file in result.files if ".bin" in file.path) // 2


def test_a_large_vocabulary_takes_four_bytes(demo: ck.Build, tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"[UNK]": 0, **{f"w{number}": number for number in range(1, 65_500)}}
    large = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    large.pre_tokenizer = pre_tokenizers.Whitespace()
    large.save(str(tmp_path / "tokenizer.json"))
    options = {"tokenizer": tmp_path / "tokenizer.json", "splits": ["validation"], "workers": 1}
    with pytest.raises(ExportError, match="has no token that ends a document"):
        export(demo, "megatron", tmp_path / "out", **options)
    export(demo, "megatron", tmp_path / "again", end_of_document=False, **options)
    tokens = read_megatron(tmp_path / "again" / "validation" / "khm_Khmr_text_document")
    assert len(tokens) == 4
    assert {token for document in tokens for token in document} == {0}


def read_mds(folder: Path) -> list[dict[str, Any]]:
    """Samples as MosaicML Streaming's `MDSReader` finds them."""
    index = json.loads((folder / "index.json").read_text())
    assert index["version"] == 2
    samples = []
    for shard in index["shards"]:
        data = (folder / shard["raw_data"]["basename"]).read_bytes()
        assert len(data) == shard["raw_data"]["bytes"]
        digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        assert digest == shard["raw_data"]["hashes"]["sha1"]
        (count,) = struct.unpack("<I", data[:4])
        assert count == shard["samples"]
        offsets = np.frombuffer(data, np.uint32, count + 1, 4).tolist()
        for begin, end in pairwise(offsets):
            sample = data[begin:end]
            columns = len(shard["column_names"])
            sizes = np.frombuffer(sample, np.uint32, columns).tolist()
            at, values = 4 * columns, []
            for size in sizes:
                values.append(sample[at : at + size])
                at += size
            assert at == len(sample)
            samples.append({
                name: value.decode() if encoding == "str" else json.loads(value)
                for name, encoding, value in zip(
                    shard["column_names"], shard["column_encodings"], values, strict=True
                )
            })  # fmt: skip
    return samples


def test_mds_has_every_sample(demo: ck.Build, tmp_path: Path) -> None:
    columns = ["text", "id", "lang_score", "edits"]
    result = export(demo, "mds", tmp_path / "out", columns=columns, workers=1)
    samples = read_mds(tmp_path / "out" / "train" / "khm_Khmr")
    wanted = rows(demo, *columns, split="train")
    assert [sample["text"] for sample in samples] == [row["text"] for row in wanted]
    assert samples[3]["edits"] == wanted[3]["edits"]
    assert samples[3]["lang_score"] == pytest.approx(wanted[3]["lang_score"])
    assert result.documents == 82


def test_mds_begins_another_shard_where_one_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuskit.exports.mds.SHARD_BYTES", 400)
    texts = ["ក" * number for number in range(1, 60)] + [None]
    batch = pa.record_batch({"text": pa.array(texts, pa.string())})
    files = write_mds(LocalStore(tmp_path), "x", [batch], ExportOptions("mds", ("text",)))
    assert len(files) > 5
    samples = read_mds(tmp_path / "x")
    assert [sample["text"] for sample in samples] == [text or "" for text in texts]


def test_workers_change_no_byte_and_an_interrupted_export_goes_on(
    demo: ck.Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(demo, "jsonl", tmp_path / "whole", workers=2)
    asked = []

    def interrupted(task: exports.ExportTask) -> Any:
        asked.append(task)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return exports.work.export_part(task)

    with monkeypatch.context() as patch:
        patch.setattr(exports, "export_part", interrupted)
        with pytest.raises(KeyboardInterrupt):
            export(demo, "jsonl", tmp_path / "cut", workers=1)
    assert json.loads((tmp_path / "cut" / "export.json").read_text())["complete"] is False
    result = export(demo, "jsonl", tmp_path / "cut", workers=1)
    assert (result.kept, len(result.files)) == (1, 2)
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")
    assert export(demo, "jsonl", tmp_path / "cut", workers=1).kept == 2
    next((tmp_path / "cut").rglob("train/*.jsonl")).unlink()
    assert export(demo, "jsonl", tmp_path / "cut", workers=1).documents == 82
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")


def test_what_does_not_fit_is_refused(demo: ck.Build, tokenizer: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for error, message, arguments in (
        (ExportError, "no format 'parquet'; there are jsonl", {"to": "parquet"}),
        (ExportError, "needs a tokenizer", {"to": "megatron"}),
        (ExportError, "a tokenizer changes nothing", {"tokenizer": tokenizer}),
        (ExportError, "no compression 'xz'", {"compression": "xz"}),
        (ExportError, "is not compressed", {"to": "mds", "compression": "gzip"}),
        (ExportError, "has no columns", {"to": "text", "columns": ["id"]}),
        (UnknownNameError, "did you mean 'text'", {"columns": ["tex"]}),
        (UnknownNameError, "no language 'lao_Laoo'", {"langs": ["lao_Laoo"]}),
        (UnknownNameError, "no split 'test'", {"splits": ["test"]}),
        (UnknownNameError, "no source 'x'", {"sources": ["x"]}),
        (TokenizerError, "cannot be read", {"to": "megatron", "tokenizer": tmp_path / "none"}),
        (WorkspaceError, "is in the build itself", {"out": demo.folder / "exported"}),
    ):
        given: dict[str, Any] = {"to": "jsonl", "out": out, **arguments}
        with pytest.raises(error, match=message):
            export(demo, **given)
    assert not out.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text("mine")
    with pytest.raises(ExportError, match="holds files that no export wrote"):
        export(demo, "jsonl", tmp_path / "mine")
    export(demo, "jsonl", out, splits=["validation"], workers=1)
    with pytest.raises(ExportError, match="holds another export"):
        export(demo, "jsonl", out, splits=["train"])
    with pytest.raises(ExportError, match="is a file"):
        export(demo, "jsonl", out / "export.json")


def test_rows_that_are_awkward_are_whole() -> None:
    awkward = {"text": 'a "quoted", line\r\nand another\n\n= 1\u2028x', "n": None, "list": ["ក"]}
    options = ExportOptions("csv", ("text", "n", "list"))
    (line,) = Csv().lines([awkward], options)
    assert next(csv.reader(io.StringIO(line, newline=""))) == [awkward["text"], "", '["ក"]']
    (line,) = Jsonl().lines([awkward], options)
    assert json.loads(line) == awkward
    assert line.count("\n") == 1
    (line,) = PlainText().lines([awkward], options)
    assert line.count("\n\n") == 1


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("obstore")
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running.bucket("exports")


def test_an_object_store_holds_the_same_export(
    demo: ck.Build, bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = bucket / uuid.uuid4().hex
    export(demo, "jsonl", tmp_path / "out", workers=1)
    assert run(["export", str(demo.folder), "--to", "jsonl", "--out", str(url)]) == 0
    assert "exported 82 documents · 2 files" in capsys.readouterr().out
    store = exports.place.store_at(url)
    assert not list(store.list(".work"))
    for name in contents(tmp_path / "out"):
        assert store.get(name) == (tmp_path / "out" / name).read_bytes()


def test_the_command_tells_what_it_wrote(
    demo: ck.Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", str(demo.folder), "--to", "jsonl", "--out", str(tmp_path / "out")]
    assert run([*command, "--columns", "text, url", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["documents"] == 82
    assert run([*command, "--columns", "text,url"]) == 0
    assert "2 files had been written before" in capsys.readouterr().out
    about = json.loads((tmp_path / "out" / "export.json").read_text())
    assert about["build_id"] == demo.manifest["build_id"]
    assert str(tmp_path) not in json.dumps(about)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "export.json", "train", "validation",
    ]  # fmt: skip
