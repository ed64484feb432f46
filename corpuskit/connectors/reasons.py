"""Why a raw record is lost while it is read."""

from __future__ import annotations

UNSUPPORTED_TYPE = "read/unsupported_type"
UNREADABLE = "read/unreadable"
EMPTY = "read/empty"
TOO_LARGE = "read/too_large"
CORRUPT = "read/corrupt"
TRUNCATED = "read/truncated"
RECORD_TYPE = "read/warc_record_type"
HTTP_STATUS = "read/http_status"
REVISIT = "read/revisit"
CONTENT_TYPE = "read/content_type"
INVALID_JSON = "read/invalid_json"
INVALID_UTF8 = "read/invalid_utf8"
NO_TEXT = "read/no_text"
NOT_FETCHED = "read/not_fetched"

REASONS: dict[str, str] = {
    UNSUPPORTED_TYPE: "The file is of a type that its connector does not read.",
    UNREADABLE: "The file or folder cannot be opened or read (permissions, a broken link, a pipe).",
    EMPTY: "There is no content.",
    TOO_LARGE: "The content is larger than 10 MB when decompressed.",
    CORRUPT: "The stored bytes are damaged and cannot be decompressed or parsed.",
    TRUNCATED: "The content is shorter than it was declared to be, or its file ends inside it.",
    RECORD_TYPE: "A WARC record that is not a page: warcinfo, request, metadata, continuation.",
    HTTP_STATUS: "The server did not answer with status 200.",
    REVISIT: "The record says that the page had not changed since an earlier capture.",
    CONTENT_TYPE: "The media type is neither HTML nor plain text.",
    INVALID_JSON: "The line is not a JSON object.",
    INVALID_UTF8: "The line is not valid UTF-8.",
    NO_TEXT: "The line has no text in the column that should hold it.",
    NOT_FETCHED: "The source's list names the record, but its server did not hand it out.",
}
