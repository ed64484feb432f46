"""Croissant, PROV and Parquet files of the demo build, read by the standards' own tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from publish.pages.made_facts import HOSTILE, facts_of

import corpuskit as ck
from corpuskit.publish.pages.croissant import croissant, license_address

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


def read(build: ck.Build, name: str) -> Any:
    return json.loads((build.folder / name).read_text(encoding="utf-8"))


def test_mlcroissant_validates_the_description_and_reads_the_documents(demo: ck.Build) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(demo.folder / "croissant.json"))
    metadata = dataset.metadata
    assert not metadata.ctx.issues.errors
    recommended = {issue.split('"')[1] for issue in metadata.ctx.issues.warnings}
    assert recommended <= {
        "http://mlcommons.org/croissant/citeAs",
        "https://schema.org/datePublished",
    }
    assert metadata.version == "1.0.0"
    assert metadata.conforms_to == [
        "http://mlcommons.org/croissant/1.1",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert metadata.data_collection_type == ["Secondary Data analysis"]
    assert {f"{day:%Y-%m-%d}" for day in metadata.data_collection_timeframe} == {"2026-11-24"}
    ids = {record["documents/id"].decode() for record in dataset.records("documents")}
    assert ids == {row for batch in demo.documents(["id"]) for row in batch["id"].to_pylist()}


@pytest.mark.parametrize("value", HOSTILE)
def test_mlcroissant_validates_whatever_strangers_wrote(value: str) -> None:
    import mlcroissant

    facts = facts_of(value, homepage="https://a.example/", published="2026-11-30", version="1.0.0")
    dataset = mlcroissant.Dataset(jsonld=croissant(facts))
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings


def test_every_file_of_the_distribution_is_there_with_its_digest(demo: ck.Build) -> None:
    listed = {entry["path"]: entry["sha256"] for entry in demo.manifest["files"]}
    files = [part for part in read(demo, "croissant.json")["distribution"] if "sha256" in part]
    assert {file["contentUrl"]: file["sha256"] for file in files}.items() <= listed.items()
    shards = {entry["path"] for entry in demo.manifest["files"] if entry["kind"] == "data"}
    assert shards < {file["contentUrl"] for file in files}


def test_prov_reads_the_provenance(demo: ck.Build) -> None:
    import prov.model

    text = (demo.folder / "prov.json").read_text(encoding="utf-8")
    document = prov.model.ProvDocument.deserialize(content=text, format="json")
    entities = {str(record.identifier) for record in document.get_records(prov.model.ProvEntity)}
    assert {"this:corpus", "this:recipe", "source:1", "input:1"} <= entities
    assert {f"file:{path.relative_to(demo.folder)}" for path in demo.files("data")} <= entities
    (derivation,) = document.get_records(prov.model.ProvDerivation)
    assert [str(value) for _, value in derivation.formal_attributes[:2]] == [
        "this:corpus",
        "source:1",
    ]
    agents = {str(record.identifier) for record in document.get_records(prov.model.ProvAgent)}
    assert agents == {"this:operator", "this:software"}


def test_domains_have_all_documents_that_have_one(demo: ck.Build) -> None:
    table = pq.read_table(demo.folder / "domains.parquet")
    assert table.schema.names == ["domain", "documents", "text_bytes"]
    texts: dict[str, list[int]] = {}
    for batch in demo.documents(["domain", "text"]):
        for row in batch.to_pylist():
            if row["domain"] is not None:
                texts.setdefault(row["domain"], []).append(len(row["text"].encode()))
    counted = {row["domain"]: (row["documents"], row["text_bytes"]) for row in table.to_pylist()}
    assert counted == {domain: (len(sizes), sum(sizes)) for domain, sizes in texts.items()}


def test_nothing_published_names_a_place_on_this_machine(demo: ck.Build, repository: Path) -> None:
    for entry in demo.manifest["files"]:
        if entry["kind"] not in ("data", "rejects", "domains"):
            content = (demo.folder / entry["path"]).read_bytes()
            assert str(repository).encode() not in content, entry["path"]
            assert str(demo.folder).encode() not in content, entry["path"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0"),
        ("NOASSERTION", "NOASSERTION"),
        ("LicenseRef-Ministry", "LicenseRef-Ministry"),
        ("MIT OR Apache-2.0", "MIT OR Apache-2.0"),
    ],
)
def test_addresses_of_licenses(name: str, address: str) -> None:
    assert license_address(name) == address
