"""The protocols by which sites reserve text mining and training, and the version of each that is
read: every signal is kept with it, because vocabularies change."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

OptOutProtocol = Literal[
    "ai-crawlers", "robots-tag", "tdmrep", "aipref", "cc-signals", "content-signals", "rsl"
]  # fmt: skip
"""`ai-crawlers` are the groups of robots.txt that shut out crawlers for training; `robots-tag` is
X-Robots-Tag and meta robots."""

PROTOCOLS: Final[tuple[OptOutProtocol, ...]] = get_args(OptOutProtocol)

VOCABULARIES: Final[dict[OptOutProtocol, str]] = {
    "ai-crawlers": "RFC 9309; draft-canel-robots-ai-control-00",
    "robots-tag": "Google robots meta specification; noai",
    "tdmrep": "TDMRep 2024-05-10",
    "aipref": "draft-ietf-aipref-vocab-07",
    "cc-signals": "CC signals 0.1; draft-ietf-aipref-vocab-07",
    "content-signals": "draft-romm-aipref-contentsignals-00",
    "rsl": "RSL 1.0",
}
"""Version of the vocabulary that is read, by protocol."""

_EXCEPTION: Final = re.compile(r";\s*exceptions?\s*=", re.IGNORECASE)


def protocol_of(kind: str, value: str) -> OptOutProtocol | None:
    """The protocol of a signal; None for one that reserves nothing (ai.txt is only noted)."""
    name = kind.removeprefix("robots-").removeprefix("meta-")
    if name.startswith("rsl"):
        return "rsl"
    if kind == "robots-ai":
        return "ai-crawlers"
    if name == "content-usage":
        return "cc-signals" if _EXCEPTION.search(value) else "aipref"
    if name == "content-signal":
        return "content-signals"
    if name.startswith("tdm"):
        return "tdmrep"
    return None if kind == "ai.txt" else "robots-tag"
