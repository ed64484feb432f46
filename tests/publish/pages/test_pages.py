"""The description files: complete, the same bytes again, from a published folder alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from publish.pages.made_facts import facts_of

import corpuskit as ck
from corpuskit.errors import WorkspaceError
from corpuskit.publish.pages import PAGES, describe_again
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.collection import protocols
from corpuskit.publish.pages.counts import SCHEMA, Counts, count_files, merge_counts
from corpuskit.publish.pages.governance import governance
from corpuskit.publish.version import dataset_version
from corpuskit.store import LocalStore, as_json


@pytest.fixture
def published(demo: ck.Build, tmp_path: Path) -> ck.Build:
    """A copy of the demo corpus as somebody else downloads it: without `.work`."""
    folder = tmp_path / "published"
    shutil.copytree(demo.folder, folder, ignore=shutil.ignore_patterns(".work"))
    return ck.open_build(folder)


def test_a_published_folder_is_described_again_with_the_same_bytes(published: ck.Build) -> None:
    before = {name: (published.folder / name).read_bytes() for name in PAGES}
    manifest = (published.folder / "manifest.json").read_bytes()
    for name in PAGES:
        (published.folder / name).unlink()
    store, old = LocalStore(published.folder), published.manifest
    ledger = ck.Ledger.from_json(json.loads(before["ledger.json"]))
    new = describe_again(store, old, ledger, old["files"], old["version"])
    assert {name: (published.folder / name).read_bytes() for name in PAGES} == before
    assert as_json(new) == manifest


def test_what_changed_is_counted_in_the_files(published: ck.Build) -> None:
    store, old = LocalStore(published.folder), published.manifest
    kept = [entry for entry in old["files"] if entry.get("split") != "validation"]
    new = describe_again(store, old, published.ledger, kept, dataset_version(old["recipe"], 1))
    train = sum(entry["rows"] for entry in kept if entry["kind"] == "data")
    assert 0 < train < old["documents"]
    assert (new["documents"], new["version"]) == (train, "2.0.0")
    assert new["languages"]["khm_Khmr"]["validation"] == 0
    croissant = json.loads(store.get("croissant.json"))
    assert croissant["version"] == "2.0.0"
    assert "Version 2.0.0" in store.get("README.md").decode()
    assert json.loads(store.get("governance.json"))["domains"]["documents"] == train


def test_evaluation_items_are_counted_again(published: ck.Build) -> None:
    store, ledger = LocalStore(published.folder), published.ledger
    summary = {
        "action": "mark",
        "benchmarks": {"xcopa": {"items": 9, "too_short": 0, "documents": 5}},
    }
    old = published.manifest | {"contamination": summary}
    new = describe_again(store, old, ledger, old["files"], old["version"])
    assert new["contamination"]["benchmarks"] == {
        "xcopa": {"items": 9, "too_short": 0, "documents": 0}
    }


def test_a_shard_that_is_gone_or_damaged_is_named(published: ck.Build) -> None:
    store, files = LocalStore(published.folder), published.manifest["files"]
    (published.folder / files[0]["path"]).write_bytes(b"not Parquet")
    with pytest.raises(WorkspaceError, match=f"{files[0]['path']} cannot be read"):
        count_files(store, files)
    (published.folder / files[0]["path"]).unlink()
    with pytest.raises(WorkspaceError, match=f"{files[0]['path']} disappeared"):
        count_files(store, files)


def test_counts_are_those_of_the_rows(demo: ck.Build) -> None:
    counts = count_files(LocalStore(demo.folder), demo.manifest["files"])
    rows = [row for batch in demo.documents() for row in batch.to_pylist()]
    assert counts.of(groups.LICENSE)["MPL-2.0"].documents == len(rows)
    total = sum(len(row["text"].encode()) for row in rows)
    assert counts.of(groups.SPLIT)["train"].text_bytes < total == demo.manifest["text_bytes"]
    assert sum(count.text_bytes for count in counts.of(groups.ROBOTS).values()) == total
    lost = {reason: count.documents for reason, count in counts.of(groups.REJECTED).items()}
    assert lost == dict(demo.ledger.reasons)
    seconds = [
        row["lid_top"][1]["label"]
        for row in rows
        if len(row["lid_top"]) > 1 and row["lid_top"][1]["score"] >= groups.SECOND_SCORE
    ]
    counted = counts.of(groups.SECOND_LANGUAGE)
    assert sum(c.documents for label, c in counted.items() if label) == len(seconds)


def test_lists_are_counted_by_document_and_entry() -> None:
    struct = pa.list_(pa.struct({"kind": pa.string(), "count": pa.int32()}))
    lists = pa.array(
        [
            [{"kind": "phone", "count": 2}, {"kind": "email", "count": 1}],
            [],
            None,
            [{"kind": "phone", "count": 3}, {"kind": "phone", "count": None}],
        ],
        struct,
    )
    strings = pa.array(["a", "b", "c", "d"])
    batch = pa.RecordBatch.from_arrays([strings, strings], ["lang", "source"])
    size = pa.array([10, 20, 30, 40], pa.int64())
    table = groups._listed("pii", batch, lists, size, items="count")
    counts = Counts(merge_counts([table])).of("pii")
    assert counts == {"phone": groups.Count(2, 5, 50), "email": groups.Count(1, 1, 10)}


def test_benchmarks_are_counted_by_document() -> None:
    struct = pa.list_(pa.struct({"benchmark": pa.string(), "score": pa.float32()}))
    lists = pa.array([[{"benchmark": "xcopa", "score": 1.0}] * 2, None], struct)
    strings = pa.array(["a", "b"])
    batch = pa.RecordBatch.from_arrays([strings, strings], ["lang", "source"])
    table = groups._listed("c", batch, lists, pa.array([10, 20]), name="benchmark")
    assert Counts(merge_counts([table])).of("c") == {"xcopa": groups.Count(1, 2, 10)}


def test_counts_of_files_add_up_in_any_order() -> None:
    table = pa.table(
        [[name] * 2 for name in ("g", "l", "s")] + [["v", "w"], [1, 2], [1, 2], [10, 20]],
        schema=SCHEMA,
    )
    once, twice = merge_counts([table]), merge_counts([table, table.take([1, 0])])
    assert once.equals(table)
    assert Counts(twice).of("g") == {"w": groups.Count(4, 4, 40), "v": groups.Count(2, 2, 20)}
    assert merge_counts([]).equals(SCHEMA.empty_table())


def test_the_version_rises_with_every_takedown() -> None:
    assert dataset_version({}) == "1.0.0"
    assert dataset_version({"about": {"version": "2.3.4"}}) == "2.3.4"
    assert dataset_version({"about": {"version": "2.3.4"}}, takedowns=1) == "3.0.0"
    assert dataset_version({}, takedowns=3) == "4.0.0"


def statuses(content: dict[str, object], guide: str) -> dict[str, str]:
    areas = content[guide]
    assert isinstance(areas, list)
    return {item["key"]: item["status"] for area in areas for item in area["evidence"]}


def test_governance_has_every_principle_area_and_section(demo: ck.Build) -> None:
    content = json.loads((demo.folder / "governance.json").read_text(encoding="utf-8"))
    assert len(content["asean_guide"]) == 7
    assert len(content["asean_generative_ai_guide"]) == 9
    fields = [item for area in content["data_provenance_standards"] for item in area["evidence"]]
    assert len(fields) == 22
    assert statuses(content, "asean_guide")["audit"] == "missing"
    assert statuses(content, "asean_guide")["operator"] == "missing", "example.org is nobody's"
    assert statuses(content, "eu_summary")["model"] == "out_of_scope"
    text = (demo.folder / "GOVERNANCE.md").read_text(encoding="utf-8")
    assert "complian" not in text.lower()
    assert "Evidence toward" in text


def test_what_the_recipe_states_is_evidence() -> None:
    stated = governance(facts_of("plain"))
    for guide in ("asean_guide", "asean_generative_ai_guide"):
        missing = {key for key, status in statuses(stated, guide).items() if status == "missing"}
        assert missing == set(), guide


def test_a_later_version_states_when_the_one_before_was_published() -> None:
    first, later = facts_of("x"), facts_of("x")
    later = replace(later, manifest=later.manifest | {"version": "2.0.0"})
    statuses_of = [statuses(governance(f), "data_provenance_standards") for f in (first, later)]
    assert [by_key["previous_issue_date"] for by_key in statuses_of] == ["present", "missing"]


def test_protocols_are_those_that_are_read_and_that_bind() -> None:
    facts = facts_of("x")

    def lines(connector: str, policy: dict[str, object], **source: str) -> list[str]:
        sources = [dict(facts.sources[0]) | {"connector": connector} | source]
        recipe = facts.manifest["recipe"] | {"policy": policy}
        return protocols(
            replace(facts, manifest=facts.manifest | {"sources": sources, "recipe": recipe})
        )

    assert len(lines("web", {})) == 7
    assert len(lines("warc", {})) == 7
    assert len(lines("commoncrawl", {})) == 6
    assert lines("web", {"opt_outs": ["rsl"]}) == ["Really Simple Licensing (RSL 1.0)"]
    assert lines("commoncrawl", {"opt_outs": ["ai-crawlers"]}) == []
    assert lines("warc", {}, opt_outs="note") == []
    assert lines("files", {}) == []


def test_the_largest_tenth_of_the_domains_is_rounded_up() -> None:
    facts = facts_of("plain")
    rows = [
        {"group": "domain", "lang": "", "source": "", "value": f"{n}.example", "documents": 1,
         "items": 1, "text_bytes": n}
        for n in range(1, 12)
    ]  # fmt: skip
    object.__setattr__(facts, "counts", Counts(pa.Table.from_pylist(rows, schema=SCHEMA)))
    domains = governance(facts)["domains"]
    assert domains["domains"] == 11
    assert [row["domain"] for row in domains["largest_tenth"]] == ["11.example", "10.example"]
