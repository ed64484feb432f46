"""Options and arguments that several commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click

NOTHING_PUBLISHED: Final = 3
"""Exit code of a build that went well and published no document."""

build_argument = click.argument(
    "build", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
allow_empty_option = click.option(
    "--allow-empty", is_flag=True, help="Exit with 0 although nothing was published."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")


def print_json(data: Any) -> None:
    """Print data as JSON; times as ISO 8601."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str))


def excerpt(text: str, width: int) -> str:
    """The first `width` characters of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def counted(number: int, noun: str) -> str:
    """`1 shard`, `2 shards`, `1,204 documents`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
