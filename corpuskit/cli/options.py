"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

NOTHING_PUBLISHED: Final = 3
"""Exit code of a build that went well and published no document."""

build_argument = click.argument(
    "build", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
allow_empty_option = click.option(
    "--allow-empty",
    is_flag=True,
    help="Exit with 0 although nothing was published, and let that replace an earlier corpus.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
