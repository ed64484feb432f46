"""Which years are years of the Gregorian calendar, though a page writes another one."""

from __future__ import annotations

from datetime import date
from typing import Final

PUBLICATION_YEARS: Final = range(1500, 2100)
"""Gregorian years in which a document in the corpus may have been published.

Fields that ask for ISO 8601 hold years of other calendars too, and the calendar is named nowhere:
2024 is 1403 in Iran and Afghanistan (solar Hijri), 1445 in the lunar Hijri calendar, 1386 in the
Burmese era and 2567 in the Buddhist era of Thailand, Laos and Cambodia. All of these are outside
of the range, by at least 50 years until 2049 (lunar Hijri) and by at least 340 years (Buddhist).
Solar and lunar months differ from the Gregorian ones, so such a date is dropped, not converted."""


def is_publication_date(value: date) -> bool:
    """Whether a date can be a date of publication in the Gregorian calendar."""
    return value.year in PUBLICATION_YEARS
