"""Options and arguments that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from corpuskit.store_url import StoreUrl, is_store_url

NOTHING_PUBLISHED: Final = 3
"""Exit code of a build that went well and published no document."""


class PlaceType(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A folder, or a prefix in an object store."""

    name = "path"

    def __init__(self, *, exists: bool = False) -> None:
        self.exists = exists

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Folders, by the shell itself."""
        return [CompletionItem(incomplete, type="dir")]

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path | StoreUrl:
        """The folder or URL that was written."""
        if isinstance(value, Path | StoreUrl):
            return value
        if is_store_url(str(value)):
            return StoreUrl.parse(str(value))
        folder = click.Path(path_type=Path, exists=self.exists, file_okay=not self.exists)
        path: Path = folder.convert(value, param, ctx)
        return path


class NumberRange(click.FloatRange):
    """A finite number in a range; `click.FloatRange` itself lets `nan` through."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number that was written."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


build_argument = click.argument("build", type=PlaceType(exists=True))
out_option = click.option(
    "--out", type=PlaceType(), help="Build folder, or s3://, gs://, az:// [builds/NAME]."
)
local_option = click.option(
    "--local",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With --out in an object store: folder of what stays on this machine, such as fetched "
    "records [builds/NAME].",
)
allow_empty_option = click.option(
    "--allow-empty",
    is_flag=True,
    help="Exit with 0 although nothing was published, and let that replace an earlier corpus.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine.")
