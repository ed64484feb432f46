"""What commands print, whatever strangers wrote, and how a command ends that cannot go on."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from end_to_end.builds import command, khmer

import corpuskit as ck
from corpuskit.cli import cli, run
from corpuskit.cli.progress import ProgressLines, watcher

EVIL = "\x1b]0;owned\x07\x1b[2Jgone\r\x9b31m\u202e\u2028\x00"
COMMANDS_OF_A_TERMINAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]")
RECIPE = """
name = "evil"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[dedup]
near = false
[[source]]
name = "texts"
connector = "files"
path = "texts"
license = "NOASSERTION"
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe of texts whose names, URLs and titles command a terminal."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "texts").mkdir()
    rows = [
        {"text": khmer(number), "url": f"https://a.example/{number}{EVIL}", "title": EVIL}
        for number in (1, 2)
    ]
    rows.append({"text": f"short {EVIL}", "url": f"https://a.example/3{EVIL}"})
    name = EVIL.replace("\x00", "").replace("\u2028", "\n")
    text = "\n".join(json.dumps(row) for row in rows)
    (folder / "texts" / f"a{name}.jsonl").write_text(text, encoding="utf-8")
    (folder / "texts" / f"b{name}.txt").write_text(f"{khmer(3)}\n{EVIL}", encoding="utf-8")
    (folder / "texts" / os.fsdecode(b"c\xff\xfe.txt")).write_text("x", encoding="utf-8")
    (folder / "evil.toml").write_text(RECIPE, encoding="utf-8")
    return folder


def test_no_command_of_a_terminal_is_printed(
    hostile: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe, out = str(hostile / "evil.toml"), str(hostile / "b")
    assert run(["build", recipe, "--out", out, "--workers", "1"]) == 0
    assert run(["inspect", out, "--samples", "9"]) == 0
    assert run(["inspect", out, "--samples", "9", "--json"]) == 0
    build = ck.open_build(out)
    urls = build.dataset.to_table(columns=["url", "source_ref"]).to_pylist()
    keys = [row["url"] or row["source_ref"] for row in urls]
    keys += [row["source_ref"] for batch in build.rejects() for row in batch.to_pylist()]
    assert len(keys) == 5
    for key in keys:
        assert run(["explain", out, key]) == 0
        assert run(["explain", out, key, "--text"]) == 0
        assert run(["explain", out, key, "--json"]) == 0
    assert run(["explain", out, f"https://a.example/none{EVIL}"]) == 1
    assert run(["inspect", out, "--reason", f"read/{EVIL}"]) == 1
    assert run(["build", recipe, "--out", out, "--set", f"source[1].path={EVIL[:-1]}"]) == 1
    assert run([f"build{EVIL}"]) == 2
    assert run(["build", f"{EVIL[:-1]}.toml"]) == 1
    shown = capfd.readouterr()
    for line in (shown.out + shown.err).splitlines():
        assert COMMANDS_OF_A_TERMINAL.search(line) is None, line
    assert r"\x1b[2Jgone" in shown.out


def test_json_keeps_what_it_escapes(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(hostile / "c")
    assert run(["build", str(hostile / "evil.toml"), "--out", out, "--quiet"]) == 0
    assert run(["inspect", out, "--json"]) == 0
    kept = json.loads(capsys.readouterr().out)["kept"]
    assert any(EVIL in (row["url"] or "") for row in kept)


def test_every_command_prints_through_one_module(repository: Path) -> None:
    for path in (repository / "corpuskit" / "cli").glob("*.py"):
        if path.name not in ("output.py", "failures.py", "__init__.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"click\.(echo|secho|style)|(?<!\.)\bprint\(", text), path.name


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a command that has a bug."""

    @click.command()
    def bug() -> None:
        raise KeyError("https://ann:hunter2@a.example/\nand more")

    get_command: Callable[..., click.Command | None] = type(cli).get_command
    monkeypatch.setattr(
        type(cli),
        "get_command",
        lambda group, context, name: bug if name == "bug" else get_command(group, context, name),
    )
    return "bug"


def test_a_bug_is_one_line_that_says_where_its_traceback_is(
    broken: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run([broken]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    match = re.fullmatch(
        r"error: unexpected KeyError: (.*); its traceback is in (\S+); -v .*", line
    )
    assert match
    assert "hunter2" not in line
    traceback = Path(match[2])
    assert "KeyError" in traceback.read_text(encoding="utf-8")
    assert "hunter2" not in traceback.read_text(encoding="utf-8")
    traceback.unlink()
    assert run(["--log-file", str(tmp_path / "log"), broken]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith(f"; its traceback is in {tmp_path / 'log'}")
    assert "Traceback" in (tmp_path / "log").read_text(encoding="utf-8")
    assert run(["-v", broken]) == 1
    shown = capfd.readouterr().err
    assert "Traceback" in shown
    assert shown.splitlines()[-1].endswith("; its traceback is above")


def test_a_reader_that_has_gone_and_a_full_disk() -> None:
    for arguments in (("languages",), ("sources", "khm_Khmr", "--json"), ("build", "--help")):
        done = subprocess.run(
            f"{' '.join(command(*arguments))} | head -c 1; echo ${{PIPESTATUS[0]}}",
            shell=True, executable="/bin/bash", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert (done.stdout[1:], done.stderr) == ("0\n", "")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("languages"), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "No space left on device" in line
    closed = subprocess.run(
        f"{' '.join(command('languages'))} >&-",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in closed.stderr


@pytest.mark.parametrize("streams", [">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-"])
def test_a_build_without_streams(tmp_path: Path, streams: str) -> None:
    rows = [json.dumps({"text": khmer(number)}) for number in range(2)]
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "in.jsonl").write_text("\n".join(rows))
    (tmp_path / "recipe.toml").write_text(RECIPE)
    build = " ".join(command("build", "recipe.toml", "--out", "built", "--workers", "1"))
    done = subprocess.run(
        f"{build} {streams}",
        shell=True, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "built" / "manifest.json").exists()


def test_a_display_for_streams_that_are_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed, io.StringIO()):
        monkeypatch.setattr(sys, "stdout", stream)
        assert isinstance(watcher(quiet=False), ProgressLines)


def test_a_command_does_not_wait_for_threads_that_a_stage_left() -> None:
    code = (
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n"
        "from corpuskit.cli import main\n"
        "main(['languages'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert "khm_Khmr" in done.stdout


@pytest.mark.parametrize("megabytes", [90, 160, 220])
def test_little_memory_is_one_line(megabytes: int) -> None:
    size = megabytes << 20
    done = subprocess.run(
        command("languages", "khm_Khmr"),
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)


def test_a_terminal_that_cannot_write_khmer() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "corpuskit", "languages", "khm_Khmr"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert rb"\u1781" in done.stdout


def test_all_errors_begin_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken.toml"
    taken.write_text("")
    for arguments, code in (
        (["build", str(tmp_path / "none.toml")], 1),
        (["build"], 2),
        (["init", "khm_Khmr", "--out", str(taken)], 1),
        (["inspect", str(tmp_path / "none")], 2),
        (["languages", "--no"], 2),
    ):
        assert run(arguments) == code
        shown = capsys.readouterr().err
        assert re.search(r"^error: ", shown, re.M), shown
        assert "Error:" not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", ".", ".", "--threshold", "nan"],
        ["mix", ".", "--unit", "bytes", "--epochs", "inf"],
        ["review", ".", "--interval", "nan"],
        ["hosts", "--lang", "khm", "--delay", "-1"],
        ["hosts", "--lang", "khm", "--delay", "nan"],
    ],
)
def test_a_number_that_is_not_finite_or_in_range_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert f"Invalid value for '{arguments[-2]}'" in capsys.readouterr().err
