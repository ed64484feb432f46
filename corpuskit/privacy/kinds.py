"""The kinds of personal data that are looked for, and the placeholder of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PersonalDataKind:
    """One kind of personal data."""

    name: str
    """As in the column `pii` and in the recipe's table `[privacy]`."""
    placeholder: str
    """What replaces it in a text; it holds no digit and no `@`, so that nothing is masked twice."""
    description: str


def _id(name: str, description: str) -> PersonalDataKind:
    return PersonalDataKind(name, "<ID>", description)


_ID_KINDS: Final = (
    _id("thai_id", "Thai national ID: 13 digits with a check digit"),
    _id("nric", "Singapore NRIC or FIN: a letter, 7 digits and a check letter"),
    _id("nik", "Indonesian NIK: 16 digits, a region and a date of birth"),
    _id("npwp", "Indonesian tax number NPWP: 15 or 16 digits with a check digit"),
    _id("mykad", "Malaysian MyKad: 12 digits, a date and a place of birth"),
    _id("cccd", "Vietnamese CCCD: 12 digits that start with a province"),
    _id("cmnd", "Vietnamese CMND, the former ID card: 9 digits, named as such"),
    _id("mst", "Vietnamese tax number: 10 digits with a check digit, named as such"),
    _id("myanmar_nrc", "Myanmar NRC: state, township, type and 6 digits"),
    _id(
        "philsys",
        "Philippine PhilSys, PhilHealth or Pag-IBIG number: 12 or 16 digits, named as such",
    ),
    _id("tin", "Philippine tax number TIN: 9 to 14 digits, named as such"),
    _id("sss", "Philippine social security number: 10 digits, named as such"),
    _id("khmer_id", "Cambodian ID card: 9 digits, named as such"),
    _id("lao_id", "Lao ID card: 6 to 12 digits, named as such"),
)

_KINDS: Final = (
    PersonalDataKind("email", "<EMAIL>", "e-mail addresses"),
    PersonalDataKind("phone", "<PHONE>", "telephone numbers, also in links to a messenger"),
    PersonalDataKind("ip", "<IP>", "public IP addresses"),
    PersonalDataKind("card", "<CARD>", "numbers of payment cards, with a check digit (Luhn)"),
    PersonalDataKind("bank_account", "<ACCOUNT>", "bank accounts, named as such"),
    *_ID_KINDS,
)

KINDS: Final[dict[str, PersonalDataKind]] = {kind.name: kind for kind in _KINDS}
"""Every kind by name."""

ID_KINDS: Final = tuple(kind.name for kind in _ID_KINDS)
"""Names of the kinds of personal identification numbers."""
