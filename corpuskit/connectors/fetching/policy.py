"""How servers are asked: the one policy of all clients.

- One request at a time to a server, under the operator's name and contact.
- A server that is busy (408, 429, 5xx) or lost is asked again TRIES times in all, each pause twice
  as long as the one before and never shorter than its Retry-After.
- Nothing else is asked again, above all not what is refused (403).
- An answer has limits of size, decompressed, and of time, however slowly it drips, its headers too.

`session` keeps it for addresses that the recipe names, `pinned` for those that pages name; the
pauses of a crawl are those of its hosts' turns.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote

from corpuskit.about import version
from corpuskit.connectors.base import Agent
from corpuskit.errors import SourceError

PRODUCT: Final = "corpuskit"
"""Our product token: the name a site's owner writes in a User-agent line of robots.txt."""
TRIES: Final = 7
"""Times a server is asked in a row without a byte won: with pauses from 1 s on about a minute, from
2 s on about two: an overload passes in that time."""
LONGEST_RETRY_AFTER: Final = 3600.0
"""Seconds. A server that asks for more than an hour is not waited for: fetching again later goes
on where it stopped."""
TIMEOUT: Final = (20.0, 120.0)
"""Seconds to connect, and between two bytes: Common Crawl's index may search for a minute before
it says anything."""
DEADLINE: Final = 300.0
"""Seconds after which an answer that is still coming in is given up, its headers included: a
dripping server defeats every time-out between two reads."""
MAX_BODY: Final = 1 << 28
"""Bytes, decoded, of an answer that is read as a whole; a decompression bomb stops here."""
MIN_DELAY: Final = 1.0
"""Seconds between two requests to a public host that pages name, at least."""
BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses of servers that may answer later."""
CHUNK: Final = 1 << 18


def user_agent(agent: Agent | None) -> str:
    """`corpuskit/VERSION (+CONTACT; OPERATOR)`; what is not ASCII is percent-encoded UTF-8.

    `corpuskit/VERSION` alone without an agent: for the file of a model, which is fetched without a
    recipe that names an operator. SourceError for an agent without a contact or
    an operator.
    """
    product = f"{PRODUCT}/{version()}"
    if agent is None:
        return product
    parts = [" ".join(part.split()) for part in (agent.contact, agent.operator)]
    if not all(parts):
        raise SourceError(
            'servers are asked in the name of an operator: operator = { name = "...", '
            'contact = "..." } in the recipe'
        )
    who = "; ".join(quote(part, safe=" @:/?#&=+,'~-._") for part in parts)
    return f"{product} (+{who})"


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (RFC 9110, 10.2.3: a number or a date) asks for."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def wait_before(failures: int, asked: float | None = None, unit: float = 1.0) -> float | None:
    """Seconds before a server is asked again that failed so many times in a row.

    `asked` is its Retry-After, `unit` the first pause. None: it is not asked again in this run.
    """
    if asked is not None and asked > LONGEST_RETRY_AFTER:
        return None
    return max(asked or 0.0, unit * 2.0 ** (min(failures, TRIES) - 1))
