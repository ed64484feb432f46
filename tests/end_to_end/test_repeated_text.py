"""Lines and passages that many documents repeat are counted over the corpus and taken out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import published

import corpuskit as ck
from corpuskit.pipeline.prune import prune
from corpuskit.pipeline.steps import repeat_counts

HEAD = "Halaman utama berita daerah dan kabar terbaru setiap hari"
NOTICE = (
    "Situs ini memakai kuki untuk mengingat pilihan pembaca dan menghitung kunjungan. "
    "Dengan membuka halaman ini pembaca menyetujui penggunaan kuki menurut aturan yang berlaku. "
    "Redaksi tidak bertanggung jawab atas isi tautan yang mengarah ke situs milik pihak lain. "
    "Semua tulisan dilindungi undang-undang dan tidak boleh disalin tanpa izin tertulis. "
    "Keluhan dapat disampaikan kepada redaksi melalui alamat yang tercantum di bagian bawah."
)
SHARED = "Kabar ini dikirim oleh kantor berita kepada semua pelanggan pada hari yang sama."


DEDUP = "lines = { documents = 12, hosts = 2 }"
PASSAGES = "passages = { documents = 12, hosts = 2 }"


@pytest.fixture(scope="module")
def texts(data_dir: Path) -> list[list[str]]:
    """Fifty Indonesian texts of four lines that share nothing."""
    with (data_dir / "text-labelled/ud.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    sentences = [row["text"] for row in rows if row["lang"] == "ind" and len(row["text"]) > 70]
    chosen = list(dict.fromkeys(" ".join(text.split()) for text in sentences))[:200]
    assert len(chosen) == 200
    return [chosen[at : at + 4] for at in range(0, 200, 4)]


def documents(texts: list[list[str]]) -> list[dict[str, str]]:
    """Pages of five hosts: a head on all, a notice in a line of the first 30, and one article that
    all hosts carry, with their heads."""
    rows = []
    for number, lines in enumerate(texts):
        first, *rest = lines
        if number < 30:
            first = f"{first} {NOTICE} {rest[-1]}"
        page = f"https://site{number % 5}.example.id/{number}"
        rows.append({"url": page, "text": "\n".join([HEAD, first, *rest])})
    for number in range(20):
        page = f"https://site{number % 5}.example.id/kabar{number}"
        rows.append({"url": page, "text": "\n".join([HEAD, SHARED, *texts[0][1:], *texts[1]])})
    return rows


def recipe(folder: Path, rows: list[dict[str, str]], *dedup: str) -> ck.Recipe:
    """A recipe over these rows, which rejects no text for its quality."""
    for first in range(0, len(rows), 14):
        text = "".join(json.dumps(row) + "\n" for row in rows[first : first + 14])
        (folder / f"docs-{first:03}.jsonl").write_text(text, encoding="utf-8")
    path = folder / "recipe.toml"
    path.write_text(
        "\n".join(
            (
                'name = "repeated"',
                'languages = ["ind_Latn"]',
                'operator = { name = "corpuskit tests", contact = "https://corpuskit.test/" }',
                "[[source]]",
                'name = "texts"',
                'connector = "files"',
                'path = "docs-*.jsonl"',
                'license = "NOASSERTION"',
                "[dedup]",
                *dedup,
            )
        )
    )
    return ck.load_recipe(path)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]]) -> ck.Build:
    """A build without repeated lines and passages."""
    folder = tmp_path_factory.mktemp("repeated")
    return ck.build(recipe(folder, documents(texts), DEDUP, PASSAGES), folder / "b", workers=1)


def texts_of(build: ck.Build) -> list[str]:
    """Every published text."""
    return [
        text for batch in build.documents(columns=["text"]) for text in batch["text"].to_pylist()
    ]


def test_lines_and_passages_are_gone(build: ck.Build, texts: list[list[str]]) -> None:
    kept = texts_of(build)
    assert len(kept) >= 48, "one or two may be taken for another language"
    assert not any(HEAD in text or "kuki" in text for text in kept)
    whole = "\n".join(kept)
    assert sum(all(line in whole for line in lines) for lines in texts) >= 47


def test_an_article_of_many_sites_is_one_document(build: ck.Build) -> None:
    assert sum(SHARED in text for text in texts_of(build)) == 1


def test_edits_are_booked(build: ck.Build, texts: list[list[str]]) -> None:
    lines = build.ledger.edits["repeated_text/repeated_line"]
    passages = build.ledger.edits["repeated_text/repeated_passage"]
    kept = len(texts_of(build))
    assert (lines.documents, lines.count) == (kept, kept)
    assert passages.documents == passages.count >= 28
    assert passages.chars >= passages.count * len(NOTICE)
    assert list(ck.verify(build)) == []
    (story,) = ck.explain(build, "https://site3.example.id/3")
    assert [passage["text"].strip() for passage in story.removed] == [HEAD, NOTICE]
    assert [passage["line"] for passage in story.removed] == [1, 2]
    assert story.row["quality"]["chars"] == len("\n".join(texts[3])) + len(texts[3][-1]) + 1


def test_nothing_is_left_of_some(tmp_path: Path, texts: list[list[str]]) -> None:
    rows = documents(texts)
    rows.append({"url": "https://site9.example.id/", "text": f"{HEAD}\n{HEAD}"})
    build = ck.build(recipe(tmp_path, rows, DEDUP), tmp_path / "b", workers=1)
    assert build.ledger["repeated_text/empty"] == 1
    assert any(NOTICE in text for text in texts_of(build))


def test_the_same_bytes_in_parts_and_by_several_workers(
    tmp_path: Path, texts: list[list[str]], build: ck.Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeat_counts, "RECORD", 10_000)
    parts = (DEDUP, PASSAGES, 'memory = "1MB"')
    options = {"workers": 2, "task_records": 7}
    again = ck.build(recipe(tmp_path, documents(texts), *parts), tmp_path / "b", **options)
    assert published(again.folder) == published(build.folder)
    assert len(list((again.folder / ".work/repeats").iterdir())) == 5
    assert len(list((again.folder / ".work/repeat_counts").iterdir())) > 2


def test_nothing_is_done_twice(tmp_path: Path, texts: list[list[str]]) -> None:
    """Also after a run in which other thresholds held, and without the keys."""
    rows, place = documents(texts), tmp_path / "b"
    edits = ck.build(recipe(tmp_path, rows, DEDUP), place, workers=1).ledger.edits
    outputs = {path.name for path in (place / ".work/annotate").iterdir()}
    ck.build(recipe(tmp_path, rows, "lines = { documents = 60, hosts = 2 }"), place, workers=1)
    assert {path.name for path in (place / ".work/annotate").iterdir()} == outputs
    prune(place)
    assert not list((place / ".work/repeat_keys").iterdir())
    ck.build(recipe(tmp_path, rows, "lines = { documents = 60, hosts = 2 }"), place, workers=1)
    assert not list((place / ".work/repeat_keys").iterdir())
    again = ck.build(recipe(tmp_path, rows, DEDUP), place, workers=1)
    assert again.ledger.edits == edits


def test_a_damaged_count_is_made_anew(tmp_path: Path, texts: list[list[str]]) -> None:
    rows, place = documents(texts), tmp_path / "b"
    whole = published(ck.build(recipe(tmp_path, rows, DEDUP), place, workers=1).folder)
    (counts,) = (place / ".work/repeat_counts").iterdir()
    content = bytearray(counts.read_bytes())
    content[len(content) // 2] ^= 8
    counts.write_bytes(content)
    for path in (place / ".work/repeats").iterdir():
        path.unlink()
    assert published(ck.build(recipe(tmp_path, rows, DEDUP), place, workers=1).folder) == whole
