"""The protocols by which sites reserve text mining and training, and the version of each that is
read: every signal is kept with it, because vocabularies change."""

from __future__ import annotations

import re
from typing import Final

AI_CRAWLERS: Final = "ai-crawlers"
ROBOTS_TAG: Final = "robots-tag"
TDMREP: Final = "tdmrep"
AIPREF: Final = "aipref"
CC_SIGNALS: Final = "cc-signals"
CONTENT_SIGNALS: Final = "content-signals"
RSL: Final = "rsl"

VOCABULARIES: Final[dict[str, str]] = {
    AI_CRAWLERS: "RFC 9309; draft-canel-robots-ai-control-00",
    ROBOTS_TAG: "Google robots meta specification; noai",
    TDMREP: "TDMRep 2024-05-10",
    AIPREF: "draft-ietf-aipref-vocab-07",
    CC_SIGNALS: "CC signals 0.1; draft-ietf-aipref-vocab-07",
    CONTENT_SIGNALS: "draft-romm-aipref-contentsignals-00",
    RSL: "RSL 1.0",
}
"""Version of the vocabulary by protocol. `ai-crawlers` are the groups of robots.txt that shut out
crawlers for training; `robots-tag` is X-Robots-Tag and meta robots."""

PROTOCOLS: Final = tuple(VOCABULARIES)

_EXCEPTION: Final = re.compile(r";\s*exceptions?\s*=", re.IGNORECASE)


def protocol_of(kind: str, value: str) -> str | None:
    """The protocol of a signal; None for one that reserves nothing (ai.txt is only noted)."""
    name = kind.removeprefix("robots-").removeprefix("meta-")
    if name.startswith("rsl"):
        return RSL
    if kind == "robots-ai":
        return AI_CRAWLERS
    if name == "content-usage":
        return CC_SIGNALS if _EXCEPTION.search(value) else AIPREF
    if name == "content-signal":
        return CONTENT_SIGNALS
    if name.startswith("tdm"):
        return TDMREP
    return None if kind == "ai.txt" else ROBOTS_TAG
