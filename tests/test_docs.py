"""The docs say what is true: generated pages are current, every command and reason is in them."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit import errors
from corpuskit.cli import COMMANDS
from corpuskit.pipeline import source_plans
from corpuskit.pipeline.reasons import STAGES, reasons
from corpuskit.registry import BUILT_IN


@pytest.fixture(scope="module")
def make_docs(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", repository / "tools/make_docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(make_docs: ModuleType, repository: Path) -> None:
    for name, text in make_docs.pages().items():
        written = (repository / "docs" / name).read_text(encoding="utf-8")
        assert written == text, f"docs/{name} is out of date; run `make docs`"


def test_every_command_connector_and_error_is_documented(repository: Path) -> None:
    docs = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*(repository / "docs").glob("*.md"), repository / "README.md"]
    )
    for name in COMMANDS:
        assert f"corpuskit {name}" in docs
    for name in BUILT_IN["corpuskit.connectors"]:
        assert f"`{name}`" in docs
    for name, one in vars(errors).items():
        if isinstance(one, type) and issubclass(one, errors.CorpuskitError):
            assert f"`{name}`" in docs, name


def test_every_reason_starts_with_a_stage_of_the_ledger() -> None:
    listed = reasons()
    assert set(listed) <= set(STAGES)
    for stage, codes in listed.items():
        for code, meaning in codes.items():
            assert re.fullmatch(rf"{stage}/[a-z0-9_]+", code)
            assert meaning.endswith(".")


def test_every_reason_in_the_code_is_listed(repository: Path) -> None:
    listed = {code for codes in reasons().values() for code in codes}
    pattern = re.compile(rf'"((?:{"|".join(STAGES)})/[a-z0-9_]+)"')
    for path in (repository / "corpuskit").rglob("*.py"):
        for code in pattern.findall(path.read_text(encoding="utf-8")):
            assert code in listed, f"{path.name}: {code}"


def test_links_between_pages_lead_somewhere(repository: Path) -> None:
    for page in [*(repository / "docs").glob("*.md"), repository / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_the_readme_says_comes_out(repository: Path) -> None:
    lines = (repository / "README.md").read_text(encoding="utf-8").splitlines()
    pairs = [re.fullmatch(r"(ck\..+?)\s{2,}# (.+)", line) for line in lines]
    shown = [match.groups() for match in pairs if match]
    assert len(shown) == 3
    for code, result in shown:
        assert repr(eval(code, {"ck": ck})) == result


INSTALLING = ("python3 -m venv .venv", ". .venv/bin/activate", "pip install .")
"""Commands that `test_wheel.py` runs in its own way."""


def blocks(page: Path, kind: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[str]:
    """The commands of a page in order, without those that install."""
    lines = "".join(blocks(page, "sh")).splitlines()
    listed = [line.partition("  #")[0].strip() for line in lines if line.strip()]
    return [line for line in listed if line not in INSTALLING]


@pytest.fixture(scope="module")
def newcomer(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the checkout's examples and some texts, in which the commands are run."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "examples").symlink_to(repository / "examples")
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text(khmer(1), encoding="utf-8")
    return folder


def run_in(folder: Path, *arguments: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path}
    if arguments[-1].endswith(".py") and "import pandas" in Path(arguments[-1]).read_text():
        folders = env["PYTHONPATH"].split(os.pathsep)
        env["PYTHONPATH"] = os.pathsep.join(f for f in folders if "without_pandas" not in f)
    done = subprocess.run(
        arguments,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env=env,
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.parametrize("name", ["README.md", "docs/quickstart.md"])
def test_every_command_and_script_of_a_newcomer_runs(
    name: str, repository: Path, newcomer: Path
) -> None:
    page = repository / name
    listed = commands(page)
    assert len(listed) >= 2
    shown = {line: run_in(newcomer, "sh", "-c", line) for line in listed}
    for text in blocks(page, "text"):
        build = shown["corpuskit build examples/demo/khmer.toml"]
        assert text in build, f"{name} shows other figures than {build}"
    for number, script in enumerate(blocks(page, "python")):
        path = newcomer / f"script{number}.py"
        path.write_text(script, encoding="utf-8")
        run_in(newcomer, sys.executable, str(path))


def test_what_a_page_tells_to_install_is_there(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for page in (repository / "README.md", repository / "docs" / "quickstart.md"):
        text = page.read_text(encoding="utf-8")
        assert [
            line for line in "".join(blocks(page, "sh")).splitlines() if line in INSTALLING
        ] == [*INSTALLING]
        for extras in re.findall(r"pip install '\.\[(.*?)\]'", text):
            assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_the_readme_is_short_and_links_to_every_page(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    for page in (repository / "docs").glob("*.md"):
        assert f"(docs/{page.name})" in text, page.name


def recipes(repository: Path) -> dict[str, str]:
    """Every whole recipe of the pages, by page and number."""
    found = {}
    for page in sorted([*(repository / "docs").glob("*.md"), repository / "README.md"]):
        blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
        whole = [block for block in blocks if re.match(r"(?:#.*\n|\s)*name = ", block)]
        found |= {f"{page.name} {number}": one for number, one in enumerate(whole)}
    return found


def test_every_recipe_of_the_pages_loads_and_says_what_it_would_ask(
    repository: Path, tmp_path: Path
) -> None:
    shown = recipes(repository)
    pages = {name.partition(" ")[0] for name in shown}
    connectors = {path.name for path in (repository / "docs").glob("connector-*.md")}
    assert connectors <= pages
    for name, text in shown.items():
        if '"frontmatter"' in text:  # of the example, whose own test installs it
            continue
        path = tmp_path / "recipe.toml"
        path.write_text(text, encoding="utf-8")
        for source in source_plans(ck.load_recipe(path)):
            connector = source.open()
            assert bool(connector.asks()) == connector.remote(), name
