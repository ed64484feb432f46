"""How long it takes to compare the documents of two builds, and how much memory.

    python benchmarks/diff.py [--documents 1000000] [--shards 4]

The builds are made up: a tenth of the documents of each is not in the other. Texts are short, since
a comparison does not read them. CPU seconds and the peak are those of a process that does nothing
else; its start and the libraries (some 150 MB) are in them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.report import table
from benchmarks.takedown import make

CHARS = 20
COMPARE = """
import json, resource, sys
import corpuskit as ck
result = ck.diff(*sys.argv[1:])
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    **{name: getattr(result.documents, name) for name in ("same", "changed", "gained", "lost")},
    "CPU s": round(usage.ru_utime + usage.ru_stime, 1), "peak MB": usage.ru_maxrss // 1024,
}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--shards", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = [Path(folder) / name for name in ("old", "new")]
        for number, build in enumerate(builds):
            first = number * options.documents // 10
            make(build, options.documents, options.shards, 0, first=first, chars=CHARS)
        done = subprocess.run(
            [sys.executable, "-c", COMPARE, *map(str, builds)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        print(table([{"documents": f"{options.documents:,} + {options.documents:,}"}
                     | json.loads(done.stdout)]))  # fmt: skip


if __name__ == "__main__":
    main()
