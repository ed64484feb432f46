"""Names, types and meaning of every published column: public API.

docs/schema.md is generated from this table. Columns are nullable; those a build always
fills are listed in ALWAYS.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from corpuskit.errors import StageError
from corpuskit.names import SOURCE_TYPES
from corpuskit.surrogates import well_formed

_TIME: Final = pa.timestamp("us", tz="UTC")
EVIDENCE: Final = pa.struct({"kind": pa.string(), "value": pa.string(), "where": pa.string()})
WARC: Final = pa.struct(
    {"file": pa.string(), "offset": pa.int64(), "length": pa.int64(), "record_id": pa.string()}
)
EXTRACTOR: Final = pa.struct(
    {"name": pa.string(), "version": pa.string(), "mode": pa.string(), "fallback": pa.string()}
)
NORMALIZER: Final = pa.struct({"name": pa.string(), "version": pa.string()})
EDITS: Final = pa.list_(
    pa.struct({"stage": pa.string(), "kind": pa.string(), "count": pa.int32(), "chars": pa.int32()})
)
REMOVED: Final = pa.list_(
    pa.struct(
        {
            "stage": pa.string(), "kind": pa.string(), "line": pa.int32(), "lang": pa.string(),
            "chars": pa.int32(),
        }
    )
)  # fmt: skip
DUPLICATES: Final = pa.struct({"count": pa.int32(), "examples": pa.list_(pa.string())})
COUNTS: Final = pa.list_(pa.struct({"kind": pa.string(), "count": pa.int32()}))
LISTS: Final = pa.list_(
    pa.struct({"list": pa.string(), "count": pa.int32(), "share": pa.float32()})
)
LABELS: Final = pa.list_(pa.struct({"label": pa.string(), "score": pa.float32()}))
LANG_EVIDENCE: Final = pa.list_(
    pa.struct(
        {
            "kind": pa.string(), "value": pa.string(), "labels": pa.list_(pa.string()),
            "weight": pa.float32(),
        }
    )
)  # fmt: skip
CONTAMINATION: Final = pa.list_(
    pa.struct({"benchmark": pa.string(), "item": pa.string(), "score": pa.float32()})
)
ROBOTS: Final = pa.struct(
    {
        "verdict": pa.string(), "ua": pa.string(), "rule": pa.string(),
        "robots_sha256": pa.string(), "checked_at": _TIME,
    }
)  # fmt: skip
TDM: Final = pa.struct(
    {
        "verdict": pa.string(),
        "signals": pa.list_(
            pa.struct(
                {
                    "kind": pa.string(), "value": pa.string(), "protocol": pa.string(),
                    "vocabulary": pa.string(), "verdict": pa.string(),
                }
            )
        ),
    }
)  # fmt: skip
BROKEN: Final = pa.list_(
    pa.struct({"rule": pa.string(), "value": pa.float32(), "threshold": pa.float32()})
)

_DOCUMENT: Final[tuple[tuple[str, pa.DataType, str], ...]] = (
    ("id", pa.string(), "first 32 hex digits of sha256(source_ref + text)"),
    ("text", pa.string(), "the document, after normalization"),
    ("text_sha256", pa.string(), "sha256 of `text` in UTF-8"),
    ("raw_sha256", pa.string(), "sha256 of the extracted text before normalization"),
    ("url", pa.string(), "as captured"),
    ("url_canonical", pa.string(), "lower-case scheme and host, no default port, no fragment"),
    ("domain", pa.string(), "registrable domain (eTLD+1) of the URL"),
    ("title", pa.string(), "of the page or record"),
    ("published_at", _TIME, "stated by the source; never guessed"),
    ("published_at_source", pa.string(), "who stated it: feed, sitemap, revision, meta"),
    ("source", pa.string(), "the source's name in the recipe"),
    ("source_type", pa.string(), f"{', '.join(SOURCE_TYPES[:-1])} or {SOURCE_TYPES[-1]}"),
    ("source_ref", pa.string(), "the record within its source: WARC record id, file and digest"),
    ("fetched_at", _TIME, "capture time, also for archives; null where nobody recorded it"),
    ("http_status", pa.int32(), "of the captured response"),
    ("content_type", pa.string(), "media type of the captured content"),
    ("charset", pa.string(), "that the content was decoded with"),
    ("charset_method", pa.string(), "how it was found: bom, http, meta, utf-8 or detected"),
    ("payload_digest", pa.string(), "of the captured payload, as `sha1:BASE32`"),
    ("warc", WARC, "where to extract the record from again"),
    ("extractor", EXTRACTOR, "what took the text from the page, and how"),
    ("normalizer", NORMALIZER, "what made the text canonical"),
    (
        "edits",
        EDITS,
        "how `text` differs from the extracted text: which stage made how many edits of which "
        "kind, and how many characters a kind took out where that is known (else 0)",
    ),
    (
        "removed",
        REMOVED,
        "lines and passages that an edit took out of `text`: stage, kind, number of the line in "
        "the text before that edit, from 1, language where it is known, and length; null where "
        "there are none",
    ),
    ("lang", pa.string(), "ISO 639-3 and ISO 15924, as `khm_Khmr`"),
    ("lang_score", pa.float32(), "the identification model's probability of `lang`"),
    (
        "lang_certainty",
        pa.float32(),
        "how often the default model is right for texts of this length with this score, measured "
        "on collections that it was not trained on; null for `und` and for other models",
    ),
    ("lid_top", LABELS, "the model's five best labels"),
    (
        "lang_evidence",
        LANG_EVIDENCE,
        "what counted for `lang` beside the text (`cctld`, `declared`), for which languages, by "
        "which weight in log-odds; null where nothing did",
    ),
    ("lang_declared", pa.string(), "by the page itself; evidence, not truth"),
    ("script_ratio", pa.float32(), "share of letters in the language's script"),
    (
        "lang_line_share",
        pa.float32(),
        "share of letters in `lang`, by line (of texts beyond 10,000 characters by a sample of "
        "lines); null where no line is long enough to tell",
    ),
    (
        "duplicates",
        DUPLICATES,
        "documents dropped because this one says the same: how many, and the URLs (else ids) of "
        "up to ten of them",
    ),
    ("split", pa.string(), "train or validation; no cluster of duplicates crosses it"),
    ("license", pa.string(), "SPDX id, `LicenseRef-...` or NOASSERTION"),
    ("license_confidence", pa.string(), "declared, detected or assumed"),
    ("license_evidence", pa.list_(EVIDENCE), "what the license rests on"),
    ("robots", ROBOTS, "robots.txt verdict; `not_checked` where nobody looked"),
    (
        "tdm",
        TDM,
        "text-and-data-mining opt-out: allow, disallow or unknown, and each signal with its "
        "protocol, the version of its vocabulary and its own verdict",
    ),
    (
        "contamination",
        CONTAMINATION,
        "evaluation items in the text: benchmark, item, and the share of the item that is there (0 "
        "to 1, weighted by rarity); null where nobody looked, as without `[decontamination]`",
    ),
    ("pii", COUNTS, "personal data found, counts by kind; null where nobody looked"),
    (
        "lists",
        LISTS,
        "lists of the recipe that the page or words of it are on: how often, and of words their "
        "share of the text; null where the recipe has no lists",
    ),
)

FIELDS: Final[dict[str, pa.Field]] = {
    name: pa.field(name, kind, metadata={"about": about}) for name, kind, about in _DOCUMENT
}

ALWAYS: Final = (
    "id", "text", "text_sha256", "raw_sha256", "source", "source_type", "source_ref", "extractor",
    "normalizer", "edits", "lang", "license", "license_confidence", "robots", "tdm",
    "duplicates", "split",
)  # fmt: skip
"""Columns that are never null in a published corpus."""

REJECTS: Final = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("url", pa.string()),
        pa.field("source", pa.string()),
        pa.field("source_ref", pa.string()),
        pa.field("stage", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("detail", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.float32()),
        pa.field("threshold", pa.float32()),
        pa.field("broken", BROKEN),
        pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float32()),
        pa.field("duplicate_of", pa.string()),
        pa.field("similarity", pa.float32()),
        pa.field("earlier_build", pa.string()),
        pa.field("earlier_url", pa.string()),
        pa.field("text", pa.string()),
    ]
)
"""One row per record that did not reach the corpus. `reason` is the decisive one; `rule`,
`value` and `threshold` are those of the first broken rule, `broken` holds every one. Where
`duplicate_of` is a document of an earlier corpus, `earlier_build` has the name and the id of its
build and `earlier_url` its address. `text` is a first part of the text, where the recipe asks for
it."""


def document_schema(quality: pa.Field | None = None, extra: Sequence[pa.Field] = ()) -> pa.Schema:
    """The published schema; `quality` is the signals' struct, `extra` what plug-ins add."""
    fields = list(FIELDS.values())
    if quality is not None:
        at = list(FIELDS).index("duplicates")
        fields.insert(at, quality.with_metadata({"about": "every quality signal"}))
    return pa.schema([*fields, *extra])


def to_table(columns: Mapping[str, Sequence[Any]], fields: Iterable[pa.Field]) -> pa.Table:
    """Columns as an Arrow table of exactly `fields`; lone surrogates become U+FFFD."""
    fields = list(fields)
    arrays = [_column(columns[field.name], field) for field in fields]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _column(values: Sequence[Any], field: pa.Field) -> pa.Array:
    try:
        return _array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise StageError(
            f"the column {field.name!r} holds values that are not {field.type}: {error}"
        ) from error


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type=kind)
    except UnicodeEncodeError:
        return pa.array([_storable(value) for value in values], type=kind)


def _storable(value: Any) -> Any:
    """The value with every string well formed: Arrow stores UTF-8 only."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Mapping):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return value
