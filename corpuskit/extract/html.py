"""The main text of a page, and what the page declares about itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any, ClassVar, Final

import pyarrow as pa
from lxml.html import HtmlElement

from corpuskit import logs
from corpuskit.extract import evidence, metadata, structured
from corpuskit.extract.blocks import blocks_of
from corpuskit.extract.evidence import License
from corpuskit.extract.reasons import EXTRACT
from corpuskit.extract.retries import SHELL_CHARS, size, try_again
from corpuskit.extract.select import ArticleChoice, choose
from corpuskit.extract.stating import stating_elements
from corpuskit.markup import tree
from corpuskit.markup.decode import decode
from corpuskit.stage import Batch

_log = logs.logger(__name__)

_MIN_INLINE_SCRIPT = 200
"""Characters of inline script that can fill a page; a counter's snippet is about as long."""

_HTML_TYPES: Final = frozenset(("text/html", "application/xhtml+xml"))
_PLAIN_TYPES: Final = frozenset(("text/plain", "text/markdown", "text/x-markdown"))
_XML_TYPES: Final = frozenset(("application/xml", "text/xml"))

_DOCUMENT: Final = re.compile(
    r"\s*+(?:<\?[^>]*+>\s*+)*+(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    r"<(?:!doctype\s++html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
"""The start of a document in HTML. It reads each comment once, however many there are."""
_MARKUP: Final = re.compile(r"</(?:a|body|div|h[1-6]|html|li|p|span|table|td|title)\s*>", re.I)


@dataclass(slots=True)
class ExtractedPage:
    """The text of a page and its metadata.

    `extractor` has the keys name, version, mode and fallback. If the page is lost, `reason`
    (a code of REASONS) and `detail` say why, and `text` is empty.
    """

    text: str = ""
    title: str | None = None
    lang_declared: str | None = None
    extractor: dict[str, str | None] | None = None
    published_at: datetime | None = None
    license: License = field(default_factory=License)
    charset: str | None = None
    charset_method: str | None = None
    reason: str | None = None
    detail: str | None = None


def extract_html(
    content: bytes | str, *, url: str | None = None, charset: str | None = None
) -> ExtractedPage:
    """The main text of an HTML page, from bytes or decoded text; no page makes it raise.

    `charset` is the label declared over HTTP; it is believed if the bytes agree with it.
    `url` makes calls readable and has no effect: nothing here depends on the address.
    TypeError for a page of another type.
    """
    if not isinstance(content, bytes | str):
        raise TypeError(f"extract_html takes bytes or a string, got {type(content).__name__}")
    if isinstance(content, str):
        return extract_markup(content)
    decoded = decode(content, charset)
    if decoded.reason:
        return ExtractedPage(reason=decoded.reason, detail=decoded.detail)
    result = extract_markup(decoded.markup)
    result.charset, result.charset_method = decoded.charset, decoded.method
    return result


def extract_markup(
    markup: str,
    content_type: str | None = "text/html",
    headers: Mapping[str, str] | None = None,
) -> ExtractedPage:
    """The main text of decoded HTML or plain text; without a media type, the content decides.

    `headers` are those of the HTTP response, with lower-case names: a Link may state the license.
    """
    kind = _kind(markup, content_type)
    if kind is None:
        return ExtractedPage(reason="extract/unsupported_type", detail=content_type)
    try:
        page = _page(markup, headers) if kind == "html" else _plain(markup)
    except tree.TooDeep:
        return ExtractedPage(reason="extract/too_deep")
    except Exception as error:  # noqa: BLE001 - one page must not end a build; the ledger has it
        _log.info("a page could not be extracted", exc_info=error)
        return ExtractedPage(reason="extract/failed", detail=type(error).__name__)
    if kind == "plain" and page.reason is None:
        page.license = evidence.header_license(headers)
    return page


def _kind(markup: str, content_type: str | None) -> str | None:
    document = bool(_DOCUMENT.match(markup))
    if content_type in _XML_TYPES:
        return "html" if document else None
    if content_type in _HTML_TYPES:
        return "html"
    if content_type in _PLAIN_TYPES:
        return "html" if document else "plain"  # servers say text/plain for unknown types
    if content_type is None:
        return "html" if document or _MARKUP.search(markup) else "plain"
    return None


def _plain(text: str) -> ExtractedPage:
    if not text.strip():
        return ExtractedPage(reason="extract/empty")
    extractor = {"name": "plain", "version": Extract.version, "mode": "plain", "fallback": None}
    return ExtractedPage(tree.SURROGATES.sub("\ufffd", text), extractor=extractor)


def _page(markup: str, headers: Mapping[str, str] | None) -> ExtractedPage:
    root = tree.parse(markup)
    if root is None:
        return ExtractedPage(reason="extract/empty")
    page = blocks_of(root)  # from the root: text may follow </body>, or there may be two bodies
    stating = stating_elements(root)
    nodes = structured.page_nodes(stating.scripts)
    result = ExtractedPage(
        title=metadata.title_of(stating),
        lang_declared=metadata.language_of(stating),
        published_at=metadata.published_of(stating, nodes),
        license=evidence.page_license(stating, markup, nodes, page, headers),
    )
    scripted = _is_scripted(stating.scripts)
    choice = choose(root, page)  # changes the tree: last
    choice = try_again(markup, nodes, page, choice, scripted) or choice
    if size(choice) < SHELL_CHARS and (scripted or not choice.blocks):
        return ExtractedPage(reason="extract/needs_js" if scripted else "extract/empty")
    if choice.fallback:
        _log.debug("extraction fell back to %s: %s", choice.mode, choice.fallback)
    result.text = "\n".join(block.text for block in choice.blocks)
    result.extractor = _made_by(choice)
    return result


def _is_scripted(scripts: Iterable[HtmlElement]) -> bool:
    """Whether the page loads a script or contains one long enough to fill it."""
    return any(
        script.get("src") or len(script.text or "") >= _MIN_INLINE_SCRIPT
        for script in scripts
        if "json" not in script.get("type", "")
    )


def _made_by(choice: ArticleChoice) -> dict[str, str | None]:
    by_library = choice.name == "trafilatura"
    return {
        "name": choice.name,
        "version": _library_version() if by_library else Extract.version,
        "mode": choice.mode,
        "fallback": choice.fallback,
    }


@lru_cache(maxsize=1)
def _library_version() -> str:
    return version("trafilatura")


class Extract:
    """Stage: `_markup` becomes `text`, `title`, `lang_declared`, `extractor` and license evidence.

    Title, date and license that the source or the operator stated are kept; the page's own
    `lang` replaces a declared language, since it is closer to the text.
    """

    name: ClassVar[str] = "extract"
    version: ClassVar[str] = "4"
    # trafilatura, the parser, SPDX expressions, and the libraries that trafilatura works with
    libraries: ClassVar[tuple[str, ...]] = (
        "charset-normalizer",
        "courlan",
        "htmldate",
        "justext",
        "lxml",
        "lxml_html_clean",
        "packaging",
        "trafilatura",
    )
    reasons: ClassVar[Mapping[str, str]] = EXTRACT
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("text", pa.string()),
        pa.field("title", pa.string()),
        pa.field("lang_declared", pa.string()),
        pa.field(
            "extractor",
            pa.struct({key: pa.string() for key in ("name", "version", "mode", "fallback")}),
        ),
        pa.field("published_at", pa.timestamp("us", tz="UTC")),
        pa.field("published_at_source", pa.string()),
        pa.field("license", pa.string()),
        pa.field("license_confidence", pa.string()),
        pa.field(
            "license_evidence",
            pa.list_(pa.struct({key: pa.string() for key in ("kind", "value", "where")})),
        ),
    )

    def process(self, batch: Batch) -> Batch:
        """Extract every row; those without text get a reason."""
        rows = [self._row(batch, row) for row in range(len(batch))]
        names = [*(field.name for field in self.fields), "reason", "detail"]
        return batch.with_columns(**{name: [row[name] for row in rows] for name in names})

    def _row(self, batch: Batch, row: int) -> dict[str, Any]:
        known = {
            name: batch[name][row]
            for name in (*(field.name for field in self.fields), "content_type")
            if name in batch
        }
        markup = batch["_markup"][row] or ""
        headers = batch["_headers"][row] if "_headers" in batch else None
        result = extract_markup(markup, known.get("content_type"), headers)
        license_ = evidence.merge(_license_of(known), result.license)
        dated, source = known.get("published_at"), known.get("published_at_source")
        if dated is None and result.published_at:
            dated, source = result.published_at, "meta"
        return {
            "text": result.text,
            "title": known.get("title") or result.title,
            "lang_declared": result.lang_declared or known.get("lang_declared"),
            "extractor": result.extractor,
            "published_at": dated,
            "published_at_source": source,
            "license": license_.id,
            "license_confidence": license_.confidence,
            "license_evidence": license_.evidence,
            "reason": result.reason,
            "detail": result.detail,
        }


def _license_of(known: dict[str, Any]) -> License:
    return License(
        known.get("license"),
        known.get("license_confidence"),
        list(known.get("license_evidence") or []),
    )
