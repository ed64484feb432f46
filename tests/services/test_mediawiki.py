"""The MediaWiki that other tests use does what they take for granted."""

from __future__ import annotations

import bz2
from pathlib import Path

import requests
from services.mediawiki import mediawiki


def test_a_wiki_in_its_language(data_dir: Path, tmp_path: Path) -> None:
    with mediawiki(tmp_path, "km") as wiki:
        dump = data_dir / "mediawiki-sea" / "km" / "kmwiki-current.xml.bz2"
        wiki.load(bz2.decompress(dump.read_bytes()))
        wiki.edit("ភ្នំពេញ", "'''ភ្នំពេញ''' {{#if:1|ជារាជធានី}}<ref>ឯកសារយោង</ref>")
        asked = {"action": "query", "list": "allpages", "aplimit": "max", "format": "json"}
        pages = requests.get(wiki.api, asked, timeout=60).json()["query"]["allpages"]
        assert {"ភ្នំពេញ", "មាត្រា ១", "UDHR"} <= {page["title"] for page in pages}
        html = requests.get(f"{wiki.url}/rest.php/v1/page/ភ្នំពេញ/html", timeout=60)
    assert html.headers["Content-Type"].startswith("text/html")
    assert "ជារាជធានី" in html.text
    assert "mw:Extension/ref" in html.text
