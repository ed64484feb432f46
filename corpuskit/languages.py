"""Language profiles: the catalogue in sources/, one TOML per language.

A profile says how a language is called, written, recognized and filtered, and which
sources are known for it. Adding a language is adding one file.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from corpuskit.errors import CatalogueError, Problem
from corpuskit.thresholds import RULES, check_keys

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[A-Z][a-z]{3}$")]
"""ISO 639-3 and ISO 15924, as in `khm_Khmr`."""

ENVIRONMENT = "CORPUSKIT_CATALOGUE"
"""Names folders of profiles beside the package's own, separated as in PATH."""

BROUGHT = ("glotlid", "openlid")
"""Models that a profile may have labels of and that an operator has to bring: GlotLID v3
(languages-v3.md of its repository at 3bf328a) and OpenLID (languages.md at 2e69b9b)."""

_PROFILES = "???_????.toml"
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


class SpecificWords(_Model):
    """Words that languages it is confused with hardly have: `corpuskit lid words` makes them."""

    values: tuple[str, ...]
    against: tuple[LanguageCode, ...]
    """The languages that they were compared with."""
    origin: str = Field(alias="from", min_length=8)


class KnownSource(_Model):
    """A source that the catalogue knows: what it gives, under which license, verified by whom."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    connector: str
    about: str
    license: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
    """SPDX id, `LicenseRef-...` or NOASSERTION."""
    license_evidence: str = Field(min_length=6)
    license_verified_by: str = Field(min_length=6)
    """Who read what, when; or that nobody did."""
    homepage: str | None = None
    obtain: str | None = None
    """What the operator does or weighs first; a source without it runs as it is."""
    restrictions: str | None = None
    consent_required: bool = False
    """Whether a recipe has to say who gave consent (`consent`)."""
    options: dict[str, Any] = {}
    """Options of the connector; the recipe may override them."""
    fill: dict[str, str] = {}
    """Options that the recipe has to give, each with what it is and where to find it."""

    @property
    def ready(self) -> bool:
        """Whether a recipe can use it with nothing done or decided first."""
        return not (self.obtain or self.consent_required or self.fill)


def script_of(code: str) -> str:
    """The script in a language's code: `Khmr` of `khm_Khmr`, nothing of `und`."""
    return code.partition("_")[2]


class Language(_Model):
    """One language in one script."""

    code: LanguageCode
    name: str
    autonym: str
    bcp47: tuple[str, ...]
    """Primary language subtags under which web pages declare it (`km`, `khm`)."""
    direction: Literal["ltr", "rtl"] = "ltr"
    fonts: tuple[str, ...] = ()
    segmentation: Literal["icu", "syllables", "spaces"]
    """How words are found: by ICU's dictionaries; by syllable, in Tibetan and in languages of
    the Myanmar script that no dictionary knows; or by spaces."""
    confusable: tuple[LanguageCode, ...] = ()
    cctld: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = {}
    """Labels of this language per identification model (`lid176 = ["km"]`). Those in BROUGHT
    are not in the package."""
    thresholds: dict[str, Threshold] = {}
    """By rule name (see corpuskit.thresholds)."""
    unset: dict[str, str] = {}
    """Why a calibration gave no threshold to a rule, by its name."""
    inherits: LanguageCode | None = None
    """A language alike in script and in how it forms words, whose quality thresholds hold where
    this one has none of its own (`all_thresholds`)."""
    caveats: tuple[str, ...] = ()
    """What an operator has to know before trusting a corpus of this language."""
    stop_words: StopWords | None = None
    specific_words: SpecificWords | None = None
    without: dict[Literal["wikipedia", "commoncrawl"], str] = {}
    """Why there is no source of that kind, where there is none."""
    sources: tuple[KnownSource, ...] = ()

    @property
    def script(self) -> str:
        """ISO 15924 code of the script."""
        return script_of(self.code)

    @property
    def embedded_models(self) -> tuple[str, ...]:
        """Names of the models in the package that can answer with this language."""
        return tuple(name for name, given in self.labels.items() if given and name not in BROUGHT)

    @property
    def brought_models(self) -> tuple[str, ...]:
        """Names of models that know it and that an operator has to bring."""
        return tuple(name for name in BROUGHT if self.labels.get(name))

    @property
    def lacks(self) -> tuple[str, ...]:
        """What an operator has to be told is missing, a sentence each, beside `caveats`."""
        found = []
        if not self.embedded_models:
            others = " or ".join(self.brought_models)
            bring = f"bring {others}" if others else "train one with `corpuskit lid train`"
            found.append(f"no model in the package knows it: {bring}")
        if not self.thresholds:
            held = f"those of {self.inherits}" if self.inherits else "the defaults of every rule"
            found.append(f"no thresholds of its own: {held} hold")
        if "min_stop_words" not in self.thresholds:
            reason = self.unset.get("min_stop_words", "no text was at hand to find them in")
            found.append(f"no rule on stop words: {reason}")
        return tuple(found)


def specific_lists(profile: Language) -> dict[str, tuple[str, ...]]:
    """The specific words of a language, and of those that it is confused with as far as their
    lists were made against it: what these hold it hardly has. None where it has no list itself."""
    if profile.specific_words is None:
        return {}
    found = {profile.code: profile.specific_words.values}
    for code in profile.confusable:
        other = language(code).specific_words if code in catalogue() else None
        if other and profile.code in other.against:
            found[code] = other.values
    return found


def all_thresholds(profile: Language) -> dict[str, tuple[Threshold, str]]:
    """A profile's thresholds and those that it inherits, each with the code of its language.

    What rests on a language's own words (stop words) or on a model's score is not inherited.
    CatalogueError where a profile inherits from itself or from none that there is.
    """
    found = {key: (one, profile.code) for key, one in profile.thresholds.items()}
    above, seen = profile.inherits, [profile.code]
    while above is not None:
        if above in seen:
            raise CatalogueError(f"{profile.code} inherits in a circle: {' > '.join(seen)}")
        seen.append(above)
        parent = language(above)
        for key, one in parent.thresholds.items():
            if RULES[key].stage == "quality" and "stop_word" not in key:
                found.setdefault(key, (one, parent.code))
        above = parent.inherits
    return found


def is_packaged(path: Path) -> bool:
    """Whether a file belongs to the installed package, where nobody should write."""
    return path.resolve().is_relative_to(_PACKAGED.resolve())


def catalogue_folder() -> Path:
    """Where the package's profiles are: inside an installed wheel, else beside the package."""
    for folder in (_PACKAGED, _REPOSITORY):
        if any(folder.glob(_PROFILES)):
            return folder
    raise CatalogueError(f"no language catalogue at {_PACKAGED} or {_REPOSITORY}; reinstall")


def catalogue() -> dict[str, Path]:
    """Every profile by code. Folders named by CORPUSKIT_CATALOGUE (separated as in PATH) come on
    top of the package's, the first one winning."""
    own = [Path(name) for name in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if name]
    for folder in own:
        if not folder.is_dir():
            raise CatalogueError(f"{ENVIRONMENT} names {folder}, which is no folder")
    folders = (catalogue_folder(), *reversed(own))
    return {path.stem: path for folder in folders for path in folder.glob(_PROFILES)}


def language_codes() -> list[str]:
    """Codes of every profile in the catalogue, sorted."""
    return sorted(catalogue())


def languages(codes: Iterable[str] | None = None) -> list[Language]:
    """Profiles by code; all of the catalogue if none are named."""
    known = catalogue()
    return [_language(code, known) for code in (sorted(known) if codes is None else codes)]


def language(code: str) -> Language:
    """One profile; CatalogueError names the nearest codes if there is none."""
    return _language(code, catalogue())


def _language(code: str, known: dict[str, Path]) -> Language:
    path = known.get(code)
    if path is None:
        raise CatalogueError(f"no language {code!r} in the catalogue{nearest(code)}")
    return _profile(path.resolve(), path.stat().st_mtime_ns)


@cache
def _profile(path: Path, changed: int) -> Language:
    """A file's profile; `changed` is its time, since a changed file is another profile."""
    return read_profile(path)


def cuts_syllables(code: str) -> bool:
    """Whether words of a language are counted in syllables: as its profile says, else wherever
    it is written in the Myanmar script and no dictionary knows it."""
    if code in catalogue():
        return language(code).segmentation == "syllables"
    return code.endswith("_Mymr") and code[:3] not in _IN_DICTIONARY


# ICU's dictionary is of Burmese. On Rakhine it finds words better than syllables do: boundary F1
# .68 against .62 on 200 sentences (benchmarks/segmentation.py).
_IN_DICTIONARY = ("mya", "rki")


def nearest(code: str) -> str:
    """`; did you mean ...?` for a code that is not in the catalogue, or all codes there are.

    A language is also found by its name, in English or its own, and by the codes that web
    pages declare it with.
    """
    known = language_codes()
    asked = code.casefold()
    part = re.split("[-_]", asked)[0]  # `km-KH`, `khm_Kmer`: the language may be right
    by_name = [one for one in known if not _names(one).isdisjoint((asked, part))]
    guesses = by_name or difflib.get_close_matches(code, known, n=3, cutoff=0.6)
    return f"; did you mean {', '.join(guesses)}?" if guesses else f"; there are {', '.join(known)}"


def _names(code: str) -> set[str]:
    try:
        profile = language(code)
    except CatalogueError:  # a broken profile is told of when it is asked for
        return {code[:3]}
    return {name.casefold() for name in (code[:3], profile.name, profile.autonym, *profile.bcp47)}


def read_profile(path: Path) -> Language:
    """Read one profile; CatalogueError has a line per mistake: file, key, what is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    table = data.get("language")
    found = [*_check_tables(data), *_check_language(table, path.stem)]
    profile = None
    try:
        given = table if isinstance(table, dict) else {}
        profile = Language.model_validate({**given, "sources": data.get("source", [])})
    except ValidationError as error:
        found += [_explained(one) for one in error.errors()] if isinstance(table, dict) else []
    if found or profile is None:
        raise CatalogueError(
            "\n".join(str(Problem(str(path), key, message, hint)) for key, message, hint in found)
        )
    return profile


_Found = tuple[str, str, str | None]
"""Key, what is wrong, hint."""


def _check_tables(data: dict[str, Any]) -> list[_Found]:
    """Tables that are not known, or not there; sources of one name."""
    known = ("language", "source")
    found = [
        (key, "unknown table", "use [language], [[source]]") for key in data if key not in known
    ]
    if not isinstance(data.get("language"), dict):
        found.append(("language", "missing table", "[language] says code, name, autonym, ..."))
    sources = data.get("source", [])
    tables = [one for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    names = Counter(str(one.get("name")) for one in tables)
    twice = [name for name, count in names.items() if count > 1]
    return [*found, *(("source", f"{name!r} is the name of two sources", None) for name in twice)]


def _check_language(table: Any, code: str) -> list[_Found]:
    """Whether the file's name and the rules' names are right."""
    if not isinstance(table, dict):
        return []
    found: list[_Found] = []
    if table.get("code") != code:
        found.append(
            ("language.code", f"is {table.get('code')!r}", f"the file's name says {code!r}")
        )
    for name in ("thresholds", "unset"):
        keys = table.get(name)
        for key, guess in check_keys(keys if isinstance(keys, dict) else []):
            hint = f"did you mean {guess!r}?" if guess else None
            found.append((f"language.{name}.{key}", "no such rule", hint))
    return found


def _explained(error: Any) -> _Found:
    """One of pydantic's errors, its key as it stands in the file."""
    first, *rest = error["loc"]
    if first == "sources":
        number = f"[{rest.pop(0) + 1}]" if rest and isinstance(rest[0], int) else ""
        key = f"source{number}"
    else:
        key = f"language.{first}"
    key += "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in rest)
    if error["type"] == "extra_forbidden":
        fields = KnownSource.model_fields if first == "sources" else Language.model_fields
        close = difflib.get_close_matches(str(error["loc"][-1]), fields, n=1)
        return key, "unknown key", f"did you mean {close[0]!r}?" if close else None
    return key, error["msg"][:1].lower() + error["msg"][1:], None
