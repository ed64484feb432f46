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
INVALID_ROW = "read/invalid_row"
NO_TEXT = "read/no_text"
ROBOTS = "read/robots"
OPT_OUT = "read/opt_out"
EXCLUDED = "read/excluded"
REFUSED_ADDRESS = "read/refused_address"
NO_YIELD = "read/no_yield"
NETWORK = "read/network"
TIMED_OUT = "read/timed_out"
REDIRECTS = "read/too_many_redirects"
CRAWL_DELAY = "read/crawl_delay"
SAME_CONTENT = "read/same_content"
WITHDRAWN = "read/withdrawn"
FAILED = "read/failed"
NOT_FETCHED = "read/not_fetched"
DELETED = "read/deleted"
NO_TEXT_LAYER = "read/no_text_layer"
PDF_TEXT_LAYER = "read/pdf_text_layer"
LEGACY_FONT = "read/legacy_font"
ENCRYPTED = "read/encrypted"
REDIRECT = "read/redirect"
NAMESPACE = "read/namespace"
CONTENT_MODEL = "read/content_model"


class LostError(Exception):
    """A record that is lost while it is read: its reason code and detail."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason, detail)


REASONS: dict[str, str] = {
    UNSUPPORTED_TYPE: "The file is of a type that its connector does not read.",
    UNREADABLE: "The file or folder cannot be opened or read (permissions, a broken link, a pipe).",
    EMPTY: "There is no content.",
    TOO_LARGE: "The content is larger than 10 MB when decompressed, or reading it takes more "
    "memory than the recipe's `[limits] memory`.",
    CORRUPT: "The stored bytes are damaged and cannot be decompressed or parsed.",
    TRUNCATED: "The content is shorter than it was declared to be, or its file ends inside it.",
    RECORD_TYPE: "A WARC record that is not a page: warcinfo, request, metadata, continuation, or "
    "what a crawler keeps beside the pages (logs, screenshots, the text of rendered pages).",
    HTTP_STATUS: "The server did not answer with status 200.",
    REVISIT: "The record says that the page had not changed since an earlier capture.",
    CONTENT_TYPE: "The content is neither HTML nor plain text, by its media type or by its bytes "
    "(binary data, feeds, sitemaps, JSON, scripts, style sheets, mails).",
    INVALID_JSON: "The line is not a JSON object.",
    INVALID_UTF8: "The line or row is not valid UTF-8.",
    INVALID_ROW: "The row of a table breaks the rules of CSV, has not as many fields as the "
    "header, or holds a value that cannot be read.",
    NO_TEXT: "The line, row or record has no text where it should stand.",
    NOT_FETCHED: "The source's list names the record, but its server did not hand it out.",
    DELETED: "The repository has deleted the record and says so: nothing of it is published.",
    NO_TEXT_LAYER: "The PDF holds pictures of pages (a scan) and no text.",
    PDF_TEXT_LAYER: "The PDF's text is not what its pages show: its glyphs have no or wrong "
    "characters.",
    LEGACY_FONT: "Letters are in a font that draws other letters in their place (Limon, Zawgyi).",
    ENCRYPTED: "The document is protected by a password or by rights management.",
    REDIRECT: "A page of a wiki that only leads to another page.",
    NAMESPACE: "A page of a wiki that is in none of the namespaces to keep.",
    CONTENT_MODEL: "A page of a wiki that is not wikitext: a script, a style, data.",
    ROBOTS: "The site's robots.txt forbids it, or could not be had; it was not fetched.",
    OPT_OUT: "The site or page reserves text mining or training (header, meta, robots, TDMRep, "
    "RSL).",
    EXCLUDED: "The page is of a domain or address that must not be used; it was not fetched.",
    REFUSED_ADDRESS: "The URL leads to an address or scheme that a crawler must not ask.",
    NO_YIELD: "The crawl had dropped the host: its pages had no text in the wanted languages; it "
    "was not fetched.",
    NETWORK: "The server could not be reached or broke off, several times.",
    TIMED_OUT: "The server took longer than the deadline for one request, several times.",
    REDIRECTS: "A chain of more than five redirects, or one that leads nowhere.",
    CRAWL_DELAY: "The host asks for more time between two requests than the crawl has.",
    SAME_CONTENT: "Below its folder page after page had the same text, so that it was not asked.",
    FAILED: "Visiting or reading it raised an exception, whose name is in the detail; the log has "
    "its traceback.",
    WITHDRAWN: "The page was fetched earlier and its text was taken out: its site answers "
    "410 or reserves it by now, or it was taken down.",
}
