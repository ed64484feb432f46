"""corpuskit doctor: what is installed, and whether kernels are compiled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpuskit import cli, installation
from corpuskit.installation import extras
from corpuskit.kernels import compilation


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.run(["doctor", *arguments]) == 0
    return capsys.readouterr().out


def test_versions_and_extras(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {
        "web": {"protego": "0.4", "w3lib": None},
        "hub": {"huggingface_hub": None},
        "test": {"pytest": "9"},
    }
    monkeypatch.setattr(installation, "extras", lambda: listed)
    output = printed(capsys)
    assert "[web]               protego 0.4, w3lib missing\n" in output
    assert "[hub]               huggingface_hub missing\n" in output
    assert "corpuskit-lrl" in output
    assert "pytest" not in output


def test_extras_are_those_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    requirements = [
        "click>=8.1", 'protego>=0.4; extra == "web"', "no-such-library[x]>=1; extra == 'web'",
    ]  # fmt: skip
    monkeypatch.setattr("importlib.metadata.requires", lambda _: requirements)
    assert list(extras()) == ["web"]
    assert extras()["web"]["no-such-library"] is None
    assert extras()["web"]["protego"]


def test_kernels(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    monkeypatch.setattr(compilation, "kernels", list)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("CORPUSKIT_KERNELS", raising=False)
    assert "not compiled for this processor; corpuskit doctor --warm\n" in printed(capsys)
    (folder,) = compilation.folders()
    assert f"compiled in {folder}\n" in printed(capsys, "--warm")
    monkeypatch.setenv("CORPUSKIT_KERNELS", "off")
    assert "turned off by CORPUSKIT_KERNELS\n" in printed(capsys)


def test_without_numba(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "numba_version", lambda: None)
    assert "numba is missing; pip install 'corpuskit-lrl[fast]'\n" in printed(capsys, "--warm")


RECIPE = """
name = "x"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "texts"
connector = "files"
path = "texts"
license = "NOASSERTION"
"""


def test_a_recipe_that_would_fail_is_told_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE)
    assert cli.run(["doctor", str(recipe)]) == 1
    output = capsys.readouterr().out
    assert "recipe              FAILS  " in output
    assert "there is no " in output
    assert output.endswith("1 would fail\n")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a")
    assert "recipe              x: 1 source, 1 language\n" in printed(capsys, str(recipe))
    recipe.write_text(RECIPE + '[[source]]\nname = "w"\nconnector = "web"\nlicense = "X"\n')
    monkeypatch.setattr("corpuskit.diagnosis.find_spec", lambda _: None)
    assert cli.run(["doctor", str(recipe)]) == 1
    output = capsys.readouterr().out
    assert "w (feedparser, protego, w3lib) needs it: pip install 'corpuskit-lrl[web]'" in output
    assert cli.run(["doctor", str(tmp_path / "none.toml")]) == 1
    assert "no such file" in capsys.readouterr().out


def test_models_disk_and_memory_are_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    output = printed(capsys)
    assert "model sea-1         knows 48 languages\n" in output
    assert " GB free\n" in output
    assert " GB of memory\n" in output
    assert output.endswith("nothing would fail\n")
    told = json.loads(printed(capsys, "--json"))
    assert {finding["fails"] for finding in told["findings"]} == {False}
    missing = tmp_path / "none"
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(missing))
    assert cli.run(["doctor"]) == 1
    assert f"FAILS  {missing} cannot be written" in capsys.readouterr().out
