"""Language profiles: the catalogue in sources/, one TOML per language.

A profile has a language's names, writing, identification labels, thresholds and known sources.
A new language is one new file.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from corpuskit import logs
from corpuskit.errors import CatalogueError, Problem
from corpuskit.thresholds import RULES, check_keys

_log = logs.logger(__name__)

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[A-Z][a-z]{3}$")]
"""ISO 639-3 and ISO 15924, as in `khm_Khmr`."""

ENVIRONMENT = "CORPUSKIT_CATALOGUE"
"""Environment variable with folders of further profiles, separated as in PATH."""

BROUGHT = ("glotlid", "openlid")
"""Models that are not in the package but whose labels a profile may have: GlotLID v3
(languages-v3.md of its repository at 3bf328a) and OpenLID (languages.md at 2e69b9b)."""

_PROFILES = "???_????.toml"
_PACKAGED = Path(__file__).parent / "sources"  # in a wheel
_REPOSITORY = Path(__file__).parent.parent / "sources"  # in an editable install or a checkout


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Threshold(_Model):
    """A bound and its origin: a paper, or a calibration with its sample and date."""

    value: float
    origin: str = Field(alias="from", min_length=8)


class StopWords(_Model):
    """Frequent function words of the language, and the origin of the list."""

    values: tuple[str, ...]
    origin: str = Field(alias="from", min_length=8)


class SpecificWords(_Model):
    """Words rare in languages it is confused with; `corpuskit lid words` lists them."""

    values: tuple[str, ...]
    against: tuple[LanguageCode, ...]
    """The languages that they were compared with."""
    origin: str = Field(alias="from", min_length=8)


class KnownSource(_Model):
    """A source in the catalogue: its content, its license, and who verified that."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    connector: str
    about: str
    license: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
    """SPDX id, `LicenseRef-...` or NOASSERTION."""
    license_evidence: str = Field(min_length=6)
    license_verified_by: str = Field(min_length=6)
    """Who read what, and when; or that nobody verified it."""
    homepage: str | None = None
    obtain: str | None = None
    """What the operator has to do or consider first; a source without it runs as it is."""
    restrictions: str | None = None
    consent_required: bool = False
    """Whether a recipe has to say who gave consent (`consent`)."""
    options: dict[str, Any] = {}
    """Options of the connector; the recipe may override them."""
    fill: dict[str, str] = {}
    """Options that the recipe must set, each with its meaning and where to find the value."""

    @property
    def ready(self) -> bool:
        """Whether a recipe can use it without any preparation or decision."""
        return not (self.obtain or self.consent_required or self.fill)


def script_of(code: str) -> str:
    """The script in a language's code: `Khmr` for `khm_Khmr`, empty for `und`."""
    return code.partition("_")[2]


class Language(_Model):
    """One language in one script."""

    code: LanguageCode
    name: str
    autonym: str
    bcp47: tuple[str, ...]
    """Primary language subtags that web pages declare it with (`km`, `khm`)."""
    direction: Literal["ltr", "rtl"] = "ltr"
    fonts: tuple[str, ...] = ()
    segmentation: Literal["icu", "syllables", "spaces"]
    """How words are segmented: by ICU's dictionaries; by syllable, in Tibetan and in languages of
    the Myanmar script without a dictionary; or by spaces."""
    confusable: tuple[LanguageCode, ...] = ()
    cctld: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = {}
    """Labels of this language per identification model (`lid176 = ["km"]`); models in BROUGHT are
    not in the package."""
    thresholds: dict[str, Threshold] = {}
    """By rule name (see corpuskit.thresholds)."""
    unset: dict[str, str] = {}
    """By rule name, why a calibration set no threshold."""
    inherits: LanguageCode | None = None
    """A language with the same script and similar words, whose quality thresholds apply if this
    one has none of its own (`all_thresholds`)."""
    caveats: tuple[str, ...] = ()
    """What an operator must know before trusting a corpus of this language."""
    stop_words: StopWords | None = None
    specific_words: SpecificWords | None = None
    without: dict[Literal["wikipedia", "commoncrawl"], str] = {}
    """Why there is no source of that kind."""
    sources: tuple[KnownSource, ...] = ()

    @property
    def script(self) -> str:
        """ISO 15924 code of the script."""
        return script_of(self.code)

    @property
    def embedded_models(self) -> tuple[str, ...]:
        """Names of the models in the package that know this language."""
        return tuple(name for name, labels in self.labels.items() if labels and name not in BROUGHT)

    @property
    def brought_models(self) -> tuple[str, ...]:
        """Names of models that know it but are not in the package."""
        return tuple(name for name in BROUGHT if self.labels.get(name))

    @property
    def lacks(self) -> tuple[str, ...]:
        """Missing parts that an operator must know of, one sentence each."""
        return self.lacking(self.embedded_models)

    def lacking(self, models: Sequence[str]) -> tuple[str, ...]:
        """`lacks`, if these models of the package know the language, whatever its labels say."""
        sentences = []
        if not models:
            others = " or ".join(self.brought_models)
            bring = f"use {others}" if others else "train one with `corpuskit lid train`"
            sentences.append(f"no model in the package knows it; {bring}")
        if not self.thresholds:
            fallback = (
                f"those of {self.inherits}" if self.inherits else "the defaults of every rule"
            )
            sentences.append(f"no thresholds of its own; {fallback} apply")
        if "min_stop_words" not in self.thresholds:
            reason = self.unset.get("min_stop_words", "no text was available to derive them from")
            sentences.append(f"no rule on stop words: {reason}")
        return tuple(sentences)


def specific_lists(profile: Language) -> dict[str, tuple[str, ...]]:
    """The specific words of a language, and of languages whose lists were made against it, so that
    it hardly has their words. Empty if the language has no list itself."""
    if profile.specific_words is None:
        return {}
    lists = {profile.code: profile.specific_words.values}
    for code in profile.confusable:
        other = language(code).specific_words if code in catalogue() else None
        if other and profile.code in other.against:
            lists[code] = other.values
    return lists


def all_thresholds(profile: Language) -> dict[str, tuple[Threshold, str]]:
    """A profile's thresholds and those it inherits, each with the code of its language.

    Thresholds that depend on a language's stop words or on a model's score are not inherited.
    CatalogueError if a profile inherits from itself or from a language without a profile.
    """
    thresholds = {key: (threshold, profile.code) for key, threshold in profile.thresholds.items()}
    ancestor, path = profile.inherits, [profile.code]
    while ancestor is not None:
        if ancestor in path:
            raise CatalogueError(f"{profile.code} inherits in a circle: {' > '.join(path)}")
        path.append(ancestor)
        parent = language(ancestor)
        for key, threshold in parent.thresholds.items():
            if RULES[key].stage == "quality" and "stop_word" not in key:
                thresholds.setdefault(key, (threshold, parent.code))
        ancestor = parent.inherits
    return thresholds


def is_packaged(path: Path) -> bool:
    """Whether a file belongs to the installed package, which must not be changed."""
    return path.resolve().is_relative_to(_PACKAGED.resolve())


def catalogue_folder() -> Path:
    """The folder of the package's profiles: inside an installed wheel, else next to the package."""
    for folder in (_PACKAGED, _REPOSITORY):
        if any(folder.glob(_PROFILES)):
            return folder
    raise CatalogueError(f"no language catalogue at {_PACKAGED} or {_REPOSITORY}; reinstall")


def catalogue() -> dict[str, Path]:
    """The file of every profile by code. Folders in CORPUSKIT_CATALOGUE (separated as in PATH)
    take precedence over the package's, earlier ones over later ones."""
    extra = [Path(name) for name in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if name]
    for folder in extra:
        if not folder.is_dir():
            raise CatalogueError(f"{ENVIRONMENT} names {folder}, which is not a folder")
    folders = (catalogue_folder(), *reversed(extra))
    profiles: dict[str, Path] = {}
    for path in (path for folder in folders for path in folder.glob(_PROFILES)):
        if path.stem in profiles:
            _log.debug("%s replaces %s", path, profiles[path.stem])
        profiles[path.stem] = path
    return profiles


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
    if not isinstance(code, str):
        raise TypeError(f"a language is a code such as 'khm_Khmr', got {type(code).__name__}")
    path = known.get(code)
    if path is None:
        raise CatalogueError(f"no language {code!r} in the catalogue{nearest(code)}")
    return _profile(path.resolve(), path.stat().st_mtime_ns)


@cache
def _profile(path: Path, changed: int) -> Language:
    """A file's profile; `changed` is the file's time, so that a changed file is read again."""
    return read_profile(path)


def cuts_syllables(code: str) -> bool:
    """Whether words of a language are counted in syllables: as its profile says; without a profile,
    if it is in the Myanmar script and has no dictionary."""
    if code in catalogue():
        return language(code).segmentation == "syllables"
    return code.endswith("_Mymr") and code[:3] not in _IN_DICTIONARY


# ICU's dictionary is Burmese. For Rakhine it is better than syllables: boundary F1 .68 against .62
# on 200 sentences (benchmarks/segmentation.py).
_IN_DICTIONARY = ("mya", "rki")


def nearest(code: str) -> str:
    """`; did you mean ...?` for a code that is not in the catalogue, or the list of all codes.

    Also finds a language by its name, in English or in the language, and by the codes that web
    pages declare.
    """
    known = language_codes()
    asked = code.casefold()
    part = re.split("[-_]", asked)[0]  # `km-KH`, `khm_Kmer`: the language may be right
    # `deu_Latn` and `vie_Latn` share a script and have 0.75; `kmh_Khmr` and `khm_Khmr` have 0.88
    by_name = [
        known_code for known_code in known if not _names(known_code).isdisjoint((asked, part))
    ]
    guesses = by_name or difflib.get_close_matches(code, known, n=3, cutoff=0.8)
    return f"; did you mean {', '.join(guesses)}?" if guesses else f"; there are {', '.join(known)}"


def _names(code: str) -> set[str]:
    try:
        profile = language(code)
    except CatalogueError:  # a broken profile is reported when it is used
        return {code[:3]}
    return {name.casefold() for name in (code[:3], profile.name, profile.autonym, *profile.bcp47)}


def read_profile(path: Path) -> Language:
    """Read one profile; CatalogueError has a line per mistake: file, key and message."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    table = data.get("language")
    mistakes = [*_check_tables(data), *_check_language(table, path.stem)]
    profile = None
    try:
        fields = table if isinstance(table, dict) else {}
        profile = Language.model_validate({**fields, "sources": data.get("source", [])})
    except ValidationError as error:
        mistakes += (
            [_in_words(mistake) for mistake in error.errors()] if isinstance(table, dict) else []
        )
    if mistakes or profile is None:
        raise CatalogueError(
            "\n".join(
                str(Problem(str(path), key, message, hint)) for key, message, hint in mistakes
            )
        )
    return profile


_Mistake = tuple[str, str, str | None]
"""Key, message, hint."""


def _check_tables(data: dict[str, Any]) -> list[_Mistake]:
    """Unknown tables, a missing table, sources with the same name."""
    known = ("language", "source")
    mistakes = [
        (key, "unknown table", "use [language], [[source]]") for key in data if key not in known
    ]
    if not isinstance(data.get("language"), dict):
        mistakes.append(("language", "missing table", "[language] has code, name, autonym, ..."))
    sources = data.get("source", [])
    tables = (
        [source for source in sources if isinstance(source, dict)]
        if isinstance(sources, list)
        else []
    )
    names = Counter(str(source.get("name")) for source in tables)
    twice = [name for name, count in names.items() if count > 1]
    return [*mistakes, *(("source", f"two sources are named {name!r}", None) for name in twice)]


def _check_language(table: Any, code: str) -> list[_Mistake]:
    """Mistakes in the code and in names of rules."""
    if not isinstance(table, dict):
        return []
    mistakes: list[_Mistake] = []
    if table.get("code") != code:
        mistakes.append(
            ("language.code", f"is {table.get('code')!r}", f"the name of the file says {code!r}")
        )
    for name in ("thresholds", "unset"):
        keys = table.get(name)
        for key, guess in check_keys(keys if isinstance(keys, dict) else []):
            hint = f"did you mean {guess!r}?" if guess else None
            mistakes.append((f"language.{name}.{key}", "no such rule", hint))
    return mistakes


def _in_words(error: Any) -> _Mistake:
    """One of pydantic's errors, with the key as in the file."""
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
