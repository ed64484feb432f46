"""MediaWiki's words in the languages of the catalogue: what they mark goes, no text with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from services.mediawiki import mediawiki

from corpuskit.connectors.wikimedia import words
from corpuskit.connectors.wikimedia.namespaces import Link, Namespaces
from corpuskit.connectors.wikimedia.text import Converter
from corpuskit.connectors.wikimedia.words import words_of

DATA = json.loads((Path(words.__file__).parent / "data" / "words.json").read_bytes())
LANGUAGES = sorted(DATA["languages"])
BEFORE, AFTER = "ក ខ គ 1", "ឃ ង ច 2"


def text(wikitext: str, language: str | None) -> str:
    """As of a dump that names no namespaces at all."""
    found = Converter({}, language).text_of(wikitext, "TITLE")
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_by_every_name_and_alias_go(language: str) -> None:
    hidden = [name for name, number in words_of(language).names.items() if number in (-2, 6, 14)]
    assert {"File", "Image", "Category", "Media"} <= set(hidden)
    for name in hidden:
        for spelled in (name, name.replace(" ", "_"), name.lower(), f" {name} "):
            link = f"[[{spelled}:A b|thumb|alt=x|c [[d]] e]]"
            assert text(f"{BEFORE}\n\n{link}\n\n{AFTER}", language) == f"{BEFORE}\n{AFTER}"
            assert text(f"{BEFORE} {link} {AFTER}", language) == f"{BEFORE} {AFTER}"
        assert text(f"[[:{name}:A|{BEFORE}]]", language) == BEFORE


@pytest.mark.parametrize("language", LANGUAGES)
def test_switches_go_and_titles_and_functions_are_read(language: str) -> None:
    every, english = DATA["languages"][language], DATA["languages"]["en"]
    for kind in ("switches", "switches_any_case"):
        for switch in {*every.get(kind, ()), *english[kind]}:
            spelled = switch.lower() if kind == "switches_any_case" else switch
            assert text(f"{BEFORE}{spelled}\n\n{spelled}{AFTER}", language) == f"{BEFORE}\n{AFTER}"
    for title in words_of(language).titles:
        assert text(f"{BEFORE} {{{{{title}}}}}", language) == f"{BEFORE} TITLE"
    for name in {*every.get("functions", ()), *english["functions"]}:
        assert text(f"{BEFORE} {{{{{name.lower()}:1234}}}}", language) == f"{BEFORE} 1234"


@pytest.mark.parametrize("language", LANGUAGES)
def test_redirects_are_told_by_their_words(language: str) -> None:
    convert = Converter({}, language)
    for word in {*DATA["languages"][language].get("redirect", ()), "#redirect"}:
        assert convert.redirect_of(f"{word} [[{BEFORE}]]") == BEFORE
        assert convert.redirect_of(f"\n{word.lower()}: [[{BEFORE}#b|c]]\n[[Category:x]]")
        assert convert.redirect_of(f"{AFTER} {word} [[{BEFORE}]]") is None
    assert convert.redirect_of(f"# [[{BEFORE}]]") is None


@pytest.mark.parametrize(
    ("language", "wikitext"),
    [
        ("km", "[[រូបភាព:ក|រូបភាពតូច|ស្តាំ|២០០ភីកសែល|ខ]]"),
        ("km", "[[មីឌា:ក.ogg|ខ]]__គ្មានមាតិកា__[[ចំនាត់ថ្នាក់ក្រុម:គ]]"),
        ("vi", "[[Hình:a|nhỏ|trái|200px|b]]__KHÔNG_MỤC_LỤC__"),
        ("vi", "[[Thể loại:a]][[Thể_loại:b|c]]"),
        ("id", "[[Berkas:a|jmpl|kiri|b]][[Gambar:a|mini|kanan|b]]__TANPADAFTARISI__"),
        ("jv", "[[Gambar:a|jmpl|b]][[Barkas:a|b]][[Kategori:c]]"),
        ("su", "[[Gambar:a|jmpl|b]][[Kategori:c]]__NIRDASI__"),
        ("ms", "[[Imej:a|thumb|kanan|b]][[Fail:a]][[Kategori:c]]"),
        ("my", "[[ဖိုင်:a|thumb|b]][[ကဏ္ဍ:c]]"),
        ("lo", "[[ຮູບ:a|thumb|b]][[ໝວດ:c]]"),
        ("th", "[[ภาพ:a|thumb|b]][[หมวดหมู่:c]]__ไม่มีสารบัญ__"),
        ("tl", "[[Talaksan:a|thumb|b]][[Kaurian:c]]"),
        ("ceb", "[[Payl:a|thumb|b]][[Imahen:a|b]][[Kategoriya:c]]"),
        ("war", "[[Fayl:a|thumb|b]][[Paypay:a]][[Kaarangay:c]]"),
        ("tet", "[[Imajen:a|thumb|b]][[Kategoría:c]]"),
        ("zh", "[[图像:a|缩略图|右|b]][[分類:c]]__無目錄__"),
        ("zh-Hans-CN", "[[文件:a|b]][[分类:c]]"),
    ],
)
def test_markup_as_wikis_have_it(language: str, wikitext: str) -> None:
    assert text(f"{BEFORE} {wikitext}\n\n{AFTER}", language) == f"{BEFORE}\n{AFTER}"


def test_words_of_one_language_are_text_in_another() -> None:
    names = Namespaces({}, "km")
    assert names.kind("ຮູບ:a") is Link.TEXT
    assert Namespaces({}, "lo").kind("ຮູບ:a") is Link.NOTHING
    assert Converter({}, "km").redirect_of("#เปลี่ยนทาง [[a]]") is None


def test_names_of_the_wiki_itself_win() -> None:
    assert Namespaces({"Gambar": 100}, "id").kind("Gambar:a") is Link.TEXT
    assert Namespaces({"File": 100}, "id").kind("File:a") is Link.NOTHING


@pytest.mark.parametrize("unknown", [None, "", "xx", "xx-yy"])
def test_a_language_that_is_not_known_has_the_english_words(unknown: str | None) -> None:
    assert words_of(unknown).names == words_of("en").names


def test_every_wiki_of_the_catalogue_has_words_or_is_named(repository: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (repository / "sources").glob("*.toml")]
    wikis = {one for text in texts for one in re.findall(r"wikimedia\.org/([a-z]+)wiki", text)}
    assert len(wikis) > 30
    assert wikis - {"incubator"} == {*LANGUAGES, *DATA["about"]["without"]}


@pytest.mark.parametrize("language", ["km", "su"])
def test_words_are_those_of_a_wiki_that_runs(language: str, tmp_path: Path) -> None:
    """Sundanese falls back to Indonesian."""
    with mediawiki(tmp_path, language) as wiki:
        asked = "namespaces|namespacealiases|magicwords"
        address = (
            f"{wiki.api}?action=query&meta=siteinfo&format=json&formatversion=2&siprop={asked}"
        )
        with urlopen(address, timeout=60) as answer:
            said = json.load(answer)["query"]
    there = [
        *((value["name"], value["id"]) for value in said["namespaces"].values()),
        *((one["alias"], one["id"]) for one in said["namespacealiases"]),
    ]
    own = words_of(language)
    kept = {name: number for name, number in there if number in (-2, 6, 10, 14)}
    assert kept.items() <= own.names.items()
    for magic in said["magicwords"]:
        for alias in magic["aliases"]:
            if alias.startswith("__"):
                assert own.switches.fullmatch(alias)
            if magic["name"] == "redirect":
                assert own.redirect.match(f"{alias} [[a]]")
            if magic["name"] == "pagename":
                assert alias in own.titles
