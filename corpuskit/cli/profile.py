"""corpuskit profile."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.profiling import RunProfile, StepProfile
    from corpuskit.store_url import StoreUrl

_LEAST = 0.01
"""Share of a step's time from which a stage is listed."""


@click.command()
@build_argument
@click.option(
    "--local",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Of a build in an object store: its folder on the machine that built it [builds/NAME].",
)
@click.option("--all", "together", is_flag=True, help="All runs together, not only the last one.")
@json_option
def profile(build: Path | StoreUrl, local: Path | None, together: bool, as_json: bool) -> None:
    """Show where the time of a build went: by step, and by stage within steps.

    The last run that had work to do is shown. Seconds are those of all tasks, which run side by
    side in several processes; `clock` is how long the step took.

    \b
    corpuskit profile builds/khmer
    corpuskit profile builds/khmer --all --json
    """
    from corpuskit.errors import WorkspaceError
    from corpuskit.profiling import run_profiles, whole

    runs = run_profiles(_folder(build, local))
    if not runs:
        raise WorkspaceError(f"no run of {build} has done any work yet")
    chosen = whole(runs) if together else runs[-1]
    if as_json:
        print_json({"runs": len(runs), **chosen.to_json()})
        return
    _print_run(chosen, counted(len(runs), "run"), together=together)


def _folder(build: Path | StoreUrl, local: Path | None) -> Path:
    if isinstance(build, Path):
        if local is not None:
            raise click.UsageError("--local is for a build in an object store")
        return build
    if local is not None:
        return local
    from corpuskit.publish import Build

    return Path("builds") / str(Build(build).manifest["name"])


def _print_run(run: RunProfile, runs: str, *, together: bool) -> None:
    started = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    what = f"{runs} since {started}" if together else f"last of {runs}, {started}"
    show(f"{what} · {run.seconds:,.1f} s of work")
    show()
    show(
        f"  {'step':<16}{'tasks':>8}{'clock':>10}{'seconds':>10}{'CPU':>10}{'share':>8}"
        f"{'records':>12}{'bytes':>12}{'each':>11}"
    )
    for step in run.steps.values():
        _print_step(step, run.seconds)


def _print_step(step: StepProfile, total: float) -> None:
    work = step.work
    share = work.seconds / total if total else 0.0
    records = f"{work.records:,}" if work.records else ""
    size = data_size(work.bytes) if work.bytes else ""
    each = f"{work.seconds / work.records * 1e3:,.2f} ms" if work.records else ""
    show(
        f"  {step.name:<16}{step.tasks:>8,}{step.clock:>10,.1f}{work.seconds:>10,.1f}"
        f"{work.cpu_seconds:>10,.1f}{share:>8.1%}{records:>12}{size:>12}{each:>11}".rstrip()
    )
    for name, seconds in sorted(work.stages.items(), key=lambda item: -item[1]):
        if work.seconds and seconds / work.seconds >= _LEAST:
            per_record = f"{seconds / work.records * 1e3:,.2f} ms" if work.records else ""
            show(
                f"    {name:<14}{'':>8}{'':>10}{seconds:>10,.1f}{'':>10}"
                f"{seconds / total:>8.1%}{'':>12}{'':>12}{per_record:>11}".rstrip()
            )
