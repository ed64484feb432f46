"""The file of an identification model: embedded, on disk, or downloaded once; always verified."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from corpuskit.errors import ModelError
from corpuskit.names import DEFAULT_MODEL, REGIONAL_MODEL, WORLD_MODEL

_DATA: Final = Path(__file__).parent / "data"


class Embedded(NamedTuple):
    """A model in the package; its label table has its name."""

    file: Path
    sha256: str
    license: str
    parts: tuple[str, ...] = ()
    """Of a combination the names of the models; `file` is then their folder."""


_LID176: Final = Embedded(
    _DATA / "lid.176.ftz",
    "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83",
    "CC-BY-SA-3.0",
)
_SEA1: Final = Embedded(
    _DATA / "sea-1.ftz",
    "d7ca06018bb814bfc6a520f6905bd51889350cf6e4487ec1be4e62027addae32",
    "CC-BY-SA-4.0",
)


def _combination(*names: str, of: dict[str, Embedded]) -> Embedded:
    """Its digest is that of the digests of its parts, one after the other."""
    digests = "".join(of[name].sha256 for name in names)
    licenses = " AND ".join(of[name].license for name in names)
    return Embedded(_DATA, hashlib.sha256(digests.encode()).hexdigest(), licenses, names)


_FILES: Final = {REGIONAL_MODEL: _SEA1, WORLD_MODEL: _LID176}
EMBEDDED_MODELS: Final[dict[str, Embedded]] = {
    DEFAULT_MODEL: _combination(REGIONAL_MODEL, WORLD_MODEL, of=_FILES),
    **_FILES,
}


def embedded_name(sha256: str | None) -> str:
    """Name of the embedded model of that digest, the default for None; ModelError if none is it."""
    for name, one in EMBEDDED_MODELS.items():
        if sha256 in (None, one.sha256):
            return name
    listed = ", ".join(f"{name} {one.sha256}" for name, one in EMBEDDED_MODELS.items())
    raise ModelError(f"the embedded model is one of {listed}; asked for {sha256}")


_TRIES: Final = 4
"""Times that a server is asked in a row: with pauses of 1, 2 and 4 seconds: somebody waits."""


def cache_folder() -> Path:
    """Where downloaded models are kept: $XDG_CACHE_HOME, or what the platform has for it."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        base = Path(given)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "corpuskit" / "models"


def find_model(model: str, sha256: str, root: Path) -> Path:
    """The verified file of a model given as path (relative to `root`), file:// or http(s) URL.

    A URL is downloaded once into the cache. ModelError if the file is not there, cannot be
    fetched, or is not the one whose digest was given.
    """
    parts = urlsplit(model)
    if parts.scheme in ("http", "https"):
        return _download(model, sha256)
    local = Path(url2pathname(unquote(parts.path))) if parts.scheme == "file" else root / model
    return verified(local, sha256)


def verified(path: Path, sha256: str, name: str | None = None) -> Path:
    """The same path if the file has that digest, else ModelError naming both.

    `name` is what the file is called in the message, by default its path.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"model {path}: {error.strerror or error}") from error
    if found != sha256:
        raise _wrong_digest(name or str(path), sha256, found)
    return path


def _wrong_digest(model: str, expected: str, found: str) -> ModelError:
    return ModelError(
        f"model {model}: sha256 is {found}, expected {expected}; "
        "it is another version or damaged: fetch it again or correct `sha256`"
    )


def _download(url: str, sha256: str) -> Path:
    target = cache_folder() / sha256 / (Path(unquote(urlsplit(url).path)).name or "model.bin")
    if target.is_file():
        try:
            return verified(target, sha256)
        except ModelError:  # damaged on disk: fetch it again
            target.unlink(missing_ok=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # A folder of its own: other processes may be fetching the same model.
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            part = Path(folder) / target.name
            _fetch(url, part)
            verified(part, sha256, name=url).replace(target)
    except OSError as error:
        raise ModelError(f"model cache {target.parent}: {error.strerror or error}") from error
    return target


def _fetch(url: str, target: Path) -> None:
    """The file at a URL; ModelError if it cannot be fetched."""
    from corpuskit.connectors.fetching.errors import HttpError
    from corpuskit.connectors.fetching.session import Session

    try:
        Session(None, tries=_TRIES).to_file(url, target)
    except HttpError as error:
        raise ModelError(
            f"model {url}: cannot be downloaded ({error}); fetch the file by hand and give its path"
        ) from error
