"""README.md of a build: a dataset card as the Hugging Face Hub reads it.

Values of the recipe, of plug-ins and of the catalogue are escaped: none of them can break the front
matter or a table, or be read as Markdown or HTML.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.about import DISTRIBUTION
from corpuskit.display import mask, printable
from corpuskit.languages import Language
from corpuskit.ledger import Ledger
from corpuskit.licenses import NOASSERTION
from corpuskit.publish.shards import SPLITS

_SIZES: Final = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
)  # fmt: skip


def card(
    manifest: Mapping[str, Any],
    ledger: Ledger,
    languages: Sequence[Language],
    sources: Sequence[Mapping[str, Any]],
    signals: Mapping[str, str] | None = None,
) -> str:
    """The card: YAML front matter and what a reader must know before using the corpus.

    `signals` are the columns that plug-in stages of the recipe add, each with its stage.
    """
    parts = [
        _front_matter(manifest, languages, sources),
        f"# {plain(manifest['name'])}\n",
        _summary(manifest, languages),
        _sources(sources),
        _funnel(ledger),
        _reasons(ledger),
        *_edits(ledger),
        *_evaluation_items(manifest),
        _rules(manifest),
        *_signals(signals or {}),
        _use(manifest),
    ]
    return "\n".join(parts)


def _front_matter(
    manifest: Mapping[str, Any],
    languages: Sequence[Language],
    sources: Sequence[Mapping[str, Any]],
) -> str:
    licenses = sorted({source["license"] for source in sources})
    lines = ["---", "language:"]
    lines += [f"- {profile.bcp47[0]}" for profile in languages]
    lines += _license_lines(licenses)
    lines += ["task_categories:", "- text-generation"]
    lines += ["size_categories:", f"- {_size(manifest['documents'])}"]
    lines += ["configs:"] if manifest["languages"] else []
    lines += _config("default", _splits(manifest, None)) if manifest["languages"] else []
    for code in manifest["languages"]:
        lines += _config(code, _splits(manifest, code))
    return "\n".join([*lines, "---", ""])


def _license_lines(licenses: Sequence[str]) -> list[str]:
    """One identifier as the Hub writes it; else `other` and a name."""
    if len(licenses) != 1 or licenses[0] == NOASSERTION:
        name = "unknown" if set(licenses) <= {NOASSERTION} else "mixed"
        return ["license: other", f"license_name: {name}"]
    identifier = mask(licenses[0]).lower()
    if _SPDX.fullmatch(identifier) and not identifier.startswith("licenseref-"):
        return [f"license: {identifier}"]
    name = re.sub(r"[^a-z0-9.+-]+", "-", identifier).strip("-")
    return ["license: other", f"license_name: {json.dumps(name or 'unnamed')}"]


_SPDX: Final = re.compile(r"(?=[a-z0-9.+-]*[a-z])[a-z0-9][a-z0-9.+-]*[a-z0-9+]")
"""A short identifier, in lower case; what YAML reads as a number or a date has no letter."""


def plain(text: object) -> str:
    """A value as one line of plain text in Markdown, in a table or outside of one."""
    line = " ".join(printable(mask(" ".join(str(text).split()))).split())
    escaped = re.sub(r"([\\`*\[\]])", r"\\\1", html.escape(line, quote=False))
    return escaped.replace("|", "&#124;")


def prose(text: str) -> str:
    """A sentence of a stage's author: names between backticks stay code, all else is plain."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return plain(text)
    return "".join(
        code_span(part) if number % 2 else _plain_part(part) for number, part in enumerate(parts)
    )


def _plain_part(text: str) -> str:
    start, end = text[: text[:1].isspace()], text[len(text.rstrip()) :]
    return f"{' ' if start else ''}{plain(text)}{' ' if end and text.strip() else ''}"


def code_span(text: object) -> str:
    """A name as a code span, in a table or outside of one."""
    line = " ".join(printable(mask(str(text))).split()).replace("`", "'").replace("|", "\\|")
    return f"`{line}`" if line else ""


def _config(name: str, splits: Mapping[str, Sequence[str]]) -> list[str]:
    """A configuration as `datasets` reads it: `load_dataset(folder, name)` gives its splits."""
    lines = [f"- config_name: {name}"]
    lines += ["  default: true"] if name == "default" else []
    lines += ["  data_files:"]
    for split, paths in splits.items():
        lines += [f"  - split: {split}", "    path:", *(f"    - {path}" for path in paths)]
    return lines


def _splits(manifest: Mapping[str, Any], code: str | None) -> dict[str, list[str]]:
    """Files per split, of one language or of all; a split without files is left out."""
    splits: dict[str, list[str]] = {}
    for split in SPLITS:
        paths = [
            entry["path"]
            for entry in manifest["files"]
            if entry["kind"] == "data" and entry["split"] == split and code in (None, entry["lang"])
        ]
        if paths:
            splits[split] = paths
    return splits


def _size(documents: int) -> str:
    return next((name for bound, name in _SIZES if documents < bound), "100M<n<1B")


def _summary(manifest: Mapping[str, Any], languages: Sequence[Language]) -> str:
    operator = manifest["recipe"]["operator"]
    names = {profile.code: f"{profile.name} ({profile.autonym})" for profile in languages}
    lines = [
        f"Built with corpuskit {manifest['versions'].get(DISTRIBUTION, '')} by",
        f"{plain(operator['name'])} ({plain(operator['contact'])});",
        f"build `{manifest['build_id']}`, recipe `{manifest['recipe_sha256'][:12]}`.\n",
        "| language | documents | of them validation | text, bytes |",
        "|---|--:|--:|--:|",
    ]
    for lang, total in manifest["languages"].items():
        lines.append(
            f"| {plain(names.get(lang, lang))} `{lang}` | {total['documents']:,} | "
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
    for source in sources:
        verified = source.get("license_verified_by") or "nobody"
        cells = (source["name"], source["connector"], source["license"], verified)
        lines.append(f"| {' | '.join(map(plain, cells))} |")
    return "\n".join([*lines, ""])


def _funnel(ledger: Ledger) -> str:
    lines = ["## What happened to every record\n", "| stage | read | passed on | lost |"]
    lines.append("|---|--:|--:|--:|")
    for name, count in ledger.stages.items():
        lost = count.reasons.total()
        lines.append(f"| {plain(name)} | {count.read:,} | {count.passed:,} | {lost:,} |")
    return "\n".join([*lines, ""])


def _reasons(ledger: Ledger) -> str:
    lines = [
        "Each lost record is in `rejects/` with every rule it broke, value and threshold.\n",
        "| reason | records | meaning |",
        "|---|--:|---|",
    ]
    counted = sorted(ledger.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines += [
        f"| {code_span(reason)} | {count:,} | {prose(ledger.meanings.get(reason, ''))} |"
        for reason, count in counted
    ]
    return "\n".join([*lines, ""])


def _edits(ledger: Ledger) -> list[str]:
    """How the texts were changed; nothing if they were not."""
    if not ledger.edits:
        return []
    lines = [
        "## What was changed in the texts\n",
        "The columns `edits` and `removed` say what was done to each document.\n",
        "| edit | how often, in how many documents |",
        "|---|---|",
    ]
    lines += [f"| {code_span(edit)} | {plain(count)} |" for edit, count in ledger.edits.items()]
    return ["\n".join([*lines, ""])]


def _evaluation_items(manifest: Mapping[str, Any]) -> list[str]:
    """Which benchmarks were looked for, and how many published documents hold an item."""
    found = manifest.get("contamination")
    if found is None:
        return []
    fate = "rejected, as" if found["action"] == "reject" else "marked, in the column"
    where = "decontamination/evaluation_item" if found["action"] == "reject" else "contamination"
    lines = [
        "## Evaluation items\n",
        "Every text was searched for items of these benchmarks; documents that hold one were",
        f"{fate} `{where}`.\n",
        "| benchmark | items | too short to search | published documents with an item |",
        "|---|--:|--:|--:|",
    ]
    lines += [
        f"| {plain(name)} | {count['items']:,} | {count['too_short']:,} | {count['documents']:,} |"
        for name, count in found["benchmarks"].items()
    ]
    return ["\n".join([*lines, ""])]


def _rules(manifest: Mapping[str, Any]) -> str:
    """Every rule in force, with its threshold per language."""
    policies: Mapping[str, Mapping[str, float]] = manifest["policies"]
    rules = list(dict.fromkeys(rule for policy in policies.values() for rule in policy))
    lines = [
        "## Rules in force\n",
        "| rule | " + " | ".join(policies) + " |",
        "|---|" + "--:|" * len(policies),
    ]
    for rule in rules:
        cells = (f"{policy[rule]:g}" if rule in policy else "" for policy in policies.values())
        lines.append(f"| {code_span(rule)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _signals(signals: Mapping[str, str]) -> list[str]:
    """Columns that plug-in stages of the recipe added."""
    if not signals:
        return []
    lines = ["## Signals of plug-in stages\n", "| column | stage |", "|---|---|"]
    lines += [f"| {code_span(column)} | {code_span(stage)} |" for column, stage in signals.items()]
    return ["\n".join([*lines, ""])]


def _use(manifest: Mapping[str, Any]) -> str:
    lang = next(iter(manifest["languages"]), "LANG")
    return (
        "## Use\n\n"
        "```python\n"
        "import datasets\n\n"
        'folder = "/path/to/this/folder"\n'
        "datasets.load_dataset(folder)  # every language, by split\n"
        f'datasets.load_dataset(folder, "{lang}")\n'
        "```\n\n"
        "```python\n"
        "import pyarrow.dataset as ds\n\n"
        'table = ds.dataset(f"{folder}/data/train").to_table(columns=["text", "url"])\n'
        "```\n\n"
        "`data/train` and `data/validation` are apart; every row names its `split` as well.\n"
        "Columns are described in corpuskit's documentation (docs/schema.md). Personal data has\n"
        "not been searched for.\n"
    )
