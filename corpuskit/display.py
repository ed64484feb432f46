"""What may be shown of values that users and strangers wrote.

`mask` takes credentials out of a text, `mask_values` out of nested data, and `printable` writes out
the characters that would command a terminal or forge a line. Log, terminal, errors, manifest and
card use these functions and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

MASK: Final = "***"
# A user before the host; the second form is a secret key of S3, which may hold a slash. Its length
# is limited so that the search stays linear: what is searched are URLs that strangers wrote.
# A path may have made `https:/` of `https://`.
_USERINFO: Final = re.compile(r"(//|(?<=[A-Za-z0-9]{2}):/)[^\s/?#\"<>\\]+@")
_SLASHED_USERINFO: Final = re.compile(
    r"(//|(?<=[A-Za-z0-9]{2}):/)[^\s/?#:@\[\"<>\\]{1,200}:(?!\d+/)[^\s?#@\"<>\\]{1,200}@"
)
# Names of query parameters that carry credentials, alone or as a part of a longer name
# (X-Amz-Signature, access_token). The resumptionToken of OAI-PMH is a cursor, not a secret.
_PARAMETER: Final = re.compile(
    r"""(?ix)
    ( (?: [?&;\#] | %3F | %26 )
      (?: (?!resumptionToken=) [\w.-]{0,40}
          (?: token | secret | passw | passphrase | pwd | signature | credential | api[_-]?key
            | private[_-]?key | auth(?!or) | sess(?:ion)?[_-]?id )
          [\w.-]{0,40}
        | key | sig | sid | pass | pw | jwt | session | access[_-]?key(?:[_-]?id)?
        | awsaccesskeyid )
    )
    ( = | %3D ) [^\s&"<>\#]*[^\s&"<>\#:,]"""
)
_AUTHORIZATION: Final = re.compile(
    r"(?i)\b((?:proxy-)?authorization['\": ]+(?:(?:basic|bearer)\s+)?|bearer\s+)"
    r"(?!basic\b|bearer\b)[\w.~+/=-]{6,}"
)
_KNOWN_TOKEN: Final = re.compile(
    r"\b(?:hf_[A-Za-z]{20,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|A(?:KIA|SIA)[0-9A-Z]{16})"
    # A JSON web token; the search starts at the run of characters that holds it: linear.
    r"|(?<![\w-])((?:(?!\beyJ)[\w-])*+)eyJ[\w-]++\.[\w-]++\.[\w-]*+"
)
# Keys of options, of a plug-in's for example, whose values are credentials.
_SECRET_KEY: Final = re.compile(
    r"(?i).*(?:token|secret|passw|passphrase|pwd|credential|api[_-]?key|private[_-]?key"
    r"|access[_-]?key|authorization|cookie)s?"
)


def mask(text: str) -> str:
    """A text without the credentials that URLs and headers carry, each replaced by MASK."""
    text = _USERINFO.sub(rf"\1{MASK}@", text)
    text = _SLASHED_USERINFO.sub(rf"\1{MASK}@", text)
    text = _PARAMETER.sub(rf"\1\2{MASK}", text)
    text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
    return _KNOWN_TOKEN.sub(rf"\1{MASK}", text)


def mask_values(data: Any, *, skip: Collection[str] = ()) -> Any:
    """Nested dicts and lists with every string masked, whole values under keys such as `password`.

    Keys, everything that is not a string, and values under the keys in `skip` stay as they are.
    """
    return _masked(data, mask, skip)


def _masked(data: Any, hide: Callable[[str], str], skip: Collection[str]) -> Any:
    if isinstance(data, str):
        return hide(data)
    if isinstance(data, Mapping):
        return {
            key: value if key in skip else _masked(value, _hide_under(key, hide), skip)
            for key, value in data.items()
        }
    if isinstance(data, list | tuple):
        return [_masked(value, hide, skip) for value in data]
    return data


def _hide_under(key: object, hide: Callable[[str], str]) -> Callable[[str], str]:
    """What becomes of strings below a key: of a secret, nothing of them is left."""
    return _hide_all if isinstance(key, str) and _SECRET_KEY.fullmatch(key) else hide


def _hide_all(text: str) -> str:
    return MASK if text else text


# Control characters except the tab, line and paragraph separators, characters that turn the
# direction of what follows (the "Trojan Source" attack, CVE-2021-42574), and lone surrogates.
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """A text on one line, control characters written out as `\\x1b`.

    A page's URL or title must neither forge a line nor send commands to a terminal.
    """
    return _CONTROL.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
