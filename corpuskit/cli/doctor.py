"""corpuskit doctor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import json_option
from corpuskit.cli.output import print_json, show

if TYPE_CHECKING:
    from corpuskit.diagnosis import Finding

_FOR_DEVELOPERS = ("dev", "test")


@click.command()
@click.argument("recipe", required=False, type=click.Path(path_type=Path))
@click.option("--warm", is_flag=True, help="Compile the kernels of the extra `fast`, once.")
@json_option
def doctor(recipe: Path | None, warm: bool, as_json: bool) -> int:
    """Show what is installed, and what would fail: extras, models, disk, memory, kernels.

    With a RECIPE it is looked at as well: its mistakes, files and models, the extras that its
    sources need, and room for its build. Nothing is fetched or built. Exit code 1 if anything would
    fail.

    Kernels make large builds faster; results are the same without them. They are compiled once,
    by the first process that has done enough work, or by --warm, into NUMBA_CACHE_DIR, the
    installation or the user's cache folder. CORPUSKIT_KERNELS=off turns them off, on uses them
    from the first text on.

    \b
    corpuskit doctor
    corpuskit doctor khmer.toml
    corpuskit doctor --warm
    """
    from corpuskit.diagnosis import recipe_findings, system_findings
    from corpuskit.identity import installed_versions
    from corpuskit.installation import extras
    from corpuskit.kernels.compilation import compile_all, numba_version

    if warm and numba_version():
        compile_all(wait=True)
    findings = [*system_findings(), *(recipe_findings(recipe) if recipe else ())]
    failing = [finding for finding in findings if finding.fails]
    shown = {name: of for name, of in extras().items() if name not in _FOR_DEVELOPERS}
    if as_json:
        print_json({
            "versions": installed_versions(), "extras": shown, "kernels": _kernels(),
            "findings": [asdict(finding) for finding in findings],
        })  # fmt: skip
        return 1 if failing else 0
    for name, version in installed_versions().items():
        show(f"{name:<20}{version}")
    show()
    for extra, libraries in shown.items():
        show(f"{f'[{extra}]':<20}{', '.join(_libraries(libraries))}")
    show(f"{'kernels':<20}{_kernels()}")
    show()
    for finding in findings:
        _print_finding(finding)
    show()
    show(f"{len(failing)} would fail" if failing else "nothing would fail")
    return 1 if failing else 0


def _print_finding(finding: Finding) -> None:
    mark = "FAILS  " if finding.fails else ""
    for number, line in enumerate(finding.message.splitlines()):
        show(f"{finding.subject if not number else '':<20}{mark}{line}")


def _libraries(libraries: dict[str, str | None]) -> Iterator[str]:
    for name, version in libraries.items():
        yield f"{name} {version or 'missing'}"


def _kernels() -> str:
    from corpuskit.about import install_hint
    from corpuskit.kernels.choice import OFF, VARIABLE, mode
    from corpuskit.kernels.compilation import kernel_status

    status = kernel_status()
    if status.numba is None:
        return f"numba is missing; {install_hint('fast')}"
    if mode() == OFF:
        return f"turned off by {VARIABLE}"
    if status.folder is None:
        return "not compiled for this processor; corpuskit doctor --warm"
    return f"compiled in {status.folder}"
