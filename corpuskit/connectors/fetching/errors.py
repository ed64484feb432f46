"""What may come of a request.

SourceError               the source as a whole cannot be fetched
  HttpError               a URL of the recipe cannot be fetched
    AskedToWaitError      its server asks for a longer pause than a run waits
FetchError                a URL that a page names gave nothing: the reason of one record
TransientError            an attempt failed that may succeed later; only `retry` sees it
TooLargeError             an answer has more bytes than it may have
"""

from __future__ import annotations

from corpuskit.display import mask
from corpuskit.errors import SourceError


class HttpError(SourceError):
    """A URL that cannot be fetched."""

    def __init__(self, message: str, status: int | None = None, detail: str = "") -> None:
        """`status`: the server's last answer, None if it gave none. `detail`: what went wrong in
        the same words every time, without addresses of objects or hosts."""
        self.status = status
        self.detail = mask(detail or (f"HTTP {status}" if status else message))
        super().__init__(message, status, self.detail)

    def __str__(self) -> str:
        return mask(str(self.args[0]))


class AskedToWaitError(HttpError):
    """The server asks for a pause that is too long for this run: it is to be left alone."""


class FetchError(Exception):
    """A request that gave nothing: the reason's code, the detail, whether to try again."""

    def __init__(self, code: str, detail: str, *, again: bool = False) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.again = code, detail, again


class TooLargeError(Exception):
    """An answer with more bytes than it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"an answer of more than {limit} bytes")


class TransientError(Exception):
    """An attempt that failed, where another one may succeed."""

    def __init__(
        self,
        why: str,
        status: int | None = None,
        wait: float | None = None,
        detail: str = "",
    ) -> None:
        """`wait`: seconds that the server's Retry-After asks for. `detail` as of HttpError."""
        super().__init__(why)
        self.why, self.status, self.wait = why, status, wait
        self.detail = detail or (f"HTTP {status}" if status else why)

    def given_up(self, url: str, tries: int, *, too_long: bool) -> Exception:
        """The error of a URL that is not tried again; `too_long` is the wait asked for."""
        of_tries = "1 try" if tries == 1 else f"{tries} tries"
        wait = f", and asks to wait {self.wait:.0f} s" if self.wait else ""
        message = (
            f"{url}: given up after {of_tries} ({self.why}{wait}); "
            "fetch again later: it goes on from here"
        )
        kind = AskedToWaitError if too_long else HttpError
        return kind(message, self.status, self.detail)
