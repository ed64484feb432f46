"""What the server of workers imports: enough, and nothing slow that few builds need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import write_recipe

import corpuskit as ck
from corpuskit.pipeline.plan import make_plan
from corpuskit.pipeline.preload import modules_of

CODE = """
import importlib, json, os, sys
for name in {modules!r}:
    importlib.import_module(name)
from corpuskit.identify.model_spec import ModelSpec
assert all("_tables" in vars(member) for member in ModelSpec.of().load().members)
slow = {{"scipy", "pandas", "datasketch", "trafilatura", "requests", "numba"}}
threads = [open(f"/proc/self/task/{{task}}/comm").read().strip()
           for task in os.listdir("/proc/self/task") if int(task) != os.getpid()]
print(json.dumps([threads, sorted(slow & set(sys.modules))]))
"""


def plan_modules(folder: Path) -> list[str]:
    (folder / "a.txt").write_text("a", encoding="utf-8")
    recipe = write_recipe(folder, Path("a.txt"), connector="files")
    return modules_of(make_plan(ck.load_recipe(recipe)))


def test_the_stages_and_connectors_of_a_plan_are_imported(tmp_path: Path) -> None:
    modules = plan_modules(tmp_path)
    assert {"corpuskit.quality.signals", "corpuskit.connectors.files"} <= set(modules)
    assert len(modules) == len(set(modules))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads in /proc")
def test_the_server_has_no_thread_that_a_fork_harms_and_no_library_that_few_need(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(modules=plan_modules(tmp_path))],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PYTHONPATH": str(Path(ck.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    threads, libraries = json.loads(done.stdout or "[[], ['nothing']]")
    assert not libraries, done.stderr
    assert set(threads) <= {"jemalloc_bg_thd"}  # jemalloc stops and starts it around a fork
