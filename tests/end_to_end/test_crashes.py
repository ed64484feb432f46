"""Records that kill the process that works on them: found, counted, and nothing else is lost."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from end_to_end.builds import khmer, published, write_recipe

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("crashes")

PLUGIN = """
import os, signal
from corpuskit.connectors.files import FilesConnector
import corpuskit as ck

def die():
    os.kill(os.getpid(), signal.SIGSEGV)

class Deadly(bytes):
    def __len__(self): die()
    def __getitem__(self, key): die()

class Shelf(FilesConnector):
    name = "shelf"
    def read(self, item, piece):
        for record in super().read(item, piece):
            if "reading" in item.name:
                die()
            if "extracting" in item.name:
                record.content = Deadly(record.content)
            yield record

@ck.signal("deadly", version="1")
def deadly(document):
    if "kills" in document.text:
        die()
    return 0.0
"""

COMMAND = "import sys; from corpuskit.cli import run; sys.exit(run(sys.argv[1:]))"


def plug_in(folder: Path) -> None:
    (folder / "my_plugin.py").write_text(PLUGIN)
    info = folder / "my_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[corpuskit.stages]\ndeadly = my_plugin:deadly\n"
        "[corpuskit.connectors]\nshelf = my_plugin:Shelf\n"
    )


def build(folder: Path, out: str, workers: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            COMMAND,
            "build",
            "recipe.toml",
            "--out",
            out,
            f"--workers={workers}",
        ],
        env={**os.environ, "PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Twelve texts, of which three kill."""
    plug_in(tmp_path)
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(9):
        (texts / f"{number}.txt").write_text(khmer(number), encoding="utf-8")
    (texts / "3-reading.txt").write_text(khmer(9), encoding="utf-8")
    (texts / "5-extracting.txt").write_text(khmer(10), encoding="utf-8")
    (texts / "7-annotating.txt").write_text(khmer(11) + "\nkills\n", encoding="utf-8")
    recipe = write_recipe(tmp_path, texts, connector="shelf")
    recipe.write_text('stages = ["deadly"]\n' + recipe.read_text())
    return tmp_path


def test_deadly_records_are_set_aside(shelf: Path) -> None:
    done = build(shelf, "two", workers=2)
    assert done.returncode == 0, done.stderr
    corpus = ck.open_build(shelf / "two")
    assert ck.verify(corpus) == []
    lost = {code: corpus.ledger[code] for code in corpus.ledger.reasons if "crashed" in code}
    assert lost == {"read/crashed": 1, "extract/crashed": 1, "normalize/crashed": 1}
    assert corpus.manifest["documents"] == 9

    # In one process the build dies with it; the same command goes on and finds the culprit.
    codes = []
    while len(codes) < 5 and (not codes or codes[-1]):
        codes.append(build(shelf, "one", workers=1).returncode)
    assert codes[0] == -signal.SIGSEGV
    assert codes[-1] == 0, codes
    assert published(shelf / "one") == published(shelf / "two")


def children_of(process: int) -> list[int]:
    """Processes that a process started, and before them those that they started."""
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == process:
                child = int(status.parent.name)
                children += [*children_of(child), child]
    return children


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_workers_that_are_killed_from_outside_cost_no_record(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(12):
        (texts / f"{number}.txt").write_text(khmer(number), encoding="utf-8")
    write_recipe(tmp_path, texts, connector="files")
    arguments = [sys.executable, "-c", COMMAND, "build", "recipe.toml", "--workers=2"]
    killed = 0
    with subprocess.Popen(
        [*arguments, "--out=killed"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        while process.poll() is None and killed < 8:
            time.sleep(0.3)
            for child in children_of(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    killed += 1
        _, errors = process.communicate(timeout=240)
    assert killed, "the build was over before its workers were killed"
    if process.returncode:  # it says so and gives up; the next run goes on
        assert "error: " in errors
        assert build(tmp_path, "killed", workers=2).returncode == 0
    assert build(tmp_path, "calm", workers=2).returncode == 0
    assert published(tmp_path / "killed") == published(tmp_path / "calm")
    assert not any("crashed" in code for code in ck.open_build(tmp_path / "calm").ledger.reasons)
