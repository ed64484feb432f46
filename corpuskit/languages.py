"""Language profiles: the catalogue in sources/, one TOML per language.

A profile says how a language is called, written, recognized and filtered, and which
sources are known for it. Adding a language is adding one file.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from corpuskit.errors import CatalogueError

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[A-Z][a-z]{3}$")]
"""ISO 639-3 and ISO 15924, as in `khm_Khmr`."""

_PACKAGED = Path(__file__).parent / "sources"  # in a wheel
_REPOSITORY = Path(__file__).parent.parent / "sources"  # in an editable install or a checkout


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Threshold(_Model):
    """A bound and where it comes from: a paper, a calibration with its sample and date."""

    value: float
    origin: str = Field(alias="from", min_length=8)


class StopWords(_Model):
    """Frequent function words of the language, and where the list comes from."""

    values: tuple[str, ...]
    origin: str = Field(alias="from", min_length=8)


class KnownSource(_Model):
    """A source that the catalogue knows: what it gives, under which licence, verified by whom."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    connector: str
    about: str
    license: str
    """SPDX id, `LicenseRef-...` or NOASSERTION."""
    license_evidence: str
    license_verified_by: str
    homepage: str | None = None
    obtain: str | None = None
    """What the operator does to have it on disk, where the connector does not fetch it."""
    restrictions: str | None = None
    consent_required: bool = False
    options: dict[str, Any] = {}
    """Options of the connector; the recipe may override them."""


class Language(_Model):
    """One language in one script."""

    code: LanguageCode
    name: str
    autonym: str
    bcp47: tuple[str, ...]
    """Primary language subtags under which web pages declare it (`km`, `khm`)."""
    direction: Literal["ltr", "rtl"] = "ltr"
    fonts: tuple[str, ...] = ()
    segmentation: Literal["icu", "spaces"]
    """How words are found: ICU's dictionaries or spaces."""
    confusable: tuple[LanguageCode, ...] = ()
    cctld: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]]
    """Labels of this language per identification model (`lid176 = ["km"]`)."""
    thresholds: dict[str, Threshold] = {}
    """By rule name (see corpuskit.thresholds)."""
    stop_words: StopWords | None = None
    sources: tuple[KnownSource, ...] = ()

    @property
    def script(self) -> str:
        """ISO 15924 code of the script."""
        return self.code.partition("_")[2]


def catalogue_folder() -> Path:
    """Where the profiles are: inside an installed wheel, else beside the package."""
    for folder in (_PACKAGED, _REPOSITORY):
        if folder.is_dir():
            return folder
    raise CatalogueError(f"no language catalogue at {_PACKAGED} or {_REPOSITORY}; reinstall")


def language_codes() -> list[str]:
    """Codes of every profile in the catalogue, sorted."""
    return sorted(path.stem for path in catalogue_folder().glob("???_????.toml"))


def languages(codes: Iterable[str] | None = None) -> list[Language]:
    """Profiles by code; all of the catalogue if none are named."""
    return [language(code) for code in (language_codes() if codes is None else codes)]


@lru_cache(maxsize=None)
def language(code: str) -> Language:
    """One profile; CatalogueError names the nearest codes if there is none."""
    path = catalogue_folder() / f"{code}.toml"
    if code not in language_codes():
        raise CatalogueError(f"no language {code!r} in the catalogue{nearest(code)}")
    return read_profile(path)


def nearest(code: str) -> str:
    """`; did you mean ...?` for a code that is not in the catalogue, or all codes there are."""
    known = language_codes()
    by_name = [one for one in known if code.lower() in (one[:3], *language(one).bcp47)]
    guesses = by_name or difflib.get_close_matches(code, known, n=3, cutoff=0.5)
    return f"; did you mean {', '.join(guesses)}?" if guesses else f"; there are {', '.join(known)}"


def read_profile(path: Path) -> Language:
    """Read one profile; CatalogueError says file, key and what is wrong, for every mistake."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    table = data.get("language", {})
    if unknown := set(data) - {"language", "source"}:
        raise CatalogueError(f"{path}: unknown tables {sorted(unknown)}; use [language], [[source]]")
    try:
        profile = Language.model_validate({**table, "sources": data.get("source", [])})
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise CatalogueError(f"{path}: " + "; ".join(lines)) from error
    if profile.code != path.stem:
        raise CatalogueError(f"{path}: language.code is {profile.code!r}, the file's name differs")
    return profile
