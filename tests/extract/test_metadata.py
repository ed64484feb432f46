"""Title, language and date: what the page states, in a form that can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from corpuskit.extract.metadata import language_of, published_of, title_of
from corpuskit.extract.stating import StatingElements, stating_elements
from corpuskit.extract.structured import page_nodes
from corpuskit.markup.tree import parse


def parsed(head: str, body: str = "<p>x</p>", html: str = "<html>") -> StatingElements:
    root = parse(f"{html}<head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return stating_elements(root)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title> Page \n of | Site </title>", "<h1>Page of</h1>", "Page of"),
        ("<title>Page | Site</title>", "<h1>Welcome</h1>", "Page | Site"),
        ("<title>T</title><meta property=og:title content='Graph'>", "", "Graph"),
        ("", "<h1>Head <b>line</b></h1>", "Head line"),
        ("", "", None),
    ],
)
def test_title(head: str, body: str, title: str | None) -> None:
    assert title_of(parsed(head, body)) == title


@pytest.mark.parametrize(
    ("html", "head", "lang"),
    [
        ("<html lang='km-KH'>", "", "km-KH"),
        ("<html xml:lang=lo>", "", "lo"),
        ("<html lang=''>", "<meta http-equiv=Content-Language content='th, en'>", "th"),
        ("<html>", "", None),
    ],
)
def test_language(html: str, head: str, lang: str | None) -> None:
    assert language_of(parsed(head, html=html)) == lang


def dated(head: str) -> datetime | None:
    page = parsed(head)
    return published_of(page, page_nodes(page.scripts))


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2025-03-04T05:06:07+07:00", datetime(2025, 3, 3, 22, 6, 7, tzinfo=UTC)),
        ("2025-03-04T05:06:07Z", datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("2025-03-04", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025/3/4", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2568-03-04", None),  # Buddhist era
        ("1403-05-12", None),  # solar Hijri
        ("1445-11-02T08:00:00+03:00", None),  # lunar Hijri
        ("1386-01-01", None),  # Burmese era
        ("1875-03-04", datetime(1875, 3, 4, tzinfo=UTC)),
        ("4 March 2025", None),  # never guessed
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_dates(value: str, date: datetime | None) -> None:
    assert dated(f"<meta property='article:published_time' content='{value}'>") == date
    assert dated(f"<meta itemprop=datePublished content='{value}'>") == date
    assert dated(f"<meta name=DCTERMS.issued content='{value}'>") == date
    script = f'{{"@type": "Article", "datePublished": "{value}"}}'
    assert dated(f"<script type='application/ld+json'>{script}</script>") == date


def test_no_date_is_taken_from_the_text_or_a_modification() -> None:
    assert (
        dated("<meta property='article:modified_time' content='2025-01-01'><title>2025-01-01")
        is None
    )
