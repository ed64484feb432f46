"""The Hugging Face hub to publish to: a dataset repository."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from corpuskit import logs
from corpuskit.about import install_hint
from corpuskit.errors import PushError
from corpuskit.push.copying import files_listed, refuse_foreign
from corpuskit.push.destinations import MANIFEST, PushFile, PushPlan, chunks_of
from corpuskit.store import LocalStore, disk_errors
from corpuskit.tombstones import FILE as TOMBSTONES
from corpuskit.tombstones import Tombstones, read_events

_T = TypeVar("_T")
_log = logs.logger(__name__)


class HubDestination:
    """A dataset on the hub; its token is never shown."""

    def __init__(self, repository: str) -> None:
        try:
            from huggingface_hub import HfApi, get_token
            from huggingface_hub.utils.tqdm import disable_progress_bars
        except ModuleNotFoundError as error:
            hint = install_hint("hub")
            raise PushError(f"publishing to the hub needs a library: {hint} ({error})") from None
        disable_progress_bars()
        self._repository = repository
        self._token = get_token()
        if self._token is None:
            raise PushError(
                "the hub needs a token: run `hf auth login`, or set the variable HF_TOKEN"
            )
        self._api: Any = HfApi(token=self._token, library_name="corpuskit")
        self._exists = False

    @property
    def shown(self) -> str:
        """See PushDestination."""
        return f"hf://{self._repository}"

    def tombstones(self) -> Tombstones:
        """See PushDestination; nothing where the repository has no such file."""
        content = self._content(TOMBSTONES)
        if content is None:
            return Tombstones()
        return Tombstones(tuple(read_events(content, f"{self.shown}'s file")))

    def _content(self, name: str) -> bytes | None:
        """A file of the repository; None where it has none, or is not there."""
        from huggingface_hub.errors import (
            EntryNotFoundError,
            LocalEntryNotFoundError,
            RepositoryNotFoundError,
        )

        with tempfile.TemporaryDirectory() as folder:
            try:
                path = self._asked(
                    lambda: self._api.hf_hub_download(
                        self._repository, name, repo_type="dataset", local_dir=folder
                    ),
                    EntryNotFoundError,
                    RepositoryNotFoundError,
                )
            except LocalEntryNotFoundError:  # of that kind as well, where the hub did not answer
                raise PushError(f"{self.shown}: {name} cannot be read") from None
            except (EntryNotFoundError, RepositoryNotFoundError):
                return None
            return Path(path).read_bytes()

    def plan(self, files: list[PushFile], *, public: bool) -> PushPlan:
        """See PushDestination; PushError for a public repository where a private one is wanted."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self._asked(
                lambda: self._api.dataset_info(self._repository, files_metadata=True),
                RepositoryNotFoundError,
            )
        except RepositoryNotFoundError:
            return PushPlan(tuple(files), (), (), private=not public)
        self._exists = True
        if not info.private and not public:
            raise PushError(
                f"{self.shown} is public: say --public to publish there, or make it private"
            )
        there = {file.rfilename: _digest(file) for file in info.siblings or ()}
        uploads = tuple(file for file in files if there.get(file.name) != file.sha256)
        names = {file.name for file in files}
        earlier = self._earlier(there)
        refuse_foreign(self.shown, there, files, earlier)
        old = (name for name in earlier if name in there and name not in names)
        unchanged = tuple(file for file in files if file not in uploads)
        return PushPlan(uploads, unchanged, tuple(sorted(old)), private=bool(info.private))

    def _earlier(self, there: Mapping[str, str | None]) -> list[str]:
        """Shards and rejects of the version that is there."""
        content = self._content(MANIFEST) if MANIFEST in there else None
        if content is None:
            return []
        return files_listed(content, f"{self.shown}/{MANIFEST}", is_manifest=True)

    def carry_out(self, plan: PushPlan, message: str) -> str:
        """One commit, after everything large is there: an interrupted upload changes nothing that
        can be seen, and what was sent is not sent again."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        if not self._exists:
            self._asked(
                lambda: self._api.create_repo(
                    self._repository, repo_type="dataset", private=bool(plan.private), exist_ok=True
                )
            )
        if not plan.uploads and not plan.deletions:
            return self.shown
        _log.info("%s: %d files, %d deletions", self.shown, len(plan.uploads), len(plan.deletions))
        with _on_this_machine(plan.uploads) as paths:
            operations: list[Any] = [
                CommitOperationAdd(path_in_repo=name, path_or_fileobj=str(path))
                for name, path in paths.items()
            ]
            operations += [CommitOperationDelete(path_in_repo=name) for name in plan.deletions]
            commit = self._asked(
                lambda: self._api.create_commit(
                    self._repository, operations, commit_message=message, repo_type="dataset"
                )
            )
        return str(commit.commit_url)

    def _asked(self, ask: Callable[[], _T], *expected: type[Exception]) -> _T:
        """What the hub answers; PushError, without the token, for everything not expected."""
        try:
            return ask()
        except expected:
            raise
        except Exception as error:  # noqa: BLE001 - the library's, its HTTP client's, the system's
            text = " ".join(str(error).split()).replace(self._token or "\0", "***")
            raise PushError(f"{self.shown}: {text[:500] or type(error).__name__}") from None


@contextmanager
def _on_this_machine(files: Sequence[PushFile]) -> Iterator[dict[str, Path]]:
    """Paths of files by name; those of a build in an object store are fetched for the while."""
    with tempfile.TemporaryDirectory(prefix="corpuskit-") as folder:
        paths = {}
        for number, file in enumerate(files):
            if isinstance(file.store, LocalStore):
                paths[file.name] = file.store.path(file.name)
                continue
            paths[file.name] = Path(folder) / str(number)
            with disk_errors(folder), paths[file.name].open("wb") as target:
                for chunk in chunks_of(file):
                    target.write(chunk)
        yield paths


def _digest(file: Any) -> str | None:
    """Hex sha256 of a file on the hub, where that is known: of large files it is.

    Small ones are sent again: the hub sees by itself that they have not changed.
    """
    digest = getattr(file.lfs, "sha256", None) if file.rfilename != MANIFEST and file.lfs else None
    return str(digest) if digest else None
