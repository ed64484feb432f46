"""Completion in real shells: installed by one command, and what Tab then gives."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import corpuskit as ck
from corpuskit.cli import run

pytestmark = pytest.mark.xdist_group("completion")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the command `corpuskit` of this very checkout on the path."""
    folder = tmp_path / "a home"
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "corpuskit"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m corpuskit "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in ("ZDOTDIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return folder


def completed(shell: str, words: list[str]) -> list[str]:
    """What bash's function of the script offers for the last word."""
    script = (
        f'eval "$(corpuskit completion {shell})"\n'
        f"COMP_WORDS=(corpuskit {' '.join(words)})\nCOMP_CWORD={len(words)}\n"
        "_corpuskit_completion corpuskit\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes_commands_languages_reasons_and_rules(home: Path, demo: ck.Build) -> None:
    build = str(demo.folder)
    assert completed("bash", ["ins"]) == ["inspect"]
    assert completed("bash", ["init", "khm"]) == ["khm_Khmr"]
    assert "--near-threshold" in completed("bash", ["inspect", "--n"])
    assert completed("bash", ["inspect", build, "--reason", "dedup/"]) == [
        "dedup/exact", "dedup/near",
    ]  # fmt: skip
    assert completed("bash", ["inspect", build, "--source", "lib"]) == ["libreoffice-help"]
    assert completed("bash", ["inspect", build, "--near-threshold", "min_stop_word_"]) == [
        "min_stop_word_share"
    ]
    assert completed("bash", ["inspect", "nowhere", "--reason", "screen/l"]) == ["screen/language"]


def test_a_language_is_completed_by_its_name_as_well(home: Path) -> None:
    assert completed("bash", ["init", "Burm"]) == ["mya_Mymr"]
    assert completed("bash", ["init", "xx"]) == []


def typed(shell: list[str], keys: str, wanted: str, seconds: float = 60.0) -> str:
    """What a shell at a terminal shows until `wanted` is in it, after some keys."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ |= {"TERM": "dumb", "PS1": "READY> "}
        os.execvp(shell[0], shell)
    shown, sent, end = "", False, time.monotonic() + seconds
    try:
        while time.monotonic() < end and wanted not in shown.partition("SENT")[2]:
            if not select.select([terminal], [], [], 0.2)[0]:
                if not sent and time.monotonic() > end - seconds + 1.0:
                    shown, sent = f"{shown}SENT", True
                    os.write(terminal, keys.encode())
                continue
            try:
                shown += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    finally:
        os.write(terminal, b"\x15exit\n")
        os.close(terminal)
        os.waitpid(process, 0)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


@pytest.mark.parametrize(
    ("shell", "arguments"), [("bash", ["-i"]), ("zsh", ["-i"]), ("fish", ["-i"])]
)
def test_one_command_installs_it_and_tab_works(
    shell: str, arguments: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert run(["completion", shell, "--install"]) == 0
    assert f"installed for {shell}: " in capsys.readouterr().out
    wanted = "inspect"
    shown = typed([shell, *arguments], "corpuskit insp\t", wanted)
    assert wanted in shown.partition("SENT")[2], shown


def test_it_is_installed_once_and_removed_without_a_trace(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".bashrc").write_text("alias a=b")
    monkeypatch.setenv("SHELL", "/usr/bin/bash")
    for _ in range(2):
        assert run(["completion", "--install"]) == 0
    startup = (home / ".bashrc").read_text()
    assert startup.startswith("alias a=b\n")
    assert startup.count("corpuskit completion >>>") == 1
    assert (home / ".local/share/corpuskit/completion.bash").is_file()
    assert run(["completion", "--remove"]) == 0
    assert (home / ".bashrc").read_text() == "alias a=b\n"
    assert not (home / ".local/share/corpuskit/completion.bash").exists()
    assert run(["completion", "--remove"]) == 0
    assert "nothing is installed for bash" in capsys.readouterr().out
    assert run(["completion", "fish", "--install"]) == 0
    assert (home / ".config/fish/completions/corpuskit.fish").is_file()


def test_a_shell_that_is_not_known_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert run(["completion"]) == 2
    assert "the shell tcsh is none of bash, zsh, fish" in capsys.readouterr().err
    assert run(["completion", "bash", "--install", "--remove"]) == 2
    assert run(["completion", "powershell"]) == 2
