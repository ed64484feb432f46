"""A Ray cluster of two nodes of one core each, on the loopback interface."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class RayCluster:
    """Two nodes, started as a user would, by `ray start`; each can be killed and started again."""

    HEAD, SECOND = "127.0.0.2", "127.0.0.3"

    def __init__(self, folder: Path, *paths: Path) -> None:
        """`paths` are further folders that workers import modules from."""
        self.folder = folder
        self.environment = environment(*paths)
        self.port = _free_port(self.HEAD)
        # Sockets below it have paths of at most 107 bytes.
        self.scratch = tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True)
        self.nodes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        return f"{self.HEAD}:{self.port}"

    def __enter__(self) -> RayCluster:
        self.start(self.HEAD)
        self.start(self.SECOND)
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self.SECOND, self.HEAD):
            self.kill(name)
        self.scratch.cleanup()

    def start(self, name: str) -> None:
        """Start a node and wait for it."""
        role = ["--address", self.address]
        if name == self.HEAD:
            role = ["--head", "--port", str(self.port), "--include-dashboard=false"]
            role += ["--temp-dir", self.scratch.name]
        options = ["--node-ip-address", name, "--num-cpus=1", "--object-store-memory=100000000"]
        log = (self.folder / f"{name}.log").open("wb")
        with log:
            self.nodes[name] = subprocess.Popen(
                [*RAY, "start", *role, *options, "--disable-usage-stats", "--block"],
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while b"Ray runtime started" not in (self.folder / f"{name}.log").read_bytes():
            if self.nodes[name].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / f"{name}.log").read_text())
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        """Kill a node with everything that runs on it, as a machine that is switched off."""
        process = self.nodes.pop(name, None)
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


RAY = [sys.executable, "-c", "from ray.scripts.scripts import main; main()"]


def environment(*paths: Path) -> dict[str, str]:
    """Of nodes and of builds on them: they import this checkout and the tests' own modules.

    A build whose cluster is gone waits a few seconds instead of a minute.
    """
    places = os.pathsep.join(map(str, (ROOT, ROOT / "tests", *paths)))
    return {**os.environ, "PYTHONPATH": places, "RAY_gcs_rpc_server_reconnect_timeout_s": "5"}


def _free_port(host: str) -> int:
    with socket.socket() as server:
        server.bind((host, 0))
        port: int = server.getsockname()[1]
    return port
