"""Bad input of every kind, through a whole build: a reason or one line, and nothing is lost."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_input import make
from end_to_end.builds import run, write_recipe

import corpuskit as ck
from corpuskit.errors import CorpuskitError, RecipeError

pytestmark = pytest.mark.xdist_group("bad")


def built(folder: Path, path: Path, connector: str) -> ck.Build:
    recipe = ck.load_recipe(write_recipe(folder, path, connector=connector))
    build = ck.build(recipe, folder / "build", workers=1)
    build.ledger.check()
    assert ck.verify(build) == []
    first = next(iter(build.ledger.stages.values()), None)
    if first:
        assert first.read == build.manifest["documents"] + build.ledger.reasons.total()
    return build


@pytest.mark.parametrize(
    ("bad", "kept", "reasons"),
    [
        (make.corrupt_gzip_member, 4, {"read/corrupt": 1}),
        (make.corrupt_gzip_checksum, 4, {"read/corrupt": 1}),
        (make.corrupt_gzip_header, 4, {"read/corrupt": 1}),
        (make.truncated_warc_gz, 4, {"read/truncated": 1}),
        (make.truncated_warc, 4, {"read/truncated": 1}),
        (make.huge_page_warc, 2, {"read/too_large": 1}),
    ],
)
def test_damaged_archives(
    tmp_path: Path, bad: Callable[[Path], Path], kept: int, reasons: dict[str, int]
) -> None:
    build = built(tmp_path, bad(tmp_path), "warc")
    assert build.manifest["documents"] == kept
    assert dict(build.ledger.reasons) == reasons


@pytest.mark.parametrize("bad", [make.not_a_warc, make.zero_byte_warc])
def test_what_is_no_archive(tmp_path: Path, bad: Callable[[Path], Path]) -> None:
    try:
        build = built(tmp_path, bad(tmp_path), "warc")
    except CorpuskitError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert build.manifest["documents"] == 0
        assert build.ledger.reasons.total() >= 1


@pytest.mark.parametrize(
    ("bad", "kept", "lost"),
    [
        (make.huge_page_files, 2, {"read/too_large"}),
        (make.nested_tags, 2, {"extract/too_deep"}),
        (make.nul_bytes, 3, {"decode/", "read/", "extract/"}),
        (make.surrogate_bytes, 4, set()),
        (make.invalid_utf8, 3, {"decode/", "read/", "quality/undecoded_share"}),
        (make.zero_byte_files, 2, {"read/empty"}),
        (make.corrupt_files, 2, {"read/corrupt", "read/truncated"}),
        (make.broken_jsonl, 2, {"read/invalid_json", "read/no_text"}),
        (make.surrogate_json, 2, {"read/"}),
    ],
)
def test_bad_files(tmp_path: Path, bad: Callable[[Path], Path], kept: int, lost: set[str]) -> None:
    build = built(tmp_path, bad(tmp_path), "files")
    assert build.manifest["documents"] >= kept, dict(build.ledger.reasons)
    seen = [reason for reason in build.ledger.reasons if not reason.startswith("dedup/")]
    for reason in seen:
        assert any(reason.startswith(prefix) for prefix in lost), (reason, lost)
    for batch in build.documents(["text"]):
        for text in batch["text"].to_pylist():
            assert "\x00" not in text


def test_an_empty_folder_is_one_line(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, make.empty_folder(tmp_path), connector="files")
    done = run("build", recipe, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert str(make.empty_folder.__name__).split("_")[0] in done.stderr or "no " in done.stderr
    assert not (tmp_path / "builds").exists()


def test_a_corpus_of_nothing_can_be_inspected(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "blank.txt").write_text("\n")
    build = built(tmp_path, tmp_path / "in", "files")
    assert build.manifest["documents"] == 0
    assert list(build.documents(["id", "text"])) == []
    done = run("inspect", build.folder)
    assert done.returncode == 0, done.stderr
    assert "read/empty" in done.stdout
    assert "configs:" not in (build.folder / "README.md").read_text()


def test_three_mistakes_are_three_lines_before_anything_runs(tmp_path: Path) -> None:
    recipe = make.recipe_with_three_mistakes(tmp_path)
    with pytest.raises(RecipeError) as caught:
        ck.load_recipe(recipe)
    assert len(caught.value.problems) == 3
    done = run("build", recipe, cwd=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 3
    assert not (tmp_path / "builds").exists()


def test_a_build_folder_of_another_recipe_is_refused(tmp_path: Path, small: Path) -> None:
    folder = tmp_path / "b"
    ck.build(ck.load_recipe(small), folder, workers=1)
    done = run("build", small, "--out", folder, "--set", "name=other")
    assert done.returncode == 1
    assert "the build of another recipe ('test', not 'other')" in done.stderr
    assert ck.verify(ck.Build(folder)) == []


def test_a_read_only_output_is_one_line(tmp_path: Path, small: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    out: Path = closed / "b"
    if os.access(closed, os.W_OK):  # root writes anywhere; what it cannot write is /proc
        out = Path("/proc/corpuskit-build")
        if not out.parent.is_dir():
            pytest.skip("runs as root and there is no read-only place to write to")
    done = run("build", small, "--out", out)
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot write")
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def little_disk(tmp_path: Path) -> Path:
    """A file system of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"cannot mount a small file system: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_is_one_line_and_nothing_is_lost(
    tmp_path: Path, small: Path, little_disk: Path, workers: str
) -> None:
    out = little_disk / "b"
    arguments = ("build", small, "--out", out, "--workers", workers, "--task-records", "5")
    done = run(*arguments)
    assert done.returncode == 1, done.stdout
    assert "the disk is full; free some space, then run the same command again" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    before = sorted(path.name for path in out.glob(".work/extract/*"))
    subprocess.run(["mount", "-o", "remount,size=60m", little_disk], check=True)
    again = run(*arguments)
    assert again.returncode == 0, again.stderr
    assert set(before) <= {path.name for path in out.glob(".work/extract/*")}
    undisturbed = ck.build(ck.load_recipe(small), tmp_path / "elsewhere", workers=1)
    ids = undisturbed.dataset.to_table(columns=["id"])["id"].to_pylist()
    assert ck.Build(out).dataset.to_table(columns=["id"])["id"].to_pylist() == ids
