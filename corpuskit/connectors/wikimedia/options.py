"""What a [[source]] says to the connector `wikimedia`."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from corpuskit.connectors.base import ConnectorOptions

DELAY: Final = 1.0
"""Seconds between two requests unless the recipe says otherwise. Wikimedia asks for requests one
after the other (https://www.mediawiki.org/wiki/API:Etiquette) and names no pause; small wikis of
others run on small machines."""


def _api(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not re.search(r"/api\.php$", url):
        raise ValueError(f"{url!r} is not the address of an API, such as .../w/api.php")
    return url


class WikimediaOptions(ConnectorOptions):
    """What a [[source]] says to the connector `wikimedia`."""

    path: str | None = Field(
        None,
        description="A dump in XML, a folder of them or a glob, relative to the recipe; "
        "each may be compressed with bzip2, gzip or zstd. Or the URL of one dump.",
    )
    api: Annotated[str, AfterValidator(_api)] | None = Field(
        None,
        description="Address of the wiki's api.php. Without `path` all pages are fetched there, "
        "one by one; with it only what the wiki says of its license and namespaces.",
    )
    sha1: str | None = Field(
        None,
        pattern="^[0-9a-f]{40}$",
        description="Of a dump that is fetched, as published beside it; another one is refused.",
    )
    namespaces: tuple[int, ...] = Field(
        (0,), min_length=1, description="Numbers of the namespaces to keep; 0 holds the articles."
    )
    max_records: int | None = Field(
        None, ge=1, description="How many pages the API is asked for at most, by their titles."
    )
    delay: float = Field(DELAY, ge=0, description="Seconds between two requests to the API.")

    @model_validator(mode="after")
    def _reads_something(self) -> WikimediaOptions:
        if self.path is None and self.api is None:
            raise ValueError("needs path (a dump) or api (the address of a wiki's api.php)")
        return self
