"""Show by module how many mutants of the core its tests killed (after `make mutation`).

python tools/mutation.py                the table
python tools/mutation.py --survivors    and the change that each surviving mutant made
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping

import click

NOTICED = frozenset({"killed", "timeout", "caught by type check", "segfault"})
SURVIVED = frozenset({"survived", "no tests", "suspicious"})


def mutmut(*arguments: str) -> str:
    """What a command of mutmut prints."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def states() -> dict[str, str]:
    """The state of every mutant by its name; those that were not run are left out."""
    lines = (line.strip() for line in mutmut("results", "--all", "true").splitlines())
    pairs = (line.rsplit(": ", 1) for line in lines if line.startswith("corpuskit."))
    return {name: state for name, state in pairs if state in NOTICED | SURVIVED}


def module_of(mutant: str) -> str:
    """`corpuskit.store` of `corpuskit.store.x__move__mutmut_3`."""
    return mutant.rpartition("__mutmut_")[0].rpartition(".")[0]


def table(found: Mapping[str, str]) -> list[str]:
    """Lines of a table in Markdown."""
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for mutant, state in found.items():
        counts[module_of(mutant)][state in NOTICED] += 1
    rows = ["| module | mutants run | killed | score |", "|---|--:|--:|--:|"]
    for module, count in sorted(counts.items()):
        rows.append(_row(f"`{module.removeprefix('corpuskit.')}`", count))
    return [*rows, _row("all", sum(counts.values(), Counter()))]


def _row(name: str, count: Counter[bool]) -> str:
    return f"| {name} | {count.total()} | {count[True]} | {count[True] / count.total():.0%} |"


def change(mutant: str) -> str:
    """The lines that a mutant changed."""
    lines = mutmut("show", mutant).splitlines()
    return "\n".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++"))


@click.command()
@click.option("--survivors", is_flag=True, help="Show what each surviving mutant changed.")
def main(*, survivors: bool) -> None:
    """Show how many mutants were killed by module."""
    found = states()
    if not found:
        raise click.ClickException("no mutant was run yet; run `make mutation` first")
    click.echo("\n".join(table(found)))
    for mutant in [name for name, state in found.items() if survivors and state in SURVIVED]:
        click.echo(f"\n{mutant}\n{change(mutant)}")


if __name__ == "__main__":
    main()
