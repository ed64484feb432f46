"""URLs as a log may show them: without a user's name, password or token."""

from __future__ import annotations

from urllib.parse import urlsplit


def without_secrets(url: str) -> str:
    """A URL without what stands before the host, its query and its fragment.

    Any parameter of a query may be a token, so that only its being there is shown.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    host = parts.netloc.rpartition("@")[2]
    query = "?..." if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{query}" if parts.scheme else parts.path + query
