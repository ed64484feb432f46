"""Personal data: found, masked, counted."""

from corpuskit.privacy.detect import MaskedText, find_personal_data, mask_personal_data
from corpuskit.privacy.exceptions import KeptAddresses
from corpuskit.privacy.findings import PersonalDatum
from corpuskit.privacy.kinds import ID_KINDS, KINDS, PersonalDataKind

__all__ = [
    "ID_KINDS",
    "KINDS",
    "KeptAddresses",
    "MaskedText",
    "PersonalDataKind",
    "PersonalDatum",
    "find_personal_data",
    "mask_personal_data",
]
