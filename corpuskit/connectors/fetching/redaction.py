"""URLs as the log of requests shows them: without a user's name, password or query.

`display.mask` hides what is known to be a credential, wherever it is shown. The log of requests
hides more, because a server may call its token anything.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from corpuskit.display import mask


def without_secrets(url: str) -> str:
    """A URL without the user before its host, its query and its fragment.

    Any parameter of a query may be a token, so only `?...` tells that there is a query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    host = parts.netloc.rpartition("@")[2]
    query = "?..." if parts.query else ""
    shown = f"{parts.scheme}://{host}{parts.path}{query}" if parts.scheme else parts.path + query
    return mask(shown)
