"""Second tries are made where they can show more, and only there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.extract import extract_html, retries
from corpuskit.extract.html import ExtractedPage

PROSE = "Setiap orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama. " * 4


def with_every_try(markup: str) -> ExtractedPage:
    """The page when no try is skipped."""
    everything = {
        name: replace(relaxation, concerns=lambda _: True)
        for name, relaxation in retries._RELAXATIONS.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retries, "_RELAXATIONS", everything)
        return extract_html(markup)


OPENING = [
    *("<div>", "<nav>", "<div hidden>", "<div aria-hidden=true>", "<p style='display:none'>"),
    *("<noscript>", "<noframes>", "<template>", "<frameset>", "<script src=x></script>"),
    *("<div hidden=until-found>", "<template shadowrootmode=open>", "<aside>", "<main>"),
]
PARTS = [
    *OPENING,
    *("</div>", "</nav>", "</noscript>", "</noframes>", "</template>", "</aside>"),
    *(f"<p>{PROSE}</p>", f"<p>{PROSE}</p>", "<h1>Judul</h1>", "Satu baris.", "<body>", "</head>"),
]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join), st.booleans())
def test_a_try_that_is_skipped_would_show_nothing(body: str, in_head: bool) -> None:
    markup = f"<html><head>{body}" if in_head else f"<html><head></head><body>{body}</body></html>"
    assert extract_html(markup) == with_every_try(markup)


@pytest.mark.data("html-libreoffice-help")
def test_real_pages_are_tried_as_before(data_dir: Path) -> None:
    for path in sorted(data_dir.glob("html-*/**/*.html"))[::25]:
        markup = path.read_text(encoding="utf-8", errors="replace")
        assert extract_html(markup) == with_every_try(markup), path.name
