"""A review from beginning to end: the sample, the database, the server."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpuskit import logs
from corpuskit.about import install_hint
from corpuskit.errors import ReviewError
from corpuskit.publish import Build
from corpuskit.review.database import JudgmentDatabase
from corpuskit.review.sampling import DEFAULT_SAMPLE, SampleOptions, draw_sample
from corpuskit.review.session import ReviewSession
from corpuskit.review.texts import read_details
from corpuskit.store_url import StoreUrl

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that is ready to be shown."""

    build: Build
    database: JudgmentDatabase
    session: ReviewSession
    is_new: bool
    """Whether the sample was drawn just now."""
    documents: int
    gone: int
    """Sampled documents whose text is no longer there."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The languages that the recipe wants."""
        return tuple(self.build.manifest["recipe"].get("languages") or ())


def database_path(build: Build, path: str | Path | None = None) -> Path:
    """The file of a build's judgments: `path`, else `review/judgments.sqlite` in its folder.

    For a build in an object store, in `builds/NAME` on this machine: SQLite needs a file.
    """
    if path is not None:
        return Path(path)
    remote = isinstance(build.folder, StoreUrl)
    folder = Path("builds") / str(build.manifest["name"]) if remote else Path(str(build.folder))
    return folder / "review" / "judgments.sqlite"


def open_review(
    build: Build, path: str | Path | None = None, options: SampleOptions = DEFAULT_SAMPLE
) -> OpenReview:
    """Go on with a build's review, or draw the sample of a new one.

    The sample stays as it was drawn: `options` count for a new review only. Raises ReviewError if
    nothing can be judged, or for a file that is not of a review.
    """
    where = database_path(build, path)
    if where.is_file() and (known := JudgmentDatabase(where)).items():
        items = known.items()
        details = read_details(build, {item.id for item in items})
        if not details:
            known.close()
            raise ReviewError(
                f"no document of the sample in {where} is in {build.folder}; name another file "
                "with --db to draw a sample of this build"
            )
        session = ReviewSession(known, details)
        return OpenReview(build, known, session, False, len(details), len(items) - len(details))
    sample = draw_sample(build, options)
    if not sample.items:
        raise ReviewError(f"{build.folder} has no document that could be judged")
    database = JudgmentDatabase(where, create=True)
    about = {"build_id": str(build.manifest["build_id"]), "build": str(build.manifest["name"]),
             "interval": str(options.interval), "overlap": str(options.overlap),
             "seed": str(options.seed)}  # fmt: skip
    database.begin(about, sample.strata, sample.items)
    _log.info("%s: sample of %d documents", where, len(sample.items))
    session = ReviewSession(database, sample.details)
    return OpenReview(build, database, session, True, len(sample.items), sample.without_text)


def serve(
    review: OpenReview, port: int = 0, ready: Callable[[str], Any] = lambda url: None
) -> None:
    """Serve a review on this machine alone until it is interrupted.

    `ready` is called with the URL once the server listens. Raises ReviewError for a port that is in
    use, or if the extra `review` is not installed.
    """
    try:
        import uvicorn

        from corpuskit.review.app import make_app
    except ImportError as error:
        raise ReviewError(f"a review needs {error.name}: {install_hint('review')}") from error
    token = secrets.token_urlsafe(16)
    app = make_app(review.session, token, review.wanted, str(review.build.manifest["name"]))
    with _listening(port) as listener:
        ready(f"http://127.0.0.1:{listener.getsockname()[1]}/{token}/")
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, lifespan="off",
            ws="none", timeout_graceful_shutdown=2,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise ReviewError(
            f"port {port} cannot be used ({error.strerror}); choose another --port"
        ) from error
    return listener
