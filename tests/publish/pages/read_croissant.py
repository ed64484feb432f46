"""Validate Croissant files with mlcroissant, in a process of its own: print what it sees.

python read_croissant.py FILE...    one JSON object per file; with the ids of the documents of those
                                    that describe a folder
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(path))
    metadata = dataset.metadata
    issues = metadata.ctx.issues
    is_published = path.with_name("manifest.json").exists()
    return {
        "errors": sorted(issues.errors),
        "warnings": sorted(issues.warnings),
        "name": metadata.name,
        "version": metadata.version,
        "conforms_to": metadata.conforms_to,
        "collection_types": metadata.data_collection_type,
        "days": sorted({f"{day:%Y-%m-%d}" for day in metadata.data_collection_timeframe or ()}),
        "ids": [record["documents/id"].decode() for record in dataset.records("documents")]
        if is_published
        else [],
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps([read(Path(name)) for name in sys.argv[1:]]))
