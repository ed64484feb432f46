"""Finding what `make services` has installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

SERVICES = "CORPUSKIT_SERVICES"
"""Environment variable: the folder that tools/services.sh was given."""


def folder() -> Path | None:
    """Where the services are, if it was said."""
    named = os.environ.get(SERVICES)
    return Path(named) if named else None


def program(service: str, place: str) -> str:
    """A program, at `place` below the service's folder or else on the PATH.

    Where it is not the test is skipped with the reason, and under CI fails.
    """
    below = folder()
    path = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin"
    own = shutil.which(str(below / service / place)) if below else None
    found = own or shutil.which(Path(place).name, path=path)
    return found or missing(f"{Path(place).name} is not installed")


def missing(what: str) -> str:
    """Skip the test, or fail it under CI."""
    why = f"{what}; `make services`, and {SERVICES} names its folder"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Until a server that was started answers, whatever it answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            assert child.poll() is None, f"the server ended: {said}"
            assert time.monotonic() < deadline, f"the server does not answer: {said}"
            time.sleep(0.02)
        else:
            return
