"""What a [[source]] says to the connector `oai`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field, field_validator, model_validator

from corpuskit.connectors.base import ConnectorOptions
from corpuskit.connectors.jsonl import utc

Format = Literal["pdf", "html", "epub", "docx", "odt"]


class OaiOptions(ConnectorOptions):
    """What a [[source]] says to the connector `oai`."""

    url: str = Field(
        pattern="^https?://", description="The repository's base URL, to which `?verb=` is added."
    )
    metadata_prefix: str = Field(
        "oai_dc",
        pattern=r"^[\w.!~*'()-]+$",
        description="Format of the records. Elements called as those of Dublin Core are read.",
    )
    set: str | None = Field(None, description="The setSpec of the one set to take; else all.")
    since: date | datetime | None = Field(
        None, description="Only records changed since then (OAI-PMH's `from`)."
    )
    until: date | datetime | None = Field(
        None, description="Only records changed up to then, that day included."
    )
    renew: date | datetime | None = Field(
        None,
        description="Ask again for what has changed if the last harvest began before this time.",
    )
    max_records: int | None = Field(
        None, ge=1, description="Records to take, at most: the first that the repository lists."
    )
    full_text: tuple[Format, ...] = Field(
        (),
        description="Kinds of documents to fetch where a record's dc:identifier or dc:relation "
        "leads to one; else the text is dc:description. Needs the extra `web`.",
    )
    delay: float = Field(
        1.0, ge=0, le=3600, description="Seconds between two requests; documents get 1 at least."
    )
    allow_private: tuple[str, ...] = Field(
        (),
        description="Hosts of one's own network that documents may be fetched from all the same.",
    )

    @field_validator("url")
    @classmethod
    def _base(cls, url: str) -> str:
        if "verb=" in url or "#" in url:
            raise ValueError("expected the base URL alone, without verb= and #")
        return url

    @model_validator(mode="after")
    def _ordered(self) -> OaiOptions:
        if self.since and self.until and utc(self.until) < utc(self.since):
            raise ValueError("until is before since")
        return self
