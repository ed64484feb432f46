"""A capture: where the record of a page stands; and which captures are wanted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from corpuskit.surrogates import well_formed

_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class CaptureRange:
    """One page of one crawl, as an index describes it."""

    url: str
    timestamp: str
    """14 digits."""
    status: str
    mime: str
    """Detected media type, or the declared one where an index has none."""
    digest: str
    """Of the payload; SHA-1 in Base32."""
    languages: str
    """ISO 639-3 codes with commas between them, by CLD2; empty where it could not tell."""
    truncated: str
    """Why the payload was cut (`length`, `time`, `disconnect`), or empty."""
    filename: str
    """Of the WARC file, relative to the server of the data."""
    offset: int
    length: int

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @property
    def ref(self) -> str:
        """What names the capture where its record is not at hand."""
        return f"commoncrawl:{self.filename}@{self.offset}"


def from_index(row: Mapping[str, Any]) -> CaptureRange | None:
    """The capture that an object of the index server describes; None if it describes none."""
    try:
        capture = CaptureRange(
            url=_text(row, "url"),
            timestamp=_text(row, "timestamp"),
            status=_text(row, "status"),
            mime=(_text(row, "mime-detected") or _text(row, "mime")).lower(),
            digest=_text(row, "digest").removeprefix("sha1:"),
            languages=_text(row, "languages"),
            truncated=_text(row, "truncated"),
            filename=_text(row, "filename"),
            offset=int(row["offset"]),
            length=int(row["length"]),
        )
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    there = capture.url and capture.filename and capture.length > 0 and capture.offset >= 0
    return capture if there else None


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else well_formed(str(value))


@dataclass(slots=True)
class IndexPage:
    """What one page of an index held."""

    captures: list[CaptureRange] = field(default_factory=list)
    """The wanted ones, in the index's order."""
    skipped: Counter[str] = field(default_factory=Counter)
    """How many were not wanted, by why."""
    invalid: list[str] = field(default_factory=list)
    """Where lines stood that could not be understood."""

    def add(self, capture: CaptureRange, languages: list[str]) -> None:
        """Take in a capture, or count why it is not wanted."""
        if why := unwanted(capture, languages):
            self.skipped[why] += 1
        else:
            self.captures.append(capture)

    def dump(self) -> bytes:
        """As JSON."""
        fields = {
            "skipped": dict(sorted(self.skipped.items())),
            "invalid": self.invalid,
            "captures": [asdict(capture) for capture in self.captures],
        }
        return (json.dumps(fields, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")

    @classmethod
    def load(cls, data: bytes) -> IndexPage:
        """What `dump` wrote."""
        fields = json.loads(data)
        captures = [CaptureRange(**fields_of_capture) for fields_of_capture in fields["captures"]]
        return cls(captures, Counter(fields["skipped"]), fields["invalid"])


def unwanted(capture: CaptureRange, languages: list[str]) -> str | None:
    """Why a capture is not wanted (status, type, language); None if it is wanted."""
    if capture.status != "200":
        return "status"
    if capture.mime.partition(";")[0].strip() not in _HTML:
        return "type"
    if languages and not any(code in capture.languages for code in languages):
        return "language"
    return None
