"""What `make demo` runs: build the demo corpus, say where it is, show what was kept and why not.

python examples/demo/run.py [BUILD_FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from corpuskit.cli import run

HERE = Path(__file__).resolve().parent


def main() -> int:
    folder = sys.argv[1] if len(sys.argv) > 1 else "builds/khmer-demo"
    code = run(["build", str(HERE / "khmer.toml"), "--out", folder])
    if code:
        return code
    print()
    run(["inspect", folder, "--samples", "3"])
    print()
    for name, what in (
        ("data", "the corpus, Parquet"),
        ("rejects", "every rejected record with its reason, Parquet"),
        ("ledger.json", "what each stage read, passed on and lost"),
        ("manifest.json", "digests, versions, recipe"),
        ("README.md", "the dataset card"),
        ("report.html", "the build on one page, for a browser"),
    ):
        print(f"  {Path(folder) / name!s:<36}{what}")
    print(f"\nThe whole story of one document: corpuskit explain {folder} ID")
    return 0


if __name__ == "__main__":
    sys.exit(main())
