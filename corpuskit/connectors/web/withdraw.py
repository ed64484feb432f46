"""Taking out of a crawl's archives what a site has withdrawn since.

An archive is copied under a new name with a short record in place of each page that goes, and
the frontier changes from the old name to the new one in a transaction: a run that dies between
leaves a file that nobody knows of, which the next run deletes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import frames, layout_of
from corpuskit.connectors.web import history, records
from corpuskit.connectors.web.history import History, Statement


def take_out(folder: Path, known: History) -> int:
    """Take out every record of the URLs that were withdrawn; how many there were."""
    count = 0
    for name, going in known.withdrawn().items():
        new = _next_name(name)
        moved = _rewrite(folder / name, folder / new, going, known.records(name))
        known.replaced(name, new, (folder / new).stat().st_size, moved)
        (folder / name).unlink()
        count += len(going)
    known.settled_withdrawals()
    return count


def _next_name(name: str) -> str:
    """pages-00001.warc.gz, pages-00001-r1.warc.gz, pages-00001-r2.warc.gz and so on."""
    stem = name.removesuffix(".warc.gz")
    first, _, round_ = stem.partition("-r")
    return f"{first}-r{int(round_ or 0) + 1}.warc.gz"


def _rewrite(
    old: Path, new: Path, going: Mapping[tuple[int, int], str], known: list[tuple[int, int, str]]
) -> list[Statement]:
    """Copy an archive without what goes; where the records of the pages that stay stand."""
    moved: list[Statement] = []
    position = 0
    with old.open("rb") as source, new.open("wb") as target:
        for start, stop, url in known:
            _copy(source, target, position, start)
            begin = target.tell()
            if (start, stop) in going:
                target.write(_placeholder(old, start, stop, going[start, stop]))
            else:
                _copy(source, target, start, stop)
                moved.append(history.record(new.name, begin, target.tell(), url))
            position = stop
        _copy(source, target, position, old.stat().st_size)
        target.flush()
        os.fsync(target.fileno())
    return moved


def _placeholder(path: Path, start: int, stop: int, why: str) -> bytes:
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
    assert layout is not None  # an archive of our own
    [frame] = frames(str(path), layout, start, stop)
    fields = frame.head.fields if frame.head else {}
    return records.placeholder(
        fields.get("warc-target-uri", ""),
        fields.get("warc-record-id", ""),
        fields.get("warc-date", ""),
        why,
    )


def _copy(source: BinaryIO, target: BinaryIO, start: int, stop: int) -> None:
    source.seek(start)
    while (left := stop - source.tell()) > 0:
        target.write(source.read(min(left, 1 << 20)))
