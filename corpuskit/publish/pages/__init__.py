"""The description files of a published corpus: card, datasheet, governance, Croissant, PROV.

`write_pages` writes them for a build; `describe_again` writes them for a published folder whose
data changed, with nothing but what is published. Both give the same bytes for the same files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.ledger import Ledger
from corpuskit.publish.manifest import totals
from corpuskit.publish.pages.card import card
from corpuskit.publish.pages.counts import CONTAMINATION, Count, Counts, count_files
from corpuskit.publish.pages.croissant import croissant
from corpuskit.publish.pages.datasheet import datasheet
from corpuskit.publish.pages.facts import PublishedFacts, read_samples
from corpuskit.publish.pages.governance import governance, governance_page
from corpuskit.publish.pages.provenance import provenance
from corpuskit.publish.published import entry_of
from corpuskit.publish.report import REPORT, Survey, report_page, survey_files
from corpuskit.store import Store, as_json

LEDGER: Final = "ledger.json"
DOMAINS: Final = "domains.parquet"
PAGES: Final[dict[str, str]] = {
    LEDGER: "ledger",
    DOMAINS: "domains",
    "README.md": "card",
    "DATASHEET.md": "datasheet",
    "GOVERNANCE.md": "governance",
    "governance.json": "governance",
    "croissant.json": "croissant",
    "prov.json": "provenance",
    REPORT: "report",
}
"""The files that `write_pages` writes, each with its kind in the manifest."""


def write_pages(
    store: Store, manifest: Mapping[str, Any], ledger: Ledger, counts: Counts, survey: Survey
) -> list[dict[str, Any]]:
    """Write ledger and description files; their entries for the manifest, in order.

    `manifest` lists the files of data and rejects alone. `counts` are those of these files
    (`count_files`), `survey` is theirs as well (`survey_files`).
    """
    facts = PublishedFacts(manifest, ledger, counts, read_samples(store, manifest))
    store.put(LEDGER, as_json(ledger.to_json()))
    _write_domains(store, counts)
    others = [entry_of(store, name, PAGES[name]) for name in (LEDGER, DOMAINS)]
    content = governance(facts)
    texts = {
        "README.md": card(facts),
        "DATASHEET.md": datasheet(facts),
        "GOVERNANCE.md": governance_page(content),
        "governance.json": _json(content),
        "croissant.json": _json(croissant(facts, others)),
        "prov.json": _json(provenance(facts, others)),
        REPORT: report_page(facts, survey),
    }
    for name, text in texts.items():
        store.put(name, text.encode("utf-8", "replace"))
    return [*others, *(entry_of(store, name, PAGES[name]) for name in texts)]


def describe_again(
    store: Store,
    manifest: Mapping[str, Any],
    ledger: Ledger,
    files: Sequence[Mapping[str, Any]],
    version: str,
    counts: Counts | None = None,
) -> dict[str, Any]:
    """Write ledger and description files of a published folder anew; its manifest, to be committed.

    `files` are the manifest's entries of data and rejects as they are now, `version` the corpus's
    (see publish/version.py). Everything is counted in the files, unless the caller has `counts` of
    them; no `.work` is needed.
    """
    kept = [dict(entry) for entry in files if entry["path"] not in PAGES]
    changed = {**manifest, **totals(kept), "files": kept, "version": version}
    counts = count_files(store, kept) if counts is None else counts
    if contamination := manifest.get("contamination"):
        changed["contamination"] = _recounted(contamination, counts)
    survey = survey_files(store, kept, changed["policies"])
    entries = write_pages(store, changed, ledger, counts, survey)
    return {**changed, "files": [*kept, *entries]}


def _recounted(contamination: Mapping[str, Any], counts: Counts) -> dict[str, Any]:
    """What was found of evaluation items, with the documents that are published now."""
    documents = counts.of(CONTAMINATION)
    return {
        **contamination,
        "benchmarks": {
            name: {**count, "documents": documents.get(name, Count()).documents}
            for name, count in contamination["benchmarks"].items()
        },
    }


def _write_domains(store: Store, counts: Counts) -> None:
    """Documents and bytes of text per domain, most text first."""
    table: pa.Table = counts.domains()
    with store.writing(DOMAINS) as file:
        pq.write_table(table, file, compression="zstd", version="2.6")


_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that JSON allows in a string but that would command a terminal or turn the direction
of what follows; see display.printable."""


def _json(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
