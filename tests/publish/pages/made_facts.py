"""Facts of a build in which every value that strangers can write is one value."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from corpuskit.ledger import Ledger
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.counts import SCHEMA, Counts
from corpuskit.publish.pages.facts import PublishedFacts, TextSample

HOSTILE = (
    "a | b\n| c |",
    "first line\n\n# second line\n---\n",
    "# heading\n> quotation",
    "1. item",
    "<script>alert(1)</script><img src=x onerror=y>",
    "`code` **bold** _em_ ~~gone~~ [link](javascript:x) ![image](http://a.example/i.png)",
    "\x1b[31mred\x1b[0m \u202egnp.exe \x00",
    "https://ann:Zq7hunter2@a.example/?token=Zq7hunter2",
    '"quoted": {yaml: [1]} # comment',
    "&lt;b&gt; &#124; \\",
)
"""Values that would break a page if they were not escaped."""
SECRET = "Zq7hunter2"


def counts_of(value: str) -> Counts:
    """Ten documents of which every countable value is `value`."""
    names = [
        groups.SPLIT, groups.DOMAIN, groups.LICENSE, groups.CONFIDENCE, groups.ROBOTS,
        groups.AGENT, groups.TDM, groups.SIGNAL, groups.PERSONAL_DATA, groups.SECOND_LANGUAGE,
        groups.REJECTED,
    ]  # fmt: skip
    rows = [
        {"group": name, "lang": "khm_Khmr", "source": value, "value": value, "documents": 10,
         "items": 10, "text_bytes": 100}
        for name in names
    ]  # fmt: skip
    fixed = {groups.SEARCHED: "true", groups.CAPTURED: "2026-11-24"}
    rows += [{**rows[0], "group": name, "value": text} for name, text in fixed.items()]
    return Counts(pa.Table.from_pylist(rows, schema=SCHEMA))


def facts_of(value: str, **about: Any) -> PublishedFacts:
    """Facts of a build in which every value that is not checked elsewhere is `value`."""
    ledger = Ledger()
    ledger.add("read", [None, f"read/{value}"], "pages")
    ledger.meanings = {f"read/{value}": value}
    stated = {
        "description", "citation", "purpose", "funding", "maintainer", "maintenance", "verifier",
        "community_contact", "removal_contact", "incident_contact", "audit", "ethics_review",
        "risk_assessment", "illegal_content", "public_good", "research_access",
    }  # fmt: skip
    lists = {"intended_use", "unsuitable_use", "biases", "origin_geography"}
    table = dict.fromkeys(stated, value) | {name: [value] for name in lists} | about
    manifest: dict[str, Any] = {
        "name": "k",
        "version": "1.0.0",
        "build_id": "b" * 12,
        "recipe_sha256": "c" * 64,
        "documents": 10,
        "text_bytes": 100,
        "languages": {"khm_Khmr": {"documents": 10, "validation": 0, "text_bytes": 100}},
        "files": [
            {"path": "data/train/a.parquet", "kind": "data", "split": "train", "lang": "khm_Khmr",
             "bytes": 1, "sha256": "d" * 64, "rows": 10, "text_bytes": 100},
        ],
        "profiles": {
            "khm_Khmr": {"name": value, "autonym": value, "bcp47": ["km"],
                         "confusable": ["lao_Laoo"], "caveats": [value], "lacks": [value]},
        },
        "sources": [
            {"name": "pages", "connector": value, "license": value, "license_verified_by": value,
             "consent": value, "about": value, "homepage": value, "restrictions": value},
        ],
        "signals": {value: value},
        "inputs": [{"source": "pages", "name": value, "sha256": "e" * 64, "bytes": 3}],
        "identification_model": {"name": value, "sha256": "f" * 64},
        "all_duplicate_candidates_compared": True,
        "policies": {"khm_Khmr": {value: 1.0}},
        "fact_rules": [[value, {"licenses": [value]}]],
        "exclusions": {"pages": {"domains": 1, "urls": 0, "key": "k"}},
        "contamination": {
            "action": value,
            "benchmarks": {value: {"items": 9, "too_short": 1, "documents": 2}},
        },
        "stages": [{"stage": value, "version": "1", "options": {}, "libraries": {}}],
        "versions": {},
        "recipe": {"name": "k", "operator": {"name": value or "x", "contact": "a@uni.edu.kh"},
                   "about": table},
    }  # fmt: skip
    samples = [TextSample("khm_Khmr", "0" * 32, value)]
    return PublishedFacts(manifest, ledger, counts_of(value), samples)
