"""The licenses that a sentence names, as SPDX ids: `CC BY-SA 4.0`, `Lisensi Creative Commons
Atribusi 4.0 Internasional`, `Apache License, Version 2.0`, `Singapore Open Data Licence`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from corpuskit.licenses.identifiers import (
    INDONESIA,
    MALAYSIA,
    PHILIPPINE_PUBLIC_DOMAIN,
    PUBLIC_DOMAIN,
    SINGAPORE,
    THAILAND,
    VIETNAM,
    creative_commons_id,
)

_MAX_TEXT: Final = 4_000
"""Characters of a statement that are looked at: a notice, not the text of a license."""
_AFTER: Final = 170
"""Characters after `Creative Commons` in which the elements and the version stand. The longest
name in use, the Thai one of BY-NC-SA, has 90 characters; twice that leaves room for a link."""
_BEFORE: Final = 90

_HYPHENS: Final = {**dict.fromkeys(map(ord, "‐‑‒–—−"), "-"), 0x00AD: "", 0x200B: "", 0x2060: ""}

_ELEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "NC": (
        "noncommercial", "nonkomersial", "nonkomersil", "bukankomersial", "bukankomersil",
        "tidakkomersial", "nirlaba", "phithươngmại", "ไม่ใช้เพื่อการค้า", "ไม่เพื่อการค้า",
        "ບໍ່ແມ່ນເພື່ອການຄ້າ", "ບໍ່ໃຊ້ເພື່ອການຄ້າ", "មិនមែនពាណិជ្ជកម្ម", "មិនធ្វើពាណិជ្ជកម្ម",
        "စီးပွားဖြစ်မဟုတ်", "dikomersyal", "dipangkomersyal", "dipangkalakal", "hindikomersyal",
        "非商业性", "非商業性", "非営利", "비영리", "nichtkommerziell", "nocomercial",
        "nãocomercial",
        "pasdutilisationcommerciale", "noncommerciale", "ikkekommersiell", "ikkekommerciel",
        "nietcommercieel", "ickekommersiell", "gayriticari",
    ),
    "ND": (
        "noderiv", "tanpaturunan", "tanpakaryaturunan", "tiadaterbitan", "tiadakaryaterbitan",
        "khôngpháisinh", "khôngcótácphẩmpháisinh", "ไม่ดัดแปลง", "ห้ามดัดแปลง", "ບໍ່ດັດແປງ",
        "គ្មានការកែច្នៃ", "မပြုပြင်", "walanghinango", "walanghango", "禁止演绎", "禁止改作",
        "改変禁止", "변경금지", "keinebearbeitung", "sinderivada", "sinobraderivada", "semderiva",
        "pasdemodification", "nonoperederivate", "ingenbearbeidelse", "ingenbearbejdelse",
        "geenafgeleidewerken", "ingabearbetningar", "türetilemez",
    ),
    "SA": (
        "sharealike", "berbagiserupa", "perkongsianserupa", "kongsiserupa", "chiasẻtươngtự",
        "อนุญาตแบบเดียวกัน", "ອະນຸຍາດແບບດຽວກັນ", "ແບ່ງປັນແບບດຽວກັນ", "ចែករំលែកដូចគ្នា", "တူညီစွာမျှဝေ",
        "pagbabahagingmagkatulad", "magkatuladnapagbabahagi", "magkaparehongpagbabahagi",
        "相同方式共享", "相同方式分享", "継承", "동일조건변경허락",
        "weitergabeuntergleichenbedingungen",
        "compartirigual", "compartilhaigual", "partagedanslesmêmesconditions",
        "condividiallostessomodo", "delpåsammevilkår", "gelijkdelen", "delalika",
        "aynilisanslapaylaş", "aynılisanslapaylaş",
    ),
    "BY": (
        "attribution", "atribusi", "pengiktirafan", "pengatribusian", "ghicông", "ghinhậncông",
        "แสดงที่มา", "ອ້າງອີງ", "ສະແດງທີ່ມາ", "ទទួលស្គាល់", "បញ្ជាក់ប្រភព", "ရည်ညွှန်း", "atribusyon",
        "pagkilala", "署名", "姓名標示", "表示", "저작자표시", "namensnennung", "reconocimiento",
        "atribución", "atribuição", "paternité", "attribuzione", "navngivelse", "kreditering",
        "naamsvermelding", "erkännande", "atıf", "alıntı",
    ),
}  # fmt: skip
"""Names of the elements in the deeds' languages (creativecommons.org), without spaces."""

_CORES: Final = (
    "creative commons", "creativecommons", "creative-commons", "ครีเอทีฟคอมมอนส์", "ครีเอทีฟคอมมอน",
    "ครีเอทีฟ คอมมอนส์", "クリエイティブ・コモンズ", "知识共享", "創用cc", "创作共用",
    "크리에이티브 커먼즈", "ຄຣີເອທີບຄອມມອນ", "គ្រីអេធីវខំមិន", "ခရီးအေးတစ်ကွန်မွန်",
)  # fmt: skip
_VERSION: Final = re.compile(r"(?<![\d.])([1-4])[.,]([0-9])(?!\d)")
_SHORT: Final = re.compile(
    r"(?<![a-z0-9])(?:cc|\(cc\))[ -]?(?:(by)((?:[ -]?(?:nc|nd|sa)){0,3})|(0|zero))(?![a-z0-9])"
    r"(?:[ ,(-]{0,3}(?:v|ver|version)?[ .]{0,2}([1-4](?:\.[0-9])?)(?![0-9]))?",
)
_PORTS: Final = {
    "igo": "IGO", "thailand": "TH", "ประเทศไทย": "TH", "vietnam": "VN", "viet nam": "VN",
    "việt nam": "VN", "malaysia": "MY", "philippines": "PH", "pilipinas": "PH", "singapore": "SG",
    "indonesia": "ID", "germany": "DE", "deutschland": "DE", "austria": "AT", "österreich": "AT",
    "france": "FR", "japan": "JP", "日本": "JP", "taiwan": "TW", "台灣": "TW", "hong kong": "HK",
    "香港": "HK", "china mainland": "CN", "中国大陆": "CN", "australia": "AU", "netherlands": "NL",
    "nederland": "NL", "united states": "US", "uk": "UK", "england": "UK", "korea": "KR",
    "india": "IN", "new zealand": "NZ", "spain": "ES", "españa": "ES", "brazil": "BR",
}  # fmt: skip
"""Jurisdictions as the names of ported licenses have them behind the version."""

_GNU: Final = re.compile(
    r"(?:\bgnu|\bgfdl\b|\ba?l?gpl(?:v[0-9.]{1,4})?\b)"
    r"(?: (?:affero|lesser|library|free|documentation|general|public|lisensi|umum|publik)){0,4}"
)
_GNU_VERSION: Final = re.compile(
    r"(?:version|versi|phiên bản|[ l(,]v|gpl-?|fdl-?)[ .]{0,2}([1-3](?:\.[0-9])?)\b"
)
_LATER: Final = ("later", "or newer", "setelahnya", "-or-later", "mới hơn")
_GNU_WINDOW: Final = 220
"""Characters in which `either version 2 of the License, or (at your option) any later version`
stands, the notice that the GPL recommends."""

_OTHERS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), license_)
    for pattern, license_ in (
        (r"\bapache(?: software)?(?: licen[cs]e)?[ ,-]{0,3}(?:version|v|versi)?[ .]{0,2}2"
         r"(?:\.0)?\b", "Apache-2.0"),
        (r"\blisensi apache(?: versi)? 2(?:\.0)?\b", "Apache-2.0"),
        (r"\b(?:mit|expat)[ -]licen[cs]e|\b(?:lisensi|lesen|giấy phép) mit\b|\bmit-licensed",
         "MIT"),
        (r"\bzero[- ]clause bsd|\bbsd zero[- ]clause|\b0bsd\b", "0BSD"),
        (r"\bbsd[ -](?:3|three)[- ]clause|\b(?:3|three)[- ]clause bsd|\b(?:new|modified) bsd\b",
         "BSD-3-Clause"),
        (r"\bbsd[ -](?:2|two)[- ]clause|\b(?:2|two)[- ]clause bsd|\bsimplified bsd\b",
         "BSD-2-Clause"),
        (r"\bboost software licen[cs]e", "BSL-1.0"),
        (r"\bpython software foundation licen[cs]e|\bpsf licen[cs]e", "PSF-2.0"),
        (r"\bmozilla public licen[cs]e[ ,]{0,2}(?:version|v)?[ .]{0,2}2|\bmpl[ -]?2\.0", "MPL-2.0"),
        (r"\bmozilla public licen[cs]e[ ,]{0,2}(?:version|v)?[ .]{0,2}1\.1|\bmpl[ -]?1\.1",
         "MPL-1.1"),
        (r"\bopen database licen[cs]e|\bodbl\b", "ODbL-1.0"),
        (r"\bopen data commons attribution|\bodc[ -]by\b", "ODC-By-1.0"),
        (r"\bpublic domain dedication and licen[cs]e|\bpddl\b", "PDDL-1.0"),
        (r"\bopen government licen[cs]e v(?:ersion )?3|\bogl v?3\.0", "OGL-UK-3.0"),
        (r"\bopen government licen[cs]e v(?:ersion )?2|\bogl v?2\.0", "OGL-UK-2.0"),
        (r"\bisc licen[cs]e", "ISC"),
        (r"\bthe unlicense\b", "Unlicense"),
        (r"\bsil open font licen[cs]e", "OFL-1.1"),
        (r"\beuropean union public licen[cs]e|\beupl\b", "EUPL-1.2"),
        (r"\bartistic licen[cs]e 2", "Artistic-2.0"),
        (r"\bcdla[- ]permissive[- ]2", "CDLA-Permissive-2.0"),
        (r"\bpublic domain mark\b", "CC-PDM-1.0"),
        # governments
        (r"\bsingapore open data licen[cs]e", SINGAPORE),
        (r"\b(?:syarat|terma)(?: dan syarat)? penggunaan data terbuka kerajaan"
         r"|\bopen government data terms of use|\bterms of use(?: of)?(?: malaysian?)? "
         r"(?:open government data|government open data|data open government)"
         r"|\bmalaysian government open data",
         MALAYSIA),
        (r"\bdga open government licen[cs]e|อนุญาตให้ใช้ข้อมูลภาครัฐแบบเปิด|อนุญาตข้อมูลเปิดภาครัฐ",
         THAILAND),
        (r"\blisensi (?:data terbuka|terbuka pemerintah|pemerintah terbuka)"
         r"|\bindonesian? open (?:government )?data licen[cs]e|\bopen data licen[cs]e indonesia",
         INDONESIA),
        (r"(?:điều|article) 18\b.{0,60}47/2020/n[đd]-cp|dữ liệu mở.{0,60}47/2020/n[đd]-cp",
         VIETNAM),
        (r"\bogl-ph\b|\bopen government licen[cs]e - philippines", "LicenseRef-PH-OGL-1.0"),
        (r"\bno copyright shall subsist in any work of the government of the philippines",
         "LicenseRef-PH-RA8293-176"),
    )
)  # fmt: skip
_IN_PUBLIC_DOMAIN: Final = re.compile(
    r"\b(?:in|into|to|is|are|under|as|copyright:|license:|rights:) (?:the )?public domain\b"
    r"|^public domain\b"
    r"|\b(?:domain (?:awam|publik|umum)|ranah publik)\b|\b(?:phạm vi|miền|thuộc về) công cộng\b"
    r"|สาธารณสมบัติ|สมบัติสาธารณะ|\bpampublikong dominyo\b|\bdominyo publiko\b"
)
_PHILIPPINE: Final = (
    "republic of the philippines",
    "gov.ph",
    "republika ng pilipinas",
    "official gazette",
)

RIGHTS_RESERVED: Final = re.compile(
    r"all rights? (?:are )?reserved|semua hak (?:cipta )?(?:dilindungi|terpelihara)|hak cipta "
    r"(?:dilindungi|terpelihara)|seluruh hak cipta|giữ (?:toàn|mọi|bản) quyền"
    r"|bảo lưu (?:mọi|toàn bộ)|mọi quyền được bảo lưu|สงวนลิขสิทธิ์|สงวนสิทธิ์|ສະຫງວນລິ|ສະຫງວນສິດ|រក្សាសិទ្ធិ"
    r"|မူပိုင်ခွင့်အားလုံး|အခွင့်အရေးအားလုံး|karapatan ay (?:nakalaan|reserbado)|版权所有|版權所有"
    r"|無断転載|tous droits réservés|alle rechte vorbehalten|los derechos reservados"
    r"|todos os direitos reservados"
)
"""`All rights reserved` in the catalogue's languages, which means that no license is granted."""


def licenses_named(text: str) -> list[str]:
    """SPDX ids (or `LicenseRef-...`) of the licenses that a text names, in its order, each once.

    Creative Commons licenses are found by their elements in the languages of the catalogue; one
    without a version becomes `LicenseRef-CC-BY-SA`. Addresses are not looked at.
    """
    return [license_ for _, license_ in license_places(fold_statement(text))]


def license_places(folded: str, around: str = "") -> list[tuple[int, str]]:
    """The same of a folded text, each license with the place of its name; `around` is the folded
    notice that the text is a sentence of, which may name the government that speaks."""
    places: dict[str, int] = {}
    others = _others(folded, around or folded)
    for place, license_ in [*_creative_commons(folded), *_gnu(folded), *others]:
        places[license_] = min(place, places.get(license_, place))
    bare = [license_.removeprefix("LicenseRef-") for license_ in places]
    return sorted(
        (place, license_)
        for license_, place in places.items()
        if not any(other.startswith(f"{license_.removeprefix('LicenseRef-')}-") for other in bare)
    )


def fold_statement(text: str) -> str:
    """A statement in lower case, with plain hyphens and single spaces."""
    plain = unicodedata.normalize("NFC", text[:_MAX_TEXT]).translate(_HYPHENS)
    return " ".join(plain.lower().split())


def _creative_commons(text: str) -> Iterator[tuple[int, str]]:
    for match in _SHORT.finditer(text):
        if match[3]:
            yield match.start(), "CC0-1.0"
            continue
        elements = ["BY", *re.findall("NC|ND|SA", match[2].upper())]
        version = match[4] or ""
        yield from _identified(text, match.start(), match.end(), elements, version)
    for core in _CORES:
        start = text.find(core)
        while start >= 0:
            end = start + len(core)
            following = text.find(core, end)
            stop = min(end + _AFTER, following if following >= 0 else len(text))
            yield from _long_name(text, start, end, stop)
            start = following


def _long_name(text: str, start: int, end: int, stop: int) -> Iterator[tuple[int, str]]:
    """The license of `Creative Commons Attribution 4.0`, or of the same words before it."""
    window = text[end:stop]
    if window.startswith((".org", ".net")):
        return
    if re.match(r"[ -]?(?:zero\b|0\b|cc0\b|public domain dedication)", window):
        yield start, "CC0-1.0"
        return
    elements = _elements_in(window)
    if not elements:
        end, window = max(0, start - _BEFORE), text[max(0, start - _BEFORE) : start]
        elements = _elements_in(window)
    version = _VERSION.search(window)
    stated = f"{version[1]}.{version[2]}" if version else ""
    yield from _identified(text, start, end + version.end() if version else end, elements, stated)


def _elements_in(window: str) -> list[str]:
    letters = re.sub(r"[\s'’./_-]", "", window)
    elements = []
    for element, names in _ELEMENTS.items():
        if any(name in letters for name in names):
            elements.append(element)
    return elements


def _identified(
    text: str, start: int, end: int, elements: list[str], version: str
) -> Iterator[tuple[int, str]]:
    if version and "." not in version:
        version = f"{version}.0"
    behind = text[end : end + 30].lstrip(" ()-.,")
    port = next((code for name, code in _PORTS.items() if behind.startswith(name)), "")
    if license_ := creative_commons_id(
        list(dict.fromkeys(elements)), version, port if version else ""
    ):
        yield start, license_ if version else f"LicenseRef-{license_.removesuffix('-')}"


def _gnu(text: str) -> Iterator[tuple[int, str]]:
    for match in _GNU.finditer(text):
        kind = _gnu_kind(match[0])
        if not kind:
            continue
        window = text[match.start() : match.start() + _GNU_WINDOW]
        version = _GNU_VERSION.search(window)
        is_later = any(word in window for word in _LATER)
        if version is None:
            if kind == "GFDL":
                yield match.start(), "GFDL-1.3-or-later"
            else:
                yield match.start(), f"LicenseRef-{kind}"
            continue
        number = version[1] if "." in version[1] else f"{version[1]}.0"
        yield match.start(), f"{kind}-{number}-{'or-later' if is_later else 'only'}"


def _gnu_kind(name: str) -> str:
    if "documentation" in name or "gfdl" in name:
        return "GFDL"
    if "affero" in name or "agpl" in name:
        return "AGPL"
    if "lesser" in name or "library" in name or "lgpl" in name:
        return "LGPL"
    return "GPL" if "general" in name or "gpl" in name else ""


def _others(text: str, around: str) -> Iterator[tuple[int, str]]:
    for pattern, license_ in _OTHERS:
        if match := pattern.search(text):
            yield match.start(), license_
    if match := _IN_PUBLIC_DOMAIN.search(text):
        is_philippine = any(name in around for name in _PHILIPPINE)
        yield match.start(), PHILIPPINE_PUBLIC_DOMAIN if is_philippine else PUBLIC_DOMAIN
