"""Personal data in a text: all recognizers together, and texts with placeholders for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpuskit.arguments import as_text
from corpuskit.privacy.addresses import emails_in, ips_in
from corpuskit.privacy.exceptions import KeptAddresses
from corpuskit.privacy.findings import PersonalDatum, TextView
from corpuskit.privacy.kinds import KINDS
from corpuskit.privacy.national import lettered_number, numbers_in
from corpuskit.privacy.numbers import NumberGroup, number_groups, without_spans
from corpuskit.privacy.phones import messenger_links, phones_in

_ROUNDS: Final = 8
"""Rounds of masking; what a placeholder sets free is found in the second."""
_NOTHING: Final = KeptAddresses(())


def find_personal_data(text: str, *, regions: Sequence[str] = ()) -> list[PersonalDatum]:
    """Every piece of personal data in a text, in order; none overlap.

    `regions` are the countries (ISO 3166, `KH`) whose telephone numbers are known without a country
    code. Digits of every script count. Numbers in web addresses are left alone.
    """
    return _find(TextView(as_text("find_personal_data", text), regions))


def _find(view: TextView) -> list[PersonalDatum]:
    data = [*emails_in(view), *messenger_links(view), *ips_in(view)]
    taken = [(datum.start, datum.end) for datum in data] + view.urls + view.identifiers
    groups = list(without_spans(number_groups(view.text), taken))
    numbers = list(_numbers(groups, view))
    taken = [(datum.start, datum.end) for datum in numbers]
    phones = (datum for group in without_spans(groups, taken) for datum in phones_in(group, view))
    return sorted([*data, *numbers, *phones])


def _numbers(groups: Sequence[NumberGroup], view: TextView) -> Iterator[PersonalDatum]:
    for group in groups:
        end = 0
        for run in group.runs:
            datum = lettered_number(run, view)
            if datum is not None:
                end = datum.end
                yield datum
        if not end:
            yield from numbers_in(group, view)


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text with placeholders, and what was found in it."""

    text: str
    masked: Counter[str]
    """How many of each kind were replaced."""
    chars: Counter[str]
    """How many characters they had."""
    counted: Counter[str]
    """How many of each kind were found and left."""


def mask_personal_data(
    text: str,
    *,
    regions: Sequence[str] = (),
    kinds: Collection[str] = tuple(KINDS),
    keep: KeptAddresses = _NOTHING,
) -> MaskedText:
    """The text with a placeholder for each piece of personal data of `kinds`.

    Masking again changes nothing: what a placeholder set free is masked as well. Addresses and
    numbers of `keep` are neither masked nor counted.
    """
    masked: Counter[str] = Counter()
    chars: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        view = TextView(text, regions)
        data = [datum for datum in _find(view) if not keep.holds(datum, view)]
        hidden = [datum for datum in data if datum.kind in kinds]
        counted = Counter(datum.kind for datum in data if datum.kind not in kinds)
        if not hidden:
            break
        masked.update(datum.kind for datum in hidden)
        for datum in hidden:
            chars[datum.kind] += datum.end - datum.start
        text = _with_placeholders(text, hidden)
    return MaskedText(text, masked, chars, counted)


def _with_placeholders(text: str, data: Sequence[PersonalDatum]) -> str:
    parts: list[str] = []
    at = 0
    for datum in data:
        parts += [text[at : datum.start], KINDS[datum.kind].placeholder]
        at = datum.end
    return "".join([*parts, text[at:]])
