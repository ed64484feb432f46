"""`corpuskit plan`: what a build will take, before it runs and before anything is fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL, Server, archive
from connectors.commoncrawl.test_columnar import row, write
from end_to_end.builds import some_pages, write_recipe

import corpuskit as ck
from corpuskit import estimate as estimates
from corpuskit.build import fetch
from corpuskit.cli import run
from corpuskit.estimate import BuildEstimate, SourceEstimate, estimate


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe over ten small WARC files."""
    folder = tmp_path_factory.mktemp("plan")
    return write_recipe(folder, some_pages(folder, 30))


def commoncrawl(folder: Path, *options: str) -> Path:
    """A recipe over Common Crawl alone."""
    extra = ("delay = 0", *options)
    path = write_recipe(folder, Path("none"), *extra, connector="commoncrawl")
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("path =")))
    return path


def served(server: Server) -> tuple[str, ...]:
    return (
        f'crawl = "{CRAWL}"', f'index_url = "{server.url}"', f'data_url = "{server.url}"',
    )  # fmt: skip


def test_a_sample_of_everything_is_the_build(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "_FILES", 10)
    recipe = ck.load_recipe(pages)
    (source,) = estimate(recipe, tmp_path / "b").sources
    assert not (tmp_path / "b").exists()
    build = ck.build(recipe, tmp_path / "b", workers=1)
    counts = {stage["stage"]: stage for stage in build.ledger.to_json()["stages"]}
    assert source.records == source.sampled == counts["read"]["read"]
    assert source.kept == counts["dedup"]["read"]
    assert source.cpu_seconds and source.cpu_seconds > 0
    outputs = (tmp_path / "b" / ".work" / step for step in ("extract", "annotate", "sign"))
    done = sum(path.stat().st_size for folder in outputs for path in folder.iterdir())
    assert 0.5 * done < source.work_bytes < 3 * done


def test_a_part_stands_for_the_whole(pages: Path, tmp_path: Path) -> None:
    (source,) = estimate(ck.load_recipe(pages), tmp_path / "b").sources
    assert 15 <= source.sampled < 30
    assert 15 <= source.records <= 60
    assert source.basis == (f"{source.sampled} records of 5 of 10 files were measured",)


def test_an_index_is_asked_and_nothing_fetched(data_dir: Path, tmp_path: Path) -> None:
    with archive(data_dir / "warc-sea") as server:
        options = ('tld = ["io", "org", "example"]', "one_per_digest = false", *served(server))
        recipe = ck.load_recipe(commoncrawl(tmp_path, *options))
        result = estimate(recipe, tmp_path / "b", workers=4)
        assert {asked.path for asked in server.asked} == {"/collinfo.json", f"/{CRAWL}-index"}
        asked = len(server.asked)
        (source,) = result.sources
        fetch(recipe, tmp_path / "b")
        kept = [request for request in server.asked[asked:] if "index" in request.path]
    (listing,) = (tmp_path / "b").rglob("captures.jsonl")
    captures = len(listing.read_text().splitlines())
    assert 0.6 * captures < source.records < 1.5 * captures
    assert source.requests > source.records
    assert not [request for request in kept if "showNumPages" in request.query]
    assert source.cpu_seconds == pytest.approx(source.records * estimates.UNMEASURED)
    assert any("are assumed" in line for line in source.basis)


def test_the_columnar_index(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    for number in range(8):
        rows = [row(f"site{number}.com.kh", "khm") for _ in range(5)]
        write(folder / f"{number}.parquet", [*rows, row("a.org", "eng")])
    options = (f'index = "{folder}"', 'languages = "khm"', "one_per_digest = false")
    path = commoncrawl(tmp_path, *options, 'data_url = "http://127.0.0.1:9"')
    (source,) = estimate(ck.load_recipe(path), tmp_path / "b").sources
    assert (source.records, source.fetch_bytes) == (40, 4000)
    assert source.basis[0] == "4 of 8 files of the index were looked at"


def test_a_crawl_is_bounded_by_its_options(tmp_path: Path) -> None:
    path = write_recipe(
        tmp_path, Path("none"), "max_pages = 300", 'seeds = ["https://a.kh/", "https://b.kh/"]',
        connector="web",
    )  # fmt: skip
    path.write_text(path.read_text().replace('path = "none"', ""))
    result = estimate(ck.load_recipe(path), tmp_path / "b")
    (source,) = result.sources
    assert (source.requests, source.fetch_seconds) == (300, 150)


def test_what_cannot_be_told_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_recipe(
        tmp_path, Path("none"), 'api = "https://km.wikipedia.org/w/api.php"', connector="wikimedia"
    )
    path.write_text(path.read_text().replace('path = "none"', ""))
    assert run(["plan", str(path), "--out", str(tmp_path / "b"), "--offline"]) == 0
    out = capsys.readouterr().out
    assert "not known" in out
    assert "not included: pages" in out


def test_the_command(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(pages), "--workers", "3", "--json", "--out", str(tmp_path / "b")]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["workers"] == 3
    assert shown["sources"][0]["name"] == "pages"
    assert run(["plan", str(tmp_path / "nothing.toml")]) == 1
    assert run(["plan", str(pages), "--workers", "0"]) == 2


def test_rates_are_borrowed_from_what_was_measured() -> None:
    here = SourceEstimate("here", "warc", records=100, sampled=50, cpu_seconds=10.0, kept=20,
                          text_bytes=2000, work_bytes=3000, corpus_bytes=400)  # fmt: skip
    there = SourceEstimate("there", "commoncrawl", 1000, 28_000, 500.0, 50)
    result = BuildEstimate(estimates._with_rates([here, there]), 2)
    _, borrowed = result.sources
    assert (borrowed.cpu_seconds, borrowed.kept, borrowed.text_bytes) == (5.0, 10, 1000)
    assert "like those of here" in borrowed.basis[-1]
    assert result.hours == pytest.approx((500 + 15 / 2) / 3600)
    assert result.disk_bytes == 28_000 + 4500 + 600
