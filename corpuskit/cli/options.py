"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

build_argument = click.argument(
    "build", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
