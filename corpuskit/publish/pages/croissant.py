"""croissant.json: the corpus as MLCommons' Croissant 1.1 describes data sets, with RAI 1.0.

Plain JSON-LD (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html). A property whose
fact nobody stated is left out: `datePublished` is the day that `[about] published` says, or absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from corpuskit.about import DISTRIBUTION
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.publish.pages.collection import methods_of, source_rows
from corpuskit.publish.pages.data_provenance import identifier
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.publish.pages.limits import limits, personal_data
from corpuskit.publish.shards import SPLITS, TRAIN
from corpuskit.schema import FIELDS

CROISSANT: Final = "http://mlcommons.org/croissant/1.1"
RAI: Final = "http://mlcommons.org/croissant/RAI/1.0"
_PARQUET: Final = "application/x-parquet"  # the name that mlcroissant and the Hub know
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES: Final[tuple[tuple[Any, str], ...]] = (
    (pa.types.is_string, "sc:Text"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_timestamp, "sc:DateTime"),
)


def croissant(facts: PublishedFacts, others: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The content of croissant.json; `others` are manifest entries of further files."""
    about, operator = facts.about, facts.operator
    creator = {"@type": "sc:Organization", "name": operator["name"]} | _address(operator["contact"])
    stated = {
        "citeAs": about.get("citation"),
        "datePublished": about.get("published"),
        "maintainer": about.get("maintainer"),
    }
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": identifier(facts),
        "conformsTo": [CROISSANT, RAI],
        "name": facts.manifest["name"],
        "description": facts.description,
        "url": about.get("homepage") or identifier(facts),
        "version": facts.manifest["version"],
        "license": [license_address(name) for name in sorted(facts.licenses)],
        "inLanguage": [
            facts.profiles[code]["bcp47"][0]
            for code in facts.manifest["languages"]
            if code in facts.profiles
        ],
        "keywords": ["text corpus", *facts.manifest["languages"]],
        "isLiveDataset": False,
        "creator": creator,
        "publisher": creator,
        **{key: value for key, value in stated.items() if value},
        **_responsible_ai(facts),
        **_derivation(facts),
        "distribution": _distribution(facts, others),
        "recordSet": [_splits(), _documents()],
    }


def license_address(license_: str) -> str:
    """A license as Croissant recommends: its page at spdx.org, or its name where it has none."""
    if license_ == NOASSERTION or license_.startswith("LicenseRef-") or " " in license_:
        return license_
    return f"https://spdx.org/licenses/{license_}"


def _address(contact: str) -> dict[str, str]:
    return {"url": contact} if contact.startswith(("http://", "https://")) else {"email": contact}


def _responsible_ai(facts: PublishedFacts) -> dict[str, Any]:
    about = facts.about
    stages = [
        f"{stage['stage']} (version {stage['version']})" for stage in facts.manifest["stages"]
    ]
    edits = [f"{code}: {count}" for code, count in facts.ledger.edits.items()]
    model = facts.manifest["identification_model"]
    timeframe = list(facts.captured) if facts.captured else None
    properties = {
        "dataCollection": _collection(facts),
        "dataCollectionType": list(dict.fromkeys(methods_of(s)[0] for s in facts.sources)),
        "dataCollectionRawData": "; ".join(_raw_data(facts)),
        "dataCollectionTimeframe": timeframe,
        "dataCollectionTimeFrame": timeframe,  # as mlcroissant 1.1.1 spells it
        "dataPreprocessingProtocol": stages,
        "dataManipulationProtocol": "; ".join(edits) or "No text was edited.",
        "machineAnnotationTools": [f"language identification: {model.get('name', 'unknown')}"],
        "personalSensitiveInformation": [personal_data(facts)],
        "dataBiases": list(about.get("biases", ())),
        "dataLimitations": limits(facts),
        "dataUseCases": list(about.get("intended_use", ())),
        "dataSocialImpact": about.get("public_good"),
        "dataReleaseMaintenancePlan": [
            about.get("maintenance")
            or f"Nothing is stated; removals are asked for at {facts.removal_contact}."
        ],
    }
    return {f"rai:{name}": value for name, value in properties.items() if value}


def _collection(facts: PublishedFacts) -> str:
    kept, lost = facts.documents, sum(facts.ledger.reasons.values())
    return (
        f"{len(facts.sources)} source(s) were read by corpuskit "
        f"{facts.manifest['versions'].get(DISTRIBUTION, '')}. {kept:,} documents were published, "
        f"{lost:,} records were rejected for a stated reason."
    )


def _raw_data(facts: PublishedFacts) -> list[str]:
    return [
        f"{row['name']} ({row['connector']}): {row['about'] or 'the recipe says no more'}; "
        f"{row['documents']:,} documents"
        for row in source_rows(facts)
    ]


def _derivation(facts: PublishedFacts) -> dict[str, Any]:
    """Provenance in PROV-O, as Croissant 1.1 has it; prov.json says more."""
    return {
        "prov:wasDerivedFrom": [
            {"@id": f"urn:corpuskit:source:{row['name']}", "@type": "prov:Entity",
             "prov:label": row["name"]}
            for row in facts.sources
        ],
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:label": f"corpuskit build {facts.manifest['build_id']}",
        },
    }  # fmt: skip


def _distribution(facts: PublishedFacts, others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = [*facts.manifest["files"], *others]
    files = [
        {
            "@type": "cr:FileObject",
            "@id": entry["path"],
            "name": entry["path"],
            "contentUrl": entry["path"],
            "contentSize": f"{entry['bytes']} B",
            "encodingFormat": _format(entry["path"]),
            "sha256": entry["sha256"],
        }
        for entry in entries
    ]
    shards = [entry for entry in entries if entry["kind"] == "data"]
    return [
        *files,
        {
            "@type": "cr:FileSet",
            "@id": "shards",
            "name": "shards",
            "description": f"All {len(shards)} shards of documents.",
            "encodingFormat": _PARQUET,
            "includes": [f"data/{split}/*.parquet" for split in SPLITS],
        },
    ]


def _format(path: str) -> str:
    return _PARQUET if path.endswith(".parquet") else "application/json"


def _splits() -> dict[str, Any]:
    urls = {
        split: "cr:TrainingSplit" if split == TRAIN else "cr:ValidationSplit" for split in SPLITS
    }
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [
            _field("splits", "name", "sc:Text"),
            _field("splits", "url", "sc:URL"),
        ],
        "data": [{"splits/name": name, "splits/url": url} for name, url in urls.items()],
    }


def _documents() -> dict[str, Any]:
    """The columns that hold one value; those with lists and structs are in docs/schema.md."""
    fields = []
    for name, column in FIELDS.items():
        kind = next((kind for is_kind, kind in _TYPES if is_kind(column.type)), None)
        if kind is not None:
            field = _field("documents", name, kind) | {
                "description": column.metadata[b"about"].decode(),
                "source": {"fileSet": {"@id": "shards"}, "extract": {"column": name}},
            }
            fields.append(field | ({"references": _SPLIT_NAME} if name == "split" else {}))
    return {
        "@type": "cr:RecordSet",
        "@id": "documents",
        "name": "documents",
        "description": "A record per document.",
        "key": {"@id": "documents/id"},
        "field": fields,
    }


_SPLIT_NAME: Final = {"field": {"@id": "splits/name"}}


def _field(record_set: str, name: str, kind: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": f"{record_set}/{name}", "name": name, "dataType": kind}
