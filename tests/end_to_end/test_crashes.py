"""Records that kill the process that works on them: found, counted, and nothing else is lost."""

import os
import signal
import subprocess
import sys
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
