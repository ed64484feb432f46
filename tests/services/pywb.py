"""pywb, the server that Common Crawl's index runs, over a ZipNum index of an archive."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.commoncrawl.servers import CRAWL
from services.programs import free_port, program, wait_for


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
    wayback, indexer = (program("pywb", f"bin/{name}") for name in ("wayback", "cdxj-indexer"))
    zipnum(folder / "indexes", archive, indexer, lines)
    (folder / "config.yaml").write_text(
        f"collections:\n  {CRAWL}:\n    index_paths: indexes/cluster.idx\n"
        f"    archive_paths: archive/\ncdx_api_endpoint: -index\n"
    )
    port = free_port()
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [wayback, "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(child, f"{url}/{CRAWL}-index?url=example.org&output=json", folder / "log")
        yield url
    finally:
        child.terminate()
        child.wait()
