"""corpuskit check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, excerpt, print_json, show

if TYPE_CHECKING:
    from corpuskit.check import EvidenceReport

GUIDES = ("eu-summary", "asean-guide", "data-provenance")
_LABELS = {"present": "yes", "missing": "MISSING", "out_of_scope": "model"}
_WIDTH = 100


@click.command()
@build_argument
@click.option(
    "--for",
    "guide",
    type=click.Choice(GUIDES),
    required=True,
    help="What is asked for: the EU's summary of training content, the two ASEAN guides on AI "
    "governance, or the Data & Trust Alliance's fields.",
)
@json_option
def check(build: Path, guide: str, as_json: bool) -> int:
    """List the evidence that a build has for a guide, and what is missing; exit 1 if any is.

    What is missing comes with what to write where in the recipe. `model` marks facts about a model
    that is trained on the corpus. No list says that a rule is met: that is for you and the
    regulator.

    \b
    corpuskit check builds/khmer --for eu-summary
    corpuskit check builds/khmer --for asean-guide --json
    """
    from corpuskit.check import check as report_on

    report = report_on(build, guide)
    if as_json:
        print_json(report.to_json())
    else:
        _print(report)
    return 1 if report.missing else 0


def _print(report: EvidenceReport) -> None:
    show(f"{report.name} {report.version} · build {report.build_id}")
    guide = None
    for area in report.areas:
        if area["guide"] != guide:
            guide = area["guide"]
            show()
            show(f"Evidence toward: {guide}", bold=True)
        show()
        show(area["area"])
        for item in area["evidence"]:
            show(f"  {_LABELS.get(item['status'], item['status']):<8} {_line(item)}")
        for gap in area["gaps"]:
            show(f"  {'gap':<8} {gap}")
    show()
    missing = report.missing
    if not missing:
        show("nothing is missing")
        return
    facts = counted(len(missing), "fact")
    show(f"{facts} missing; state what is true in the recipe and build again:")
    for item in missing:
        show(f"  {item['title']}: {item['remedy'].replace('`', '')}")


def _line(item: dict[str, Any]) -> str:
    from corpuskit.publish.pages.governance import in_words

    if "value" not in item:
        return str(item["title"])
    return excerpt(f"{item['title']}: {in_words(item['value'])}", _WIDTH)
