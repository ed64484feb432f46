"""Every example runs as its docstring says."""

import json
import os
import subprocess
import sys
from pathlib import Path


def run(repository: Path, folder: Path, *command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_example_is_tested(repository: Path) -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    for path in (repository / "examples").iterdir():
        if path.suffix in (".py", ".sh"):
            assert f'"{path.name}"' in tested, path.name


def test_build_from_python(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "build_from_python.py"
    shown = run(repository, tmp_path, sys.executable, str(script), "out")
    assert "near-duplicates removed:" in shown
    assert (tmp_path / "out" / "manifest.json").exists()


def test_build_from_shell(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "build_from_shell.sh"
    shown = run(repository, tmp_path, "sh", str(script), "out")
    assert "the ledger closes" in shown
    assert "min_chars" in shown


def test_new_language(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "new_language.py"
    shown = run(repository, tmp_path, sys.executable, str(script), "out")
    kept = json.loads((tmp_path / "out" / "build" / "manifest.json").read_text())["documents"]
    assert kept >= 18  # of 25 pages; three repeat too many of their lines
    assert "dzo_Tibt" in shown


def test_stages_one_by_one(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "stages_one_by_one.py"
    shown = run(repository, tmp_path, sys.executable, str(script))
    assert "khm_Khmr" in shown
    assert "lao_Laoo" in shown


def test_demo_web(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "demo" / "web.py"
    shown = run(repository, tmp_path, sys.executable, str(script), "out")
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text())["stages"]
    read = next(stage for stage in ledger if stage["stage"] == "read")["reasons"]
    assert (read["read/robots"], read["read/opt_out"]) == (3, 3)
    assert ledger[-1]["passed"] >= 20
    assert "khm_Khmr" in shown
