"""Commands that tests run, in processes that are forked where that is possible.

A command of its own Python starts with a second of imports. On Linux a command is forked from the
server that workers are forked from (engines.local), which has done them: same entry point, own
process, own exit code, own streams, working folder and environment.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from multiprocessing import forkserver
from pathlib import Path
from typing import Final

_PRELOAD: Final = (
    "corpuskit.cli.build",
    "corpuskit.build",
    "corpuskit.connectors.files",
    "corpuskit.connectors.warc",
    "corpuskit.extract.html",
    "corpuskit.identify.line_stage",
    "corpuskit.pipeline.run",
    "corpuskit.pipeline.steps",
    "corpuskit.pipeline.warm.model",
    "corpuskit.pipeline.warm.tables",
    "corpuskit.privacy.stage",
    "requests",
    "tldextract",
)
_SECONDS: Final = 240


def command(*arguments: object) -> list[str]:
    """The command line of this very environment, for a process that is watched or killed."""
    return [sys.executable, "-m", "corpuskit", *map(str, arguments)]


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line and wait."""
    if sys.platform != "linux":
        return subprocess.run(
            command(*arguments),
            capture_output=True,
            text=True,
            cwd=cwd,
            check=False,
            timeout=_SECONDS,
        )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOAD))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        streams = [f"/proc/{os.getpid()}/fd/{stream.fileno()}" for stream in (out, errors)]
        process = context.Process(
            target=_main,
            args=(list(map(str, arguments)), str(cwd or Path.cwd()), dict(os.environ), streams),
        )
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command(*arguments), _SECONDS)
        texts = []
        for stream in (out, errors):
            stream.seek(0)
            texts.append(stream.read().decode())
    return subprocess.CompletedProcess(command(*arguments), process.exitcode, *texts)


def _main(
    arguments: list[str], folder: str, environment: dict[str, str], streams: list[str]
) -> None:
    """The process of a command."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, name in enumerate(streams, start=1):
        descriptor = os.open(name, os.O_WRONLY | os.O_APPEND)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for good
    sys.stderr = open(  # noqa: SIM115
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
    )
    # Its workers come from the same server, which multiprocessing would start once more.
    forkserver._forkserver.ensure_running = lambda: None  # type: ignore[method-assign]
    sys.argv = ["corpuskit", *arguments]
    sys.modules["__main__"] = import_module("corpuskit.__main__")  # what workers import again
    sys.modules["__main__"].main()
