"""Takes something down in copies of a build in an object store, and is killed at changes there.

python store_kills.py URL LOCAL FOLDER NAMED KILLS: NAMED is JSON of what to take down. Copies are
made at URL-whole, which is not killed, and at URL-killed-N for KILLS moments of it, spread over all
of them; their local folders are in FOLDER. Prints the names of the copies. Every child is forked
before anything has started a thread.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from takedown.kills import AT, Killer

import corpuskit.takedown
from corpuskit.object_store.client import ObjectClient
from corpuskit.store_url import StoreUrl


def copy_prefix(source: StoreUrl, target: StoreUrl) -> None:
    """Copy every object of a build but its lease."""
    here, there = ObjectClient(source), ObjectClient(target)
    for name, _ in here.list(""):
        if name != ".work/lease.json":
            there.put(name, here.read(name)[0])


class Counter(Killer):
    """Kills nobody and counts the changes."""

    def __init__(self) -> None:
        super().__init__(0)

    def _count(self) -> None:
        self.left += 1


def take_down(url: StoreUrl, local: Path, named: dict[str, Any], killer: Killer) -> None:
    for method in ("put", "delete"):
        setattr(ObjectClient, method, killer.around(getattr(ObjectClient, method)))
    corpuskit.takedown.takedown(url, **named, reason="x", time=AT, local=local)


def in_a_child(work: Callable[[], int]) -> int:
    """Exit code of a process that does some work."""
    child = os.fork()
    if not child:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(url: StoreUrl, local: Path, folder: Path, named: dict[str, Any], kills: int) -> None:
    def run(name: str, killer: Killer) -> int:
        copy = StoreUrl(url.scheme, url.bucket, f"{url.prefix}-{name}")
        copy_prefix(url, copy)
        shutil.copytree(local, folder / name)
        take_down(copy, folder / name, named, killer)
        if isinstance(killer, Counter):
            (folder / "changes").write_text(str(killer.left))
        return 0

    assert in_a_child(lambda: run("whole", Counter())) == 0
    changes = int((folder / "changes").read_text())
    moments = sorted({round(changes * (number + 0.5) / kills) for number in range(kills)})
    print("whole")
    for moment in moments:
        name = f"killed-{moment}"
        code = in_a_child(lambda name=name, moment=moment: run(name, Killer(moment)))  # type: ignore[misc]
        assert code == 9, (code, moment, changes)
        print(name)


if __name__ == "__main__":
    main(
        StoreUrl.parse(sys.argv[1]),
        Path(sys.argv[2]),
        Path(sys.argv[3]),
        json.loads(sys.argv[4]),
        int(sys.argv[5]),
    )
