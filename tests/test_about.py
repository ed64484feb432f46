"""The distribution's name: one place knows it, and no page tells anybody to install another."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import corpuskit as ck
from corpuskit import about

NAME = "corpuskit"  # as a distribution, a stranger's
EXTRA = re.compile(rf"(?<![\w.-]){NAME}\[")
INSTALL = re.compile(rf"\bpip3? install\b[^\n#]*(?<![\w./-]){NAME}(?![\w./-])")
REQUIREMENT = re.compile(rf"""["']{NAME}\s*(?:[<>=~!]=|[<>]|@ )""")
METADATA = re.compile(
    rf"""\b(?:version|distribution|requires|files|metadata|package_name)\s*[(=]\s*["']{NAME}["']"""
)
WRONG = (EXTRA, INSTALL, REQUIREMENT, METADATA)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (EXTRA, f"needs it; install {NAME}[web]"),
        (INSTALL, f"pip install {NAME}"),
        (INSTALL, f'python -m pip install --quiet "{NAME}"'),
        (REQUIREMENT, f'dependencies = ["{NAME}>=0.1"]'),
        (REQUIREMENT, f"'{NAME} ~= 1'"),
        (METADATA, f'importlib.metadata.version("{NAME}")'),
        (METADATA, f'click.version_option(package_name="{NAME}")'),
    ],
)
def test_a_wrong_name_is_seen(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)
    assert not any(one.search(line.replace(NAME, about.DISTRIBUTION)) for one in WRONG)


def tracked(repository: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    names = listed.stdout.decode().split("\0")
    return [repository / name for name in names if name]


def test_no_file_names_the_wrong_distribution(repository: Path) -> None:
    wrong = []
    for path in tracked(repository):
        if path.resolve() == Path(__file__).resolve() or not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a WARC, a model
        wrong += [
            f"{path.relative_to(repository)}:{number}: {line.strip()}"
            for number, line in enumerate(lines, 1)
            if any(pattern.search(line) for pattern in WRONG)
        ]
    assert not wrong, "\n".join(wrong)


def test_no_project_depends_on_the_wrong_distribution(repository: Path) -> None:
    projects = [path for path in tracked(repository) if path.name == "pyproject.toml"]
    assert len(projects) == 2
    for path in projects:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        extras = project.get("optional-dependencies", {}).values()
        required = [*project.get("dependencies", []), *(one for many in extras for one in many)]
        names = {re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in required}
        assert NAME not in names | {project["name"]}
    plugin = tomllib.loads((repository / "examples/connector/pyproject.toml").read_text("utf-8"))
    assert plugin["project"]["dependencies"] == [f"{about.DISTRIBUTION}>=0.1"]
    package = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    assert package["project"]["name"] == about.DISTRIBUTION


def test_hints_name_extras_that_exist(repository: Path) -> None:
    assert about.install_hint() == "pip install 'corpuskit-lrl'"
    assert about.install_hint("web", "documents") == "pip install 'corpuskit-lrl[web,documents]'"
    package = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    extras = set(package["project"]["optional-dependencies"])
    for path in (repository / "corpuskit").rglob("*.py"):
        for extra in re.findall(r"""install_hint\(["'](\w+)["']\)""", path.read_text("utf-8")):
            assert extra in extras, path


def test_the_version_of_an_installation_of_another_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(about, "DISTRIBUTION", "corpuskit-nobody-has-this")
    assert about.version() == "0"


def test_the_version_is_the_same_everywhere() -> None:
    try:
        installed = metadata.version(about.DISTRIBUTION)
    except metadata.PackageNotFoundError:
        installed = about.UNKNOWN_VERSION
    assert about.version() == ck.__version__ == installed
    shown = subprocess.run(
        [sys.executable, "-m", "corpuskit", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout == f"corpuskit {installed}\n"
