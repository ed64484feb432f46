"""The table `[about]` of a recipe: what only the people behind a corpus know about it.

No key is required. What is left out is named as a gap in the datasheet, in the governance files
and by `corpuskit check`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

FIRST_VERSION: Final = "1.0.0"
VERSION_PATTERN: Final = r"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$"

_ADDRESS: Final = re.compile(r"https?://[^\s/]\S*+")


class AboutTable(BaseModel):
    """`[about]`: facts for the card, the datasheet and the governance files that no build can
    measure. All keys are optional; `corpuskit check` lists those that are missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: str = Field(
        default=FIRST_VERSION,
        pattern=VERSION_PATTERN,
        description="version of the corpus, MAJOR.MINOR.PATCH (semver.org); raise MAJOR when "
        "documents are removed or changed, MINOR when some are added, PATCH when only "
        "descriptions change",
    )
    published: date | None = Field(
        default=None, description="date of publication, as `2026-11-30`; a build never uses a clock"
    )
    previous_published: date | None = Field(
        default=None, description="date of publication of the version before, if there was one"
    )
    homepage: str | None = Field(default=None, description="URL of the page about the corpus")
    description: str | None = Field(
        default=None, min_length=1, description="the corpus in a sentence or two"
    )
    citation: str | None = Field(
        default=None, min_length=1, description="how to cite the corpus, best in BibTeX"
    )
    purpose: str | None = Field(default=None, min_length=1, description="why the corpus is made")
    content_types: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="types of content, as `fiction`, `press publications`, `legal and official "
        "documents`",
    )
    funding: str | None = Field(default=None, min_length=1, description="who pays for it")
    intended_use: tuple[str, ...] = Field(
        default=(), strict=False, description="uses that the corpus is made for"
    )
    unsuitable_use: tuple[str, ...] = Field(
        default=(), strict=False, description="uses that the corpus is not fit or not meant for"
    )
    biases: tuple[str, ...] = Field(
        default=(), strict=False, description="biases of the texts that you know of"
    )
    maintainer: str | None = Field(
        default=None, min_length=1, description="who answers for the corpus after its publication"
    )
    maintenance: str | None = Field(
        default=None, min_length=1, description="when it is updated, and until when it is kept"
    )
    verifier: str | None = Field(
        default=None,
        min_length=1,
        description="who verified licenses and rights of the whole corpus, and when",
    )
    community_contact: str | None = Field(
        default=None,
        min_length=1,
        description="whom the communities whose languages these are can turn to, and how",
    )
    removal_contact: str | None = Field(
        default=None,
        min_length=1,
        description="whom to ask for the removal of a text; by default the operator's contact",
    )
    incident_contact: str | None = Field(
        default=None,
        min_length=1,
        description="where to report errors and harm, and what happens with a report",
    )
    audit: str | None = Field(
        default=None,
        min_length=1,
        description="native speakers' audit: who read how many documents of which language, when, "
        "with which result",
    )
    ethics_review: str | None = Field(
        default=None, min_length=1, description="which board reviewed the work, when, its decision"
    )
    risk_assessment: str | None = Field(
        default=None, min_length=1, description="which risks were assessed, by whom, the result"
    )
    illegal_content: str | None = Field(
        default=None, min_length=1, description="what was done to keep illegal content out"
    )
    public_good: str | None = Field(
        default=None, min_length=1, description="who benefits, and who may use the corpus"
    )
    research_access: str | None = Field(
        default=None, min_length=1, description="how researchers of safety get the corpus"
    )
    origin_geography: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="countries that the texts come from, as ISO 3166 codes",
    )
    processing_geography: tuple[str, ...] = Field(
        default=(), strict=False, description="countries that the corpus may be processed in"
    )
    storage_geography: tuple[str, ...] = Field(
        default=(), strict=False, description="countries that the corpus may be stored in"
    )

    @field_validator("homepage")
    @classmethod
    def _is_url(cls, homepage: str | None) -> str | None:
        if homepage is not None and not _ADDRESS.fullmatch(homepage):
            raise ValueError("expected a URL that starts with https:// or http://")
        return homepage
