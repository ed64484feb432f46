"""Bad input for a build, derived from the real pages of examples/demo/pages.warc.gz.

Every function writes into a folder and returns what a source's `path` should name: a WARC
(connector `warc`) or a folder of files (connector `files`). Beside the bad record or file
stand good pages, so that a test sees whether they survive. The docstrings say what a build
must do; for all of them: it never raises, every record ends in the corpus or as a reason in
the ledger, and the ledger closes.

    path = corrupt_gzip_member(tmp_path)
    recipe = write_recipe(tmp_path, "warc", path)
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from lxml import html

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo"

HUGE = 200_000_000
DEPTH = 100_000


# ---------------------------------------------------------------- good pages


@lru_cache(maxsize=1)
def good_members() -> tuple[bytes, ...]:
    """Gzip members of the demo's largest whole Khmer pages, largest first."""
    data = (DEMO / "pages.warc.gz").read_bytes()
    lines = (DEMO / "index.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for line in lines if (row := json.loads(line))["kind"] == "page"]
    rows.sort(key=lambda row: (-row["length"], row["url"]))
    return tuple(data[row["offset"] : row["offset"] + row["length"]] for row in rows[:20])


@lru_cache(maxsize=20)
def good_html(number: int) -> bytes:
    """UTF-8 HTML of the demo's `number`-th largest Khmer page."""
    _, _, http = gzip.decompress(good_members()[number]).partition(b"\r\n\r\n")
    return http.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")


def split_at_content(page: bytes) -> tuple[bytes, bytes, bytes]:
    """A page cut into what stands before, in and after its content area."""
    start = page.index(b">", page.index(b'<div id="DisplayArea"')) + 1
    stop = page.index(b'</div>\n<div id="SearchFrame"')
    return page[:start], page[start:stop], page[stop:]


def into_text(page: bytes, insertion: bytes, every: int, times: int = -1) -> bytes:
    """The page with `insertion` between characters of its text, about every `every` characters.

    At most `times` insertions are made (-1: no limit), only between two Khmer characters, so
    that the markup stays whole.
    """
    parts: list[str] = []
    since = 0
    text = page.decode("utf-8")
    for at, character in enumerate(text):
        parts.append(character)
        since += 1
        khmer = all("\u1780" <= one <= "\u17ff" for one in text[at : at + 2])
        if since >= every and khmer:
            parts.append("\ue000")  # stands for the insertion; the pages hold no such character
            since = 0
    marked = "".join(parts).encode("utf-8")
    return marked.replace("\ue000".encode(), insertion, times).replace("\ue000".encode(), b"")


def write_recipe(folder: Path, connector: str, path: Path) -> Path:
    """A valid Khmer recipe with `path` as its only source; returns the recipe's path."""
    recipe = folder / f"{path.name.replace('.', '-')}.toml"
    recipe.write_text(
        'name = "bad-input"\n'
        'languages = ["khm_Khmr"]\n'
        'operator = { name = "corpuskit tests", contact = "corpus@example.org" }\n\n'
        "[[source]]\n"
        'name = "bad"\n'
        f"connector = {json.dumps(connector)}\n"
        f"path = {json.dumps(str(path))}\n"
        'license = "MPL-2.0"\n'
        'license_verified_by = "see examples/demo/LICENSE.md"\n',
        encoding="utf-8",
    )
    return recipe


def _folder(parent: Path, name: str, **files: bytes) -> Path:
    """A folder of files (`page_html` becomes page.html) beside good_1.html and good_2.html."""
    folder = parent / name
    folder.mkdir()
    files |= {"good_1_html": good_html(0), "good_2_html": good_html(1)}
    for key, content in files.items():
        stem, _, suffix = key.rpartition("_")
        (folder / f"{stem}.{suffix}").write_bytes(content)
    return folder


def _warc(folder: Path, name: str, *members: bytes) -> Path:
    path = folder / name
    path.write_bytes(b"".join(members))
    return path


# ---------------------------------------------------------------- damaged archives


def corrupt_gzip_member(folder: Path) -> Path:
    """Five records; the third's deflate stream has 64 zero bytes in its middle.

    Four pages are kept; the third record is one `read/` reason. A reader that stops at the
    damage loses the last two.
    """
    members = list(good_members()[:5])
    middle = len(members[2]) // 2
    members[2] = members[2][: middle - 32] + bytes(64) + members[2][middle + 32 :]
    return _warc(folder, "corrupt-member.warc.gz", *members)


def corrupt_gzip_checksum(folder: Path) -> Path:
    """Five records; the third inflates to its end, but not to what its CRC-32 stands for.

    Four pages are kept; the third record is one `read/` reason, for its text is not what
    was captured (one byte of it differs).
    """
    members = list(good_members()[:5])
    content = bytearray(gzip.decompress(members[2]))
    checksum = zlib.crc32(content)
    content[-100] ^= 1
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(content) + packer.flush()
    length = len(content).to_bytes(4, "little")
    members[2] = members[2][:10] + body + checksum.to_bytes(4, "little") + length
    return _warc(folder, "corrupt-checksum.warc.gz", *members)


def corrupt_gzip_header(folder: Path) -> Path:
    """Five records; the third's gzip header is overwritten, so no member starts there.

    Four pages are kept; the third record is one `read/` reason.
    """
    members = list(good_members()[:5])
    members[2] = b"\xde\xad\xbe\xef" * 4 + members[2][16:]
    return _warc(folder, "corrupt-header.warc.gz", *members)


def not_a_warc(folder: Path) -> Path:
    """A page saved under the name of a WARC.

    Either one line that names the file (SourceError), or one `read/` reason; nothing is kept.
    """
    return _warc(folder, "not-a-warc.warc.gz", good_html(0))


def truncated_warc_gz(folder: Path) -> Path:
    """Five records; the last gzip member breaks off after 60 %.

    Four pages are kept; the last record is one `read/` reason.
    """
    *whole, last = good_members()[:5]
    return _warc(folder, "truncated.warc.gz", *whole, last[: len(last) * 6 // 10])


def truncated_warc(folder: Path) -> Path:
    """Five records without compression; the last breaks off in the middle of its page.

    Four pages are kept; the last record is one `read/` reason.
    """
    *whole, last = map(gzip.decompress, good_members()[:5])
    return _warc(folder, "truncated.warc", *whole, last[: len(last) // 2])


def zero_byte_warc(folder: Path) -> Path:
    """A WARC without a byte. The build ends with an empty corpus or one line, not a traceback."""
    return _warc(folder, "zero-byte.warc.gz")


# ---------------------------------------------------------------- sizes and depths


def huge_page_chunks(size: int) -> Iterator[bytes]:
    """A page of exactly `size` bytes: a real page whose first paragraphs are repeated.

    They are shorter than deflate's window of 32 kB, so that the page packs well.
    """
    before, content, after = split_at_content(good_html(3))
    content = content[: content.rindex(b"</p>", 0, 12_000) + 4]
    rest = size - len(before) - len(after)
    yield before
    for _ in range(rest // len(content)):
        yield content
    yield b" " * (rest % len(content)) + after


def huge_page_warc(folder: Path, size: int = HUGE) -> Path:
    """A good record, a page of 200 MB, a good record; 1 to 3 MB on disk, written in a stream.

    Two pages are kept; the huge one is `read/too_large`. The build must not hold the page in
    memory: peak memory stays far below 200 MB above what two pages need.
    """
    path = folder / "huge-page.warc.gz"
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: {size}"
    block = f"{http}\r\n\r\n".encode()
    header = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        "WARC-Record-ID: <urn:uuid:5f0e2f5c-7c0b-5c2e-9d3e-2f5b7a1c0d4e>\r\n"
        "WARC-Date: 2026-11-24T01:00:00Z\r\n"
        "WARC-Target-URI: https://help.libreoffice.org/7.4/km/text/shared/huge.html\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) + size}\r\n\r\n"
    ).encode()
    with path.open("wb") as out:
        out.write(good_members()[0])
        with gzip.GzipFile("", "wb", 6, out, mtime=0) as member:
            member.write(header + block)
            for chunk in huge_page_chunks(size):
                member.write(chunk)
            member.write(b"\r\n\r\n")
        out.write(good_members()[1])
    return path


def huge_page_files(folder: Path, size: int = HUGE) -> Path:
    """A folder with two good pages and one of 200 MB as `.html.gz`: as `huge_page_warc`."""
    target = _folder(folder, "huge-page")
    with gzip.GzipFile(target / "huge.html.gz", "wb", 6, mtime=0) as out:
        for chunk in huge_page_chunks(size):
            out.write(chunk)
    return target


def nested_tags(folder: Path, depth: int = DEPTH) -> Path:
    """Two good pages and one whose content stands in 100,000 nested `<div>`.

    Two pages are kept. The nested one is kept with its text or lost for a reason; the
    interpreter's stack, libxml2's depth limit and quadratic time are what goes wrong here.
    """
    before, content, after = split_at_content(good_html(2))
    page = before + b"<div>" * depth + content + b"</div>" * depth + after
    return _folder(folder, "nested-tags", nested_html=page)


# ---------------------------------------------------------------- bytes that are no text


def nul_bytes(folder: Path) -> Path:
    """Two good pages, one with a NUL about every 200 characters of text, one file of NULs only.

    Three pages are kept, the third without its NULs and otherwise with its whole text;
    the file of NULs is lost for a reason.
    """
    spoiled = into_text(good_html(2), b"\x00", 200)
    return _folder(folder, "nul-bytes", between_html=spoiled, only_html=bytes(65_536))


def surrogate_bytes(folder: Path) -> Path:
    """Two good pages, one with WTF-8 (half a pair) and one with CESU-8 (a pair, as two halves).

    No published text holds a surrogate. The 6 and 12 bad bytes are below one in a thousand
    characters, so both pages are kept, with replacements in their place, in UTF-8's reading.
    """
    half = into_text(good_html(2), b"\xed\xa0\x80", 4_000, times=2)
    pair = into_text(good_html(3), b"\xed\xa0\xbd\xed\xb8\x80", 4_000, times=2)
    return _folder(folder, "surrogate-bytes", wtf8_html=half, cesu8_html=pair)


def surrogate_json(folder: Path) -> Path:
    r"""JSONL of three lines; the second's text holds the escape `\ud800`, which is no character.

    The first and third line are kept; the second is kept without the surrogate or lost for
    a reason. Parquet cannot hold it.
    """
    target = folder / "surrogate-json"
    target.mkdir()
    texts = [_plain_text(number) for number in range(3)]
    texts[1] = texts[1][:500] + "\ud800" + texts[1][500:]
    lines = [json.dumps({"text": text}) + "\n" for text in texts]
    (target / "lines.jsonl").write_text("".join(lines), encoding="ascii")
    return target


def broken_jsonl(folder: Path) -> Path:
    """JSONL of six lines: good, half an object, a bare string, no text, null text, good.

    The two good lines are kept; each of the four others is lost for a reason of its own.
    """
    target = folder / "broken-jsonl"
    target.mkdir()
    first, half, last = (
        json.dumps({"text": _plain_text(number)}, ensure_ascii=False) for number in (0, 1, 2)
    )
    lines = [first, half[: len(half) // 2], '"string"', '{"title": "none"}', '{"text": null}', last]
    (target / "lines.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def _plain_text(number: int) -> str:
    """Text of a good page's blocks."""
    area = html.fromstring(good_html(number).decode("utf-8")).get_element_by_id("DisplayArea")
    blocks = area.xpath(".//*[self::h1 or self::h2 or self::p]")
    return "\n".join(line for block in blocks if (line := " ".join(block.text_content().split())))


def invalid_utf8(folder: Path) -> Path:
    """Two good pages, one with one bad byte, one with a bad byte every 30 characters, one image.

    Three pages are kept: a single bad byte must not make the page be read in another
    charset. The page with many bad bytes and the image named `.html` are lost for a reason.
    """
    single = into_text(good_html(2), b"\xff", 4_000, times=1)
    many = into_text(good_html(3), b"\xff", 30)
    return _folder(
        folder, "invalid-utf8", single_html=single, many_html=many, image_html=_demo_image()
    )


def _demo_image() -> bytes:
    data = (DEMO / "pages.warc.gz").read_bytes()
    for line in (DEMO / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "png":
            record = gzip.decompress(data[row["offset"] : row["offset"] + row["length"]])
            return record[record.index(b"\x89PNG") :].removesuffix(b"\r\n\r\n")
    raise LookupError("the demo holds no image")


# ---------------------------------------------------------------- nothing at all


def empty_folder(folder: Path) -> Path:
    """A folder without a file: one line (SourceError) that names the folder; exit 1."""
    target = folder / "empty"
    target.mkdir()
    return target


def zero_byte_files(folder: Path) -> Path:
    """Two good pages and files of no bytes in every form: each is lost for a reason."""
    return _folder(folder, "zero-byte", page_html=b"", text_txt=b"", lines_jsonl=b"", packed_gz=b"")


def corrupt_files(folder: Path) -> Path:
    """Two good pages, a `.html.gz` with a damaged middle, a cut one, and one that is no gzip.

    Two pages are kept; the damaged and the cut one are lost for a `read/` reason. The third
    is a whole page under a wrong name: kept as the page it is, or a `read/` reason.
    """
    target = _folder(folder, "corrupt-files")
    packed = gzip.compress(good_html(2), 9, mtime=0)
    middle = len(packed) // 2
    damaged = packed[: middle - 32] + bytes(64) + packed[middle + 32 :]
    (target / "damaged.html.gz").write_bytes(damaged)
    (target / "cut.html.gz").write_bytes(packed[:middle])
    (target / "plain.html.gz").write_bytes(good_html(2))
    return target


# ---------------------------------------------------------------- recipes


def recipe_with_three_mistakes(folder: Path) -> Path:
    """The demo's recipe with an unknown language, a misspelled key and no license.

    `load_recipe` raises one RecipeError with exactly three problems, at `languages[1]`
    (guess khm_Khmr), `output.validaton` (guess `validation`) and `source[1].license`.
    Nothing runs and no build folder is made.
    """
    text = (DEMO / "khmer.toml").read_text(encoding="utf-8")
    for right, wrong in (
        ('["khm_Khmr"]', '["khm_Kmer"]'),
        ("validation =", "validaton ="),
        ('license = "MPL-2.0"\n', ""),
        ('path = "pages.warc.gz"', f"path = {json.dumps(str(DEMO / 'pages.warc.gz'))}"),
    ):
        if right not in text:
            raise LookupError(f"examples/demo/khmer.toml no longer says {right!r}")
        text = text.replace(right, wrong)
    path = folder / "three-mistakes.toml"
    path.write_text(text, encoding="utf-8")
    return path
