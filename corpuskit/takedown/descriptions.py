"""The files that describe a corpus, written again after a takedown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpuskit.identity import key_of
from corpuskit.ledger import Ledger
from corpuskit.publish.pages import describe_again
from corpuskit.publish.published import entry_of
from corpuskit.publish.version import dataset_version
from corpuskit.store import Store
from corpuskit.tombstones import FILE, Tombstones


def write_descriptions(
    store: Store,
    manifest: Mapping[str, Any],
    ledger: Ledger,
    files: Sequence[Mapping[str, Any]],
    tombstones: Tombstones,
) -> dict[str, Any]:
    """Write ledger and description files; the manifest with their entries, which is yet to be
    committed. Its build id tells the corpus from the one before."""
    key = key_of("takedown", manifest["build_id"], tombstones.key)
    changed = {**manifest, "build_id": key[:12], "tombstones": tombstones.summary()}
    version = dataset_version(manifest["recipe"], tombstones.summary()["takedowns"])
    kept = [entry for entry in files if entry["path"] != FILE]
    described = describe_again(store, changed, ledger, kept, version)
    described["files"] = [*described["files"], entry_of(store, FILE, "tombstones")]
    return described
