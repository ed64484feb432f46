"""Links of the HTTP header Link."""

from __future__ import annotations

import pytest

from corpuskit.link_header import HeaderLink, links_of_header


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("<https://a.example/l>; rel=license", [("https://a.example/l", {"license"}, "")]),
        ('</l.xml>; rel="license"; type="application/rsl+xml"',
         [("/l.xml", {"license"}, "application/rsl+xml")]),
        ('<a>; REL="Next License", <b>;rel=prev',
         [("a", {"next", "license"}, ""), ("b", {"prev"}, "")]),
        ("<a>; rel=next\n<b>; rel=license", [("a", {"next"}, ""), ("b", {"license"}, "")]),
        ('<a>; title="x, <b>; rel=next"; rel=license', [("a", {"license"}, "")]),
        ("<a>; rel=first; rel=license", [("a", {"first"}, "")]),  # RFC 8288, 3.3: the first counts
        ("<a>", [("a", set(), "")]),
        ("no link", []),
        ("", []),
    ],
)  # fmt: skip
def test_links(value: str, links: list[tuple[str, set[str], str]]) -> None:
    expected = [HeaderLink(target, frozenset(rel), kind) for target, rel, kind in links]
    assert links_of_header(value) == expected


def test_a_header_of_very_many_links_is_cut() -> None:
    assert len(links_of_header("<a>; rel=x, " * 10_000)) == 100
