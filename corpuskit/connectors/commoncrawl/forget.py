"""Taking out of what was fetched of Common Crawl what was taken down.

The records go: a placeholder of the same size stands in the place of each. Parts that are not
finished and hold one are deleted, and fetched again without it. The list of captures stays as the
index gave it: it decides how the parts are called, and says where Common Crawl has them, not what
is in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpuskit.connectors.base import TakenDown
from corpuskit.connectors.containers.warc_replace import replace_records
from corpuskit.connectors.containers.warc_replace import taken_down as in_place
from corpuskit.tombstones import MARK, url_hash


def forget(folder: Path, taken: TakenDown) -> list[str]:
    """Take out what was taken down; a line that says how much."""

    def placeholder(fields: Mapping[str, str]) -> tuple[dict[str, str], bytes] | None:
        url = fields.get("warc-target-uri", "").strip("<> ")
        reference = f"warc:{fields.get('warc-record-id', '')}"
        if url.startswith(MARK) or not taken(source_ref=reference, url=url):
            return None
        return in_place(fields, MARK + url_hash(url))

    scratch, count = folder / "tmp", 0
    for path in sorted((folder / "warc").glob("*.warc.gz")):
        count += replace_records(path, scratch, placeholder)
    for path in sorted((folder / "warc").glob("*.partial")):
        if replace_records(path, scratch, placeholder):
            count += 1
            path.unlink()
            path.with_suffix(".journal").unlink(missing_ok=True)
    if not count:
        return []
    return [f"took {count:,} records out; the index's list of captures still names their addresses"]
