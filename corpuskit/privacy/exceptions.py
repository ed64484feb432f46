"""Addresses and numbers of institutions that a recipe keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from corpuskit.privacy.addresses import plain_address
from corpuskit.privacy.findings import PersonalDatum, TextView

_NOT_A_DIGIT: Final = re.compile(r"[^0-9]")
_FEWEST_DIGITS: Final = 6


def unusable(entry: str) -> str | None:
    """What is wrong with an entry of the list; None if it can keep something."""
    bare = entry.strip()
    if "@" in bare:
        local, _, host = bare.partition("@")
        is_whole = bool(local or host) and "@" not in host and bare.split() == [bare]
        return None if is_whole else "is not an address, `info@` or `@ministry.gov.kh`"
    if re.fullmatch(r"[+0-9 ().-]+", bare) and len(_digits(bare)) >= _FEWEST_DIGITS:
        return None
    return "is neither an e-mail address, `info@`, `@ministry.gov.kh` nor a telephone number"


def _digits(number: str) -> str:
    return _NOT_A_DIGIT.sub("", number)


class KeptAddresses:
    """E-mail addresses and telephone numbers that are no person's.

    An entry is an address (`info@example.org`), the part before the `@` (`info@`), a domain with
    everything below it (`@gov.kh`), or a telephone number, which is compared by its digits.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        listed = [entry.strip().lower() for entry in entries]
        self._addresses = frozenset(entry for entry in listed if "@" in entry[1:-1])
        self._locals = frozenset(entry[:-1] for entry in listed if entry.endswith("@"))
        self._domains = tuple(entry[1:] for entry in listed if entry.startswith("@"))
        self._numbers = frozenset(_digits(entry) for entry in listed if "@" not in entry)

    def holds(self, datum: PersonalDatum, view: TextView) -> bool:
        """Whether a piece of personal data is one of these."""
        written = view.folded[datum.start : datum.end]
        if datum.kind == "email":
            written = plain_address(view.original[datum.start : datum.end])
            local, _, host = written.partition("@")
            below = any(host == name or host.endswith(f".{name}") for name in self._domains)
            return below or local in self._locals or written in self._addresses
        return datum.kind == "phone" and _digits(written) in self._numbers
