"""Publish a finished build elsewhere: to a folder, an object store or the Hugging Face hub.

    plan = ck.push("builds/khmer", "hf://corpus-lab/khmer", dry_run=True)

`checks` says what forbids it, `folder`, `prefix` and `hub` are the destinations.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpuskit.callable_module import make_callable
from corpuskit.errors import PushError
from corpuskit.publish import Build
from corpuskit.push.checks import refusals, returning
from corpuskit.push.destinations import (
    PushDestination,
    PushFile,
    PushPlan,
    destination_of,
    files_of,
)
from corpuskit.store_url import StoreUrl

__all__ = ["PushResult", "push"]


@dataclass(frozen=True)
class PushResult:
    """What was published, or would be."""

    destination: str
    dry_run: bool
    uploads: tuple[PushFile, ...]
    """Files that are new there, or other than they were."""
    unchanged: tuple[PushFile, ...]
    deletions: tuple[str, ...]
    """Files of an earlier version that are deleted there."""
    private: bool | None
    """Whether only members see it; None where the destination knows no such thing."""
    location: str
    """Where it is: a folder, or the address of the commit."""


def push(
    build: Build | str | Path | StoreUrl,
    destination: str | Path,
    *,
    public: bool = False,
    allow_unknown_licenses: bool = False,
    allow_unverified: bool = False,
    dry_run: bool = False,
    message: str | None = None,
) -> PushResult:
    """Publish the files that a build's manifest lists, and nothing else of its folder.

    `destination` is `hf://ORG/NAME` (a dataset on the Hugging Face hub, private unless `public`;
    the token is that of `hf auth login` or HF_TOKEN), a prefix in an object store such as
    `s3://BUCKET/PREFIX`, a folder or a `file://` URL; the build may be in an object store, too.
    Files that are there already are not sent again, so an interrupted call is continued by the
    same one; everything becomes visible at once. Raises PushError where the build is not as its
    manifest says, holds documents without a known license or of sources that nobody verified
    (unless that is allowed), documents that were taken down from the version that is there, or the
    destination refuses; WorkspaceError where an object store cannot be written to or is in use.
    """
    opened = build if isinstance(build, Build) else Build(build)
    target: PushDestination = destination_of(str(destination), opened.folder)
    allowed = {"licenses": allow_unknown_licenses, "verifier": allow_unverified}
    if problems := refusals(opened, allowed):
        raise PushError("\n".join(problems))
    plan: PushPlan = target.plan(files_of(opened), public=public)
    if problems := returning(opened, target.tombstones()):
        raise PushError("\n".join(f"{target.shown}: {line}" for line in problems))
    location = target.shown
    if not dry_run:
        about = message or f"{opened.manifest['name']}, build {opened.manifest['build_id']}"
        location = target.carry_out(plan, about)
    return PushResult(
        target.shown, dry_run, plan.uploads, plan.unchanged, plan.deletions, plan.private, location
    )


make_callable(__name__, push)
