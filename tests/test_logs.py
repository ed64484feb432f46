"""Logs: silent by default, one file for all processes, no credentials in any record."""

from __future__ import annotations

import ast
import logging
import pickle
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from connectors.file_server import serving
from end_to_end.builds import DEMO, run, some_pages, write_recipe
from hypothesis import given
from hypothesis import strategies as st

from corpuskit import logs
from corpuskit.errors import CorpuskitError

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) \d+ [\w.]+: .*"
)
LOG = logging.getLogger("corpuskit.tests")


@pytest.fixture(autouse=True)
def _undone() -> Iterator[None]:
    yield
    logs.reset()


def test_the_library_prints_nothing(repository: Path) -> None:
    printing = []
    for path in sorted((repository / "corpuskit").rglob("*.py")):
        if path.parent.name == "cli":
            continue
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        printing += [
            f"{path.name}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "click.echo")
        ]
    assert not printing


def test_loggers_are_silent_until_they_are_configured(repository: Path) -> None:
    """A module that asks `logging` itself may log before the package is silenced."""
    for path in sorted((repository / "corpuskit").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"logging\.getLogger\((.*?)\)", text)
        assert path.name == "logs.py" or set(names) <= {'"trafilatura"', '"ray"'}, path
    code = "from corpuskit.connectors.fetching.retry import _log; _log.warning('a'); _log.info('b')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_the_file_has_every_record_and_the_terminal_those_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(logging.INFO, tmp_path / "log")
    LOG.debug("one")
    LOG.info("two")
    logging.getLogger("urllib3.connectionpool").warning("three")
    logging.getLogger("trafilatura.core").debug("four")
    assert capsys.readouterr().err == "INFO corpuskit.tests: two\n"
    lines = (tmp_path / "log").read_text().splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    assert [line.rpartition(": ")[2] for line in lines] == ["one", "two", "three"]


def test_configuring_again_replaces_and_reset_undoes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.reset()  # a command that ran in this process may have configured
    before = logging.getLogger().handlers[:], logging.getLogger("corpuskit").handlers[:]
    logs.configure(logging.DEBUG, tmp_path / "a")
    logs.configure(None, tmp_path / "b")
    LOG.info("x")
    assert (tmp_path / "a").read_text() == ""
    assert (tmp_path / "b").read_text().count("\n") == 1
    assert logs.settings() == logs.LogSettings(None, str(tmp_path / "b"))
    logs.reset()
    assert logs.settings() is None
    assert before == (logging.getLogger().handlers, logging.getLogger("corpuskit").handlers)
    LOG.warning("x")
    assert (tmp_path / "b").read_text().count("\n") == 1
    assert capsys.readouterr().err == ""


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(CorpuskitError, match=r"cannot write the log file .*: Is a directory"):
        logs.configure(None, tmp_path)
    assert logs.settings() is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device /dev/full is Linux's")
def test_a_full_disk_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(None, "/dev/full")
    LOG.info("one")
    LOG.info("two")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: the log file /dev/full is incomplete: ")


def work(number: int) -> int:
    for step in range(200):
        LOG.debug("task %d step %d %s", number, step, "x" * (number * 500))
    return number


def test_many_processes_write_whole_records(tmp_path: Path) -> None:
    logs.configure(None, tmp_path / "log")
    settings = pickle.loads(pickle.dumps(logs.settings()))
    with ProcessPoolExecutor(
        3, mp_context=get_context("spawn"), initializer=logs.apply, initargs=(settings,)
    ) as pool:
        assert sorted(pool.map(work, range(6))) == list(range(6))
    LOG.info("end")
    lines = (tmp_path / "log").read_text().splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    steps = [re.search(r": task (\d) step (\d+) (x*)$", line) for line in lines[:-1]]
    written = sorted((int(s[1]), int(s[2]), len(s[3])) for s in steps if s)
    assert written == [(n, step, n * 500) for n in range(6) for step in range(200)]
    assert len({line.split()[2] for line in lines[:-1]}) == 3


def test_without_settings_a_worker_stays_as_it_is() -> None:
    logs.apply(None)
    assert logs.settings() is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://ann:pw@example.org/a", "https://***@example.org/a"),
        ("https://ann:p@w:x@example.org", "https://***@example.org"),
        ("s3://KEY:SECRET@host:80/x, ftp://u@h", "s3://***@host:80/x, ftp://***@h"),
        ("https://example.org/@ann?b=c@d", "https://example.org/@ann?b=c@d"),
        ("https://h/?page=2&access_token=abc.d&x=1", "https://h/?page=2&access_token=***&x=1"),
        ("?X-Amz-Signature=00ff&X-Amz-Credential=A%2Fb#top",
         "?X-Amz-Signature=***&X-Amz-Credential=***#top"),
        ("'https://h/?key=k1'", "'https://h/?key=***"),
        ("?next=https%3A%2F%2Fh%3Ftoken%3Dabc", "?next=https%3A%2F%2Fh%3Ftoken%3D***"),
        ("?url=http://h?api_key=abc", "?url=http://h?api_key=***"),
        ("?monkey=1&author=Sok&signal=2&keyword=x", "?monkey=1&author=Sok&signal=2&keyword=x"),
        ("?verb=A&resumptionToken=9!oai_dc", "?verb=A&resumptionToken=9!oai_dc"),
        ("{'Authorization': 'Bearer abcdef123'}", "{'Authorization': 'Bearer ***'}"),
        ("hf_abcdefghijklmnopqrstuv", "***"),
    ],
)  # fmt: skip
def test_credentials_are_masked(text: str, masked: str) -> None:
    assert logs.mask(text) == masked
    assert logs.mask(masked) == masked


SECRETS = st.text("abcXYZ0189-._~!$*+,:@%=", min_size=9, max_size=30).map(lambda s: f"Zq{s}qZ")


@given(SECRETS, st.sampled_from(["token", "apikey", "X-Amz-Signature", "password", "sig", "key"]))
def test_no_secret_is_left(secret: str, name: str) -> None:
    for url in (
        f"https://user:{secret}@example.org/page",
        f"https://example.org/page?{name}={secret}",
        f"https://example.org/page?a=b&{name.upper()}={secret}&c=d",
    ):
        assert secret not in logs.mask(f"GET {url}: 503"), url
        assert secret not in logs.mask(repr({"url": url}))


@pytest.mark.parametrize(
    "text", ["?" + "token" * 20_000, "%26token" * 20_000, "//" * 50_000, "&a@" * 40_000]
)
def test_masking_a_hostile_text_takes_linear_time(text: str) -> None:
    begun = time.process_time()
    logs.mask(text)
    assert time.process_time() - begun < 2


def test_messages_arguments_tracebacks_and_warnings_are_masked(tmp_path: Path) -> None:
    logs.configure(None, tmp_path / "log")
    LOG.info("GET %s", "https://ann:secret1@example.org")
    try:
        Path("https://example.org/?token=secret2").read_text()
    except OSError:
        LOG.exception("lost")
    url = "https://ann:secret3@example.org"
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.configure(None, tmp_path / "log")
        warnings.warn(url, stacklevel=1)
    text = (tmp_path / "log").read_text()
    assert text.count("https://***@example.org") == 2
    assert "FileNotFoundError: " in text
    assert "https:/example.org/?token=***" in text
    assert "secret" not in text


FORGED = r"""
import sys
from corpuskit import logs
logs.configure(20, sys.argv[1])
log = logs.logger("corpuskit.tests")
log.info("title: %s", "a\n2026-01-01T00:00:00.000Z INFO 1 x: no\x1b[2J\x9b2J\u2028\udcff\t!")
"""


def test_a_message_is_one_line_and_sends_a_terminal_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORGED, tmp_path / "log"], capture_output=True, text=True, check=True
    )
    (line,) = (tmp_path / "log").read_text().split("\n")[:-1]
    expected = r"a\n2026-01-01T00:00:00.000Z INFO 1 x: no\x1b[2J\x9b2J\u2028\udcff" + "\t!"
    assert line.endswith(f" corpuskit.tests: title: {expected}")
    assert done.stderr == f"INFO corpuskit.tests: title: {expected}\n"


def test_a_build_with_a_log_file(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, some_pages(tmp_path, 6))
    done = run(
        "--log-file", tmp_path / "log", "build", recipe, "--out", tmp_path / "b", "--workers", "2"
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = (tmp_path / "log").read_text().splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    assert ": corpuskit " in lines[0]
    assert f"build {recipe}" in lines[0]
    assert any("corpuskit.recipe.load: recipe" in line for line in lines)
    assert lines[-1].endswith("INFO " + lines[-1].split()[2] + " corpuskit.cli: exit code 0")
    again = run("build", tmp_path / "none.toml", "--log-file", tmp_path / "log")
    assert again.returncode == 1
    assert len(again.stderr.splitlines()) == 1
    text = (tmp_path / "log").read_text()
    assert text.startswith("\n".join(lines))  # appended
    assert "ERROR" in text
    assert "Traceback (most recent call last)" in text


@pytest.mark.parametrize("place", ["before", "after", "both"])
def test_verbose_stands_before_or_after_the_command(tmp_path: Path, place: str) -> None:
    before = ["-v"] if place != "after" else []
    after = ["--verbose"] if place != "before" else []
    done = run(*before, "build", tmp_path / "none.toml", *after)
    assert done.returncode == 1
    assert "INFO corpuskit.cli.log_options: corpuskit " in done.stderr
    assert "ERROR corpuskit.cli: RecipeError: " in done.stderr
    assert ("DEBUG corpuskit.cli: traceback" in done.stderr) == (place == "both")
    assert run("lid", "eval", "-v", "none", "none").stderr.startswith("INFO corpuskit.cli")


def test_a_retry_and_the_operators_password_in_a_real_fetch(tmp_path: Path) -> None:
    rows = b'{"text": "x"}\n'
    with serving(**{"a.jsonl": rows}) as served:
        served.faults["/a.jsonl?token=hushhush"] = [(503, {"Retry-After": "0"})]
        url = served.url("/a.jsonl?token=hushhush").replace("http://", "http://ann:hush@")
        recipe = write_recipe(tmp_path, Path("PATH"), connector="tables")
        text = recipe.read_text(encoding="utf-8")
        recipe.write_text(text.replace('path = "PATH"', f"url = ['{url}']"), encoding="utf-8")
        done = run("fetch", recipe, "--out", tmp_path / "b", "-v", "--log-file", tmp_path / "log")
    text = (tmp_path / "log").read_text()
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"INFO \d+ corpuskit\.connectors\.fetching\.retry: http://127.*HTTP 503\); next", text
    )
    assert re.search(r"DEBUG \d+ corpuskit\.connectors\.fetching\.session: GET .*status 200", text)
    assert "try 1 of 7 failed" in done.stderr
    assert "GET" not in done.stderr
    assert "hush" not in text + done.stderr


def test_a_log_file_that_cannot_be_written_is_an_error_of_one_line(tmp_path: Path) -> None:
    done = run("--log-file", tmp_path / "none" / "log", "build", DEMO / "khmer.toml")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: cannot write the log file")


def test_arguments_that_cannot_be_shown_do_not_stop_the_program() -> None:
    """A filter runs outside of a handler's own precautions: its exception reaches who logs."""

    class Speechless:
        def __repr__(self) -> str:
            raise ValueError

    for arguments in ((Speechless(),), (), (1, 2, 3)):
        record = LOG.makeRecord("x", logging.INFO, "x.py", 1, "of %r and %d", arguments, None)
        assert logs.MaskCredentials().filter(record)
        shown = record.getMessage()
        assert shown.startswith("of %r and %d") == (arguments == () or "cannot be shown" in shown)
