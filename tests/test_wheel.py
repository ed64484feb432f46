"""What gets installed is what gets tested once: the wheel, in a clean environment."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from bad_input import make

pytestmark = pytest.mark.xdist_group("wheel")  # built once


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", target, repository],
        check=True,
        capture_output=True,
        timeout=200,
    )
    return next(target.glob("*.whl"))


def test_contents(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "corpuskit/sources/khm_Khmr.toml" in names
    assert "corpuskit/identify/data/lid.176.ftz" in names
    assert "corpuskit/py.typed" in names
    assert wheel.name.startswith("corpuskit_lrl-")
    assert any(name.endswith("NOTICE.md") for name in names)
    assert not [n for n in names if n.startswith(("tests/", "tools/", "examples/", "sources/"))]


def test_installed_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """The package itself from the wheel, its dependencies from this environment."""
    place = tmp_path / "env"
    venv.create(place, with_pip=False, symlinks=True)
    site = next(place.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    own = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(own) + "\n")
    work = tmp_path / "work"
    (work / "texts").mkdir(parents=True)
    (work / "texts" / "a.html").write_bytes(make.good_html(0))

    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def corpuskit(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [place / "bin" / "python", "-P", "-m", "corpuskit", *arguments],
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=clean,
        )

    where = subprocess.run(
        [place / "bin" / "python", "-c", "import corpuskit; print(corpuskit.__file__)"],
        cwd=work,
        capture_output=True,
        text=True,
        check=True,
        env=clean,
    )
    assert where.stdout.startswith(str(place))
    assert corpuskit("--version").stdout == f"corpuskit {wheel.name.split('-')[1]}\n"
    assert corpuskit("init", "khm_Khmr").returncode == 0
    built = corpuskit("build", "khm_Khmr.toml", "--json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["documents"] == 1
    assert corpuskit("verify", "builds/khm_khmr").returncode == 0
    assert corpuskit("build", "--nonsense").returncode == 2
