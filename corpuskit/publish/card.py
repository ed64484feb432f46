"""README.md of a build: a dataset card as the Hugging Face Hub reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.languages import Language
from corpuskit.ledger import Ledger
from corpuskit.licenses import NOASSERTION

_SIZES: Final = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
)  # fmt: skip


def card(
    manifest: Mapping[str, Any],
    ledger: Ledger,
    languages: Sequence[Language],
    sources: Sequence[Mapping[str, Any]],
) -> str:
    """The card: YAML front matter and what a reader must know before using the corpus."""
    parts = [
        _front_matter(manifest, languages, sources),
        f"# {manifest['name']}\n",
        _summary(manifest, languages),
        _sources(sources),
        _funnel(ledger),
        _reasons(ledger),
        *_removed(ledger),
        _use(manifest),
    ]
    return "\n".join(parts)


def _front_matter(
    manifest: Mapping[str, Any],
    languages: Sequence[Language],
    sources: Sequence[Mapping[str, Any]],
) -> str:
    licenses = sorted({one["license"] for one in sources})
    lines = ["---", "language:"]
    lines += [f"- {one.bcp47[0]}" for one in languages]
    if len(licenses) == 1 and licenses[0] != NOASSERTION:
        lines += [f"license: {licenses[0].lower()}"]
    else:
        unknown = set(licenses) <= {NOASSERTION}
        lines += ["license: other", f"license_name: {'unknown' if unknown else 'mixed'}"]
    lines += ["task_categories:", "- text-generation"]
    lines += ["size_categories:", f"- {_size(manifest['documents'])}"]
    lines += ["configs:"] if manifest["languages"] else []
    for code in manifest["languages"]:
        lines += [f"- config_name: {code}", "  data_files:"]
        for split in ("train", "validation"):
            paths = _files(manifest, code, split)
            if paths:
                lines += [f"  - split: {split}", "    path:"]
                lines += [f"    - {path}" for path in paths]
    return "\n".join([*lines, "---", ""])


def _files(manifest: Mapping[str, Any], code: str, split: str) -> list[str]:
    return [
        one["path"]
        for one in manifest["files"]
        if one["kind"] == "data" and one["lang"] == code and one["split"] == split
    ]


def _size(documents: int) -> str:
    return next((name for bound, name in _SIZES if documents < bound), "100M<n<1B")


def _summary(manifest: Mapping[str, Any], languages: Sequence[Language]) -> str:
    operator = manifest["recipe"]["operator"]
    names = {one.code: f"{one.name} ({one.autonym})" for one in languages}
    lines = [
        f"Built with corpuskit {manifest['versions'].get('corpuskit', '')} by {operator['name']}",
        f"({operator['contact']}); build `{manifest['build_id']}`,",
        f"recipe `{manifest['recipe_sha256'][:12]}`.\n",
        "| language | documents | of them validation | text, bytes |",
        "|---|--:|--:|--:|",
    ]
    for code, total in manifest["languages"].items():
        lines.append(
            f"| {names.get(code, code)} `{code}` | {total['documents']:,} | "
            f"{total['validation']:,} | {total['text_bytes']:,} |"
        )
    return "\n".join([*lines, ""])


def _sources(sources: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        "## Sources and licenses\n",
        "Every row names its source, the record within it, its license and the evidence for it.\n",
        "| source | connector | license | verified by |",
        "|---|---|---|---|",
    ]
    for one in sources:
        verified = one.get("license_verified_by") or "nobody"
        lines.append(f"| {one['name']} | {one['connector']} | {one['license']} | {verified} |")
    return "\n".join([*lines, ""])


def _funnel(ledger: Ledger) -> str:
    lines = ["## What happened to every record\n", "| stage | read | passed on | lost |"]
    lines.append("|---|--:|--:|--:|")
    for name, count in ledger.stages.items():
        lost = count.reasons.total()
        lines.append(f"| {name} | {count.read:,} | {count.passed:,} | {lost:,} |")
    return "\n".join([*lines, ""])


def _reasons(ledger: Ledger) -> str:
    lines = [
        "Each lost record is in `rejects/` with every rule it broke, value and threshold.\n",
        "| reason | records |",
        "|---|--:|",
    ]
    counted = sorted(ledger.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines += [f"| `{reason}` | {count:,} |" for reason, count in counted]
    return "\n".join([*lines, ""])


def _removed(ledger: Ledger) -> list[str]:
    """What was taken out of the documents themselves, where anything was."""
    lines = [f"- `{reason}`: {one}" for reason, one in ledger.removed.items()]
    told = "Taken out of published documents; the column `foreign_lines` says which lines:\n"
    return ["\n".join([told, *lines, ""])] if lines else []


def _use(manifest: Mapping[str, Any]) -> str:
    code = next(iter(manifest["languages"]), "LANG")
    return (
        "## Use\n\n"
        "```python\n"
        "import pyarrow.dataset as ds\n\n"
        f'table = ds.dataset("data", format="parquet").to_table(columns=["text", "url"])\n'
        "```\n\n"
        f'`datasets.load_dataset(".", "{code}")` reads it as well. Columns are described in\n'
        "corpuskit's documentation (docs/schema.md). Personal data has not been searched for.\n"
    )
