"""Judgments in the description of a build: card and manifest are written again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, Final

from corpuskit.errors import ReviewError
from corpuskit.publish import Build
from corpuskit.publish import manifest as manifests
from corpuskit.publish.pages import PAGES, describe_again
from corpuskit.publish.published import Published
from corpuskit.review.intervals import Share
from corpuskit.review.summary import JudgmentSummary
from corpuskit.store import Store, as_json
from corpuskit.workspace import Workspace

LEAST_PUBLISHED: Final = 10
"""Judged documents below which a share is not published."""


def publish_judgments(build: Build, summary: JudgmentSummary) -> None:
    """Put what reviewers found into a build's manifest and card; texts and names stay out.

    Raises ReviewError if the judgments are of another build. A later build of the recipe with
    other documents begins without judgments.
    """
    if not summary.is_current:
        raise ReviewError(
            f"the judgments are of build {summary.build_id}, and {build.folder} is "
            f"{build.manifest['build_id']}; review it again"
        )
    store = build.store
    others = [entry for entry in build.manifest["files"] if entry["path"] not in PAGES]
    data = [entry for entry in others if entry["kind"] in ("data", "rejects")]
    manifest = {**build.manifest, "judgments": _published(summary)}
    version = str(build.manifest.get("version", ""))
    described = describe_again(store, manifest, build.ledger, data, version)
    described["files"] += [entry for entry in others if entry not in data]
    members = [entry["path"] for entry in described["files"]]
    store.commit(manifests.NAME, as_json(described), members)
    _note(build, store)


def _published(summary: JudgmentSummary) -> dict[str, Any]:
    tables = {
        "languages": summary.languages,
        "in_language": summary.in_language,
        "sources": summary.sources,
        "rules": summary.rules,
    }
    agreement = {
        entry.question: round(entry.alpha, 4)
        for entry in summary.agreement
        if entry.alpha is not None
    }
    return {
        "documents": summary.documents,
        "reviewers": summary.reviewers,
        "agreement": agreement,
        **{name: _shares(table) for name, table in tables.items()},
    }


def _shares(table: Any) -> dict[str, dict[str, float]]:
    shares: dict[str, Share] = dict(table)
    return {
        name: {
            "share": round(share.share, 4),
            "low": round(share.low, 4),
            "high": round(share.high, 4),
            "judged": share.judged,
        }
        for name, share in shares.items()
        if share.judged >= LEAST_PUBLISHED
    }


def _note(build: Build, store: Store) -> None:
    """Tell the record of what is published, so that the next build finds nothing to do."""
    record = Published.read(Workspace(build.folder, store))
    if record is None:
        return
    files = {name: store.size(name) or 0 for name in record.files}
    digests = {name: hashlib.sha256(store.get(name)).hexdigest() for name in record.digests}
    replace(record, files=files, digests=digests).write(store)
