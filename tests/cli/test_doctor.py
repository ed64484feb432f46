"""corpuskit doctor: what is installed, and whether kernels are compiled."""

from __future__ import annotations

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
