"""prov.json: how the corpus came about, as W3C PROV in JSON (PROV-JSON, member submission 2013).

Entities are inputs, sources, the model, the published files and the corpus; activities the build
and its stages; agents the operator and corpuskit. No activity has a time: a build uses no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.about import DISTRIBUTION
from corpuskit.publish.pages.data_provenance import identifier
from corpuskit.publish.pages.facts import PublishedFacts

_BUILD: Final = "this:build"
_CORPUS: Final = "this:corpus"
_MODEL: Final = "this:identification-model"
_RECIPE: Final = "this:recipe"
_OPERATOR: Final = "this:operator"
_SOFTWARE: Final = "this:software"


class _Relations:
    """Relations of one kind, numbered in the order in which they are added."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, dict[str, str]]] = {}

    def add(self, kind: str, **parts: str) -> None:
        relations = self.kinds.setdefault(kind, {})
        name = f"_:{kind}{len(relations) + 1}"
        relations[name] = {f"prov:{role}": part for role, part in parts.items()}


def provenance(facts: PublishedFacts, others: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The content of prov.json; `others` are manifest entries of further files."""
    manifest = facts.manifest
    relations = _Relations()
    entities: dict[str, dict[str, Any]] = {_CORPUS: _corpus(facts), _RECIPE: _recipe(manifest)}
    model = {key: str(value) for key, value in manifest["identification_model"].items() if value}
    entities[_MODEL] = {f"ck:{key}": value for key, value in model.items()}
    relations.add("used", activity=_BUILD, entity=_RECIPE)
    relations.add("used", activity=_BUILD, entity=_MODEL)
    for number, source in enumerate(facts.sources, 1):
        entities[f"source:{number}"] = _source(source)
        relations.add("wasDerivedFrom", generatedEntity=_CORPUS, usedEntity=f"source:{number}")
    _add_inputs(facts, entities, relations)
    for entry in (*manifest["files"], *others):
        name = f"file:{entry['path']}"
        entities[name] = {"ck:sha256": entry["sha256"], "ck:kind": entry["kind"]}
        relations.add("wasGeneratedBy", entity=name, activity=_BUILD)
        relations.add("hadMember", collection=_CORPUS, entity=name)
    relations.add("wasGeneratedBy", entity=_CORPUS, activity=_BUILD)
    relations.add("wasAttributedTo", entity=_CORPUS, agent=_OPERATOR)
    relations.add("wasAssociatedWith", activity=_BUILD, agent=_SOFTWARE)
    relations.add("actedOnBehalfOf", delegate=_SOFTWARE, responsible=_OPERATOR)
    activities = {_BUILD: {"prov:label": f"build {manifest['build_id']}"}}
    before = None
    for number, (stage, version) in enumerate(facts.stages, 1):
        name = f"this:stage-{number}"
        activities[name] = {"prov:label": stage, "ck:version": version}
        if before:
            relations.add("wasInformedBy", informed=name, informant=before)
        before = name
    if before:
        relations.add("wasInformedBy", informed=_BUILD, informant=before)
    return {
        "prefix": _prefixes(facts),
        "entity": entities,
        "activity": activities,
        "agent": _agents(facts),
        **relations.kinds,
    }


def _prefixes(facts: PublishedFacts) -> dict[str, str]:
    """Names of this build's things are its own, so that documents of two builds can be joined."""
    this = f"{identifier(facts)}:"
    return {
        "ck": "urn:corpuskit:",
        "dct": "http://purl.org/dc/terms/",
        "this": this,
        "file": f"{this}file:",
        "input": f"{this}input:",
        "source": f"{this}source:",
    }


def _corpus(facts: PublishedFacts) -> dict[str, Any]:
    return {
        "prov:type": {"$": "prov:Collection", "type": "prov:QUALIFIED_NAME"},
        "prov:label": facts.manifest["name"],
        "dct:identifier": identifier(facts),
        "dct:hasVersion": facts.manifest["version"],
        "ck:documents": facts.documents,
        "ck:text_bytes": facts.text_bytes,
    }


def _recipe(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prov:type": {"$": "prov:Plan", "type": "prov:QUALIFIED_NAME"},
        "ck:sha256": manifest["recipe_sha256"],
    }


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    stated = {
        "prov:label": source["name"],
        "ck:connector": source["connector"],
        "dct:license": source["license"],
        "ck:license_verified_by": source.get("license_verified_by"),
        "ck:homepage": source.get("homepage"),
    }
    return {key: value for key, value in stated.items() if value}


def _add_inputs(
    facts: PublishedFacts, entities: dict[str, dict[str, Any]], relations: _Relations
) -> None:
    numbers = {source["name"]: number for number, source in enumerate(facts.sources, 1)}
    for number, entry in enumerate(facts.manifest["inputs"], 1):
        name = f"input:{number}"
        entities[name] = {"prov:label": str(entry["name"]), "ck:sha256": str(entry["sha256"])}
        relations.add("used", activity=_BUILD, entity=name)
        if entry["source"] in numbers:
            source = f"source:{numbers[entry['source']]}"
            relations.add("specializationOf", specificEntity=name, generalEntity=source)


def _agents(facts: PublishedFacts) -> dict[str, dict[str, Any]]:
    version = facts.manifest["versions"].get(DISTRIBUTION, "")
    return {
        _OPERATOR: {
            "prov:type": {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"},
            "prov:label": facts.operator["name"],
            "ck:contact": facts.operator["contact"],
        },
        _SOFTWARE: {
            "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
            "prov:label": f"{DISTRIBUTION} {version}".strip(),
        },
    }
