"""pywb, the server that Common Crawl's index runs, over a ZipNum index of an archive."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL

PLACES = ("CORPUSKIT_PYWB", "CORPUSKIT_SERVICES")
"""Environment variables: a folder with `wayback` and `cdxj-indexer`, or one with pywb/bin in it."""


def programs() -> tuple[str, str]:
    """The two programs; the test is skipped where they are not installed, and fails under CI."""
    folders = [os.environ.get(PLACES[0]), _below(os.environ.get(PLACES[1])), os.environ["PATH"]]
    path = os.pathsep.join(one for one in folders if one)
    found = [shutil.which(name, path=path) for name in ("wayback", "cdxj-indexer")]
    if not all(found):
        why = "pywb 2.10 and cdxj-indexer are not installed; `make services`, or CORPUSKIT_PYWB"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return str(found[0]), str(found[1])


def _below(folder: str | None) -> str | None:
    return str(Path(folder) / "pywb" / "bin") if folder else None


def zipnum(folder: Path, archive: Path, indexer: str, lines: int) -> None:
    """Index an archive in blocks of `lines`, with the secondary index in pywb's form."""
    folder.mkdir(parents=True)
    subprocess.run(
        [indexer, "--sort", "-c", "cdx-00000.gz", "-l", str(lines), "-o", "json.idx", archive],
        cwd=folder,
        check=True,
        timeout=60,
    )
    blocks = [line.split(" ", 2) for line in (folder / "json.idx").read_text().splitlines()[1:]]
    with (folder / "cluster.idx").open("w") as file:
        for number, (key, timestamp, rest) in enumerate(blocks, 1):
            at = json.loads(rest)
            place = f"cdx-00000.gz\t{at['offset']}\t{at['length']}\t{number}"
            file.write(f"{key} {timestamp}\t{place}\n")
    (folder / "cluster.loc").write_text("cdx-00000.gz\tcdx-00000.gz\n")


@contextmanager
def served(folder: Path, archive: Path, lines: int = 10) -> Iterator[str]:
    """URL of an index server of the archive."""
    wayback, indexer = programs()
    zipnum(folder / "indexes", archive, indexer, lines)
    (folder / "config.yaml").write_text(
        f"collections:\n  {CRAWL}:\n    index_paths: indexes/cluster.idx\n"
        f"    archive_paths: archive/\ncdx_api_endpoint: -index\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [wayback, "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(child, f"{url}/{CRAWL}-index?url=example.org&output=json")
        yield url
    finally:
        child.terminate()
        child.wait()


def _wait(child: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert child.poll() is None, "pywb ended; see its log"
            assert time.monotonic() < deadline, "pywb does not answer"
            time.sleep(0.1)
        else:
            return
