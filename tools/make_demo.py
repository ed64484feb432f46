"""Write examples/demo/pages.warc.gz: real help pages of LibreOffice with real trouble added.

    python tools/make_demo.py                       # fetches the packages with apt-get
    python tools/make_demo.py --packages ~/debs     # takes them from a folder

The pages come from Debian's libreoffice-help-* packages (MPL-2.0), pinned by version and
sha256 below; an older version stays available at snapshot.debian.org. Everything else is
fixed as well (selection, order, dates, record ids), so that a second run writes the same
bytes wherever zlib compresses alike. `index.jsonl` beside the WARC says what each record is.
Needs the `test` extra (warcio), `dpkg-deb`, and `apt-get` unless --packages is given.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import tempfile
import uuid
from base64 import b32encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path

from lxml import html
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpuskit.text.scripts import script_share

VERSION = "4:7.4.7-1+deb12u14"
PACKAGES = {  # sha256 of the .deb, as Debian's signed index gives it
    "libreoffice-help-km": "58700c6513c15d78e6dbbfda82b05f45fcb5a8acf0832f3dca50918d71e27f50",
    "libreoffice-help-id": "5aa8c2894f8638fb2ec50cce72f81e9559f9baf45845c40b990b7f046e3f73d4",
    "libreoffice-help-vi": "fcc4f84cd28d094f8663d1b68b98a7d562f3c71c8beeb71401c4859f1027aaaf",
    "libreoffice-help-dz": "1380379dab641b8a9a4740474878e245bab22f9d3c2794b5585dcf025f24b749",
    "libreoffice-help-en-us": "8faa840285734d6cfe1ed25537b48f07e74bd6412e3917bf8e5f8a653f7b3712",
    "libreoffice-help-common": "cb2614d0d6c55d58ad3a20b6d788ca93df8f4c70baeec269f078aa8ab3100f86",
}
HELP = "usr/share/libreoffice/help"
SITE = "https://help.libreoffice.org/7.4/"  # where the same pages are published
LANGUAGES = {
    "km": "khm_Khmr",
    "id": "ind_Latn",
    "vi": "vie_Latn",
    "dz": "dzo_Tibt",
    "en-US": "eng_Latn",
}
FIRST_CAPTURE = datetime(2026, 11, 24, tzinfo=UTC)
MAX_PAGE_BYTES = 60_000  # a few pages of 60 to 190 kB would fill the file without adding variety
DEMO = Path(__file__).resolve().parent.parent / "examples" / "demo"

# Khmer pages of one dialog's variants, which their author copied: exact 5-character Jaccard
# without ZWSP is .82 to .93 between any two of them.
FAMILY = tuple(f"km/text/swriter/01/0412022{digit}.html" for digit in "3456")


@dataclass(frozen=True)
class Page:
    """A page of a package; `path` is relative to the help folder and starts with the language."""

    path: str
    body: bytes

    @cached_property
    def lines(self) -> list[str]:
        """Texts of the content area's blocks."""
        area = html.fromstring(self.body.decode("utf-8")).get_element_by_id("DisplayArea")
        blocks = area.xpath(".//*[self::p or self::h1 or self::h2 or self::h3 or self::pre]")
        return [line for block in blocks if (line := " ".join(block.text_content().split()))]

    @cached_property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def language(self) -> str:
        return LANGUAGES[self.path.split("/", 1)[0]]

    @property
    def name(self) -> str:
        """The path without the language: the same for every translation."""
        return self.path.partition("/")[2]

    @property
    def module(self) -> str:
        return self.path.split("/")[2]


@dataclass(frozen=True)
class Capture:
    """One record to write. `kind` names the trouble in it (examples/demo/README.md)."""

    kind: str
    url: str
    body: bytes
    language: str | None = None
    origin: str = ""
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=UTF-8"),)
    refers_to: str | None = None
    mangle: Callable[[bytes], bytes] = field(default=lambda member: member)
    """What happens to the finished gzip member."""

    @property
    def record_id(self) -> str:
        content = f"{self.url} {hashlib.sha256(self.body).hexdigest()}"
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}>"

    @property
    def payload_digest(self) -> str:
        return "sha1:" + b32encode(hashlib.sha1(self.body).digest()).decode()


# ---------------------------------------------------------------- packages


def fetch(folder: Path) -> None:
    """Download the packages at the pinned version."""
    wanted = [f"{name}={VERSION}" for name in PACKAGES]
    subprocess.run(["apt-get", "download", *wanted], cwd=folder, check=True)


def unpack(packages: Path, root: Path) -> Path:
    """Verify and unpack every package; returns the help folder."""
    for name, digest in PACKAGES.items():
        found = sorted(packages.glob(f"{name}_*.deb"))
        matching = [deb for deb in found if hashlib.sha256(deb.read_bytes()).hexdigest() == digest]
        if not matching:
            raise SystemExit(f"{packages}: no {name} of version {VERSION} with sha256 {digest}")
        subprocess.run(["dpkg-deb", "-x", str(matching[0]), str(root)], check=True)
    return root / HELP


def read_pages(help_folder: Path, language: str) -> list[Page]:
    """All pages of a language that are not oversized, by path."""
    paths = sorted((help_folder / language / "text").rglob("*.html"))
    pages = [Page(path.relative_to(help_folder).as_posix(), path.read_bytes()) for path in paths]
    return [page for page in pages if len(page.body) <= MAX_PAGE_BYTES]


# ---------------------------------------------------------------- selection


def select(pages: list[Page], count: int) -> list[Page]:
    """The longest pages of each module in turn, without those that repeat what is chosen.

    Help pages embed one another's sections: a page is taken only if at most 30 % of its
    characters stand in lines of pages taken before.
    """
    queues: dict[str, list[Page]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: (-len(page.text), page.path)):
        queues[page.module].append(page)
    chosen: list[Page] = []
    seen: set[str] = set()
    while len(chosen) < count and any(queues.values()):
        for module in sorted(queues):
            found = _next_new(queues[module], seen)
            if found and len(chosen) < count:
                chosen.append(found)
                seen.update(found.lines)
    return chosen


def _next_new(queue: list[Page], seen: set[str]) -> Page | None:
    """Take pages off the queue until one is mostly unseen; None if none is left."""
    while queue:
        page = queue.pop(0)
        if share_of_lines(page, seen) <= 0.3:
            return page
    return None


def share_of_lines(page: Page, lines: set[str]) -> float:
    """Share of the page's characters that stand in `lines`."""
    return sum(len(line) for line in page.lines if line in lines) / max(1, len(page.text))


def translated(pages: list[Page], english: list[Page]) -> list[Page]:
    """Pages of which at most 3 % of the characters stand in lines of the English page."""
    originals = {page.name: set(page.lines) for page in english}
    return [page for page in pages if share_of_lines(page, originals.get(page.name, set())) <= 0.03]


def choose(help_folder: Path) -> dict[str, list[Page]]:
    """The pages to use, by part: one list per language, `partial`, `lying` and so on."""
    english = read_pages(help_folder, "en-US")
    khmer = [page for page in read_pages(help_folder, "km") if page.path not in FAMILY]
    share = {page.path: script_share(page.text, "Khmr") for page in khmer}
    long = [page for page in khmer if len(page.text) >= 600]
    parts = {
        # 10 % of Latin letters is what commands, menu paths and file formats come to
        "km": select([page for page in long if share[page.path] >= 0.9], 84),
        "partial": select([page for page in long if 0.35 <= share[page.path] <= 0.6], 8),
        "lying": select([page for page in long if share[page.path] < 0.02], 6),
        "hollow": [page for page in khmer if not page.text][:2],
        "short": sorted(
            (page for page in khmer if share[page.path] > 0.9),
            key=lambda page: (len(page.text), page.path),
        )[:2],
        "en-US": select(english, 10),
    }
    for language in ("id", "vi", "dz"):
        pages = translated(read_pages(help_folder, language), english)
        parts[language] = select([page for page in pages if len(page.text) >= 600], 25)
    return parts


# ---------------------------------------------------------------- trouble


def plain(page: Page, kind: str = "page") -> Capture:
    """The page as the site serves it."""
    return Capture(kind, SITE + page.path, page.body, page.language, page.path)


def content_type(value: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", value),)


def encoding_trouble(pages: Iterator[Page]) -> Iterator[Capture]:
    """Charsets that lie or are missing, and a compressed body."""
    # The header says Latin-1 as old Apache set-ups did by default; bytes and <meta> are UTF-8.
    yield replace(
        plain(next(pages), "wrong-http-charset"),
        headers=content_type("text/html; charset=iso-8859-1"),
    )
    # Neither the header nor the page names a charset: the <meta> is taken out.
    page = plain(next(pages), "no-charset")
    meta = rb'<meta http-equiv="Content-Type"[^>]*>\n'
    yield replace(page, body=re.sub(meta, b"", page.body), headers=content_type("text/html"))
    # Saved as "Unicode" by a Windows editor: UTF-16 with a BOM, the <meta> still says utf-8.
    page = plain(next(pages), "utf-16")
    text = page.body.decode("utf-8")
    yield replace(
        page,
        body=b"\xff\xfe" + text.encode("utf-16-le"),
        headers=content_type("text/html"),
    )
    # The server compressed the body, and the crawler kept it so.
    page = plain(next(pages), "content-encoding-gzip")
    yield replace(
        page,
        body=gzip.compress(page.body, 9, mtime=0),
        headers=(*page.headers, ("Content-Encoding", "gzip")),
    )


def duplicate_trouble(original: list[Page], menu: list[Page]) -> Iterator[Capture]:
    """Copies of three pages that stand in the file as they are."""
    # The help's own links carry such queries, so the same page answers under many URLs.
    first = plain(original[0], "exact-duplicate")
    query = f"?DbPAR={original[0].module.removeprefix('s').upper()}&System=UNIX"
    yield replace(first, url=first.url + query)
    # The help of the version before: its editor dropped the zero-width spaces, and its
    # script had written the menu (the titles of other pages) into the page.
    second = plain(original[1], "near-duplicate")
    links = "".join(f'<a href="{page.path}">{page.lines[0]}</a> ' for page in menu)
    text = second.body.decode("utf-8").replace("\u200b", "").replace("7.4 Help", "7.3 Help")
    text = text.replace('<nav id="modules-nav"></nav>', f'<nav id="modules-nav">{links}</nav>')
    yield replace(second, url=second.url.replace("/7.4/", "/7.3/"), body=text.encode("utf-8"))
    # A second visit found the page unchanged: the record has headers but no body.
    third = plain(original[2], "revisit")
    yield replace(third, refers_to=third.url)


def content_trouble(help_folder: Path) -> Iterator[Capture]:
    """Responses that are no page, or no more than a shell."""
    for kind, name, media in (
        ("png", "media/helpimg/area1.png", "image/png"),
        ("css", "default.css", "text/css"),
    ):
        body = (help_folder / name).read_bytes()
        yield Capture(kind, SITE + name, body, None, name, headers=content_type(media))
    # The server's words are ours: the packages hold no error page.
    missing = (
        b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>"
        b"<h1>Not Found</h1><p>The requested URL was not found on this server.</p></body></html>\n"
    )
    yield Capture(
        "not-found", SITE + "km/text/shared/no_such.html", missing, status="404 Not Found"
    )
    yield Capture("empty-body", SITE + "km/text/shared/05/empty.html", b"")
    # What the site shows to a browser without JavaScript: one English sentence.
    name = "km/noscript.html"
    body = (help_folder / name).read_bytes()
    yield Capture("noscript", SITE + name, body, "eng_Latn", name)


def zero_middle(member: bytes) -> bytes:
    """Zero 64 bytes in the middle of a gzip member, as a bad disk block would."""
    middle = len(member) // 2
    return member[: middle - 32] + bytes(64) + member[middle + 32 :]


def cut(member: bytes) -> bytes:
    """Keep the first 60 % of a gzip member, as a full disk or a stopped crawl would."""
    return member[: len(member) * 6 // 10]


def captures(help_folder: Path) -> list[Capture]:
    """All records but the warcinfo, in the order of the file."""
    parts = choose(help_folder)
    khmer, special = parts["km"][:-6], iter(parts["km"][-6:])
    family = [Page(path, (help_folder / path).read_bytes()) for path in FAMILY]
    records = [
        *(plain(page) for page in khmer),
        *(plain(page, "foreign") for key in ("id", "vi", "dz", "en-US") for page in parts[key]),
        *(replace(plain(page, "partial"), language="mul") for page in parts["partial"]),
        # <html lang="km">, but nobody has translated the page: the text is English
        *(replace(plain(page, "lang-lies"), language="eng_Latn") for page in parts["lying"]),
        *(plain(page, "family") for page in family),
        # the content is drawn by a script: the page's own content area holds no text
        *(replace(plain(page, "hollow"), language=None) for page in parts["hollow"]),
        *(plain(page, "short") for page in parts["short"]),
        *encoding_trouble(special),
        *content_trouble(help_folder),
    ]
    damaged = replace(plain(next(special), "damaged-gzip"), mangle=zero_middle)
    truncated = replace(plain(next(special), "truncated-gzip"), mangle=cut)
    duplicates = list(duplicate_trouble(khmer[:3], khmer[10:22]))
    # a crawler's order is no order: records stand by the hash of their URL, copies last
    records.sort(key=lambda capture: hashlib.sha256(capture.url.encode()).digest())
    records.insert(len(records) // 2, damaged)
    return [*records, *duplicates, truncated]


# ---------------------------------------------------------------- writing


def warcinfo_member(filename: str) -> bytes:
    """The first member: who made the file, from what, and that nothing was fetched."""
    lines = (
        "software: corpuskit tools/make_demo.py",
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        f"description: Pages of Debian's libreoffice-help-* {VERSION}, packed with the URLs they "
        "are published under; not fetched from there. Headers and dates are the packer's. "
        "Some records are damaged on purpose: see README.md beside this file.",
        "license: MPL-2.0",
    )
    body = "\r\n".join((*lines, "")).encode()
    headers = {
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, body.decode())}>",
        "WARC-Date": FIRST_CAPTURE.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "WARC-Filename": filename,
    }
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    record = writer.create_warc_record(
        "", "warcinfo", BytesIO(body), len(body), "application/warc-fields", headers
    )
    writer.write_record(record)
    return out.getvalue()


def response_member(capture: Capture, when: datetime, dates: dict[str, str]) -> bytes:
    """One gzip member with a response or revisit record, mangled where the capture says so."""
    date = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    warc = {"WARC-Record-ID": capture.record_id, "WARC-Date": date}
    length = ("Content-Length", str(len(capture.body)))
    http = StatusAndHeaders(capture.status, [*capture.headers, length], protocol="HTTP/1.1")
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    if capture.refers_to:
        warc["WARC-Record-ID"] = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, capture.url + date)}>"
        record = writer.create_revisit_record(
            capture.url,
            capture.payload_digest,
            capture.refers_to,
            dates[capture.refers_to],
            http,
            warc,
        )
    else:
        record = writer.create_warc_record(
            capture.url, "response", BytesIO(capture.body), len(capture.body), "", warc, None, http
        )
    dates[capture.url] = date
    writer.write_record(record)
    return capture.mangle(out.getvalue())


def write(records: list[Capture], folder: Path) -> Path:
    """Write the WARC and its index; returns the WARC's path."""
    path = folder / "pages.warc.gz"
    dates: dict[str, str] = {}
    members = [warcinfo_member(path.name)]
    rows = []
    for number, capture in enumerate(records, start=1):
        member = response_member(capture, FIRST_CAPTURE + timedelta(seconds=number), dates)
        row = {
            "url": capture.url,
            "kind": capture.kind,
            "language": capture.language,
            "from": capture.origin or None,
            "offset": sum(map(len, members)),
            "length": len(member),
        }
        members.append(member)
        rows.append(json.dumps(row) + "\n")
    path.write_bytes(b"".join(members))
    (folder / "index.jsonl").write_text("".join(rows), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--packages", type=Path, help="folder that holds the .deb files")
    parser.add_argument("--output", type=Path, default=DEMO, help="folder to write to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        packages = arguments.packages or Path(temporary)
        if arguments.packages is None:
            fetch(packages)
        help_folder = unpack(packages, Path(temporary) / "root")
        path = write(captures(help_folder), arguments.output)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path}: {path.stat().st_size:,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
