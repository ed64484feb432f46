"""Builds that differ have different ids, and a changed policy measures nothing again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from end_to_end.builds import published
from pipeline.handmade import ARTICLE, KHMER, recipe_of, write_texts

import corpuskit as ck
from corpuskit.errors import WorkspaceError
from corpuskit.thresholds import RULES
from corpuskit.workspace import FORMAT, Workspace

EXCLUDED = """
[[excluded]]
name = "ours"
about = "a site of ours"
why = "its owner wrote to us and said no"
evidence = "letter of 2026-11-01, file 7"
verified_by = "legal team, 2026-11-02"
domains = ["ours.example"]
"""


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Six texts in three files, two of them of one domain."""
    folder = tmp_path / "texts"
    folder.mkdir()
    hosts = ["ours.example", "a.example"] + ["b.example"] * 4
    urls = [f"https://{host}/{number}" for number, host in enumerate(hosts)]
    write_texts(folder, *[f"{ARTICLE}\n{number}" for number in range(6)], url=urls)
    return folder


def built(texts: Path, out: Path, **tables: object) -> ck.Build:
    every = {"quality": {KHMER: dict.fromkeys(RULES, False)}, "dedup": {"near": False}}
    return ck.build(recipe_of(texts, **every | tables), out, workers=1, task_records=2)


def measured(out: Path) -> dict[str, int]:
    """When each output of reading and measuring was written."""
    return {
        str(path): path.stat().st_mtime_ns
        for step in ("scan", "extract", "annotate", "sign")
        for path in (out / ".work" / step).iterdir()
    }


@pytest.mark.parametrize("whose", ["operator", "recipe"])
def test_an_added_exclusion_is_another_build_and_measures_nothing_again(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    out = tmp_path / "build"
    first = built(texts, out)
    before = measured(out)
    assert len(before) == 3 * 4
    ledger, manifest = first.ledger, first.manifest  # read before they are replaced
    if whose == "operator":
        (tmp_path / "excluded.toml").write_text(EXCLUDED)
        monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
        second = built(texts, out)
        assert second.manifest["recipe_sha256"] == manifest["recipe_sha256"]
    else:
        second = built(texts, out, exclude={"domains": ["ours.example"]})
    assert measured(out) == before
    assert second.manifest["build_id"] != manifest["build_id"]
    assert ledger["policy/excluded_domain"] == 0
    assert second.ledger["policy/excluded_domain"] == 1
    assert second.manifest["documents"] == manifest["documents"] - 1
    assert ck.verify(second) == []


def test_a_moved_build_goes_on_where_it_was(texts: Path, tmp_path: Path) -> None:
    built(texts, tmp_path / "build")
    before = published(tmp_path / "build")
    moved = Path(shutil.move(tmp_path / "build", tmp_path / "moved"))
    times = measured(moved)
    (moved / "manifest.json").unlink()
    built(texts, moved)
    assert published(moved) == before
    assert measured(moved) == times


def test_a_users_own_files_survive_a_build_that_replaces_shards(
    texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "build"
    many = built(texts, out, output={"shard_size": 2_000})
    assert len(many.files("data")) == 2
    mine = out / "data" / "train" / "khm_Khmr-of-mine.parquet"
    mine.write_bytes(b"mine")
    one = built(texts, out)
    assert mine.read_bytes() == b"mine"
    names = {path.name for path in (out / "data" / "train").iterdir()}
    assert names == {"khm_Khmr-00000-of-00001.parquet", mine.name}
    assert len(one.files("data")) == 1


def test_two_builds_in_one_folder_at_once(texts: Path, tmp_path: Path) -> None:
    out = tmp_path / "build"
    with (
        Workspace(out).open("handmade"),
        pytest.raises(WorkspaceError, match="in use by a running build"),
    ):
        built(texts, out)
    assert not (out / ".work" / "extract").exists()
    built(texts, out)


def test_work_of_an_earlier_format_is_refused(texts: Path, tmp_path: Path) -> None:
    out = tmp_path / "build"
    built(texts, out)
    identity = out / ".work" / "identity.json"
    identity.write_text(identity.read_text().replace(f'"format": {FORMAT}', '"format": 1'))
    with pytest.raises(WorkspaceError, match=rf"format 1, not {FORMAT}\); choose another"):
        built(texts, out)


def test_an_unfinished_output_is_never_read(texts: Path, tmp_path: Path) -> None:
    """A half-written file stays apart; one that was cut at its place is made again."""
    out = tmp_path / "build"
    built(texts, out)
    before = published(out)
    output, *_ = sorted((out / ".work" / "annotate").iterdir())
    scratch = out / ".work" / "tmp" / f"{output.name}.half.tmp"
    scratch.parent.mkdir(exist_ok=True)
    scratch.write_bytes(output.read_bytes()[:100])
    output.unlink()
    (out / "manifest.json").unlink()
    built(texts, out)
    assert published(out) == before
    assert not scratch.exists()
    whole = output.read_bytes()
    output.write_bytes(whole[:100])
    built(texts, out, quality={KHMER: {"min_chars": 1}})
    assert output.read_bytes() == whole
