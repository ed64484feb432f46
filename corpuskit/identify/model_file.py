"""The file of an identification model: embedded, on disk, or downloaded once; always verified."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from corpuskit import logs
from corpuskit.caches import cache_folder
from corpuskit.errors import ModelError
from corpuskit.names import DEFAULT_MODEL, REGIONAL_MODEL, WORLD_MODEL

_log = logs.logger(__name__)

_DATA: Final = Path(__file__).parent / "data"


class EmbeddedModel(NamedTuple):
    """A model in the package; its label table has its name."""

    file: Path
    sha256: str
    license: str
    parts: tuple[str, ...] = ()
    """For a combination the names of its models; `file` is then their folder."""


_LID176: Final = EmbeddedModel(
    _DATA / "lid.176.ftz",
    "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83",
    "CC-BY-SA-3.0",
)
_SEA1: Final = EmbeddedModel(
    _DATA / "sea-2.ftz",
    "64b0ab0e761a16414fd2b5a4922683ce3767bfc8fe6957177026ce3708259177",
    "CC-BY-SA-4.0",
)


def _combination(*names: str, of: dict[str, EmbeddedModel]) -> EmbeddedModel:
    """A combined model; its digest is that of its parts' digests, concatenated."""
    digests = "".join(of[name].sha256 for name in names)
    licenses = " AND ".join(of[name].license for name in names)
    return EmbeddedModel(_DATA, hashlib.sha256(digests.encode()).hexdigest(), licenses, names)


_FILES: Final = {REGIONAL_MODEL: _SEA1, WORLD_MODEL: _LID176}
EMBEDDED_MODELS: Final[dict[str, EmbeddedModel]] = {
    DEFAULT_MODEL: _combination(REGIONAL_MODEL, WORLD_MODEL, of=_FILES),
    **_FILES,
}


def embedded_name(sha256: str | None) -> str:
    """Name of the embedded model with this digest (None: the default); else ModelError."""
    for name, model in EMBEDDED_MODELS.items():
        if sha256 in (None, model.sha256):
            return name
    listed = ", ".join(f"{name} {model.sha256}" for name, model in EMBEDDED_MODELS.items())
    raise ModelError(f"no embedded model has the sha256 {sha256}; there are {listed}")


_TRIES: Final = 4
"""Times that a server is asked in a row: with pauses of 1, 2 and 4 seconds: somebody waits."""


def model_folder() -> Path:
    """Where downloaded models are kept."""
    return cache_folder() / "models"


def find_model(model: str, sha256: str, root: Path) -> Path:
    """The verified file of a model given as path (relative to `root`), file:// or http(s) URL.

    A URL is downloaded once into the cache. ModelError if the file does not exist, cannot be
    downloaded, or has another digest.
    """
    parts = urlsplit(model)
    if parts.scheme in ("http", "https"):
        return _download(model, sha256)
    if parts.scheme == "file":
        from urllib.request import url2pathname  # loads an HTTP client

        local = Path(url2pathname(unquote(parts.path)))
    else:
        local = root / model
    return verified(local, sha256)


def verified(path: Path, sha256: str, name: str | None = None) -> Path:
    """The same path if the file has that digest, else ModelError naming both.

    `name` is what the file is called in the message, by default its path.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"model {path}: {error.strerror or error}") from error
    if digest != sha256:
        raise _wrong_digest(name or str(path), sha256, digest)
    return path


def _wrong_digest(model: str, expected: str, actual: str) -> ModelError:
    return ModelError(
        f"model {model}: sha256 is {actual}, expected {expected}; "
        "it is another version or damaged; fetch it again or correct `sha256`"
    )


def _download(url: str, sha256: str) -> Path:
    target = model_folder() / sha256 / (Path(unquote(urlsplit(url).path)).name or "model.bin")
    if target.is_file():
        try:
            return verified(target, sha256)
        except ModelError:
            _log.warning("%s is damaged and is downloaded again", target)
            target.unlink(missing_ok=True)
    _log.info("downloading %s", url)
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
            f"model {url}: cannot be downloaded ({error}); download it yourself and give its path"
        ) from error
