"""Opt-outs from text mining and training: every signal kept raw, the strictest decides.

Read are: robots.txt groups for AI crawlers; Content-Signal and Content-Usage (IETF aipref draft)
in robots.txt and headers; TDMRep (W3C community group report, 2024) as /.well-known/tdmrep.json,
header and meta; X-Robots-Tag and meta robots with noai or noindex; whether there is an ai.txt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from corpuskit.connectors.fetching.policy import PRODUCT
from corpuskit.connectors.fetching.robots import Rules
from corpuskit.document import OptOutSignal, Tdm

MAX_SIGNALS: Final = 30
MAX_VALUE: Final = 1_000
"""Signals kept of a page and characters of each: together less than a WARC head may hold."""

AI_BOTS: Final = (
    "CCBot", "GPTBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Bytespider",
)  # fmt: skip
"""Names under which sites shut out collection for training; a recipe may name others."""

_REFUSALS: Final = frozenset({"noai", "noindex", "none"})
# `ai-train=no` (contentsignals.org), `train-ai=n` (draft-ietf-aipref-vocab): training only;
# search and the other uses are not ours.
_USAGE: Final = re.compile(r"\b(?:ai-train|train-ai)\s*=\s*(no?|y(?:es)?)\b", re.IGNORECASE)
_ROBOT_NAME: Final = re.compile(r"\s*([A-Za-z][\w-]*)\s*:\s*(.*)", re.DOTALL)


def of_robots(rules: Rules, url: str, ai_bots: Sequence[str]) -> list[OptOutSignal]:
    """Signals of an origin's robots.txt about a URL."""
    signals = [OptOutSignal(kind="robots-ai", value=bot) for bot in rules.shut_out(url, ai_bots)]
    for name in ("content-signal", "content-usage"):
        signals += [
            OptOutSignal(kind=f"robots-{name}", value=value)
            for value in rules.directives(name, url)
        ]
    return signals


def of_headers(headers: Mapping[str, str]) -> list[OptOutSignal]:
    """Signals among a response's headers (lower-case names)."""
    names = ("x-robots-tag", "content-signal", "content-usage", "tdm-reservation", "tdm-policy")
    return [OptOutSignal(kind=name, value=headers[name]) for name in names if name in headers]


def of_meta(metas: Iterable[tuple[str, str]]) -> list[OptOutSignal]:
    """Signals among a page's meta elements (lower-case name, content)."""
    names = ("robots", PRODUCT, "tdm-reservation", "tdm-policy")
    return [
        OptOutSignal(kind=f"meta-{name}", value=value) for name, value in metas if name in names
    ]


def of_tdmrep(text: str, url: str) -> list[OptOutSignal]:
    """The entry of a tdmrep.json that covers a URL; nothing from a file that is none."""
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return []
    path = urlsplit(url).path or "/"
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and _covers(entry.get("location"), path):
            kept = {k: v for k, v in sorted(entry.items()) if k != "location"}
            return [OptOutSignal(kind="tdmrep", value=json.dumps(kept, ensure_ascii=False))]
    return []


def _covers(pattern: Any, path: str) -> bool:
    """`*` stands for any characters and `$` for the end, as in robots.txt."""
    if not isinstance(pattern, str):
        return False
    end = r"\Z" if pattern.endswith("$") else ""
    parts = (re.escape(part) for part in re.sub(r"\*+", "*", pattern.rstrip("$")).split("*"))
    return re.match(".*".join(parts) + end, path) is not None


def verdict(signals: Sequence[OptOutSignal]) -> Tdm:
    """The column `tdm`: `disallow` if any signal reserves, `allow` if one grants, else unknown."""
    statements = {_says(signal) for signal in signals}
    decided = "disallow" if False in statements else "allow" if True in statements else "unknown"
    kept = [OptOutSignal(kind=kept["kind"], value=kept["value"][:MAX_VALUE]) for kept in signals]
    return Tdm(verdict=decided, signals=kept[:MAX_SIGNALS])


def nofollow(signals: Iterable[OptOutSignal]) -> bool:
    """Whether the page asks that its links are not followed."""
    return any(
        word in ("nofollow", "none")
        for signal in signals
        if signal["kind"] in ("x-robots-tag", "meta-robots", f"meta-{PRODUCT}")
        for word in _words(signal["value"])
    )


def _says(signal: OptOutSignal) -> bool | None:
    """False if a signal reserves, True if it grants, None if it says neither."""
    kind, value = signal["kind"], signal["value"]
    if kind == "robots-ai":
        return False
    if kind in ("x-robots-tag", "meta-robots", f"meta-{PRODUCT}"):
        return False if _REFUSALS.intersection(_words(value)) else None
    if kind.endswith("tdm-reservation"):
        return {"1": False, "0": True}.get(value.strip())
    if kind == "tdmrep":
        return {"1": False, "0": True}.get(str(json.loads(value).get("tdm-reservation")))
    if kind.endswith(("content-signal", "content-usage")):
        answers = [answer[0].lower() for answer in _USAGE.findall(value)]
        return None if not answers else "n" not in answers
    return None


def _words(value: str) -> list[str]:
    """Words of a robots rule that are meant for everyone or for us (`name: noindex`)."""
    words: list[str] = []
    ours = True
    for part in value.split(","):
        named = _ROBOT_NAME.fullmatch(part)
        if named and named[1].lower() != "unavailable_after":
            ours = named[1].lower() == PRODUCT
        if ours:
            words.append((named[2] if named else part).strip().lower())
    return words
