"""A script without `if __name__ == "__main__":` ends with one line, not with pages of traceback."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from end_to_end.builds import DEMO, some_pages, write_recipe

from corpuskit.engines.guard import UnguardedScriptError
from corpuskit.errors import EngineError

HINT = 'script.py: put the build under `if __name__ == "__main__":`'


def script(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_a_build_of_the_demo_ends_with_one_line(tmp_path: Path) -> None:
    done = script(
        tmp_path,
        "import corpuskit as ck\n"
        f"build = ck.build(ck.load_recipe({str(DEMO / 'khmer.toml')!r}), 'out', workers=2)\n"
        "print(build)\n",
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith(HINT)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_script_that_catches_our_errors_sees_the_same(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, some_pages(tmp_path, 2))
    done = script(
        tmp_path,
        "import sys, corpuskit as ck\n"
        f"recipe = ck.load_recipe({str(recipe)!r})\n"
        "try:\n"
        "    ck.build(recipe, 'out', workers=2)\n"
        "except ck.CorpuskitError as error:\n"
        "    sys.exit(f'caught {type(error).__name__}: {error}')\n",
    )
    assert done.returncode == 1
    assert f"caught UnguardedScriptError: {HINT}" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_engine_of_ones_own_and_its_workers(tmp_path: Path) -> None:
    done = script(
        tmp_path,
        "from corpuskit.engines import LocalEngine\n"
        "with LocalEngine(2) as engine:\n"
        "    print(list(engine.map(abs, [-1, -2])))\n",
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith(HINT)


@pytest.mark.parametrize("guard", ["if __name__ == '__main__':", "if True:"])
def test_one_worker_needs_no_guard_and_two_are_fine_with_it(tmp_path: Path, guard: str) -> None:
    workers = 1 if guard == "if True:" else 2
    done = script(
        tmp_path,
        "from corpuskit.engines import LocalEngine\n"
        f"{guard}\n"
        f"    with LocalEngine({workers}) as engine:\n"
        "        print(sorted(engine.map(abs, [-1, -2])))\n",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[(0, 1), (1, 2)]\n", "")


def test_a_script_that_cannot_be_imported_again_is_named(tmp_path: Path) -> None:
    done = script(
        tmp_path,
        "from corpuskit.engines import LocalEngine\n"
        "if __name__ != '__main__':\n"
        "    raise ValueError('only as a script')\n"
        "with LocalEngine(2) as engine:\n"
        "    print(list(engine.map(abs, [-1, -2])))\n",
    )
    assert done.returncode == 1
    assert "ValueError: only as a script" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert "EngineError: worker processes import script.py again, and that failed" in last


SLOW = """
import time
from pathlib import Path
from corpuskit.engines import LocalEngine

if __name__ != "__main__":
    Path("importing").touch()
    time.sleep(3)

if __name__ == "__main__":
    with LocalEngine(2) as engine:
        print(list(engine.map(abs, [-1, -2])))
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="needs signal masks")
def test_ctrl_c_while_workers_start_is_the_parents_affair(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SLOW, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (tmp_path / "importing").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: parent and workers
    _, errors = process.communicate(timeout=60)
    assert errors.splitlines()[-1] == "KeyboardInterrupt"
    assert errors.count("Traceback") == 1, errors


def test_the_error_is_ours_and_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(UnguardedScriptError("why")))
    assert isinstance(error, EngineError)
    assert (str(error), error.code) == ("why", "why")
