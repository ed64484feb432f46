"""The tables of a recipe: every key, its type, its default and what it means."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
)

from corpuskit.languages import LanguageCode
from corpuskit.limits import MEMORY, SECONDS
from corpuskit.names import DEFAULT_MODEL
from corpuskit.recipe.about import AboutTable
from corpuskit.recipe.answerable import (
    DecontaminationTable,
    ListName,
    ListTable,
    PolicyTable,
    PrivacyTable,
)
from corpuskit.recipe.table import RecipeTable
from corpuskit.thresholds import NEAR_DUPLICATE

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def _size(value: object) -> object:
    """`"256MB"` as a number of bytes."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*+(\d++(?:\.\d++)?)\s*+([A-Za-z]*+)\s*+", value)
    if not match or match[2].upper() not in _UNITS:
        raise ValueError('expected a size such as "256MB" or "1GiB"')
    return int(float(match[1]) * _UNITS[match[2].upper()])


ByteSize = Annotated[int, BeforeValidator(_size), Field(gt=0)]


NAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
"""Of the names of builds and sources, which are used as names of folders."""
NOBODY: Final = "NAME OF YOUR INSTITUTION"
"""The operator of a first recipe, in whose name no server is asked."""
NO_CONTACT: Final = "YOUR-ADDRESS@example.org"
"""The contact of a first recipe, with which no server is asked."""
_RESERVED = re.compile(
    r"(?i)[@/.](?:example\.(?:com|net|org)|[\w-]+\.(?:example|invalid|test)|localhost)(?=[:/?#]|$)"
)
"""Domains that nobody can be reached at (RFC 2606)."""


class OperatorTable(RecipeTable):
    """Who builds the corpus and answers for it."""

    name: str = Field(min_length=1, description="the institution or person")
    contact: str = Field(description="e-mail address or URL; every server is told it")

    def unreachable(self) -> str | None:
        """Why nobody can be reached at `contact`, or None: its domain is kept for examples."""
        match = _RESERVED.search(self.contact.strip())
        return f"{match[0][1:]} is a domain for examples (RFC 2606)" if match else None

    @field_validator("contact")
    @classmethod
    def _reachable(cls, contact: str) -> str:
        if not re.search(r"\S@\S|^https?://\S", contact):
            raise ValueError("expected an e-mail address or a URL")
        return contact


class SourceTable(BaseModel):
    """One [[source]]: from the catalogue (`use`), or described here (`name`, `connector`).

    All other keys are options of the connector.
    """

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    use: str | None = Field(
        default=None, description='a source of the catalogue, as "khm_Khmr/libreoffice-help"'
    )
    name: str | None = Field(
        default=None,
        pattern=NAME_PATTERN,
        description="how the source is called in every row; defaults to the catalogue's name",
    )
    connector: str | None = Field(default=None, description="how it is read: `files`, `warc`, ...")
    license: str | None = Field(
        default=None, description="SPDX id, `LicenseRef-...`, or `NOASSERTION` where nobody knows"
    )
    license_verified_by: str | None = Field(
        default=None, description="who verified the license, when and how"
    )
    consent: str | None = Field(
        default=None,
        min_length=8,
        description="who consented to the use, when and how; sources of the catalogue that need "
        "consent are refused without it",
    )
    obtained: (
        Literal["crawled", "public", "licensed", "private", "users", "synthetic", "other"] | None
    ) = Field(
        default=None,
        description="how the texts were obtained, as the EU's summary of training content "
        "groups them: `crawled` from sites, a `public` dataset, `licensed` by rightsholders, a "
        "`private` dataset of a third party, of `users` of a service, `synthetic`, or `other`; "
        "for live sites and Common Crawl it is known",
    )
    allow_excluded: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="names of entries of the catalogue's list of what must not be used "
        "(docs/sources.md) that this source may hold all the same; needs a `license` and who "
        "verified it",
    )

    @property
    def options(self) -> dict[str, Any]:
        """What is meant for the connector."""
        return dict(self.model_extra or {})


class ExtractTable(RecipeTable):
    """How text is taken from pages."""

    screen: bool = Field(
        default=True,
        description="skip pages that cannot be in a wanted language before extracting them; "
        "of plain text only the script is checked",
    )


class NormalizeTable(RecipeTable):
    """How text is made canonical."""

    zwsp: Literal["keep", "strip"] = Field(
        default="keep",
        description="zero-width spaces in scripts that use them: kept as a reader's line-break "
        "opportunities, or stripped; they never count when texts are compared",
    )


class PriorsTable(RecipeTable):
    """How much evidence outside the text counts, in log-odds: 1.1 for what is right in three cases
    of four."""

    cctld: float = Field(
        default=0.0,
        ge=0.0,
        le=5.0,
        description="the country code at the end of the page's host, for the languages whose "
        "profiles name it",
    )
    declared: float = Field(
        default=0.0,
        ge=0.0,
        le=5.0,
        description="the language that the page or record declares; English never counts",
    )


class IdentifyTable(RecipeTable):
    """Which model tells the language."""

    model: str = Field(
        default=DEFAULT_MODEL,
        description="embedded: `sea-2` for South-East Asia, `lid176` for the world, or both; "
        "else a path or a URL",
    )
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="digest of the model file, for a path or URL",
    )
    foreign_lines: Literal["keep", "remove"] = Field(
        default="keep",
        description="lines of a document that are surely in a language that is not wanted: kept, "
        "or taken out before quality and duplicates are looked at (docs/mixed-documents.md)",
    )
    labels: str | None = Field(
        default=None,
        description="a TOML that maps the model's labels, or `glotlid` or `openlid`, which are in "
        "the package; labels such as `__label__khm_Khmr` need none",
    )
    priors: PriorsTable = Field(
        default=PriorsTable(),
        description="weights of evidence beside the text, `{ cctld = 1.1, declared = 1.1 }`; none "
        "counts unless it has one (docs/evidence.md)",
    )


class ExcludeTable(RecipeTable):
    """What must not be used of any source, beside the catalogue's list (docs/sources.md)."""

    domains: tuple[str, ...] = Field(
        default=(), strict=False, description="domains, each with every host below it"
    )
    urls: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="addresses; one that ends in `*` stands for all that begin so",
    )
    files: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="text files with a domain or an address a line; `#` starts a comment",
    )


class RuleBounds(RecipeTable):
    """Bounds on a signal of a stage of your own; a document beyond one is rejected."""

    min: float | None = Field(
        default=None, allow_inf_nan=False, description="least value that is kept"
    )
    max: float | None = Field(default=None, allow_inf_nan=False, description="most that is kept")


class RuleTable(RuleBounds):
    """`[rules.SIGNAL]`: bounds for every language; `[rules.SIGNAL.LANG]` for one, which wins."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[LanguageCode, RuleBounds]

    def as_rules(self) -> dict[str, Any]:
        """Bounds for all languages, and tables by language."""
        languages = {
            code: bounds.model_dump(exclude_none=True)
            for code, bounds in (self.__pydantic_extra__ or {}).items()
        }
        common = {"min": self.min, "max": self.max}
        return {key: value for key, value in common.items() if value is not None} | languages


class ClassifierTable(RecipeTable):
    """A classifier of quality (docs/judgments.md). Its score is in the column `classifier_score`
    and rejects nothing, unless `[rules.classifier_score]` has a bound."""

    model: str = Field(
        min_length=1, description="file that `corpuskit classify train` wrote, as `quality.json`"
    )


class LimitsTable(RecipeTable):
    """What one record may take; one beyond it is set aside with a reason, and the build goes on."""

    seconds: float = Field(
        default=SECONDS,
        ge=1.0,
        le=86_400.0,
        description="CPU seconds (on the clock, four times as many), lost as `*/too_slow`",
    )
    memory: ByteSize = Field(
        default=MEMORY,
        ge=100_000_000,
        description="bytes by which the process may grow, or as `2GB`; lost as `*/too_large`",
    )


class RepeatedLinesTable(RecipeTable):
    """Lines that are taken out of the texts because many documents have them."""

    documents: int = Field(
        default=20, ge=2, description="a line leaves all texts if at least so many have it"
    )
    hosts: int = Field(
        default=1, ge=1, description="and these are on at least so many hosts (or in sources)"
    )


class RepeatedPassagesTable(RepeatedLinesTable):
    """Passages, within lines or over several, that are taken out because many documents have
    them."""

    characters: int = Field(default=400, ge=100, description="length of a passage at least")


class DedupTable(RecipeTable):
    """How duplicates are found."""

    near: bool = Field(
        default=True, description="find near-duplicates; exact ones are always removed"
    )
    threshold: float = Field(
        default=NEAR_DUPLICATE,
        ge=0.5,
        le=1.0,
        description="Jaccard similarity from which texts are duplicates",
    )
    against: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="builds, or indexes that `corpuskit index` wrote, whose documents are kept out "
        "of this corpus, as folders or `s3://...`; a document that is like one of theirs is "
        "rejected as `dedup/earlier` (docs/earlier-builds.md)",
    )
    lines: RepeatedLinesTable | None = Field(
        default=None,
        description="take out lines that many documents repeat, per language, "
        "`{ documents = 20, hosts = 1 }` (docs/repeated-text.md); off by default",
    )
    passages: RepeatedPassagesTable | None = Field(
        default=None,
        description="take out passages that many documents repeat, "
        "`{ documents = 20, hosts = 1, characters = 400 }`; off by default",
    )
    memory: ByteSize | None = Field(
        default=None,
        exclude=True,
        ge=1_000_000,
        description="most memory that one process may take to find duplicates, in bytes or as "
        "`4GB`; a corpus that needs more is compared in parts, with the same result. Default: a "
        "quarter of the machine's",
    )


class EngineTable(RecipeTable):
    """Where tasks run; it changes no byte, so it is no part of the build id."""

    name: Literal["local", "ray"] = Field(
        default="local",
        description="`local`: processes of this machine; `ray`: a Ray cluster (docs/cluster.md)",
    )
    address: str | None = Field(
        default=None,
        description="of the Ray cluster, as `auto` or `ray://HOST:10001`; without it a cluster of "
        "this machine alone",
    )


class OutputTable(RecipeTable):
    """What is written."""

    shard_size: ByteSize = Field(
        default=256_000_000, description="target size of a shard's text, in bytes or as `256MB`"
    )
    validation: float = Field(
        default=0.0,
        ge=0.0,
        lt=1.0,
        description="share of duplicate clusters set apart for validation",
    )
    reject_text: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="characters of a rejected text that `rejects/` keeps in the column `text`, so "
        "that people can judge what was rejected; personal data in it is masked, and what the "
        "policy or a takedown rejects keeps none (docs/inspecting.md)",
    )


class Recipe(RecipeTable):
    """A whole recipe."""

    name: str = Field(
        pattern=NAME_PATTERN,
        description="the build's name; its folder is `builds/NAME` in the folder where the command "
        "runs, unless --out says otherwise",
    )
    languages: tuple[LanguageCode, ...] = Field(
        min_length=1, strict=False, description="languages to keep, as `khm_Khmr`"
    )
    operator: OperatorTable = Field(description="`[operator]`: who builds the corpus")
    about: AboutTable = AboutTable()
    source: tuple[SourceTable, ...] = Field(
        min_length=1, strict=False, description="`[[source]]`: one such table for each source"
    )
    extract: ExtractTable = ExtractTable()
    normalize: NormalizeTable = NormalizeTable()
    identify: IdentifyTable = IdentifyTable()
    quality: dict[LanguageCode, dict[str, float | bool]] = Field(
        default_factory=dict,
        description="thresholds per language that replace the profile's; `false` turns one off",
    )
    rules: dict[str, RuleTable] = Field(
        default_factory=dict,
        description="bounds on the signals of `stages`, by column: `[rules.politeness] min = 0.1`, "
        "or for one language `[rules.politeness.khm_Khmr] min = 0.2`",
    )
    exclude: ExcludeTable = ExcludeTable()
    policy: PolicyTable = PolicyTable()
    privacy: PrivacyTable = PrivacyTable()
    lists: dict[ListName, ListTable] = Field(
        default_factory=dict,
        description="lists of addresses and words by a name of your own, `[lists.toxic]`; none by "
        "default",
    )
    stages: tuple[str, ...] = Field(
        default=(),
        strict=False,
        description="further stages by name, as plug-ins offer them; "
        "each adds its columns to every row",
    )
    classifier: ClassifierTable | None = Field(
        default=None,
        description="`[classifier]`: a model that scores every text, trained on judgments",
    )
    decontamination: DecontaminationTable | None = Field(
        default=None,
        description="`[decontamination]`: evaluation items that are looked for in the texts",
    )
    limits: LimitsTable = LimitsTable()
    dedup: DedupTable = DedupTable()
    output: OutputTable = OutputTable()
    engine: EngineTable = Field(
        default=EngineTable(), exclude=True, description="`[engine]`: where tasks run"
    )

    path: Path = Field(default=Path(), exclude=True, strict=False)
    """The recipe's file; relative paths in it start from its folder."""

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    @property
    def sha256(self) -> str:
        """Hex sha256 over the recipe's content, whatever its formatting."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()
