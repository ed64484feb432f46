"""Every example runs as its docstring says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpuskit.languages import read_profile
from corpuskit.publish import Build


def run(repository: Path, folder: Path, *command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_example_is_tested(repository: Path) -> None:
    tested = Path(__file__).read_text(encoding="utf-8")
    for path in (repository / "examples").iterdir():
        if path.suffix in (".py", ".sh") or (path / "run.sh").exists():
            assert f'"{path.name}"' in tested, path.name


def test_build_from_python(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "build_from_python.py"
    shown = run(repository, tmp_path, sys.executable, str(script), "out")
    assert "near-duplicates removed:" in shown
    assert (tmp_path / "out" / "manifest.json").exists()


def test_build_from_shell(repository: Path, tmp_path: Path) -> None:
    script = repository / "examples" / "build_from_shell.sh"
    shown = run(repository, tmp_path, "sh", str(script), "out")
    assert "the ledger balances" in shown
    assert "min_chars" in shown


def added(repository: Path, folder: Path, name: str) -> str:
    """What an example shows that adds a language; its model and build are in `folder`/out."""
    return run(repository, folder, "sh", str(repository / "examples" / name / "run.sh"), "out")


@pytest.mark.slow
def test_balinese(repository: Path, tmp_path: Path) -> None:
    shown = added(repository, tmp_path, "balinese")
    assert "without visualeditor" in shown
    assert "59 are needed" in shown  # too thin for thresholds, which are Javanese's
    assert "inherited from jav_Latn" in shown
    build = Build(tmp_path / "out" / "build")
    kept = build.dataset.to_table(columns=["url", "lang"]).to_pylist()
    assert {row["lang"] for row in kept} == {"ban_Latn"}
    assert all("/ban/" in row["url"] for row in kept)
    assert len(kept) == 10  # articles 21 to 30; of article 29 and its copy one
    assert build.ledger.reasons == {
        "language/other": 30,
        "quality/fragment_share": 1,
        "dedup/near": 1,
    }


@pytest.mark.slow
def test_dzongkha(repository: Path, tmp_path: Path) -> None:
    shown = added(repository, tmp_path, "dzongkha")
    assert "no negative languages" in shown
    profile = read_profile(tmp_path / "out" / "profiles" / "dzo_Tibt.toml")
    assert "85 documents of 2 collections" in profile.thresholds["min_mean_word_clusters"].origin
    assert profile.stop_words is not None
    assert {"གི", "ནང", "འདི"} <= set(profile.stop_words.values)  # of, in, this
    assert "from 2 collections; 3 are needed" in profile.unset["min_stop_words"]
    build = Build(tmp_path / "out" / "build")
    assert 18 <= build.manifest["documents"] <= 25
    assert set(build.manifest["languages"]) == {"dzo_Tibt"}


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
