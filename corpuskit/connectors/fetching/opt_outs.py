"""Opt-outs from text mining and training: every signal kept raw, the strictest decides.

Read are: robots.txt groups for AI crawlers; Content-Signal and Content-Usage (IETF aipref draft)
in robots.txt, headers and meta; TDMRep (W3C community group report, 2024) as
/.well-known/tdmrep.json, header and meta; X-Robots-Tag and meta robots with noai, noml or noindex;
whether there is an ai.txt.

What can be read in two ways is read as an opt-out: an owner's refusal that is missed costs more
than a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from corpuskit.connectors.fetching.opt_out_protocols import (
    PROTOCOLS,
    VOCABULARIES,
    protocol_of,
)
from corpuskit.connectors.fetching.policy import PRODUCT
from corpuskit.connectors.fetching.robots import Rules
from corpuskit.connectors.fetching.robots_tag import AI_REFUSALS, EVERYONE, folded, parse_rules
from corpuskit.connectors.fetching.url_patterns import covers
from corpuskit.document import OptOutSignal, Tdm
from corpuskit.surrogates import well_formed

MAX_SIGNALS: Final = 30
MAX_VALUE: Final = 1_000
"""Signals kept of a page and characters of each: together less than a WARC head may hold."""

AI_BOTS: Final = (
    "CCBot", "GPTBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Bytespider",
)  # fmt: skip
"""Names under which sites shut out collection for training; a recipe may name others."""

_REFUSALS: Final = frozenset({"noindex", "none"})
"""Rules that refuse a robot, if they are meant for all, for us or for one of AI_BOTS."""
_TRAINING: Final = re.compile(
    r"(?<![\w-])(?:ai[-_]?train(?:ing)?|train[-_]?(?:gen)?ai|genai|ai|tdm|bots|all)[\"']?\s*[=:]\s*"
    r"[\"'?]?(no?|none|0|false|off|den(?:y|ied)|disallow(?:ed)?|y(?:es)?|1|true|allow(?:ed)?)(?![\w-])",
    re.IGNORECASE,
)
"""`ai-train=no` (contentsignals.org); `train-ai=n` of draft-ietf-aipref-vocab, with the names of
its earlier versions. Search and the other uses are not ours."""
_USAGE: Final = ("content-signal", "content-usage")
_TDM: Final = ("tdm-reservation", "tdm-policy")
_NAME: Final = re.compile(r"[^\s,;]+")
_GRANTS: Final = frozenset("y1ta")
"""First letters of the values of `_TRAINING` that grant."""
_SEPARATORS: Final = re.compile(r"[\s_:-]+")
_RESERVED: Final = re.compile(
    r"""tdm[\s_:-]?reservation["']?\s*[:=]\s*["'?]{0,2}(?:1|true)\b""", re.IGNORECASE
)


def of_robots(rules: Rules, url: str, ai_bots: Sequence[str]) -> list[OptOutSignal]:
    """Signals of an origin's robots.txt about a URL."""
    signals = [OptOutSignal(kind="robots-ai", value=bot) for bot in rules.shut_out(url, ai_bots)]
    for name in _USAGE:
        signals += [
            OptOutSignal(kind=f"robots-{name}", value=value)
            for value in rules.directives(name, url)
        ]
    signals += [
        OptOutSignal(kind="robots-ai", value=f"DisallowAITraining: {pattern}")
        for pattern in rules.patterns("disallowaitraining", url)
    ]
    return signals


def of_headers(headers: Mapping[str, str]) -> list[OptOutSignal]:
    """Signals among a response's headers (lower-case names); repeated ones of X-Robots-Tag stand
    on lines of their own, others are joined by commas."""
    lines: dict[str, list[str]] = {name: [] for name in ("x-robots-tag", *_USAGE, *_TDM)}
    for header, value in headers.items():
        if (name := _standard_name(header)) in lines:
            lines[name] += _header_text(value).splitlines()
    return [OptOutSignal(kind=name, value=line) for name in lines for line in lines[name]]


def _header_text(value: str) -> str:
    """A header whose bytes were read as latin-1: in UTF-8 if they are that."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def of_meta(metas: Iterable[tuple[str, str]]) -> list[OptOutSignal]:
    """Signals among a page's meta elements (lower-case name, content)."""
    return [
        OptOutSignal(kind=f"meta-{name}", value=value)
        for names, value in metas
        for name in map(_standard_name, _NAME.findall(names))
        if name in _META_NAMES or (name.endswith("bot") and _refuses(value, ""))
    ]


_META_NAMES: Final = frozenset(
    ("robots", "x-robots-tag", PRODUCT, *_USAGE, *_TDM, *(bot.lower() for bot in AI_BOTS))
)
_STANDARD_NAMES: Final = {name.replace("-", ""): name for name in _META_NAMES}


def _standard_name(name: str) -> str:
    """A name as its standard has it, whatever separates its words: `tdm:reservation`."""
    return _STANDARD_NAMES.get(_SEPARATORS.sub("", name), name)


def of_tdmrep(text: str, url: str) -> list[OptOutSignal]:
    """The first entry of a tdmrep.json that covers a URL and says whether it is reserved; nothing
    from another file.

    Entries may stand in arrays or objects of any depth, and their names be written in other ways
    (`TDM-Reservation`, `tdm_reservation`). A file that is not valid JSON but reserves something
    reserves all.
    """
    try:
        entries = _entries(json.loads(text, object_pairs_hook=_members))
    except (ValueError, RecursionError):
        whole = json.dumps({"tdm-reservation": 1})
        return [OptOutSignal(kind="tdmrep", value=whole)] if _RESERVED.search(text) else []
    for entry in entries:
        if _is_about(entry, url):
            values = entry[_RESERVATION]
            statement = {"tdm-reservation": values[0] if len(values) == 1 else values}
            if isinstance(policy := entry.get("tdmpolicy"), str):
                statement["tdm-policy"] = policy
            return [OptOutSignal(kind="tdmrep", value=json.dumps(statement, ensure_ascii=False))]
    return []


_RESERVATION: Final = "tdmreservation"


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object by names without case and separators; a reservation that is repeated keeps every
    value."""
    members: dict[str, Any] = {}
    for written, value in pairs:
        name = _SEPARATORS.sub("", written.lower())
        if name == _RESERVATION:
            values = value if isinstance(value, list) else [value]
            members[name] = [*members.get(name, ()), *values]
        else:
            members[name] = value
    return members


def _entries(parsed: Any) -> Iterator[dict[str, Any]]:
    """Every object that says whether something is reserved, in order."""
    waiting = [parsed]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict) and _RESERVATION in value:
            yield value
        elif isinstance(value, dict | list):
            waiting += reversed(list(value.values() if isinstance(value, dict) else value))


def _is_about(entry: dict[str, Any], url: str) -> bool:
    """Whether an entry covers a URL; one that names no location covers all."""
    places = entry.get("location", "/")
    return any(
        covers(place, url)
        for place in (places if isinstance(places, list) else [places])
        if isinstance(place, str)
    )


def verdict(signals: Sequence[OptOutSignal]) -> Tdm:
    """The column `tdm`: `disallow` if any signal reserves, `allow` if one grants, else unknown.

    Every signal has its protocol, the version of its vocabulary and its own verdict; those that
    reserve are kept first.
    """
    judged = [_judged(signal) for signal in signals]
    verdicts = {signal["verdict"] for signal in judged}
    decided = next((each for each in ("disallow", "allow") if each in verdicts), "unknown")
    if len(judged) > MAX_SIGNALS:
        judged.sort(key=lambda signal: signal["verdict"] != "disallow")
    return Tdm(verdict=decided, signals=judged[:MAX_SIGNALS])


def _judged(signal: OptOutSignal) -> OptOutSignal:
    kind, value = signal["kind"], signal["value"]
    protocol = protocol_of(kind, value)
    return OptOutSignal(
        kind=kind,
        value=well_formed(value[:MAX_VALUE]),
        protocol=protocol,
        vocabulary=signal.get("vocabulary") or (VOCABULARIES[protocol] if protocol else None),
        verdict=signal.get("verdict") or _WORDS[_says(signal)],
    )


_WORDS: Final = {False: "disallow", True: "allow", None: "unknown"}


def binding_signals(
    signals: Sequence[OptOutSignal], binding: Collection[str] | None = None
) -> list[OptOutSignal]:
    """The signals that reserve by a protocol that binds; None for all protocols."""
    protocols = PROTOCOLS if binding is None else binding
    return [
        signal
        for signal in map(_judged, signals)
        if signal["verdict"] == "disallow" and signal["protocol"] in protocols
    ]


def shown(signals: Iterable[OptOutSignal]) -> str:
    """Signals in words, for the ledger."""
    return "; ".join(f"{signal['kind']}: {signal['value']}" for signal in signals)[:500]


def nofollow(signals: Iterable[OptOutSignal]) -> bool:
    """Whether the page asks that its links are not followed."""
    return any(
        rule.name in ("nofollow", "none") and rule.robot in (EVERYONE, PRODUCT)
        for signal in signals
        if signal["kind"] in ("x-robots-tag", "meta-x-robots-tag", "meta-robots", f"meta-{PRODUCT}")
        for rule in parse_rules(signal["value"])
    )


def _says(signal: OptOutSignal) -> bool | None:
    """False if a signal reserves, True if it grants, None if it says neither."""
    kind, value = signal["kind"], signal["value"]
    if kind == "robots-ai":
        return False
    if kind.endswith("tdm-reservation"):
        return _reservation(_NAME.findall(folded(value)))
    if kind == "tdmrep":
        values = json.loads(value)["tdm-reservation"]
        return _reservation(values if isinstance(values, list) else [values])
    if kind.endswith(_USAGE):
        answers = _answers(value)
        return answers <= _GRANTS if answers else None
    if kind == "x-robots-tag" or (kind.startswith("meta-") and not kind.endswith(_TDM)):
        refuses = _refuses(value, kind.removeprefix("meta-")) or _denies_training(value)
        return False if refuses else None
    return None


def _answers(value: str) -> set[str]:
    """First letters of what a value says about training."""
    return {answer[0].lower() for answer in _TRAINING.findall(folded(value))}


def _denies_training(value: str) -> bool:
    """Whether rules for robots hold a usage preference: `index, ai-train=no`."""
    return not _answers(value) <= _GRANTS


def _reservation(values: Sequence[Any]) -> bool | None:
    """1 reserves, 0 grants (TDMRep, section 4); of several values the strictest counts."""
    answers = {str(value).strip("\"'? ").lower() for value in values}
    if answers & {"1", "1.0", "01", "true", "yes", "on"}:
        return False
    return True if answers & {"0", "0.0", "false"} else None


def _refuses(value: str, robot: str) -> bool:
    """Whether rules refuse; `robot` is the name of the meta element that they stand in."""
    to_us = robot in _META_NAMES
    return any(
        rule.name in AI_REFUSALS or (rule.name in _REFUSALS and to_us and rule.robot in _HEARD)
        for rule in parse_rules(value)
    )


_HEARD: Final = frozenset((EVERYONE, PRODUCT, *(bot.lower() for bot in AI_BOTS)))
