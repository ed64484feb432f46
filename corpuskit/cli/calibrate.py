"""corpuskit calibrate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.completing import complete_language
from corpuskit.cli.options import json_option
from corpuskit.cli.output import print_json, show, show_text

if TYPE_CHECKING:
    from corpuskit.calibrate import Calibration
    from corpuskit.calibrate.calibration import RuleRow

_path = click.Path(path_type=Path, exists=True)


@click.command("calibrate")
@click.argument("lang", shell_complete=complete_language)
@click.option("--clean", "clean", multiple=True, required=True, type=_path,
              help="Clean text: a file, a folder, JSONL, a table; once per origin.")  # fmt: skip
@click.option("--noise", type=_path, help="Text that the rules should reject; it is only measured.")
@click.option(
    "--text-column",
    default="text",
    show_default=True,
    help="Column of the text in JSONL and tables.",
)
@click.option(
    "--exclude", multiple=True, metavar="WORD", help="A word that is not a stop word; repeatable."
)
@click.option("--write", "in_place", is_flag=True, help="Write the result into LANG's profile.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the profile with the result to this file instead.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for report.html: what each threshold would remove.")  # fmt: skip
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]),
              help="Date to write into the profile [today].")  # fmt: skip
@json_option
def calibrate_command(
    lang: str, clean: tuple[Path, ...], noise: Path | None, text_column: str,
    exclude: tuple[str, ...], in_place: bool, out: Path | None, report: Path | None,
    day: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """Derive thresholds and stop words of LANG from clean text in it.

    Each --clean is a collection; give several kinds of text, so that none outweighs the others.
    Without --write or --out the tables for the profile are only printed.

    \b
    corpuskit calibrate ban_Latn --clean news --clean stories.jsonl
    corpuskit calibrate ban_Latn --clean news --clean law.parquet --report look --write
    """
    if in_place and out:
        raise click.UsageError("use --write or --out, not both")
    from corpuskit.calibrate import calibrate, read_sample
    from corpuskit.languages import catalogue, language

    profile = language(lang)
    sample = read_sample(clean, text_column=text_column)
    bad = read_sample([noise], text_column=text_column) if noise else ()
    today = day.date() if day else _today()
    calibration = calibrate(profile, sample, today=today, noise=bad, exclude=exclude)
    if report:
        from corpuskit.calibrate.report import write_report

        write_report(calibration, report)
    if as_json:
        print_json(calibration.as_json())
    else:
        _show(calibration, sample.lost)
    target = out or (catalogue()[lang] if in_place else None)
    if target:
        calibration.write(catalogue()[lang], target)
        show(f"wrote {target}", err=True)
    elif not as_json and calibration.usable:
        show_text(_tables(calibration))


def _today() -> date:
    return datetime.now(UTC).date()


def _show(calibration: Calibration, lost: dict[str, int]) -> None:
    derived = calibration.derived
    show(f"{calibration.profile.code}  {derived.about}")
    if lost:
        listed = ", ".join(f"{code} {count}" for code, count in sorted(lost.items()))
        show(f"not read    {listed}")
    for problem in calibration.problems:
        show(f"{'error' if problem.fatal else 'warning'}     {problem.message}", err=True)
    show(_line("rule", "threshold", "from", "removes", "left out", "of noise", "FineWeb-2"))
    for row in calibration.rows():
        show(_line(*_cells(row)))
    for key, why in derived.unset.items():
        show(f"not set     {key}: {why}")
    show(f"removes     {calibration.removed:.1%} of the sample" + _compared(calibration))


def _compared(calibration: Calibration) -> str:
    parts = []
    if calibration.removed_by_fineweb2 is not None:
        parts.append(f"FineWeb-2's thresholds {calibration.removed_by_fineweb2:.1%}")
    if calibration.noise_rejected is not None:
        parts.append(f"of the noise {calibration.noise_rejected:.1%}")
    return "".join(f"; {part}" for part in parts)


def _cells(row: RuleRow) -> Sequence[str]:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.1%}"

    theirs = "" if row.fineweb2 is None else f"{row.fineweb2:g}"
    removed, left_out, noise = map(share, (row.removed, row.left_out, row.noise))
    return (row.rule, f"{row.threshold:g}", row.origin, removed, left_out, noise, theirs)


def _line(*cells: str) -> str:
    rule, threshold, origin, *rest = cells
    return f"{rule:<34}{threshold:>9}  {origin:<11}" + "".join(f"{cell:>10}" for cell in rest)


def _tables(calibration: Calibration) -> str:
    from corpuskit.calibrate.profile_file import stop_word_lines, threshold_line

    bounds = "".join(threshold_line(*item) for item in calibration.derived.bounds.items())
    text = f"\n[language.thresholds]\n{bounds}"
    listed = calibration.derived.stop_words
    if listed:
        body = stop_word_lines(listed.words, calibration.stop_words_from)
        text += f"\n[language.stop_words]\n{body}"
    return text
