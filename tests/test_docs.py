"""The docs say what is true: generated pages are current, every command and reason is in them."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

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


def recipes(repository: Path) -> dict[str, str]:
    """Every whole recipe of the pages, by page and number."""
    found = {}
    for page in sorted([*(repository / "docs").glob("*.md"), repository / "README.md"]):
        blocks = re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
        whole = [one for one in blocks if re.match(r"(?:#.*\n|\s)*name = ", one)]
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
