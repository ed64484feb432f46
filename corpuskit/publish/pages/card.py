"""README.md of a build: a dataset card as the Hugging Face Hub reads it.

Values of the recipe, of plug-ins and of the catalogue are escaped: none of them can break the front
matter or a table, or be read as Markdown or HTML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.about import DISTRIBUTION
from corpuskit.display import mask
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.publish.pages.limits import confusions, limits, personal_data
from corpuskit.publish.pages.markdown import code_span, paragraph, percent, plain, prose, table
from corpuskit.publish.shards import SPLITS

_SIZES: Final = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"),
)  # fmt: skip


def card(facts: PublishedFacts) -> str:
    """The card: YAML front matter and what a reader must know before using the corpus."""
    parts = [
        _front_matter(facts),
        f"# {plain(facts.manifest['name'])}\n",
        _summary(facts),
        _sources(facts),
        _licenses(facts),
        *_samples(facts),
        _intended_use(facts),
        _limits(facts),
        *_confusions(facts),
        *_judgments(facts.manifest),
        _funnel(facts),
        _reasons(facts),
        *_edits(facts),
        *_evaluation_items(facts.manifest),
        _rules(facts.manifest),
        *_signals(facts.manifest["signals"]),
        _loading(facts.manifest),
        _more(facts),
    ]
    return "\n".join(parts)


def _front_matter(facts: PublishedFacts) -> str:
    manifest = facts.manifest
    lines = ["---", "language:"]
    lines += [f"- {profile['bcp47'][0]}" for profile in facts.profiles.values()]
    lines += _license_lines(sorted(facts.licenses) or [NOASSERTION])
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


def _summary(facts: PublishedFacts) -> str:
    manifest = facts.manifest
    rows = [
        (
            f"{plain(facts.profile_name(lang))} `{lang}`",
            f"{total['documents']:,}",
            f"{total['validation']:,}",
            f"{total['text_bytes']:,}",
        )
        for lang, total in manifest["languages"].items()
    ]
    lines = [
        f"{paragraph(facts.description)}\n",
        f"Version {manifest['version']}, built with corpuskit "
        f"{manifest['versions'].get(DISTRIBUTION, '')} by",
        f"{paragraph(facts.operator['name'])} ({plain(facts.operator['contact'])});",
        f"build `{manifest['build_id']}`, recipe `{manifest['recipe_sha256'][:12]}`.\n",
        *table(("language", "documents", "of them validation", "text, bytes"), rows, numbers=3),
    ]
    return "\n".join([*lines, ""])


def _sources(facts: PublishedFacts) -> str:
    rows = [
        tuple(
            plain(cell)
            for cell in (
                source["name"],
                source["connector"],
                source["license"],
                source.get("license_verified_by") or "nobody",
            )
        )
        for source in facts.sources
    ]
    counted = facts.counts.by(groups.SPLIT, "lang", "source")
    per_source = [
        (code_span(lang), plain(source), f"{count.documents:,}", f"{count.text_bytes:,}")
        for (lang, source), count in counted.items()
    ]
    lines = [
        "## Sources\n",
        "Every row names its source, the record within it, its license and the evidence for it.\n",
        *table(("source", "connector", "license as a whole", "verified by"), rows),
        "",
        *table(("language", "source", "documents", "text, bytes"), per_source, numbers=2),
    ]
    return "\n".join([*lines, ""])


def _licenses(facts: PublishedFacts) -> str:
    by_row = facts.counts.of(groups.CONFIDENCE)
    confidence = ", ".join(f"{plain(kind)} {count.documents:,}" for kind, count in by_row.items())
    rows = [
        (
            plain(license_),
            f"{count.documents:,}",
            percent(count.documents, facts.documents),
            f"{count.text_bytes:,}",
        )
        for license_, count in facts.licenses.items()
    ]
    lines = [
        "## Licenses of the rows\n",
        f"Known by: {confidence or 'no row'}. The license of a row holds for its text.\n",
        *table(("license", "documents", "share", "text, bytes"), rows, numbers=3),
    ]
    return "\n".join([*lines, ""])


def _samples(facts: PublishedFacts) -> list[str]:
    """The beginnings of a few documents; nothing if nothing was published."""
    if not facts.samples:
        return []
    rows = [
        (code_span(sample.lang), code_span(sample.identifier[:12]), plain(sample.text))
        for sample in facts.samples
    ]
    lines = ["## Samples\n", *table(("language", "id", "beginning of the text"), rows)]
    return ["\n".join([*lines, ""])]


def _intended_use(facts: PublishedFacts) -> str:
    about = facts.about
    lines = ["## Intended use\n"]
    if purpose := about.get("purpose"):
        lines.append(f"{paragraph(purpose)}\n")
    uses = about.get("intended_use", ())
    lines += [f"- {paragraph(use)}" for use in uses]
    if not uses and not purpose:
        lines.append("The operator has not stated any; `[about]` in the recipe can.")
    return "\n".join([*lines, ""])


def _limits(facts: PublishedFacts) -> str:
    lines = ["## Limits\n", *(f"- {prose(line)}" for line in limits(facts))]
    lines += [f"- Known bias: {plain(bias)}" for bias in facts.about.get("biases", ())]
    return "\n".join([*lines, f"\n{prose(personal_data(facts))}", ""])


def _confusions(facts: PublishedFacts) -> list[str]:
    """Languages that are taken for each other; nothing where there are none."""
    rows = [
        (code_span(code), code_span(neighbor), f"{close:,}", f"{lost:,}")
        for code, neighbor, close, lost in confusions(facts)
    ]
    if not rows:
        return []
    heads = ("language", "may be confused with", "documents near it", "rejected as it")
    lines = [
        "## Known confusions\n",
        f"Near it: the model gave the other language at least {groups.SECOND_SCORE:.0%}.\n",
        *table(heads, rows, numbers=2),
    ]
    return ["\n".join([*lines, ""])]


def _funnel(facts: PublishedFacts) -> str:
    rows = [
        (plain(name), f"{count.read:,}", f"{count.passed:,}", f"{count.reasons.total():,}")
        for name, count in facts.ledger.stages.items()
    ]
    lines = [
        "## What happened to every record\n",
        *table(("stage", "read", "passed on", "lost"), rows, numbers=3),
    ]
    return "\n".join([*lines, ""])


def _reasons(facts: PublishedFacts) -> str:
    ledger = facts.ledger
    counted = sorted(ledger.reasons.items(), key=lambda item: (-item[1], item[0]))
    lines = [
        "Each lost record is in `rejects/` with every rule it broke, value and threshold.\n",
        "| reason | records | meaning |",
        "|---|--:|---|",
    ]
    lines += [
        f"| {code_span(reason)} | {count:,} | {prose(ledger.meanings.get(reason, ''))} |"
        for reason, count in counted
    ]
    return "\n".join([*lines, ""])


def _edits(facts: PublishedFacts) -> list[str]:
    """How the texts were changed; nothing if they were not."""
    if not facts.ledger.edits:
        return []
    rows = [(code_span(edit), plain(count)) for edit, count in facts.ledger.edits.items()]
    lines = [
        "## What was changed in the texts\n",
        "The columns `edits` and `removed` say what was done to each document.\n",
        *table(("edit", "how often, in how many documents"), rows),
    ]
    return ["\n".join([*lines, ""])]


def _evaluation_items(manifest: Mapping[str, Any]) -> list[str]:
    """Which benchmarks were looked for, and how many published documents hold an item."""
    contamination = manifest.get("contamination")
    if contamination is None:
        return []
    is_rejected = contamination["action"] == "reject"
    fate = (
        "rejected, as `decontamination/evaluation_item`."
        if is_rejected
        else "marked, in the column `contamination`."
    )
    rows = [
        (plain(name), f"{count['items']:,}", f"{count['too_short']:,}", f"{count['documents']:,}")
        for name, count in contamination["benchmarks"].items()
    ]
    lines = [
        "## Evaluation items\n",
        "Every text was searched for items of these benchmarks; documents that hold one were",
        f"{fate}\n",
        *table(
            ("benchmark", "items", "too short to search", "published documents with an item"),
            rows,
            numbers=3,
        ),
    ]
    return ["\n".join([*lines, ""])]


def _judgments(manifest: Mapping[str, Any]) -> list[str]:
    """What native speakers found, if they were asked."""
    judgments = manifest.get("judgments")
    if not judgments:
        return []
    parts = [
        "## Judgments of native speakers\n",
        f"{judgments['reviewers']:,} reviewers judged {judgments['documents']:,} documents of a "
        "random sample. A text\nis good if it is in its language and is not boilerplate, "
        "machine-translated, spam or offensive.\nIntervals are Wilson's at 95 %.\n",
    ]
    for key, heading in _JUDGED.items():
        rows = [
            (plain(name), percent(share["share"], 1), f"{percent(share['low'], 1)} to "
             f"{percent(share['high'], 1)}", f"{share['judged']:,}")
            for name, share in judgments[key].items()
        ]  # fmt: skip
        if rows:
            parts += [*table((heading, "share", "interval", "judged"), rows, numbers=3), ""]
    if judgments["agreement"]:
        alphas = [(plain(name), f"{alpha:.2f}") for name, alpha in judgments["agreement"].items()]
        parts += [*table(("question", "Krippendorff's alpha"), alphas, numbers=1), ""]
    return ["\n".join(parts)]


_JUDGED: Final = {
    "languages": "documents that are good, by language",
    "in_language": "documents in their language",
    "sources": "documents that are good, by source",
    "rules": "rejections that were right, by reason",
}


def _rules(manifest: Mapping[str, Any]) -> str:
    """Every rule in force, with its threshold per language."""
    policies: Mapping[str, Mapping[str, float]] = manifest["policies"]
    rules = list(dict.fromkeys(rule for policy in policies.values() for rule in policy))
    rows = [
        (
            code_span(rule),
            *(f"{policy[rule]:g}" if rule in policy else "" for policy in policies.values()),
        )
        for rule in rules
    ]
    lines = ["## Rules in force\n", *table(("rule", *policies), rows, numbers=len(policies)), ""]
    over_facts = [
        (code_span(name), plain(json.dumps(options, ensure_ascii=False)))
        for name, options in manifest["fact_rules"]
    ]
    if over_facts:
        lines += [*table(("rule over other facts", "options"), over_facts), ""]
    return "\n".join(lines)


def _signals(signals: Mapping[str, str]) -> list[str]:
    """Columns that plug-in stages of the recipe added."""
    if not signals:
        return []
    rows = [(code_span(column), code_span(stage)) for column, stage in signals.items()]
    lines = ["## Signals of plug-in stages\n", *table(("column", "stage"), rows)]
    return ["\n".join([*lines, ""])]


def _loading(manifest: Mapping[str, Any]) -> str:
    lang = next(iter(manifest["languages"]), "LANG")
    return (
        "## Loading\n\n"
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
        "Columns are described in corpuskit's documentation (docs/schema.md).\n"
    )


def _more(facts: PublishedFacts) -> str:
    return (
        "## Removal, and more to read\n\n"
        f"Ask for the removal of a text: {plain(facts.removal_contact)}.\n\n"
        "`report.html` shows the corpus on one page, with samples; open it in a browser.\n"
        "`DATASHEET.md` answers the questions of Datasheets for Datasets; `GOVERNANCE.md` has the\n"
        "evidence for regulators; `croissant.json`, `prov.json` and `governance.json` are for\n"
        "machines; `domains.parquet` has documents and bytes per domain.\n"
    )
