"""Takes something down in copies of a build, and is killed at each change of a file in turn.

python kills.py BUILD FOLDER NAMED: a copy per kill in FOLDER, numbered; NAMED is JSON of what to
take down. The last one is not killed; with a fourth argument it is the first whose manifest is
away. Every child is forked before anything has started a thread.
"""

import json
import os
import pkgutil
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pyarrow.parquet  # noqa: F401

import corpuskit.publish.pages
import corpuskit.takedown
from corpuskit import store
from corpuskit.store import LocalStore

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Killer:
    """Ends this process at its `last` change, before or after that."""

    def __init__(self, last: int) -> None:
        self.left = last

    def around(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*values: Any) -> Any:
            self._count()
            result = change(*values)
            self._count()
            return result

        return changed

    def _count(self) -> None:
        if not self.left:
            os._exit(9)
        self.left -= 1


def take_down(folder: Path, named: dict[str, Any], last: int) -> None:
    killer = Killer(last)
    store._move = killer.around(store._move)
    LocalStore.delete = killer.around(LocalStore.delete)  # type: ignore[method-assign]
    corpuskit.takedown.takedown(folder, **named, reason="x", time=AT)


def main(build: Path, folder: Path, named: dict[str, Any], *, until_hidden: bool) -> None:
    for package in (corpuskit.takedown, corpuskit.publish.pages):  # once, not in every child
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    number = 0
    while True:
        copy = folder / f"{number:03}"
        shutil.copytree(build, copy)
        child = os.fork()
        if not child:
            take_down(copy, named, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0 or (until_hidden and not (copy / "manifest.json").exists()):
            return
        assert code == 9, code
        number += 1


if __name__ == "__main__":
    hidden = len(sys.argv) > 4
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), until_hidden=hidden)
