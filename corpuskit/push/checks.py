"""What forbids that a build is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.publish import Build, verify
from corpuskit.recipe import resolve
from corpuskit.tombstones import Tombstones

_SHOWN = 5
_NAMED = ("id", "source_ref", "url", "text_sha256")
"""Columns by which a tombstone names a document."""


def refusals(build: Build, allowed: Mapping[str, bool]) -> list[str]:
    """Every reason why a build must not be published as it is, a line each.

    `allowed` says of `licenses` and `verifier` whether the user accepts what is wrong there.
    """
    if mismatches := verify(build):
        return [f"{build.folder} is not as its manifest says: {line}" for line in mismatches]
    problems = []
    if not allowed["licenses"] and (count := _without_license(build)):
        problems.append(
            f"{count:,} of {build.manifest['documents']:,} documents have no known license; reject "
            "them by the recipe, or say --allow-unknown-licenses"
        )
    if not allowed["verifier"] and (names := list(_unverified(build))):
        problems.append(
            f"nobody verified the license of {', '.join(names[:_SHOWN])}; name who did in the "
            "recipe (license_verified_by), or say --allow-unverified"
        )
    return problems


def returning(build: Build, tombstones: Tombstones) -> list[str]:
    """A line that forbids to publish documents that were taken down where they would be published;
    nothing where the build holds none."""
    count = sum(_named(batch, tombstones) for batch in _documents(build, tombstones))
    if not count:
        return []
    return [
        f"{count:,} of {build.manifest['documents']:,} documents were taken down from the version "
        "that is there; name its tombstones.jsonl in the recipe ([policy] tombstones) and build "
        "again"
    ]


def _documents(build: Build, tombstones: Tombstones) -> Iterator[pa.RecordBatch]:
    if tombstones:
        yield from build.documents(columns=["source", *_NAMED])


def _named(batch: pa.RecordBatch, tombstones: Tombstones) -> int:
    rows = batch.select(["source", *_NAMED]).to_pylist()
    return sum(tombstones.of_document(**row) is not None for row in rows)


def _without_license(build: Build) -> int:
    return sum(
        pc.sum(pc.equal(batch["license"], NOASSERTION)).as_py() or 0
        for batch in build.documents(columns=["license"])
    )


def _unverified(build: Build) -> Iterator[str]:
    """Sources with published documents that nobody verified."""
    published: set[str] = set()
    for batch in build.documents(columns=["source"]):
        published.update(pc.unique(batch["source"]).to_pylist())
    for table in build.manifest["recipe"]["source"]:
        source = resolve(dict(table))
        if source.get("name") in published and not source.get("license_verified_by"):
            yield str(source["name"])
