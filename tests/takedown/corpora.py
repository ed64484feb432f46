"""Corpora of which tests take something down, and a look into everything that is left of them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from connectors.web.sites import Site, serving
from end_to_end.builds import khmer
from warcio.archiveiterator import ArchiveIterator

import corpuskit as ck
from corpuskit.store import LocalStore

PAGE = "<html lang='km'><head><title>{title}</title></head><body><p>{text}</p>{links}</body></html>"
GONE, COPY, STAYS = "/gone.html", "/copy.html", "/stays.html"


def pages() -> dict[str, str]:
    """A site of three pages: one, its near-duplicate, and another."""
    texts = {GONE: khmer(1), COPY: khmer(1) + "\n" + khmer(1)[:40], STAYS: khmer(4)}
    links = "".join(f'<a href="{path}">{path}</a>' for path in texts)
    return {
        "/": PAGE.format(title="Index", text=khmer(7), links=links),
        **{path: PAGE.format(title=path, text=text, links="") for path, text in texts.items()},
    }


@contextmanager
def site_and_files(folder: Path) -> Iterator[tuple[Path, Site]]:
    """A recipe over a live site and over files of texts."""
    rows = [
        {"text": khmer(number), "url": f"https://files.example/{number}"} for number in (2, 3, 5)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    with serving({**pages()}) as (site,):
        recipe = folder / "recipe.toml"
        recipe.write_text(
            f"""
name = "test"
languages = ["khm_Khmr"]
operator = {{ name = "corpuskit tests", contact = "corpus@corpuskit.dev" }}
[[source]]
name = "site"
connector = "web"
seeds = ["{site.url}/"]
allow_private = ["{site.host}"]
delay = 0.0
license = "CC-BY-4.0"
license_verified_by = "the tests"
[[source]]
name = "files"
connector = "files"
path = "rows.jsonl"
url_column = "url"
license = "CC0-1.0"
license_verified_by = "the tests"
""",
            encoding="utf-8",
        )
        yield recipe, site


def everything(folder: Path) -> str:
    """All that is in a build folder, decoded: published files, outputs, raw records."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts.append(path.name)
            parts.append(_content(folder, path))
    return "\n".join(parts)


def _content(folder: Path, path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    if path.suffix == ".table":
        name = path.relative_to(folder).as_posix()
        return str(LocalStore(folder).table(name).to_pylist())
    if path.name.endswith(".warc.gz"):
        with path.open("rb") as file:
            records = ArchiveIterator(file)
            return "\n".join(
                f"{record.rec_headers} {record.http_headers} "
                + record.content_stream().read().decode("utf-8", "replace")
                for record in records
            )
    text = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as base:
            text += "\n".join(base.iterdump())
    return text


def by_url(build: ck.Build) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in build.dataset.to_table().to_pylist()}


def rejects(build: ck.Build) -> Counter[str]:
    return Counter(map(str, build.rejected.to_table().to_pylist()))


def ids(build: ck.Build) -> set[str]:
    return set(build.dataset.to_table(columns=["id"])["id"].to_pylist())


def manifest(folder: Path) -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return data


def rows_of(build: ck.Build, kind: str) -> list[dict]:
    dataset = build.dataset if kind == "data" else build.rejected
    return list(dataset.to_table().to_pylist())


def named(corpus: ck.Build) -> dict[str, dict]:
    """A representative, a document without duplicates, a duplicate of another document, records
    that were lost by a rule and while they were read."""
    documents, lost = rows_of(corpus, "data"), rows_of(corpus, "rejects")
    representative = next(row for row in documents if row["duplicates"]["count"])
    return {
        "representative": representative,
        "alone": next(row for row in documents if not row["duplicates"]["count"]),
        "duplicate": next(
            row
            for row in lost
            if row["reason"] == "dedup/near" and row["duplicate_of"] != representative["id"]
        ),
        "poor": next(row for row in lost if row["stage"] == "quality"),
        "unread": next(row for row in lost if row["stage"] == "read" and row["url"]),
    }
