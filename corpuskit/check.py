"""What a build has, and lacks, of the evidence that a guide or a regulator asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.callable_module import make_callable
from corpuskit.errors import UnknownNameError, WorkspaceError
from corpuskit.publish import Build
from corpuskit.publish.pages.evidence import MISSING
from corpuskit.publish.pages.governance import FORMAT, GUIDES
from corpuskit.store import Store

EVIDENCE: Final[dict[str, tuple[str, ...]]] = {
    "eu-summary": ("eu_summary",),
    "asean-guide": ("asean_guide", "asean_generative_ai_guide"),
    "data-provenance": ("data_provenance_standards",),
}
"""What can be checked, with the keys of governance.json that hold its evidence."""


@dataclass(frozen=True)
class EvidenceReport:
    """Evidence of one build toward one guide."""

    guide: str
    name: str
    version: str
    build_id: str
    areas: Sequence[Mapping[str, Any]]
    """As in governance.json: area, evidence (key, title, status, value or remedy), gaps."""

    @property
    def missing(self) -> list[dict[str, str]]:
        """Every fact that is missing, once: key, title, remedy."""
        facts = {
            item["key"]: {name: item[name] for name in ("key", "title", "remedy")}
            for area in self.areas
            for item in area["evidence"]
            if item["status"] == MISSING
        }
        return list(facts.values())

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "guide": self.guide,
            "name": self.name,
            "version": self.version,
            "build_id": self.build_id,
            "areas": list(self.areas),
            "missing": self.missing,
        }


def check(build: Build | str | Path, guide: str) -> EvidenceReport:
    """The evidence that a published build has toward a guide, and what is missing.

    `guide` is `eu-summary`, `asean-guide` or `data-provenance`. The facts are those that the build
    wrote into governance.json. Raises UnknownNameError for another guide, WorkspaceError where
    there is no build or its governance.json is missing or damaged.
    """
    opened = build if isinstance(build, Build) else Build(build)
    if guide not in EVIDENCE:
        raise UnknownNameError(f"no guide {guide!r}; there are {', '.join(EVIDENCE)}")
    content = _content(opened.store, f"{opened.folder}/governance.json")
    return EvidenceReport(
        guide,
        content["name"],
        content["version"],
        content["build_id"],
        [{**area, "guide": GUIDES[key]} for key in EVIDENCE[guide] for area in content[key]],
    )


def _content(store: Store, path: str) -> dict[str, Any]:
    try:
        content = json.loads(store.get("governance.json"))
    except FileNotFoundError as error:
        raise WorkspaceError(
            f"{path} is missing: an earlier version of corpuskit built this corpus, or somebody "
            "removed it; run the build again"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT or not _is_whole(content):
        raise WorkspaceError(f"{path} is damaged or of another version; run the build again")
    return content


def _is_whole(content: Mapping[str, Any]) -> bool:
    try:
        return (
            all(
                isinstance(item["status"], str) and isinstance(item["title"], str) and item["key"]
                for key in GUIDES
                for area in content[key]
                for item in area["evidence"]
            )
            and {"name", "version", "build_id"} <= content.keys()
        )
    except (LookupError, TypeError):
        return False


make_callable(__name__, check)
