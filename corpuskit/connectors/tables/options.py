"""What a [[source]] says to the connector `tables`."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from corpuskit.connectors.base import ConnectorOptions

HUB: Final = "https://huggingface.co/datasets/"

Role = Literal[
    "text", "id", "url", "title", "fetched_at", "published_at", "language", "license",
    "warc_file", "warc_record_id", "warc_offset", "warc_length",
]  # fmt: skip
ROLES: Final = get_args(Role)
Preset = Literal["fineweb-2", "hplt-2", "hplt-3", "glotcc", "culturax", "madlad-400", "dolma"]


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _urls(urls: list[str]) -> list[str]:
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "s3") or not parts.netloc or not parts.path[1:]:
            raise ValueError(f"{url!r} is no URL of a file; write https://HOST/FILE or s3://...")
    return urls


def _hub(name: str) -> str:
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII):
        raise ValueError(f"{name!r} is not a dataset; write it like 'HuggingFaceFW/fineweb-2'")
    return name


def _files(files: list[str]) -> list[str]:
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or re.search(r"[*?\[\x00-\x1f]", name):
            raise ValueError(
                f"{name!r} is not the path of a file within the dataset; list each file"
            )
    return files


class TablesOptions(ConnectorOptions):
    """What a [[source]] says to the connector `tables`: one of `path`, `url` and `hub`."""

    path: str | None = Field(
        None, description="A file, a folder or a glob, relative to the recipe."
    )
    url: Annotated[list[str], BeforeValidator(_many), AfterValidator(_urls)] | None = Field(
        None, description="Files to fetch, each an http(s):// or s3:// URL."
    )
    hub: Annotated[str, AfterValidator(_hub)] | None = Field(
        None, description="A dataset on the Hugging Face hub, as `HuggingFaceFW/fineweb-2`."
    )
    revision: str | None = Field(
        None, pattern="^[0-9a-f]{40}$", description="With `hub`: the full sha of a commit."
    )
    files: Annotated[list[str], BeforeValidator(_many), AfterValidator(_files)] | None = Field(
        None, description="With `hub`: paths of the files within the dataset."
    )
    hub_url: str = Field(HUB, description="With `hub`: where datasets are, for a mirror.")
    preset: Preset | None = Field(None, description="Columns of a set that is known.")
    map: dict[Role, str] = Field(
        {},
        description=f"Columns by what they hold: {', '.join(f'`{role}`' for role in ROLES)}; "
        "dots lead into structs. It goes before the preset.",
    )
    rows: int | None = Field(None, ge=1, description="Only so many rows of each file.")
    row_groups: tuple[int, int] | None = Field(
        None, description="Only these row groups of each Parquet file: [first, one after the last]."
    )
    delimiter: str | None = Field(
        None,
        min_length=1,
        max_length=1,
        description="CSV: between fields; a tab for *.tsv, or `,`.",
    )
    captured: datetime | date | None = Field(
        None, description="When the rows were fetched, where no column says."
    )

    @model_validator(mode="after")
    def _one_place(self) -> TablesOptions:
        places = [name for name in ("path", "url", "hub") if getattr(self, name)]
        if len(places) != 1:
            raise ValueError(
                f"needs exactly one of path, url and hub, got {' and '.join(places) or 'none'}"
            )
        if self.hub and not (self.revision and self.files):
            raise ValueError("hub needs revision (a commit's sha) and files (a list)")
        if not self.hub and (self.revision or self.files):
            raise ValueError("revision and files go with hub")
        if self.row_groups and not 0 <= self.row_groups[0] < self.row_groups[1]:
            raise ValueError("row_groups is [first, one after the last]")
        return self
