"""Targets that read what sites say, and the stages: pages, opt-outs, texts, recipes, addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

import corpuskit as ck
from corpuskit.chain import run_chain
from corpuskit.connectors.containers.http_message import parse_headers
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.addresses import RefusedError, locate
from corpuskit.connectors.fetching.robots import RobotsFile, Rules
from corpuskit.connectors.web.discover import in_page
from corpuskit.connectors.web.lists import in_feed, in_sitemap
from corpuskit.connectors.web.scope import is_trap, normal_url
from corpuskit.errors import RecipeError
from corpuskit.extract import extract_html
from corpuskit.extract.decode import decode
from corpuskit.licenses.identifiers import spdx_in, spdx_of_text, spdx_of_url
from corpuskit.pipeline.segments import Segment, StageSpec
from corpuskit.stage import Batch, Stage
from corpuskit.urls import absolute_url, canonical_url, domain, header_url, host_of
from tools.fuzz import seeds
from tools.fuzz.target import Target, check

_URL: Final = "http://a.example/a/b"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogatepass" if b"\xed" in content else "replace")


def _decoded(content: bytes) -> str:
    try:
        return _text(content)
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


def _robots(content: bytes, _folder: Path) -> None:
    rules = Rules(RobotsFile(200, content, datetime(2026, 1, 1, tzinfo=UTC)))
    for url in (_URL, "http://a.example/%E0%B8%82?x=1", "http://a.example/aXb"):
        rules.verdict(url)
        signals = opt_outs.of_robots(rules, url, opt_outs.AI_BOTS)
        opt_outs.verdict(signals)
    check(rules.delay >= 0, "a negative delay")
    _ = rules.sitemaps


def _opt_outs(content: bytes, _folder: Path) -> None:
    headers = parse_headers(content)
    signals = opt_outs.of_headers(headers)
    signals += opt_outs.of_meta([("robots", _decoded(content)), ("tdm-reservation", "1")])
    check(opt_outs.verdict(signals)["verdict"] == "disallow", "an opt-out is not heard")
    opt_outs.nofollow(signals)


def _tdmrep(content: bytes, _folder: Path) -> None:
    opt_outs.verdict(opt_outs.of_tdmrep(_decoded(content), "http://a.example/" + "ab/" * 50 + "c"))


def _sitemap(content: bytes, _folder: Path) -> None:
    in_sitemap(content, "http://a.example/sitemap.xml")


def _feed(content: bytes, _folder: Path) -> None:
    in_feed(content, "http://a.example/feed")


def _links(content: bytes, _folder: Path) -> None:
    links = in_page(content, _URL, "utf-8")
    for url in [*links.pages, *links.feeds][:200]:
        check(url.startswith(("http://", "https://")), f"not an address: {url!r}")
        normal_url(url)


def _decode(content: bytes, _folder: Path) -> None:
    for charset in (None, "utf-8", "windows-874", "idna", "x" * 50):
        decoded = decode(content, charset)
        check(bool(decoded.reason) or isinstance(decoded.markup, str), "neither text nor reason")


def _extract(content: bytes, _folder: Path) -> None:
    page = extract_html(content, url=_URL)
    check(page.reason != "extract/failed", f"extract/failed: {page.detail}")
    check(bool(page.text) != bool(page.reason), "neither text nor reason, or both")


def _normalize(language: str, content: bytes, _folder: Path) -> None:
    text = str(ck.normalize_text(_decoded(content), language=language))
    again = str(ck.normalize_text(text, language=language))
    check(text == again, f"not idempotent in {language}")


def _segment(content: bytes, _folder: Path) -> None:
    text = _decoded(content)
    for sentence in ck.sentences(text):
        check(bool(sentence.strip()), "an empty sentence")
    for language in ("khm_Khmr", "vie_Latn", None):
        ck.words(text, language)
    ck.clusters(text)
    ck.match_key(text)


@cache
def _chain(name: str) -> tuple[Stage, ...]:
    wanted = {"languages": {code: [] for code in seeds.TEXTS}, "foreign_lines": "remove"}
    specs = {
        "page": (StageSpec("decode"), StageSpec("extract")),
        "text": (
            StageSpec("normalize"),
            StageSpec("identify"),
            StageSpec("lines", wanted),
            StageSpec("signals"),
            StageSpec("signature"),
        ),
    }[name]
    return tuple(Segment(name, specs).make())


def _pages(content: bytes, _folder: Path) -> None:
    columns = {
        "_content": [content, seeds.PAGE],
        "_charset": [None, "utf-8"],
        "content_type": ["text/html", None],
    }
    _check_chain(run_chain(_chain("page"), Batch({**columns, "url": [_URL, None]})))


def _annotate(content: bytes, _folder: Path) -> None:
    text = _decoded(content).encode("utf-8", "replace").decode()
    _check_chain(run_chain(_chain("text"), Batch.of_texts([text, seeds.KHMER, ""])))


def _check_chain(result: Batch) -> None:
    reasons = result.get("reason")
    for row, text in enumerate(result.get("text")):
        check(text is not None or reasons[row] is not None, "neither text nor reason")


def _near(content: bytes, _folder: Path) -> None:
    texts = _decoded(content).split("\n")[:50]
    clusters = ck.near_duplicates(texts, language="khm_Khmr")
    check(len(clusters) <= len(texts), "more clusters than texts")


def _recipe(content: bytes, folder: Path) -> None:
    path = folder / "recipe.toml"
    path.write_bytes(content)
    ck.load_recipe(path)


def _licenses(content: bytes, _folder: Path) -> None:
    statement = _decoded(content)
    for spdx in (spdx_of_text(statement), spdx_of_url(statement), spdx_in(statement)):
        check(spdx is None or (spdx.isascii() and " " not in spdx), f"not an SPDX id: {spdx!r}")


def _urls(content: bytes, _folder: Path) -> None:
    url = _decoded(content)
    for function in (domain, host_of, header_url):
        function(url)
    for codec in ("utf-8", "cp874", "shift_jis"):
        absolute_url(url, _URL, codec)
    if normal := normal_url(url):
        check(normal_url(normal) == normal, f"another normal form: {normal!r}")
        is_trap(normal)
    canonical = canonical_url(url)
    check(canonical is None or canonical_url(canonical) == canonical, "not idempotent")
    locate(url, resolver=lambda _host: ["93.184.216.34"])


TARGETS: Final = (
    Target("robots", lambda: [seeds.ROBOTS], _robots),
    Target("sitemap", lambda: [seeds.SITEMAP, seeds.INDEX], _sitemap),
    Target("feed", lambda: [seeds.FEED, seeds.ATOM], _feed),
    Target("opt-outs", lambda: [seeds.HEADERS], _opt_outs),
    Target("tdmrep", lambda: [seeds.TDMREP], _tdmrep),
    Target("page-links", seeds.charsets, _links),
    Target("decode", seeds.charsets, _decode),
    Target("extract", seeds.charsets, _extract),
    Target("page-stages", seeds.charsets, _pages),
    Target("text-stages", seeds.texts, _annotate),
    *(Target(f"normalize-{code}", seeds.texts, partial(_normalize, code)) for code in seeds.TEXTS),
    Target("segment", seeds.texts, _segment),
    Target("near-duplicates", seeds.texts, _near),
    Target("recipe", lambda: [seeds.RECIPE], _recipe, (RecipeError,)),
    Target("licenses", lambda: list(seeds.LICENSES), _licenses),
    Target("urls", lambda: list(seeds.URLS), _urls, (RefusedError,)),
)
