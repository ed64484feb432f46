"""Evidence toward what a guide or a regulator asks for: a fact, or a gap and how to close it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PRESENT, MISSING, OUT_OF_SCOPE = "present", "missing", "out_of_scope"


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One field that is asked for."""

    key: str
    title: str
    value: Any = None
    """The fact, JSON-able; None, "" and empty lists are a gap."""
    remedy: str = ""
    """What to do about a gap: what to write where in the recipe."""
    model_only: bool = False
    """Whether it is a fact about a model that is trained on the corpus, which no corpus has."""

    @property
    def status(self) -> str:
        """PRESENT, MISSING or OUT_OF_SCOPE."""
        if self.model_only:
            return OUT_OF_SCOPE
        return PRESENT if self.value not in (None, "", [], {}, ()) else MISSING

    def to_json(self) -> dict[str, Any]:
        """As governance.json holds it."""
        about = {"key": self.key, "title": self.title, "status": self.status}
        if self.status == PRESENT:
            return about | {"value": self.value}
        return about | {"remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class EvidenceArea:
    """A principle, area or section of a guide, with the evidence and the honest gaps."""

    name: str
    evidence: Sequence[EvidenceItem]
    gaps: Sequence[str] = ()
    """What neither a build nor the recipe can show yet, one sentence each."""

    def to_json(self) -> dict[str, Any]:
        """As governance.json holds it."""
        return {
            "area": self.name,
            "evidence": [evidence.to_json() for evidence in self.evidence],
            "gaps": list(self.gaps),
        }


def about_key(key: str, example: str) -> str:
    """The remedy for a fact that `[about]` in the recipe can state."""
    return f'write in the recipe: `[about] {key} = "{example}"`'


def about_list(key: str, example: str) -> str:
    """The remedy for a list of facts that `[about]` in the recipe can state."""
    return f'write in the recipe: `[about] {key} = ["{example}"]`'
