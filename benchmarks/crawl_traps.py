"""How often real pages repeat one another: cases that the guard against endless sites must allow.

    python benchmarks/crawl_traps.py            # CORPUSKIT_DATA, else ../shared/data

Prints, per set of real pages, how many there are, how many have the text of another (without
digits and white space) and the longest run of the same text in the order of their names.
"""

import os
from collections import Counter
from itertools import groupby
from pathlib import Path

from lxml import html

from corpuskit.connectors.web.streak import page_key

DATA = Path(os.environ.get("CORPUSKIT_DATA", Path(__file__).parents[2] / "shared" / "data"))


def keys(folder: Path) -> list[bytes]:
    """The keys of all pages below a folder, in the order of their names."""
    page_keys = []
    for path in sorted(path for path in folder.rglob("*.htm*") if path.is_file()):
        root = html.document_fromstring(path.read_bytes())
        page_keys.append(page_key(root))
    return page_keys


def main() -> None:
    for folder in sorted(DATA.glob("html-*")):
        page_keys = keys(folder)
        shared = sum(count for count in Counter(page_keys).values() if count > 1)
        longest = max((len(list(run)) for _, run in groupby(page_keys)), default=0)
        print(f"{folder.name:30} {len(page_keys):5} pages {shared:4} shared, longest run {longest}")


if __name__ == "__main__":
    main()
