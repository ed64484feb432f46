"""corpuskit explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import excerpt, print_json, show, show_text
from corpuskit.licenses.identifiers import NOASSERTION

if TYPE_CHECKING:
    from corpuskit.explain import Story
    from corpuskit.store_url import StoreUrl

_SHOWN = 10
"""Removed lines (without `--text`) and evaluation items that are shown."""


@click.command()
@build_argument
@click.argument("key", metavar="ID|URL|FILE")
@click.option("--text", is_flag=True, help="Print the whole text, before and after normalization.")
@json_option
def explain(build: Path | StoreUrl, key: str, text: bool, as_json: bool) -> None:
    """Tell a document's whole story: every stage, signal and rule, and its duplicates.

    The first 4 characters of an id are enough, or more if several ids begin so. A FILE that was
    read stands for its records, FILE#L12 for line 12 of a JSONL file.

    \b
    corpuskit explain builds/khmer https://example.gov.kh/news/17
    corpuskit explain builds/khmer 3f2c9a0d
    corpuskit explain builds/khmer texts/news.jsonl#L12 --json
    """
    from corpuskit.explain import explain as tell

    stories = tell(build, key)
    if as_json:
        print_json([story.to_json() for story in stories])
        return
    for number, story in enumerate(stories):
        if number:
            show()
        for label, line in _lines(story):
            show(f"{label:<12}{line}")
        if text:
            _print_text(story)


def _lines(story: Story) -> list[tuple[str, str]]:
    row = story.row
    lines = [("record", f"{story.id} · {row['source_ref']}")]
    lines += [("url", row["url"])] if row["url"] else []
    lines += [("read", _read(story)), ("license", _license(row)), *_opt_outs(row)]
    lines += [("decoded", f"{row['charset']} ({_charset_origin(row)})")] if row["charset"] else []
    lines += _extracted(row) + _normalized(story) + _language(row)
    lines += [("", f"  {line}") for line in story.identification] + _by_line(row)
    lines += _other_edits(story) + _removed(story) + _evaluation_items(row) + _quality(story)
    lines += [("duplicate", _duplicate(member)) for member in story.duplicates]
    return [*lines, _outcome(story), *([("", story.meaning)] if story.meaning else [])]


def _read(story: Story) -> str:
    row, where = story.row, ""
    if row["warc"]:
        where = f", {row['warc']['file']} @ {row['warc']['offset']:,}"
    when = f"captured {row['fetched_at']:%Y-%m-%d}, " if row["fetched_at"] else ""
    digest = f" ({row['payload_digest']})" if row["payload_digest"] else ""
    return f"{when}from source {story.source}{where}{digest}"


def _charset_origin(row: dict[str, Any]) -> str:
    """Where the charset was found; only what came over HTTP has an HTTP header."""
    if row["charset_method"] != "http":
        return str(row["charset_method"])
    return "HTTP header" if row["warc"] or row.get("robots") else "declared by the file's format"


def _license(row: dict[str, Any]) -> str:
    evidence = "; ".join(
        f"{item['kind']} {item['value']} ({item['where']})"
        for item in row["license_evidence"] or []
    )
    return f"{row['license'] or NOASSERTION} {row['license_confidence'] or ''} {evidence}".rstrip()


def _opt_outs(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The site's rules on robots and on text and data mining, if they were checked."""
    lines = []
    if robots := row["robots"]:
        rule = f", rule {robots['rule']!r}" if robots["rule"] else ""
        when = f", checked {robots['checked_at']:%Y-%m-%d}" if robots["checked_at"] else ""
        lines.append(("robots", f"{robots['verdict']} for {robots['ua']}{rule}{when}"))
    if tdm := row["tdm"]:
        signals = tdm["signals"] or []
        lines.append(("mining", tdm["verdict"] + ("" if signals else " (no signal found)")))
        lines += [("", f"  {_signal(signal)}") for signal in signals]
    return lines


def _signal(signal: dict[str, Any]) -> str:
    """A signal, what it says of training, and by which version of which vocabulary."""
    read_by = f", {signal['protocol']} by {signal['vocabulary']}" if signal["protocol"] else ""
    return f"{signal['kind']}: {signal['value']} ({signal['verdict']}{read_by})"


def _extracted(row: dict[str, Any]) -> list[tuple[str, str]]:
    extractor = row["extractor"]
    if not extractor:
        return []
    name = " ".join(str(extractor[key]) for key in ("name", "version", "mode") if extractor[key])
    fallback = f", fallback {extractor['fallback']}" if extractor["fallback"] else ""
    return [("extracted", f"{name}{fallback} · {len(row['raw_text'] or ''):,} characters")]


def _normalized(story: Story) -> list[tuple[str, str]]:
    row = story.row
    if not row["normalizer"]:
        return []
    changes = _edits_of(story, "normalize") or "nothing changed"
    return [("normalized", f"{len(row['text'] or ''):,} characters · {changes}")]


def _edits_of(story: Story, stage: str) -> str:
    edits = (edit for edit in story.edits if edit["stage"] == stage)
    return ", ".join(f"{edit['kind']} {edit['count']}" for edit in edits)


def _other_edits(story: Story) -> list[tuple[str, str]]:
    """What stages other than `normalize` did to the text."""
    stages = dict.fromkeys(edit["stage"] for edit in story.edits)
    others = (stage for stage in stages if stage != "normalize")
    return [("edited", f"{stage}: {_edits_of(story, stage)}") for stage in others]


def _language(row: dict[str, Any]) -> list[tuple[str, str]]:
    if not row["lang"]:
        return []
    top = ", ".join(
        f"{label['label']} {label['score']:.3f}" for label in (row["lid_top"] or [])[:3]
    )
    declared = f", declared {row['lang_declared']}" if row["lang_declared"] else ""
    answer = f"{row['lang']} {row['lang_score'] or 0:.3f} (model: {top}{declared})"
    evidence = [_evidence(item) for item in row.get("lang_evidence") or []]
    share = (row.get("quality") or {}).get("specific_word_share")
    evidence += (
        []
        if share is None
        else [f"words specific to it: {share:.1%} more than those of its closest rival"]
    )
    return [("language", answer), *(("", f"  {line}") for line in evidence)]


def _evidence(item: dict[str, Any]) -> str:
    """One piece of evidence for the language from outside the text."""
    return f"{item['kind']} {item['value']}: +{item['weight']:.1f} for {', '.join(item['labels'])}"


def _by_line(row: dict[str, Any]) -> list[tuple[str, str]]:
    share = row["lang_line_share"]
    return [] if share is None else [("lines", f"{share:.1%} of their letters in {row['lang']}")]


def _removed(story: Story) -> list[tuple[str, str]]:
    """The lines removed from the text; the beginning of the first ones."""
    if not story.removed:
        return []
    chars = sum(passage["chars"] for passage in story.removed)
    kinds = dict.fromkeys(f"{passage['stage']}/{passage['kind']}" for passage in story.removed)
    total = f"{len(story.removed)} lines, {chars:,} characters · {', '.join(kinds)}"
    lines = [
        f"  {passage['line']:>5}  {passage['lang'] or '':<8}  {excerpt(passage['text'], 60)}"
        for passage in story.removed[:_SHOWN]
    ]
    more = len(story.removed) - _SHOWN
    lines += [f"  and {more} more; --text shows all"] if more > 0 else []
    return [("removed", total), *(("", line) for line in lines)]


def _evaluation_items(row: dict[str, Any]) -> list[tuple[str, str]]:
    """The evaluation items in the text, the highest score first."""
    items = row.get("contamination") or []
    lines = [
        f"{item['benchmark']} {item['item']}: {item['score']:.1%} of the item is in the text"
        for item in items[:_SHOWN]
    ]
    lines += [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    labels = ["holds item", *[""] * (len(lines) - 1)]
    return list(zip(labels, lines, strict=False))


def _quality(story: Story) -> list[tuple[str, str]]:
    if not story.rules:
        return []
    passed = sum(rule["passed"] for rule in story.rules)
    heading = f"passed {passed} of {len(story.rules)}"
    lines = [("rules", f"{heading:<40}{'value':>9}  {'threshold':>9}")]
    for rule in story.rules:
        mark = "" if rule["passed"] else "  ← broken"
        value = "-" if rule["value"] is None else f"{rule['value']:.4g}"
        threshold = "" if rule["threshold"] is None else f"{rule['threshold']:.4g}"
        lines.append(("", f"  {rule['rule']:<38}{value:>9}  {threshold:>9}{mark}"))
    return lines


def _duplicate(member: dict[str, Any]) -> str:
    fate = "kept" if member["kept"] else member["reason"]
    if member["build"]:
        fate = f"in build {member['build']}"
    similarity = "" if member["similarity"] is None else f" · similarity {member['similarity']:.3f}"
    place = member["url"] or member["source"] or "without an address"
    return f"{member['id']} ({fate}){similarity} · {place}"


def _outcome(story: Story) -> tuple[str, str]:
    if story.reason is None:
        return "published", f"in {story.shard}"
    return "rejected", f"{story.reason}{f' ({story.detail})' if story.detail else ''}"


def _print_text(story: Story) -> None:
    texts = {"extracted": story.row.get("raw_text"), "canonical": story.row.get("text")}
    if story.removed:
        texts["removed"] = "\n".join(line["text"] for line in story.removed)
    for label, content in texts.items():
        show()
        show(f"--- {label} ---")
        show_text(content or "(none)")
