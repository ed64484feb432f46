"""The files that describe a corpus, written again after a takedown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpuskit.identity import key_of
from corpuskit.languages import language
from corpuskit.ledger import Ledger
from corpuskit.licenses import NOASSERTION
from corpuskit.publish.card import card
from corpuskit.publish.manifest import totals
from corpuskit.publish.published import digest_of
from corpuskit.recipe import resolve
from corpuskit.store import Store, as_json
from corpuskit.tombstones import FILE, Tombstones

LEDGER = "ledger.json"
CARD = "README.md"
_DESCRIBED = ("ledger", "card", "tombstones")


def manifest_after(
    manifest: Mapping[str, Any], files: Sequence[Mapping[str, Any]], tombstones: Tombstones
) -> dict[str, Any]:
    """The manifest after a takedown. Its build id tells the corpus from the one before."""
    key = key_of("takedown", manifest["build_id"], tombstones.key)
    return {
        **manifest,
        "build_id": key[:12],
        **totals(files),
        "files": list(files),
        "tombstones": tombstones.summary(),
    }


def write_descriptions(
    store: Store,
    manifest: Mapping[str, Any],
    ledger: Ledger,
    files: Sequence[Mapping[str, Any]],
    tombstones: Tombstones,
) -> dict[str, Any]:
    """Write ledger and card; the manifest with their entries, which is yet to be committed."""
    store.put(LEDGER, as_json(ledger.to_json()))
    kept = [entry for entry in files if entry["kind"] not in _DESCRIBED]
    entries = [*kept, _entry(store, LEDGER, "ledger")]
    languages = [language(code) for code in manifest["recipe"]["languages"]]
    described = manifest_after(manifest, entries, tombstones)
    text = card(described, ledger, languages, _sources(manifest), manifest.get("signals", {}))
    store.put(CARD, text.encode())
    entries += [_entry(store, CARD, "card"), _entry(store, FILE, "tombstones")]
    return manifest_after(manifest, entries, tombstones)


def _sources(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sources of the card's table."""
    if "sources" in manifest:
        return list(manifest["sources"])
    sources = (resolve(dict(table)) for table in manifest["recipe"]["source"])
    return [
        {
            "name": source.get("name"),
            "connector": source.get("connector"),
            "license": source.get("license") or NOASSERTION,
            "license_verified_by": source.get("license_verified_by"),
        }
        for source in sources
    ]


def _entry(store: Store, name: str, kind: str) -> dict[str, Any]:
    digest = digest_of(store, name)
    return {"path": name, "bytes": store.size(name), "sha256": digest, "kind": kind}
