"""Telephone numbers, by the numbering plans that `phonenumbers` (libphonenumber) has.

A number is one that its plan calls valid and that is written as one: with a country code, with the
prefix of national calls, or after a word such as `Tel`. Free and shared-cost numbers, hotlines and
other numbers of institutions are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from corpuskit.privacy.context import OTHER
from corpuskit.privacy.findings import PersonalDatum, TextView
from corpuskit.privacy.numbers import NumberGroup

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_PARTS: Final = 6
_DIGITS: Final = range(7, 16)
_INSIDE: Final = frozenset(
    (" ", "-", ".", "\u00a0", "\u200b", "\u2010", "\u2011", "\u2013", ") ", ")", " (", ")-", ").",
     " - ", "- ", " -", "  ", "(")
)  # fmt: skip
"""Separators within a telephone number."""
_DATE: Final = (
    re.compile(r"[0-3]?[0-9][-./ ][01]?[0-9][-./ ](?:19|2[05])?[0-9]{2}"),
    re.compile(r"(?:19|2[05])[0-9]{2}[-./ ][01]?[0-9][-./ ][0-3]?[0-9]"),
    re.compile(r"(?:1[5-9]|2[05])[0-9]{2}[-\u2013](?:1[5-9]|2[05])[0-9]{2}"),
)
"""Dates and spans of years of the Christian and the Buddhist era."""
_PAGES: Final = re.compile(r"0[0-9]{3}[-\u2013][0-9]{4}")
"""Pages and ISSNs: no numbering plan of the regions divides national numbers like this."""
_PRICE_BEFORE: Final = re.compile(
    r"(?:[$€£¥₫₭₱฿៛]|(?<![a-z])(?:rp|rm|usd|idr|vnd|thb|php))[.:]? ?$"
)
_PRICE_AFTER: Final = re.compile(
    r" ?(?:[$€£¥₫₭₱฿៛]|đồng|vnđ|រៀល|ដុល្លារ|บาท|ກີບ|ကျပ်|"
    r"(?:đ|vnd|usd|idr|thb|php|rupiah|ringgit|pesos?|dollars?|riels?|baht|kip|kyats?|people)"
    r"(?![a-z\u00c0-\u024f\u1e00-\u1eff]))"
)
_DECIMAL: Final = re.compile(r"^0\.|\.[0-9]$")
_LIST: Final = re.compile(r"[0-9](?:[ .-][0-9]\b){3}")
"""Digits one by one."""
_COUNTING: Final = frozenset(("0123456789", "01234567890", "1234567890"))
"""Rows of digits that stand for any."""
_CODE_IN_BRACKETS: Final = re.compile(r"\((?:855|856|84|95|66|62|60|63|65|673|670)\) ?[0-9]")
_MESSENGER: Final = re.compile(
    r"(?:https?://)?(?:wa\.me/|t\.me/\+|(?:api\.|web\.)?whatsapp\.com/send/?\?phone=)"
    r"\+?[0-9]{8,15}(?![0-9A-Za-z_])[!-~]*",
    re.IGNORECASE,
)


def messenger_links(view: TextView) -> Iterator[PersonalDatum]:
    """Web addresses that are a telephone number, such as `https://wa.me/85512345678`."""
    if "wa.me" in view.folded or "whatsapp.com" in view.folded or "t.me/+" in view.folded:
        for match in _MESSENGER.finditer(view.text):
            yield PersonalDatum(*match.span(), "phone")


def phones_in(group: NumberGroup, view: TextView) -> Iterator[PersonalDatum]:
    """The telephone numbers in a group of runs; none overlap."""
    first = 0
    while first < len(group.runs):
        behind, datum = _phone_at(group, first, view)
        if datum is not None:
            yield datum
        first = behind


def _phone_at(group: NumberGroup, first: int, view: TextView) -> tuple[int, PersonalDatum | None]:
    """The longest number that starts with a run, and the run to look at next."""
    start = group.runs[first].start
    form = _form(view.text, start, first, group)
    if form is None:
        return first + 1, None
    ends = [behind for behind, size in _ends(group, first) if size in _DIGITS]
    for behind in reversed(ends):
        end = group.runs[behind - 1].end
        if _is_no_phone(view, start, end, form) or not _is_apart(view, group, first, behind):
            continue
        if _is_phone(view, form, start, end, group.runs[first].digits):
            return behind, PersonalDatum(start - len(form), end, "phone")
    return first + 1, None


def _form(text: str, start: int, first: int, group: NumberGroup) -> str | None:
    """The plus sign or bracket before a number; None where something else touches it."""
    before = text[max(0, start - 2) : start]
    if before.endswith(("(+", "(\uff0b")):
        return "(+"
    if before.endswith(("+", "\uff0b", "(")):
        return "(" if before[-1] == "(" else "+"
    if first and not group.separators[first - 1][-1].isspace():
        is_next = group.separators[first - 1] in ("/", " /") or _are_whole(group, first)
        return "" if is_next else None
    if before[-1:] in _DASHES:
        return (
            "" if not before[:-1].isascii() or _NAME_AND_DASH.search(text[:start][-12:]) else None
        )
    is_free = not before or before[-1] in _BEFORE or not before[-1].isascii()
    return "" if is_free else None


_BEFORE: Final = frozenset(" \n\t:;,'\"*|<>[./")
_DASHES: Final = ("-", "\u2013", "\u2014")
_NAME_AND_DASH: Final = re.compile(r"(?:tel|telp|hp|wa|phone|fax)[.: ]{0,2}[-\u2013\u2014]$", re.I)
_FEWEST_WHOLE: Final = 9


def _are_whole(group: NumberGroup, behind: int) -> bool:
    """Whether the runs on both sides of a hyphen are national numbers: `0912345678-0987654321`."""
    return group.separators[behind - 1].strip() in _DASHES and all(
        run.digits[0] == "0" and len(run.digits) >= _FEWEST_WHOLE
        for run in group.runs[behind - 1 : behind + 1]
    )


def _ends(group: NumberGroup, first: int) -> Iterator[tuple[int, int]]:
    """Behind which run a number may end, and its digits until there."""
    size = 0
    for behind in range(first + 1, min(first + _PARTS, len(group.runs)) + 1):
        if behind > first + 1 and group.separators[behind - 2] not in _INSIDE:
            return
        size += len(group.runs[behind - 1].digits)
        if size >= _DIGITS.stop:
            return
        yield behind, size


def _is_apart(view: TextView, group: NumberGroup, first: int, behind: int) -> bool:
    """Whether nothing that could be a part of the number follows it."""
    if behind < len(group.runs):
        after = group.separators[behind - 1]
        return (
            after[0] in " /)"
            or after.startswith((". ", "\u2013"))
            or _are_whole(group, behind)
            or (behind + 1 == len(group.runs) and _is_last_of_several(view, group, first, behind))
        )
    end = group.runs[behind - 1].end
    after = view.text[end : end + 2]
    return not re.match(r"[A-Za-z_@%=]|[,:][0-9]", after)


def _is_last_of_several(view: TextView, group: NumberGroup, first: int, behind: int) -> bool:
    """Whether the run after a number is the end of further ones: `โทร. 02-123-4567-9`."""
    return (
        group.separators[behind - 1] in _DASHES
        and len(group.runs[behind].digits) <= 2
        and "phone" in view.names(group.runs[first].start)
    )


def _is_no_phone(view: TextView, start: int, end: int, form: str) -> bool:
    """Whether digits are a date, pages or a price."""
    written = view.text[start:end]
    if any(pattern.fullmatch(written) for pattern in (*_DATE, _PAGES)):
        return True
    return "+" not in form and (
        _PRICE_BEFORE.search(view.folded[max(0, start - 6) : start]) is not None
        or _PRICE_AFTER.match(view.folded, end) is not None
    )


def _is_phone(view: TextView, form: str, start: int, end: int, first_run: str) -> bool:
    """Whether what is written there is a telephone number; `form` stands before it."""
    written = view.text[start:end]
    if _DECIMAL.search(written) or _LIST.match(written):
        return False
    if "+" in form:
        return _is_personal(_parsed(f"+{written}", None))
    names = view.names(start - len(form))
    is_named = "phone" in names
    if OTHER in names or (not is_named and (len(first_run) == 1 or written in _COUNTING)):
        return False
    if written.startswith("00"):
        return _is_personal(_parsed(f"+{written[2:]}", None))
    is_national = written.startswith("0") or is_named
    return (is_national and any(_is_national(written, region) for region in view.regions)) or (
        _has_country_code(
            written, view.regions, is_named or _CODE_IN_BRACKETS.match(form + written) is not None
        )
    )


def _has_country_code(written: str, regions: Sequence[str], is_named: bool) -> bool:
    """Whether a number starts with the country code of a region, without a plus sign."""
    import phonenumbers

    for region in regions:
        code = str(phonenumbers.country_code_for_region(region))
        if written.startswith(code) and (is_named or len(written) >= len(code) + 8):
            number = _parsed(f"+{written}", None)
            is_mobile = (
                number is not None
                and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
            )
            is_alone = written.isdigit() or written.replace("-", "").isdigit()
            if _is_personal(number) and (is_named or (is_mobile and is_alone)):
                return True
    return False


def _is_national(written: str, region: str) -> bool:
    """Whether a number is valid within a region."""
    import phonenumbers

    number = _parsed(written, region)
    return (
        number is not None
        and phonenumbers.is_valid_number_for_region(number, region)
        and _is_personal(number)
    )


def _parsed(written: str, region: str | None) -> PhoneNumber | None:
    import phonenumbers

    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None


def _is_personal(number: PhoneNumber | None) -> bool:
    """Whether a number is valid and can be a person's."""
    import phonenumbers

    types = phonenumbers.PhoneNumberType
    return number is not None and phonenumbers.number_type(number) in (
        types.MOBILE, types.FIXED_LINE, types.FIXED_LINE_OR_MOBILE, types.VOIP,
        types.PERSONAL_NUMBER, types.PAGER,
    )  # fmt: skip
