"""Records that fail, hang or fill memory are set aside; the rest of the build goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from end_to_end.builds import khmer, published, write_recipe

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("crashes")

PLUGIN = """
import itertools, os, re, signal, time
from corpuskit.connectors.files import FilesConnector
import corpuskit as ck

def hang_in_c():
    sum(itertools.repeat(0))  # a loop in C that never looks for signals

def hang_in_re():
    re.match("(a+)+$", "a" * 60 + "b")

class Shelf(FilesConnector):
    name = "shelf"
    def scan(self, item):
        if "unscannable" in item.name:
            raise LookupError(item.name)
        if "abort" in item.name:
            os.abort()
        return super().scan(item)
    def read(self, item, piece):
        for record in super().read(item, piece):
            if b"unread" in (record.content or b""):
                raise LookupError(item.name)
            if b"regex" in (record.content or b""):
                hang_in_re()
            yield record

@ck.signal("trouble", version="1")
def trouble(document):
    text = document.text
    if "divide" in text:
        return 1 / 0
    if "fill" in text:
        rows = []
        while True:
            rows.append(bytearray(1_000_000))
    if "allocate" in text:
        return len(b"x" * 8_000_000_000)
    if "wait" in text:
        time.sleep(600)
    if "endless" in text:
        hang_in_c()
    return 0.0

@ck.signal("broken", version="1")
def broken(document):
    raise KeyError("lexicon")

@ck.signal("unfinished", version="1")
def unfinished(document):
    import a_library_that_is_not_installed

@ck.signal("full", version="1")
def full(document):
    raise OSError(28, "No space left on device")
"""

ENTRY_POINTS = """
[corpuskit.stages]
trouble = my_plugin:trouble
broken = my_plugin:broken
unfinished = my_plugin:unfinished
full = my_plugin:full
[corpuskit.connectors]
shelf = my_plugin:Shelf
"""

COMMAND = "import sys; from corpuskit.cli import run; sys.exit(run(sys.argv[1:]))"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with the plug-in."""
    (tmp_path / "my_plugin.py").write_text(PLUGIN)
    info = tmp_path / "my_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    return tmp_path


def recipe(folder: Path, stage: str = "trouble") -> None:
    limits = ("[limits]", "seconds = 1", 'memory = "300MB"')
    path = write_recipe(folder, Path("*.jsonl"), *limits, connector="shelf")
    path.write_text(f'stages = ["{stage}"]\n' + path.read_text())


def write(path: Path, words: Iterable[str]) -> None:
    """A JSONL file of one text for each word, which is at its end."""
    rows = (json.dumps({"text": f"{khmer(n % 12)}\n{word}"}) for n, word in enumerate(words))
    path.write_text("\n".join(rows))


def build(folder: Path, out: str, workers: int) -> subprocess.CompletedProcess[str]:
    arguments = ["build", "recipe.toml", "--out", out, f"--workers={workers}"]
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{os.environ['PYTHONPATH']}"},
        cwd=folder, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def test_what_can_be_interrupted_costs_one_record_each(shelf: Path) -> None:
    words = ["", "divide", "", "fill", "allocate", "", "wait", "unread", "", "regex", ""]
    write(shelf / "rows.jsonl", words)
    write(shelf / "unscannable.jsonl", [""])
    recipe(shelf)
    for out, workers in (("one", 1), ("two", 2)):
        done = build(shelf, out, workers)
        assert done.returncode == 0, done.stderr
        assert "a process died" not in done.stdout + done.stderr
    assert published(shelf / "one") == published(shelf / "two")
    corpus = ck.open_build(shelf / "two")
    assert ck.verify(corpus) == []
    reasons = {code: corpus.ledger[code] for code in corpus.ledger.reasons}
    assert reasons.items() >= {
        "read/failed": 2, "read/too_slow": 1, "trouble/failed": 1, "trouble/too_large": 2,
        "trouble/too_slow": 1,
    }.items()  # fmt: skip
    assert corpus.ledger.stages["read"].read == len(words) + 1
    assert corpus.ledger.stages["dedup"].read == 5
    assert "raises an exception" in corpus.ledger.meanings["trouble/failed"]


def test_what_cannot_is_ended_and_found(shelf: Path) -> None:
    write(shelf / "rows.jsonl", ["", "", "endless", ""])
    write(shelf / "abort.jsonl", [""])
    recipe(shelf)
    done = build(shelf, "two", 2)
    assert done.returncode == 0, done.stderr
    corpus = ck.open_build(shelf / "two")
    assert ck.verify(corpus) == []
    reasons = {code: corpus.ledger[code] for code in corpus.ledger.reasons}
    assert reasons.items() >= {"read/crashed": 1, "normalize/too_slow": 1}.items()
    assert corpus.ledger.stages["dedup"].read == 3
    before = published(shelf / "two")
    again = build(shelf, "two", 2)
    assert again.returncode == 0, again.stderr
    assert "a process died" not in again.stdout + again.stderr, "what was proven is kept"
    assert published(shelf / "two") == before


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ("broken", "stage 'broken' failed over all 12 documents of a task"),
        ("unfinished", "stage 'unfinished' failed: ModuleNotFoundError"),
        ("full", "stage 'full' failed: OSError: [Errno 28] No space left on device"),
    ],
)
def test_what_would_meet_every_record_ends_the_build_with_one_line(
    shelf: Path, stage: str, message: str
) -> None:
    write(shelf / "rows.jsonl", [""] * 12)
    recipe(shelf, stage)
    done = build(shelf, "one", 1)
    assert done.returncode == 1
    (line,) = (text for text in done.stderr.splitlines() if text.startswith("error: "))
    assert message in line
    assert "Traceback" not in done.stderr
