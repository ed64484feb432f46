"""The tables of a recipe about what a corpus must answer for: rights, takedowns, personal data,
safety lists, evaluation items."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from corpuskit.connectors.fetching.opt_out_protocols import PROTOCOLS, OptOutProtocol
from corpuskit.languages import LanguageCode
from corpuskit.recipe.table import RecipeTable

Action = Literal["mask", "count", "reject", "keep"]
"""What becomes of personal data of a kind."""
_AS_IDS: Final = "as `ids` says, unless set: "


class PolicyTable(RecipeTable):
    """What decides over rights (docs/rights.md) and takedowns (docs/takedown.md)."""

    licenses: tuple[str, ...] | None = Field(
        default=None,
        strict=False,
        description='licenses that a document may have, `["CC0-1.0", "CC-BY-4.0"]`, as SPDX ids or '
        "`LicenseRef-...`; any if this is left out",
    )
    unknown: Literal["keep", "reject"] = Field(
        default="keep", description="documents whose license nobody knows"
    )
    opt_outs: tuple[OptOutProtocol, ...] = Field(
        default=PROTOCOLS,
        strict=False,
        description="protocols by which sites reserve text mining and training that bind: their "
        "pages are not asked for, or rejected",
    )
    tombstones: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="files `tombstones.jsonl` of other builds: what was taken down there is "
        "rejected here as well; those of the build's own folder always hold "
        "(docs/takedown.md)",
    )


class PrivacyTable(RecipeTable):
    """What becomes of personal data of each kind (docs/personal-data.md): `mask` replaces it by a
    placeholder, `count` only counts it in the column `pii`, `reject` drops the documents that have
    any, `keep` does not look."""

    email: Action = Field(default="mask", description="e-mail addresses")
    phone: Action = Field(default="mask", description="telephone numbers")
    ip: Action = Field(default="count", description="public IP addresses; mostly of servers")
    card: Action = Field(default="mask", description="numbers of payment cards")
    bank_account: Action = Field(default="mask", description="bank accounts that are named as such")
    ids: Action = Field(default="mask", description="personal identification numbers of all kinds")
    thai_id: Action | None = Field(default=None, description=f"{_AS_IDS}Thai national ID")
    nric: Action | None = Field(default=None, description=f"{_AS_IDS}Singapore NRIC and FIN")
    nik: Action | None = Field(default=None, description=f"{_AS_IDS}Indonesian NIK")
    npwp: Action | None = Field(default=None, description=f"{_AS_IDS}Indonesian tax number")
    mykad: Action | None = Field(default=None, description=f"{_AS_IDS}Malaysian MyKad")
    cccd: Action | None = Field(default=None, description=f"{_AS_IDS}Vietnamese CCCD")
    cmnd: Action | None = Field(default=None, description=f"{_AS_IDS}Vietnamese CMND")
    mst: Action | None = Field(default=None, description=f"{_AS_IDS}Vietnamese tax number")
    myanmar_nrc: Action | None = Field(default=None, description=f"{_AS_IDS}Myanmar NRC")
    philsys: Action | None = Field(default=None, description=f"{_AS_IDS}Philippine PhilSys number")
    tin: Action | None = Field(default=None, description=f"{_AS_IDS}Philippine tax number")
    sss: Action | None = Field(
        default=None, description=f"{_AS_IDS}Philippine social security number"
    )
    khmer_id: Action | None = Field(default=None, description=f"{_AS_IDS}Cambodian ID card")
    lao_id: Action | None = Field(default=None, description=f"{_AS_IDS}Lao ID card")
    keep: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="addresses and numbers of institutions that stay: `info@ministry.gov.kh`, "
        "`info@` on every domain, `@gov.kh` with all domains below, `+855 23 880 000`",
    )

    def kinds_with(self, *actions: Action) -> list[str]:
        """The kinds that one of these actions applies to, in a fixed order."""
        chosen = {name: value for name, value in self if name not in ("ids", "keep")}
        return [name for name, action in chosen.items() if (action or self.ids) in actions]


class ListTable(RecipeTable):
    """`[lists.NAME]`: a list of addresses or of words (docs/safety-lists.md). Documents that are on
    it are counted in the column `lists`, and rejected beyond a bound as `lists/NAME`."""

    addresses: str | None = Field(
        default=None,
        min_length=1,
        description="file of domains and URLs, or the folder of a category of UT1",
    )
    words: str | None = Field(
        default=None,
        min_length=1,
        description="file of words and phrases, or a folder with one per language, as LDNOOBW and "
        "NLLB's Toxicity-200 have them",
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=(), strict=False, description="languages whose documents are searched for words"
    )
    max_count: int | None = Field(
        default=None, ge=0, description="most occurrences that are kept; a listed address counts 1"
    )
    max_share: float | None = Field(
        default=None, ge=0.0, le=1.0, description="most of the text's letters in words of the list"
    )

    @property
    def kind(self) -> Literal["addresses", "words"]:
        """What it is a list of."""
        return "words" if self.addresses is None else "addresses"

    @property
    def path(self) -> str:
        """Where it is."""
        return self.addresses or self.words or ""

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> ListTable:
        if (self.addresses is None) == (self.words is None):
            raise ValueError("expected either `addresses` or `words`")
        if self.addresses is not None and (self.languages or self.max_share is not None):
            raise ValueError("`languages` and `max_share` are for `words`")
        return self


class ItemFilesTable(RecipeTable):
    """Files of evaluation items in the layout of a benchmark."""

    path: str = Field(min_length=1, description="a file, a folder or a glob")
    layout: Literal["items", "belebele", "nusax", "xcopa", "flores", "m3exam", "sea-helm"] = Field(
        default="items", description="how the benchmark's files are laid out"
    )
    benchmark: str | None = Field(
        default=None,
        min_length=1,
        description="the benchmark's name; defaults to the layout's, else the file's",
    )


class DecontaminationTable(RecipeTable):
    """Which evaluation items are looked for in the texts (docs/decontamination.md)."""

    items: tuple[str | ItemFilesTable, ...] = Field(
        min_length=1,
        strict=False,
        description='files of items, as `["evals/*.jsonl"]`; with the layout of a benchmark as '
        '`[{ path = "belebele/*.jsonl", layout = "belebele" }]`: `items` (your own), `belebele`, '
        "`nusax`, `xcopa`, `flores`, `m3exam` or `sea-helm`, and if need be with a `benchmark`, "
        "its name",
    )
    action: Literal["mark", "reject"] = Field(
        default="mark",
        description="`mark` the documents that hold items (column `contamination`), or `reject` "
        "them as well",
    )
    min_score: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        description="with `reject`: share of an item from which its document is rejected; all that "
        "are marked unless it is higher than some",
    )


LIST_NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,60}$"
ListName = Annotated[str, StringConstraints(pattern=LIST_NAME_PATTERN)]
"""Part of a reason code."""
