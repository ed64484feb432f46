"""Same recipe, same inputs, same bytes: any workers, any task size, any interruption."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from end_to_end.builds import command, published, run

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("small")

KILLS = int(os.environ.get("CORPUSKIT_KILLS", "8"))
SMALL_TASKS = ("--workers", "2", "--task-records", "4")  # much to be killed in


@pytest.fixture(scope="module")
def undisturbed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed") / "build"
    build = ck.build(ck.load_recipe(small), folder, workers=1)
    assert build.manifest["documents"] >= 10
    return published(folder)


@pytest.mark.parametrize(("workers", "records"), [(1, 7), (2, 3), (4, 11), (2, 1)])
def test_workers_and_task_sizes(
    small: Path, undisturbed: dict[str, str], tmp_path: Path, workers: int, records: int
) -> None:
    ck.build(ck.load_recipe(small), tmp_path / "b", workers=workers, task_records=records)
    assert published(tmp_path / "b") == undisturbed
    tasks = len(list((tmp_path / "b/.work/annotate").iterdir()))
    assert tasks >= 45 // max(records, 3)


def test_another_place_and_another_time(
    small: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in small.parent.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
        os.utime(moved / path.name, (1_000_000_000, 1_000_000_000))
    ck.build(ck.load_recipe(moved / small.name), tmp_path / "b", workers=1)
    assert published(tmp_path / "b") == undisturbed


def test_killed_at_random_moments(small: Path, undisturbed: dict[str, str], tmp_path: Path) -> None:
    """kill -9 at random moments; every build ends with the same bytes.

    CORPUSKIT_KILLS says how often: a few times in every run of the tests, more often by hand.
    """
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    kills, folder, finished, longest = 0, tmp_path / "0", 0, 6.0
    while kills < KILLS or finished < 2:
        started = time.monotonic()
        build = subprocess.Popen(
            command("build", small, "--out", folder, *SMALL_TASKS, "--quiet"),
            start_new_session=True,
        )
        try:
            patience = 120.0 if kills >= KILLS else chance.uniform(0.2, longest)
            code = build.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            build.kill()  # only the parent: the workers must notice by themselves
            build.wait()
            kills += 1
            continue
        assert code == 0, f"seed {seed}"
        assert published(folder) == undisturbed, f"seed {seed}, after {kills} kills"
        longest = min(longest, time.monotonic() - started + 0.5)
        finished += 1
        folder = tmp_path / str(finished)


def test_twice_does_nothing_the_second_time(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    ck.build(ck.load_recipe(small), folder, workers=1)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    ck.build(ck.load_recipe(small), folder, workers=1)
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed <= {"lock"}


def test_a_changed_threshold_only_decides_again(small: Path, tmp_path: Path) -> None:
    folder, fresh = tmp_path / "b", tmp_path / "fresh"
    first = ck.build(ck.load_recipe(small), folder, workers=1)
    documents, short = first.manifest["documents"], first.ledger["quality/chars"]
    work = folder / ".work"
    measured = {
        path: path.stat().st_mtime_ns
        for segment in ("extract", "annotate", "sign")
        for path in (work / segment).iterdir()
    }
    tighter = ck.load_recipe(small, ["quality.khm_Khmr.min_chars=1200"])
    second = ck.build(tighter, folder, workers=1)
    assert second.manifest["documents"] < documents
    assert second.ledger["quality/chars"] > short
    for segment in ("extract", "annotate", "sign"):
        for path in (work / segment).iterdir():
            assert measured[path] == path.stat().st_mtime_ns
    ck.build(tighter, fresh, workers=1)
    assert published(folder) == published(fresh)
    assert ck.verify(second) == []


def test_ctrl_c_stops_cleanly_and_goes_on(
    small: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    build = subprocess.Popen(
        command("build", small, "--out", folder, *SMALL_TASKS),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(".work/extract/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGINT)  # as a terminal does: parent and workers
    _, errors = build.communicate(timeout=30)
    assert build.returncode == 130
    assert "interrupted; run the same command again to continue" in errors
    assert "Traceback" not in errors
    assert run("build", small, "--out", folder, "--quiet").returncode == 0
    assert published(folder) == undisturbed
