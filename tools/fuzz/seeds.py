# ruff: noqa: E501 - lines of markup are left as they are written
"""Small valid inputs of every format, written here or read from the repository's test data."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "connectors" / "data"

KHMER: Final = "ប្រជាជនកម្ពុជារស់នៅតាមដងទន្លេមេគង្គ និងជុំវិញបឹងទន្លេសាប។ ពួកគេធ្វើស្រែ និងនេសាទ។"
THAI: Final = "ประชาชนในหมู่บ้านเดินทางไปตลาดทุกเช้า เพื่อซื้อผัก ผลไม้ และปลาสดจากแม่น้ำ"
TEXTS: Final = {
    "khm_Khmr": KHMER,
    "tha_Thai": THAI,
    "lao_Laoo": "ປະຊາຊົນລາວດຳລົງຊີວິດຢູ່ຕາມແຄມແມ່ນ້ຳຂອງ ແລະ ເຮັດນາທຸກປີ.",
    "mya_Mymr": "မြန်မာနိုင်ငံသားများသည် ဧရာဝတီမြစ်ကမ်းတစ်လျှောက်တွင် နေထိုင်ကြသည်။",
    "vie_Latn": "Người dân sống dọc theo bờ sông Hồng, trồng lúa và đánh cá quanh năm.",
    "ind_Latn": "Penduduk desa itu pergi ke pasar setiap pagi; dr. Budi membeli ikan, Rp. 5.000.",
    "jav_Java": "ꦥꦫꦮꦂꦒꦢꦺꦱꦥꦝꦭꦸꦔꦲꦩꦼꦚꦁꦥꦱꦂ꧉",
    "zsm_Arab": "سموا مانسي دلاهيرکن بيبس دان سامرات دري سضي کموليأن دان حق٢.",
}

PAGE: Final = f"""<!DOCTYPE html><html lang="km"><head><meta charset="utf-8"><title>{KHMER[:20]}</title>
<meta name="robots" content="noai, max-snippet:-1"><meta http-equiv="refresh" content="5; url=/th/">
<meta property="article:published_time" content="2024-05-01T08:00:00+07:00">
<link rel="alternate" type="application/rss+xml" href="/feed"><base href="http://a.example/">
<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{KHMER}",
"datePublished": "2024-05-01", "license": "https://creativecommons.org/licenses/by/4.0/"}}</script>
</head><body><nav><a href="/a?x=1&amp;y=%A2">{THAI[:9]}</a></nav><article><h1>{KHMER[:30]}</h1>
<p>{KHMER * 3}</p><ul><li>{KHMER}<ul><li>{THAI}</ul></ul><table><tr><td>{KHMER}</table>
<p style="display:none">x</p><pre>a  b</pre><sup>2</sup><details><summary>s</summary>{KHMER}
</details></article><footer>CC BY 4.0</footer></body></html>""".encode()

ROBOTS: Final = b"""User-agent: corpuskit\nUser-agent: GPTBot/1.1\nDisallow: /a*b$\nAllow: /\n
Crawl-delay: 2.5\nContent-Signal: ai-train=no, search=yes\n\nUser-agent: *\nDisallow: /%E0%B8%82
Content-Usage: /x train-ai=n\nSitemap: http://a.example/sitemap.xml\n"""

SITEMAP: Final = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://a.example/?a=1&amp;b=2</loc>
<lastmod>2024-05-01</lastmod><xhtml:link rel="alternate" hreflang="km" href="http://a.example/km/"/>
<news:news><news:publication_date>2024-05-01T08:00+07:00</news:publication_date></news:news></url>
<url><loc>http://a.example/ខ</loc></url></urlset>""".encode()
INDEX: Final = (
    b"""<sitemapindex><sitemap><loc>http://a.example/s1.xml.gz</loc></sitemap></sitemapindex>"""
)
FEED: Final = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item>
<link>http://a.example/1</link><pubDate>Fri, 01 Mar 2024 08:00:00 +0700</pubDate>
<description>&lt;p&gt;{KHMER}</description></item></channel></rss>""".encode()
ATOM: Final = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><entry>
<link href="b"/><updated>2024-03-01T00:00:00Z</updated></entry></feed>"""
TDMREP: Final = (
    b'[{"location": "/a*b*/c$", "tdm-reservation": 1, "tdm-policy": "http://a.example/p"}]'
)
HEADERS: Final = b"""X-Robots-Tag: otherbot: noindex, max-image-preview: large, unavailable_after: 1 Jan
X-Robots-Tag: noai\nTDM-Reservation: 1\nContent-Usage: train-ai=n\nContent-Type: text/html; charset=x"""

WIKITEXT: Final = f"""{{{{Infobox|a={{{{b|c}}}}}}}} '''{KHMER[:20]}''' {{{{lang-km|{KHMER}}}}}<ref name="a">x</ref>
== {THAI[:8]} ==\n* [[File:a.png|135px|{KHMER}]] [[a|{KHMER}]] [http://a.example {THAI}]
{{|\n|-\n! a || b\n| c\n|}}\n<poem>a\nb</poem> -{{zh:a; km:b}}- <nowiki>[[x]]</nowiki> <!-- c -->
{{{{convert|1|km}}}} &nbsp;&000nbsp; __TOC__\n[[km:{KHMER[:5]}]]\n#REDIRECT [[x]]""".encode()
WIKI_HTML: Final = f"""<html><head><title>{KHMER[:9]}</title></head><body class="mw-body"><section data-mw-section-id="0">
<p><b>{KHMER[:20]}</b> <a rel="mw:WikiLink" href="./A" title="a">{KHMER}</a><sup class="reference">[1]</sup></p>
<h2>{THAI[:8]}</h2><table class="infobox"><tr><td>x</table><ul><li>{THAI}</li></ul><link rel="mw:PageProp/Category" href="./C"/>
<span typeof="mw:Transclusion mw:File" style="display:none">y</span></section></body></html>""".encode()
CAPTURES: Final = b"""{"url": "http://a.example/", "timestamp": "20240501000000", "status": "200", "mime": "text/html", "mime-detected": "text/html", "digest": "ABC", "languages": "khm,eng", "filename": "crawl-data/a.warc.gz", "offset": "123", "length": "456"}
{"url": "http://b.example/", "status": "404", "filename": "b", "offset": "0", "length": 1, "truncated": "length"}"""
DUMP: Final = f"""<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="km">
<siteinfo><dbname>kmwiki</dbname><base>https://km.wikipedia.org/wiki/%E1</base><namespaces>
<namespace key="0" case="first-letter" /><namespace key="6">File</namespace></namespaces></siteinfo>
<page><title>{KHMER[:9]}</title><ns>0</ns><id>1</id><revision><id>2</id>
<timestamp>2024-01-01T01:01:00Z</timestamp><model>wikitext</model><text bytes="9">{KHMER}</text>
</revision></page>\n<page><title>b</title><ns>0</ns><id>3</id><redirect title="a"/><revision><id>4</id>
<timestamp>2024-01-01T01:01:00Z</timestamp><model>wikitext</model><text>#REDIRECT [[a]]</text>
</revision></page></mediawiki>\n""".encode()

OAI_RECORD: Final = f"""<record xmlns="http://www.openarchives.org/OAI/2.0/"><header><identifier>oai:x:1</identifier>
<datestamp>2020-01-01</datestamp><setSpec>laws</setSpec></header><metadata><oai_dc:dc
 xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>{KHMER[:9]}</dc:title><dc:description>&lt;p&gt;{KHMER}&lt;/p&gt;</dc:description>
<dc:date>2021-05-06T00:00:00Z</dc:date><dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
<dc:identifier>https://a.example/1</dc:identifier></oai_dc:dc></metadata></record>""".encode()
OAI_ANSWER: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    b"<responseDate>2026-01-01T00:00:00Z</responseDate><request/><ListRecords>"
    + OAI_RECORD * 2
    + b'<resumptionToken completeListSize="9">a &amp; b</resumptionToken></ListRecords></OAI-PMH>'
)

RECIPE: Final = b"""name = "khmer-2026"\nlanguages = ["khm_Khmr"]\n
operator = { name = "A", contact = "a@a.example" }\n\n[dedup]\nthreshold = 0.8\n
[output]\nvalidation = 0.1\n\n[[source]]\nname = "pages"\nconnector = "web"
seeds = ["http://a.example/"]\nlicense = "CC-BY-4.0"\nlicense_verified_by = "a@a.example"\n"""

URLS: Final = (
    b"http://user:pass@a.example:8080/a/../b%2Fc;d?x=1&utm_source=y&sid=3#f",
    "https://ខ្មែរ.example/ข่าว?q=ก ข".encode(),
    b"http://[2001:db8::1]:80/", b"//a.example/b", b"mailto:a@a.example", b"http://0x7f.1/",
)  # fmt: skip


LICENSES: Final = (
    b"CC BY-SA 4.0", b"https://creativecommons.org/licenses/by-nc/4.0/deed.km", b"CC0-1.0",
    b"Licensed under <a href='//www.creativecommons.org/licenses/by/3.0/'>CC BY</a>, see LICENSE",
)  # fmt: skip


def response(body: bytes = PAGE, status: str = "200 OK") -> bytes:
    """An HTTP response."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked() -> bytes:
    """An HTTP response in chunks of gzip."""
    body = gzip.compress(PAGE, mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def warc() -> bytes:
    """Three records of an archive."""
    return b"".join(
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}>\r\n"
        "WARC-Target-URI: http://a.example/\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(block)}\r\n\r\n".encode()
        + block
        + b"\r\n\r\n"
        for kind, media_type, block in (
            ("warcinfo", "application/warc-fields", b"software: x\r\n"),
            ("response", "application/http; msgtype=response", response()),
            ("response", "application/http; msgtype=response", chunked()),
            ("resource", "text/html", PAGE),
        )
    )


def arc() -> bytes:
    """A record of the older format."""
    block = response()
    line = f"http://a.example/ 127.0.0.1 20240501000000 text/html {len(block)}\n"
    return b"filedesc://a.arc 0.0.0.0 20240501000000 text/plain 8\n1 0 x\n\n\n" + (
        line.encode() + block + b"\n"
    )


def jsonl() -> bytes:
    """Three rows."""
    row = {"text": KHMER, "url": "http://a.example/", "date": "2024-05-01", "n": 1, "s": {"a": [1]}}
    return b"".join(
        json.dumps(row, ensure_ascii=number == 1).encode() + b"\n" for number in range(3)
    )


def csv(delimiter: str) -> bytes:
    """A header and three rows."""
    rows = [["text", "url", "date"], [f'"{KHMER}"', "http://a.example/", "2024-05-01"]]
    rows += [[THAI, "", "01/02/2024"], [f'"a ""b""\n{THAI}"', "x", ""]]
    return "\r\n".join(delimiter.join(row) for row in rows).encode()


@functools.cache
def parquet() -> list[bytes]:
    """A table in two ways of storing it."""
    table = pa.table(
        {
            "text": [KHMER, THAI, None],
            "url": ["http://a.example/", None, "x"],
            "date": pa.array([0, 10**15, None], pa.timestamp("us", "UTC")),
            "meta": [{"license": "CC-BY-4.0", "n": [1, 2]}, None, {"license": "x", "n": []}],
        }
    )
    written = []
    for options in ({"compression": "none"}, {"compression": "zstd", "row_group_size": 1}):
        out = io.BytesIO()
        pq.write_table(table, out, **options)  # type: ignore[arg-type]
        written.append(out.getvalue())
    return written


def zipped(members: dict[str, str]) -> bytes:
    """A ZIP file that is the same every time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def docx() -> bytes:
    """A document of Word with a table, a link, a list and a hidden run."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:pPr><w:pStyle '
            f'w:val="Heading1"/></w:pPr><w:r><w:t>{KHMER[:20]}</w:t></w:r></w:p><w:p><w:r><w:rPr>'
            f"<w:vanish/></w:rPr><w:t>x</w:t></w:r><w:hyperlink><w:r><w:t>{THAI}</w:t><w:tab/>"
            f'<w:br/><w:sym w:font="Wingdings" w:char="F0B7"/></w:r></w:hyperlink></w:p><w:tbl>'
            f"<w:tr><w:tc><w:p><w:r><w:t>{KHMER}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            "<w:sdt><w:sdtContent><w:p><w:ins><w:r><w:t>b</w:t></w:r></w:ins></w:p></w:sdtContent>"
            "</w:sdt></w:body></w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{word}"><w:style w:styleId="Heading1">'
            '<w:name w:val="heading 1"/></w:style></w:styles>',
            "docProps/core.xml": '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t='
            '"http://purl.org/dc/terms/"><dc:title>t</dc:title><t:created>2024-05-01T00:00:00Z'
            "</t:created><dc:language>km</dc:language></c>",
        }
    )


def epub() -> bytes:
    """A book of two chapters."""
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:'
            'container"><rootfiles><rootfile full-path="a/b.opf"/></rootfiles></container>',
            "a/b.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>t</dc:title><dc:language>km'
            "</dc:language><dc:date>2024-05-06</dc:date></metadata><manifest><item id='c' "
            'href="c%20d.xhtml" media-type="application/xhtml+xml"/><item id="e" href="e.xhtml" '
            'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/>'
            '<itemref idref="e"/></spine></package>',
            "a/c d.xhtml": page.format(f"<h1>{KHMER[:9]}</h1><p>{KHMER}</p>"),
            "a/e.xhtml": page.format(f"<p>{THAI}<br/>&#x1780;<ruby>a<rt>b</rt></ruby></p>"),
        }
    )


def odt() -> bytes:
    """A text of LibreOffice."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "style", "table", "meta")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content{names}><office:body><office:text>"
            f'<text:h text:outline-level="1">{KHMER[:9]}</text:h><text:p>{KHMER}<text:s text:c="3"/>'
            f"<text:tab/><text:line-break/></text:p><text:list><text:list-item><text:p>{THAI}"
            "</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell>"
            "<text:p>x</text:p></table:table-cell></table:table-row></table:table></office:text>"
            "</office:body></office:document-content>",
            "meta.xml": f'<office:document-meta{names} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<office:meta><dc:title>t</dc:title><dc:date>2024-05-01T00:00:00</dc:date></office:meta>"
            "</office:document-meta>",
        }
    )


def pdfs() -> list[bytes]:
    """PDFs of Khmer and Vietnamese by cairo."""
    return [path.read_bytes() for path in sorted(DATA.glob("*.pdf"))]


def dumps() -> list[bytes]:
    """A dump as XML and in two streams of bzip2."""
    middle = DUMP.index(b"<page>")
    end = DUMP.index(b"</mediawiki>")
    parts = (DUMP[:middle], DUMP[middle:end], DUMP[end:])
    return [DUMP, b"".join(map(bz2.compress, parts))]


def charsets() -> list[bytes]:
    """A page in several charsets."""
    page = PAGE.decode()
    thai = page.replace("km", "th").replace(KHMER, THAI).replace(KHMER[:20], THAI[:20])
    thai = thai.replace(KHMER[:30], THAI[:30])
    vietnamese = TEXTS["vie_Latn"]
    return [
        PAGE,
        page.encode("utf-16"),
        thai.replace('"utf-8"', '"tis-620"').encode("cp874", "replace"),
        f"<p>{vietnamese}</p>".encode("cp1258", "replace"),
        "<p>“Rumah” – café</p>".encode("cp1252"),
    ]


def texts() -> list[bytes]:
    """A line of each language, and all of them."""
    return [text.encode() for text in TEXTS.values()] + ["\n".join(TEXTS.values()).encode()]
