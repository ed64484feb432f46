"""Repositories on loopback: two implementations of OAI-PMH by others, and one that misbehaves.

`Pyoai` is the server of the library oaipmh (the maintained pyoai; its tokens are full of percent
signs and ampersands), `OaiRepo` that of Michigan State University's oai_repo (its tokens are base
64). Both are handed the same records.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import oai_repo
from lxml import etree
from oaipmh import common, metadata, server

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
XML = "http://www.w3.org/XML/1998/namespace"
FORMAT = ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC)
LIMIT = 10
"""Records of an answer."""


@dataclass
class Record:
    """A record of a repository."""

    number: int
    stamp: datetime
    deleted: bool = False
    sets: list[str] = field(default_factory=lambda: ["laws"])
    dc: dict[str, list[str]] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        return f"oai:example.org:{self.number}"


def some(count: int, year: int = 2020) -> list[Record]:
    """Records, every tenth of them deleted, in the order of their datestamps."""
    return [
        Record(
            number,
            datetime(year, 1 + number // 20 % 12, 1 + number % 20, 12, 0, number % 60),
            deleted=number % 10 == 9,
            sets=["laws" if number % 2 else "news"],
            dc={
                "title": [f"លេខ {number}"],
                "description": [f"ព្រះរាជាណាចក្រកម្ពុជា ក្រមទី {number} & <ច្បាប់>"],
                "date": [f"{year + 1}-05-06T00:00:00Z", f"{year}-02-03", str(year)],
                "language": ["km"],
                "rights": ["http://creativecommons.org/licenses/by/4.0/"],
                "identifier": [f"https://example.org/item/{number}", f"ISBN {number}"],
            },
        )
        for number in range(count)
    ]


class Pyoai:
    """The records by the server of the library oaipmh."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        registry = metadata.MetadataRegistry()
        registry.registerWriter("oai_dc", server.oai_dc_writer)
        self._server = server.Server(self, registry, resumption_batch_size=LIMIT)

    def __call__(self, arguments: dict[str, str]) -> bytes:
        return self._server.handleRequest(arguments)

    def identify(self) -> common.Identify:
        return common.Identify(
            "Test", "http://127.0.0.1/oai", "2.0", ["admin@example.org"],
            datetime(2000, 1, 1), "persistent", "YYYY-MM-DDThh:mm:ssZ", ["identity"],
        )  # fmt: skip

    def listMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:  # noqa: N802 - the library's name
        return [FORMAT]

    def listRecords(  # noqa: N802 - the library's name
        self,
        metadataPrefix: str,  # noqa: N803 - the library's name
        set: str | None = None,
        from_: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[common.Header, common.Metadata | None, None]]:
        return [
            (
                common.Header(None, one.identifier, one.stamp, one.sets, one.deleted),
                None if one.deleted else common.Metadata(None, one.dc),
                None,
            )
            for one in matching(self.records, set, from_, until)
        ]


class OaiRepo(oai_repo.DataInterface):
    """The records by the server oai_repo, which never tells of deleted ones."""

    limit = LIMIT

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self._server = oai_repo.OAIRepository(self)

    def __call__(self, arguments: dict[str, str]) -> bytes:
        return bytes(self._server.process(arguments))

    def get_identify(self) -> oai_repo.Identify:
        return oai_repo.Identify(
            "Test", "http://127.0.0.1/oai", ["admin@example.org"], "2000-01-01T00:00:00Z",
            "no", "YYYY-MM-DDThh:mm:ssZ", [], [],
        )  # fmt: skip

    def get_metadata_formats(self, identifier: str | None = None) -> list[oai_repo.MetadataFormat]:
        return [oai_repo.MetadataFormat(*FORMAT)]

    def _of(self, identifier: str) -> Record:
        return next(one for one in self.records if one.identifier == identifier)

    def is_valid_identifier(self, identifier: str) -> bool:
        return any(one.identifier == identifier for one in self.records)

    def get_record_header(self, identifier: str) -> oai_repo.RecordHeader:
        one = self._of(identifier)
        stamp = f"{one.stamp:%Y-%m-%dT%H:%M:%SZ}"
        return oai_repo.RecordHeader(one.identifier, stamp, one.sets)

    def get_record_metadata(self, identifier: str, prefix: str) -> etree._Element | None:
        one = self._of(identifier)
        return None if one.deleted else oai_dc(one.dc)

    def get_record_abouts(self, identifier: str) -> list[etree._Element]:
        return []

    def list_identifiers(
        self,
        metadataprefix: str,
        filter_from: datetime | None = None,
        filter_until: datetime | None = None,
        filter_set: str | None = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, str]:
        bounds = [one and one.replace(tzinfo=None) for one in (filter_from, filter_until)]
        found = [one.identifier for one in matching(self.records, filter_set, *bounds)]
        return found[cursor : cursor + LIMIT], len(found), str(len(found))


def matching(
    records: list[Record], spec: str | None, start: datetime | None, end: datetime | None
) -> list[Record]:
    return [
        one
        for one in records
        if (spec is None or spec in one.sets)
        and (start is None or one.stamp >= start)
        and (end is None or one.stamp <= end)
    ]


def oai_dc(values: dict[str, list[str]]) -> etree._Element:
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC})
    for name, texts in values.items():
        for text in texts:
            language, _, rest = text.partition("@@")
            element = etree.SubElement(root, f"{{{DC}}}{name}")
            element.text = rest or text
            if rest:
                element.set(f"{{{XML}}}lang", language)
    return root


@dataclass
class Reply:
    """What is sent."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection breaks in the middle of the body."""


class Served:
    """What a server was asked, and what it may answer first."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.before: Callable[[dict[str, str]], Reply | None] = lambda _: None

    @property
    def lists(self) -> list[dict[str, str]]:
        """Requests for records."""
        return [request for request in self.asked if request.get("verb") == "ListRecords"]


@contextmanager
def serving(answer: Callable[[dict[str, str]], bytes]) -> Iterator[Served]:
    """A repository whose answers are a function of a request's arguments."""
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits 40 ms for an ACK

        def do_GET(self) -> None:
            arguments = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            served.asked.append(dict(arguments))
            served.headers.append({key.lower(): value for key, value in self.headers.items()})
            reply = served.before(dict(arguments)) or Reply(answer(arguments))
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/xml", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            half = len(reply.body) // 2
            with suppress(ConnectionError):  # the harvester was killed
                self.wfile.write(reply.body[:half] if reply.cut else reply.body)
            self.close_connection = reply.cut

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    served.url = f"http://127.0.0.1:{http.server_port}/oai"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


class Fixed:
    """A repository by the book whose clock stands still: the same bytes whenever it is asked.

    Tokens hold what the protocol lets them hold: anything.
    """

    def __init__(self, records: list[Record], granularity: str = "YYYY-MM-DDThh:mm:ssZ") -> None:
        self.records, self.granularity = records, granularity
        self.clock = "2026-11-01T00:00:00Z"
        self.mark = " +%&=#?/é"

    def __call__(self, arguments: dict[str, str]) -> bytes:
        if arguments["verb"] == "Identify":
            return self.wrap(
                "<Identify><repositoryName>Test</repositoryName><baseURL>http://x/</baseURL>"
                "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
                "<earliestDatestamp>2000-01-01</earliestDatestamp>"
                f"<deletedRecord>persistent</deletedRecord>"
                f"<granularity>{self.granularity}</granularity></Identify>"
            )
        start = 0
        if token := arguments.get("resumptionToken"):
            mark, number, since = token.rsplit("|", 2)
            if mark != self.mark:
                return self.error("badResumptionToken")
            start, arguments = int(number), {"from": since} if since else {}
        since = arguments.get("from", "")
        found = [one for one in self.records if self.stamp(one) >= since]
        if not found:
            return self.error("noRecordsMatch")
        some = "".join(self.record(one) for one in found[start : start + LIMIT])
        following = f"{self.mark}|{start + LIMIT}|{since}" if start + LIMIT < len(found) else ""
        return self.wrap(f"<ListRecords>{some}{self.token(following)}</ListRecords>")

    def stamp(self, one: Record) -> str:
        return f"{one.stamp:%Y-%m-%dT%H:%M:%SZ}"[: len(self.granularity)]

    def record(self, one: Record) -> str:
        status = ' status="deleted"' if one.deleted else ""
        head = (
            f"<header{status}><identifier>{one.identifier}</identifier>"
            f"<datestamp>{self.stamp(one)}</datestamp></header>"
        )
        body = etree.tostring(oai_dc(one.dc), encoding="unicode")
        return f"<record>{head}{'' if one.deleted else f'<metadata>{body}</metadata>'}</record>"

    def token(self, value: str) -> str:
        element = etree.Element("resumptionToken")
        element.text = value
        return etree.tostring(element, encoding="unicode")

    def error(self, code: str) -> bytes:
        return self.wrap(f'<error code="{code}">no</error>')

    def wrap(self, inner: str) -> bytes:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.clock}</responseDate><request>http://x/</request>"
            f"{inner}</OAI-PMH>"
        ).encode()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)
