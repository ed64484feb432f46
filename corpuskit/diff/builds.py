"""Comparing manifests and ledgers of two builds, and their documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpuskit.diff.documents import DocumentDiff, diff_documents
from corpuskit.progress import counted
from corpuskit.publish import Build


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs; None where one build does not have it."""

    name: str
    old: Any
    new: Any

    @property
    def difference(self) -> float | None:
        """New minus old, of numbers; a missing one counts as 0."""
        values = [0 if value is None else value for value in (self.old, self.new)]
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
            return None
        return float(values[1]) - float(values[0])


@dataclass(frozen=True)
class BuildDiff:
    """What changed from an old build to a new one; every list holds only what differs."""

    old: Mapping[str, Any]
    """Name, version, build id, documents and bytes of text of the old build."""
    new: Mapping[str, Any]
    recipe: Sequence[Change]
    """Keys of the recipe, as `dedup.threshold` and `source.NAME.path`."""
    software: Sequence[Change]
    """Versions of libraries, and of corpuskit's stages (`stage extract`)."""
    sources: Sequence[Change]
    """Published documents per source."""
    inputs: Mapping[str, int]
    """How many inputs were added, removed and changed."""
    thresholds: Sequence[Change]
    """Rules by language, as `khm_Khmr min_chars`; rules over other facts, with their options."""
    counts: Sequence[Change]
    """Documents, bytes of text, records read and rejected."""
    reasons: Sequence[Change]
    """Rejected records by reason code, the largest difference first."""
    languages: Sequence[Change]
    """Published documents by language."""
    documents: DocumentDiff

    @property
    def is_empty(self) -> bool:
        """Whether the builds hold the same documents, made in the same way."""
        lists = (self.recipe, self.software, self.sources, self.thresholds, self.counts,
                 self.reasons, self.languages)  # fmt: skip
        moved = self.documents.changed + self.documents.gained + self.documents.lost
        return not any(lists) and not any(self.inputs.values()) and not moved

    @property
    def cycle(self) -> dict[str, list[str]]:
        """The changes as the four steps of a PDCA cycle: plan, do, check, act."""
        inputs = ", ".join(f"{count:,} {how}" for how, count in self.inputs.items() if count)
        documents = self.documents
        rejected = next((c for c in self.counts if c.name == "records rejected"), None)
        return {
            "plan": [
                f"{counted(len(self.recipe), 'key')} of the recipe changed",
                f"{counted(len(self.thresholds), 'threshold')} changed",
            ],
            "do": [
                f"{counted(len(self.software), 'version')} of software changed",
                f"inputs: {inputs or 'the same'}",
            ],
            "check": [
                f"rejected records: {_step(rejected)}",
                *(f"{change.name}: {_step(change)}" for change in self.reasons[:3]),
            ],
            "act": [
                f"{counted(documents.gained, 'document')} gained, {documents.lost:,} lost, "
                f"{documents.changed:,} changed",
                f"version {self.old['version']} -> {self.new['version']}{self._advice}",
            ],
        }

    @property
    def _advice(self) -> str:
        """Which part of the version to raise, where the recipe has not raised it."""
        documents = self.documents
        old, new = (_version(build["version"]) for build in (self.old, self.new))
        if (documents.lost or documents.changed) and new[:1] <= old[:1]:
            return ": documents were removed or changed, raise MAJOR of `[about] version`"
        if documents.gained and new[:2] <= old[:2]:
            return ": documents were added, raise MINOR of `[about] version`"
        return ""

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain data."""
        names = ("recipe", "software", "sources", "thresholds", "counts", "reasons", "languages")
        changes = {name: [asdict(change) for change in getattr(self, name)] for name in names}
        return {
            "old": dict(self.old),
            "new": dict(self.new),
            **changes,
            "inputs": dict(self.inputs),
            "documents": self.documents.to_json(),
            "pdca": self.cycle,
        }


def _version(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdecimal()]


def _step(change: Change | None) -> str:
    return "the same" if change is None else f"{change.old or 0:,} -> {change.new or 0:,}"


def compare(old: Build, new: Build) -> BuildDiff:
    """Compare two builds; see `corpuskit.diff.diff`."""
    manifests = (old.manifest, new.manifest)
    reasons = _changes(*(dict(build.ledger.reasons) for build in (old, new)))
    return BuildDiff(
        old=_about(old),
        new=_about(new),
        recipe=_changes(*(_flat(_recipe(manifest)) for manifest in manifests)),
        software=_changes(*(_software(manifest) for manifest in manifests)),
        sources=_changes(*(_published(build) for build in (old, new))),
        inputs=_inputs(*manifests),
        thresholds=_changes(*(_thresholds(manifest) for manifest in manifests)),
        counts=_changes(*(_counts(build) for build in (old, new))),
        reasons=sorted(reasons, key=lambda change: -abs(change.difference or 0)),
        languages=_changes(*(_languages(manifest) for manifest in manifests)),
        documents=diff_documents(old, new),
    )


def _about(build: Build) -> dict[str, Any]:
    manifest = build.manifest
    names = ("name", "build_id", "documents", "text_bytes")
    return {**{name: manifest[name] for name in names}, "version": manifest.get("version", "?")}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Entries of two tables that differ, by name."""
    return [
        Change(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _recipe(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe with its sources by name instead of by number."""
    recipe = dict(manifest["recipe"])
    tables, resolved = recipe.pop("source", ()), manifest.get("sources", ())
    names = [source["name"] for source in resolved]
    if len(names) != len(tables):
        names = [str(table.get("name") or table.get("use")) for table in tables]
    return recipe | {"source": dict(zip(names, tables, strict=True))}


def _flat(data: Any, prefix: str = "") -> dict[str, Any]:
    """Nested tables as one, with dotted keys."""
    if not isinstance(data, Mapping):
        return {prefix: data}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat |= _flat(value, f"{prefix}.{key}" if prefix else str(key))
    return flat


def _software(manifest: Mapping[str, Any]) -> dict[str, str]:
    versions = {name: str(version) for name, version in manifest.get("versions", {}).items()}
    stages = {f"stage {entry['stage']}": str(entry["version"]) for entry in manifest["stages"]}
    model = manifest.get("identification_model", {})
    return versions | stages | {f"model {key}": str(value) for key, value in model.items()}


def _published(build: Build) -> dict[str, int]:
    """Published documents per source, as the ledger counts them."""
    return {
        source: list(stages.values())[-1].passed
        for source, stages in build.ledger.sources.items()
        if stages
    }


def _inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, int]:
    before, after = (
        {(entry["source"], entry["name"]): entry["sha256"] for entry in manifest["inputs"]}
        for manifest in (old, new)
    )
    both = before.keys() & after.keys()
    return {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[name] != after[name] for name in both),
    }


def _thresholds(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Rules by language with their thresholds, and rules over other facts with their options."""
    thresholds = {
        f"{code} {rule}": threshold
        for code, rules in manifest.get("policies", {}).items()
        for rule, threshold in rules.items()
    }
    return thresholds | dict(manifest.get("fact_rules", ()))


def _counts(build: Build) -> dict[str, int]:
    stages = list(build.ledger.stages.values())
    return {
        "documents": build.manifest["documents"],
        "bytes of text": build.manifest["text_bytes"],
        "records read": stages[0].read if stages else 0,
        "records rejected": build.ledger.reasons.total(),
    }


def _languages(manifest: Mapping[str, Any]) -> dict[str, int]:
    return {code: total["documents"] for code, total in manifest["languages"].items()}
