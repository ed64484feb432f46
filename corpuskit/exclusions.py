"""What must not be used: domains and data sets, each with the reason and the evidence.

The list is `excluded.toml` beside the language profiles. A recipe whose source names one of them
is refused, and pages of an excluded domain that come with any other source (a data set made of
the web, an archive) are lost with a reason, unless the source says `allow_excluded` and which
license the operator has.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpuskit.errors import CatalogueError
from corpuskit.languages import ENVIRONMENT, LanguageCode, catalogue_folder
from corpuskit.urls import host_of

FILE: Final = "excluded.toml"


class Excluded(BaseModel):
    """One holder of texts that must not be used, or one data set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    about: str
    why: str = Field(min_length=20)
    evidence: str = Field(min_length=20)
    verified_by: str = Field(min_length=8)
    domains: tuple[str, ...] = ()
    """Domains with all hosts below them."""
    hubs: tuple[str, ...] = ()
    """Data sets on the Hugging Face hub, as `owner/name`."""
    languages: tuple[LanguageCode, ...] = ()
    """Languages that it concerns; none are all."""
    homepage: str | None = None


def exclusions(code: str | None = None) -> tuple[Excluded, ...]:
    """Every entry, or those that concern a language; the operator's own come first."""
    extra = [Path(name) for name in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if name]
    files = [folder / FILE for folder in (*extra, catalogue_folder())]
    entries = [entry for path in files if path.is_file() for entry in _read(path, _changed(path))]
    return tuple(
        entry for entry in entries if code is None or not entry.languages or code in entry.languages
    )


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns


@cache
def _read(path: Path, changed: int) -> tuple[Excluded, ...]:
    """The entries of a file; `changed` is its time, since a changed file has others."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(data) - {"excluded"}:
            raise CatalogueError(f"{path}: unknown table; use [[excluded]]")
        return tuple(Excluded.model_validate(entry) for entry in data.get("excluded", []))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"{path}: {error.title}: {key}: {first['msg']}") from error


def domains(allowed: Iterable[str] = ()) -> tuple[str, ...]:
    """Every excluded domain, without those of the entries named in `allowed`."""
    allowed = set(allowed)
    return tuple(
        sorted(
            {
                domain
                for entry in exclusions()
                if entry.name not in allowed
                for domain in entry.domains
            }
        )
    )


def of_host(place: str | None) -> Excluded | None:
    """The entry that a URL's or a bare host name's domain belongs to."""
    host = (host_of(place) if "//" in place else place.strip()) if place else None
    return next((entry for entry in exclusions() if host and is_below(host, entry.domains)), None)


def of_hub(name: str | None) -> Excluded | None:
    """The entry that holds a data set of the hub."""
    asked = (name or "").lower()
    return next(
        (entry for entry in exclusions() if asked in {hub.lower() for hub in entry.hubs}), None
    )


def is_below(host: str, domains: Iterable[str]) -> bool:
    """Whether a host is one of the domains or below one."""
    return ("." + host.lower().rstrip(".")).endswith(
        tuple("." + domain.lower() for domain in domains)
    )
