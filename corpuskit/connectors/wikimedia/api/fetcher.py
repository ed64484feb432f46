"""The HTML of pages, fetched one by one into a WARC file for each part.

HTML has the templates expanded, which wikitext has not (and whoever fetches wikitext has to
expand them: with the templates, modules and settings of the very wiki). It costs a request for
each page. The REST API gives Parsoid's HTML; wikis without it give that of the old parser by
`action=render`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from corpuskit import logs
from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.http_message import media_type
from corpuskit.connectors.containers.warc_write import member, payload_digest
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.session import Reply
from corpuskit.connectors.journal import Journal
from corpuskit.connectors.reasons import (
    CONTENT_MODEL,
    NOT_FETCHED,
    OPT_OUT,
    REDIRECT,
    ROBOTS,
)
from corpuskit.connectors.sniff import HTML
from corpuskit.connectors.wikimedia.api.client import Api
from corpuskit.connectors.wikimedia.api.listing import WikiPage
from corpuskit.connectors.wikimedia.api.parts import WikiPageOutcome, WikiPart
from corpuskit.connectors.wikimedia.api.site import WikiSite
from corpuskit.errors import SourceError
from corpuskit.store import atomic_file

_log = logs.logger(__name__)

REST: Final = "rest"
RENDER: Final = "render"
REFUSALS: Final = 3
"""After so many pages in a row that are forbidden, or fail in all their attempts, it is the wiki
that does not answer: the run ends and can go on later."""

_GONE: Final = "rest-nonexistent-title"
_CODINGS: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Of headers that are no longer true of a body without its codings."""


class _NoAnswerError(Exception):
    """The wiki gives no page where one should be: this page is lost, or the wiki is."""


class WikiPageFetcher:
    """Fetches parts."""

    def __init__(
        self,
        api: Api,
        site: WikiSite,
        mode: Path,
        scratch: Path,
        report: Callable[[int], None],
        binding: Collection[str] | None = None,
    ) -> None:
        """`mode`: file that keeps which address gives HTML. `report` takes pages dealt with.
        `binding` are the opt-out protocols that bind, None for all."""
        self._binding = binding
        self._api, self._site, self._mode, self._scratch = api, site, mode, scratch
        self._report = report
        self._held: list[WikiPageOutcome] = []
        """Behind the first page that was refused; another run asks again if this one ends."""
        self._refusals = 0

    def fetch(self, part: WikiPart) -> None:
        """Go on with a part until it is whole. SourceError where the wiki refuses."""
        part.base.parent.mkdir(parents=True, exist_ok=True)
        with Journal(part.base, self._scratch) as journal:
            if not journal.entries:
                journal.add(_warcinfo(self._api.url))
            done = len(journal.entries) - 1
            self._report(done)
            for page in part.pages[done:]:
                self._one(journal, page)
                self._report(1)
            for outcome in self._held:
                journal.add(b"", outcome=asdict(outcome))
            self._held = []
        outcomes = [
            WikiPageOutcome.load(json.dumps(entry["outcome"])) for entry in journal.entries[1:]
        ]
        with atomic_file(part.path(".jsonl"), self._scratch) as file:
            file.write("".join(outcome.line() for outcome in outcomes).encode())
        journal.finish(part.path(".warc.gz"))

    def _one(self, journal: Journal, page: WikiPage) -> None:
        outcome, record = self._passed_over(page), b""
        if outcome is not None:
            _log.info("page %d: passed over, %s (%s)", page.number, outcome.reason, outcome.detail)
        else:
            try:
                outcome, record = self._ask(page)
            except _NoAnswerError as error:
                _log.warning("page %d: not fetched (%s)", page.number, error)
                self._refused(str(error))
                outcome = WikiPageOutcome(page, reason=NOT_FETCHED, detail=str(error))
            else:
                self._release(journal)
        if self._refusals:  # keeps its place behind what is not believed yet
            self._held.append(outcome)
            return
        if record:
            end = journal.end + len(record)
            outcome = replace(outcome, start=journal.end, end=end)
        journal.add(record, outcome=asdict(outcome))

    def _refused(self, why: str) -> None:
        self._refusals += 1
        if self._refusals >= REFUSALS:
            raise SourceError(
                f"{self._api.url}: {REFUSALS} pages in a row could not be had ({why}); run the "
                "same command again later (what was fetched is kept)"
            )

    def _release(self, journal: Journal) -> None:
        """Believe the losses that are held: the wiki answers again."""
        for outcome in self._held:
            journal.add(b"", outcome=asdict(outcome))
        self._held, self._refusals = [], 0

    def _passed_over(self, page: WikiPage) -> WikiPageOutcome | None:
        """Why a page is not asked for."""
        if page.redirect:
            return WikiPageOutcome(page, reason=REDIRECT)
        if page.model != "wikitext":
            return WikiPageOutcome(page, reason=CONTENT_MODEL, detail=page.model)
        url, rules = self._site.info.url_of(page.title) or "", self._site.rules
        if not rules.allowed(url):
            return WikiPageOutcome(page, reason=ROBOTS, detail=rules.rule(url))
        signals = opt_outs.of_robots(rules, url, AI_BOTS)
        if reserving := opt_outs.binding_signals(signals, self._binding):
            return WikiPageOutcome(page, reason=OPT_OUT, detail=opt_outs.shown(reserving))
        return None

    def _ask(self, page: WikiPage) -> tuple[WikiPageOutcome, bytes]:
        """A page and its record, or why there is none."""
        try:
            reply = self._get(page)
        except AskedToWaitError:
            raise
        except HttpError as error:
            raise _NoAnswerError(error.detail) from error
        if reply.status == 404:
            detail = "HTTP 404: deleted since it was listed, or hidden"
            return WikiPageOutcome(page, reason=NOT_FETCHED, detail=detail), b""
        if reply.status != 200 or _type(reply) != HTML:
            raise _NoAnswerError(f"HTTP {reply.status}, {_type(reply)} in place of HTML")
        return WikiPageOutcome(page, digest=payload_digest(reply.content)), _record(reply)

    def _get(self, page: WikiPage) -> Reply:
        mode = json.loads(self._mode.read_bytes()) if self._mode.exists() else None
        if mode == RENDER:
            return self._rendered(page)
        reply = self._api.session.get(
            rest_url(self._api.url, page.title),
            limit=MAX_CONTENT_BYTES,
            accept=range(400, 500) if mode is None else (404,),
        )
        if mode is None and _error_key(reply) != _GONE:
            mode = REST if reply.status == 200 and _type(reply) == HTML else RENDER
            with atomic_file(self._mode, self._scratch) as file:
                file.write(json.dumps(mode).encode())
            return reply if mode == REST else self._rendered(page)
        return reply

    def _rendered(self, page: WikiPage) -> Reply:
        url = self._api.url.removesuffix("api.php") + f"index.php?action=render&curid={page.number}"
        return self._api.session.get(url, limit=MAX_CONTENT_BYTES, accept=(404,))


def rest_url(api: str, title: str) -> str:
    """Where the REST API gives the HTML of a page, of redirects their own."""
    name = quote(title.replace(" ", "_"), safe="")
    return api.removesuffix("api.php") + f"rest.php/v1/page/{name}/html?redirect=no"


def _error_key(reply: Reply) -> str | None:
    if _type(reply) != "application/json":
        return None
    try:
        error = json.loads(reply.content)
    except ValueError:
        return None
    return error.get("errorKey") if isinstance(error, dict) else None


def _type(reply: Reply) -> str:
    return media_type(reply.headers.get("Content-Type", ""))


def _warcinfo(api: str) -> bytes:
    block = (
        f"format: WARC File Format 1.1\r\nsoftware: corpuskit, connector wikimedia\r\n"
        f"description: pages of the wiki at {api}\r\n"
    ).encode()
    fields = {"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}
    return _member(fields, block)


def _record(reply: Reply) -> bytes:
    headers: Mapping[str, str] = {
        name: value for name, value in reply.headers.items() if name.lower() not in _CODINGS
    }
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"Content-Length: {len(reply.content)}")
    head = "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace")
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": reply.url,
        "WARC-Payload-Digest": payload_digest(reply.content),
        "Content-Type": "application/http; msgtype=response",
    }
    return _member(fields, head + b"\r\n" + reply.content)


def _member(fields: dict[str, str], block: bytes) -> bytes:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return member(f"<urn:uuid:{uuid.uuid4()}>", {**fields, "WARC-Date": now}, block)
