"""Croissant, PROV and Parquet files of the demo build, read by the standards' own tools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from publish.pages.made_facts import HOSTILE, facts_of

import corpuskit as ck
from corpuskit.publish.pages.croissant import croissant, license_address

READ = Path(__file__).with_name("read_croissant.py")


def read(build: ck.Build, name: str) -> Any:
    return json.loads((build.folder / name).read_text(encoding="utf-8"))


def read_croissant(*paths: Path) -> list[dict[str, Any]]:
    """What mlcroissant sees of each file; it needs pandas, which builds hide from Arrow."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, READ, *paths],
        capture_output=True, text=True, check=False, timeout=200, env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_mlcroissant_validates_the_description_and_reads_the_documents(demo: ck.Build) -> None:
    (view,) = read_croissant(demo.folder / "croissant.json")
    assert view["errors"] == []
    recommended = {issue.split('"')[1] for issue in view["warnings"]}
    assert recommended <= {
        "http://mlcommons.org/croissant/citeAs",
        "https://schema.org/datePublished",
    }
    assert (view["name"], view["version"]) == ("khmer-demo", "1.0.0")
    assert view["conforms_to"] == [
        "http://mlcommons.org/croissant/1.1",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert view["collection_types"] == ["Secondary Data analysis"]
    assert view["days"] == ["2026-11-24"]
    published = [name for batch in demo.documents(["id"]) for name in batch["id"].to_pylist()]
    assert sorted(view["ids"]) == sorted(published)


def test_mlcroissant_validates_whatever_strangers_wrote(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.json" for number in range(len(HOSTILE))]
    for path, value in zip(paths, HOSTILE, strict=True):
        facts = facts_of(value, homepage="https://a.example/", published="2026-11-30")
        path.write_text(json.dumps(croissant(facts)), encoding="utf-8")
    for value, view in zip(HOSTILE, read_croissant(*paths), strict=True):
        assert (view["errors"], view["warnings"]) == ([], []), value


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
