"""`corpuskit check`: what is there, what is missing, what to write where; and its page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from end_to_end.builds import DEMO

import corpuskit as ck
from corpuskit.check import EVIDENCE
from corpuskit.cli import run
from corpuskit.cli.check import GUIDES
from corpuskit.recipe.about import AboutTable

PAGES = ("evidence-for-regulators.md", "comparing-builds.md")


def blocks(page: Path, kind: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_the_pages_runs(
    name: str,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    page = repository / "docs" / name
    (tmp_path / "examples").symlink_to(DEMO.parent)
    for recipe in blocks(page, "toml"):
        (tmp_path / "evidence.toml").write_text(recipe, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shown = ""
    commands = [line for block in blocks(page, "sh") for line in block.splitlines()]
    assert len(commands) >= 4
    for line in commands:
        command, _, comment = line.partition("  #")
        code = run(command.split()[1:])
        out, err = capfd.readouterr()
        assert err == "", line
        shown += out
        if "exits with 1:" in comment:
            assert code == 1, line
        elif "check" in command and "--json" in command:
            assert code == bool(json.loads(out)["missing"]), line
        else:
            assert code == 0, (line, out)
    for block in blocks(page, "text"):
        for expected in block.splitlines():
            assert expected in shown, f"{name} shows other lines than the commands"


def test_the_guides_of_the_command_are_those_of_the_library() -> None:
    assert list(GUIDES) == list(EVIDENCE)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_is_missing_comes_with_a_remedy(
    demo: ck.Build, guide: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ck.check(demo, guide)
    assert report.missing
    assert run(["check", demo.folder, "--for", guide]) == 1
    out = capsys.readouterr().out
    for fact in report.missing:
        assert fact["remedy"]
        assert f"{fact['title']}: {fact['remedy'].replace('`', '')}" in out
    for area in report.areas:
        for gap in area["gaps"]:
            assert gap in out


def test_every_remedy_names_a_key_that_exists(demo: ck.Build) -> None:
    remedies = {fact["remedy"] for guide in GUIDES for fact in ck.check(demo, guide).missing}
    keys = {key for text in remedies for key in re.findall(r"\[about\] (\w+) =", text)}
    assert len(keys) >= 10
    assert keys <= set(AboutTable.model_fields)


def test_errors_say_what_to_do(
    demo: ck.Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ck.CorpuskitError, match="no guide 'gdpr'; there are eu-summary, asean"):
        ck.check(demo, "gdpr")
    assert run(["check", demo.folder]) == 2
    choices = "Choose from: eu-summary, asean-guide, data-provenance\n"
    assert capsys.readouterr().err.endswith(f"error: Missing option '--for'. {choices}")
    folder = tmp_path / "copy"
    shutil.copytree(demo.folder, folder)
    for content in ("{", "[]", '{"format": 1}', '{"format": 99}'):
        (folder / "governance.json").write_text(content)
        assert run(["check", folder, "--for", "eu-summary"]) == 1
    (folder / "governance.json").unlink()
    capsys.readouterr()
    assert run(["check", folder, "--for", "eu-summary"]) == 1
    assert "governance.json is missing" in capsys.readouterr().err
