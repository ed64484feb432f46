"""Which columns well-known sets have, and what each becomes.

A column is a name, or a path into structs with dots (`metadata.url`). Of a list the first element
is taken. Sources: the columns that the sets' publishers list. They have not been tried on the sets'
own files; only the column of the text has to be there, and its absence is told before a run.
"""

from __future__ import annotations

from typing import Final

DEFAULT: Final = {"text": "text", "url": "url", "title": "title"}
"""Where neither `map` nor `preset` says otherwise."""

PRESETS: Final[dict[str, dict[str, str]]] = {
    "fineweb-2": {
        "text": "text",
        "url": "url",
        "fetched_at": "date",
        "language": "language",
        "warc_file": "file_path",
        "warc_record_id": "id",
    },
    "hplt-2": {
        "text": "text",
        "url": "u",
        "fetched_at": "ts",
        "language": "lang",
        "warc_file": "f",
        "warc_offset": "o",
        "warc_length": "s",
    },
    "glotcc": {
        "text": "content",
        "url": "warc-target-uri",
        "fetched_at": "warc-date",
        "language": "identification-language",
        "warc_record_id": "warc-record-id",
    },
    "culturax": {"text": "text", "url": "url", "fetched_at": "timestamp"},
    "madlad-400": {"text": "text"},
    "dolma": {"text": "text", "url": "metadata.url", "title": "metadata.title"},
}

LITERAL_LINE_FEEDS: Final = frozenset({"madlad-400"})
r"""Sets whose text has `\n` in two characters where a line ends."""
