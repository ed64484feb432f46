"""The dataset card: whatever a recipe or plug-in says, it stays YAML, tables and plain text."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from corpuskit.languages import language
from corpuskit.ledger import Ledger
from corpuskit.publish.pages.card import card, plain

HOSTILE = (
    "a | b\n| c |",
    "first line\n\n# second line\n---\n",
    "<script>alert(1)</script><img src=x onerror=y>",
    "`code` **bold** [link](javascript:x) ![image](http://a.example/i.png)",
    "\x1b[31mred\x1b[0m \u202egnp.exe \x00",
    "https://ann:Zq7hunter2@a.example/?token=Zq7hunter2",
    '"quoted": {yaml: [1]} # comment',
    "",
    "&lt;b&gt; &#124; \\",
)


def made(value: str) -> str:
    """A card in which every value that is not checked elsewhere is `value`."""
    ledger = Ledger()
    ledger.add("read", [None, f"read/{value}"], "pages")
    ledger.meanings = {f"read/{value}": value}
    manifest: dict[str, Any] = {
        "name": "k",
        "build_id": "b" * 12,
        "recipe_sha256": "c" * 64,
        "documents": 1,
        "languages": {"khm_Khmr": {"documents": 1, "validation": 0, "text_bytes": 10}},
        "files": [
            {"path": "data/train/a.parquet", "kind": "data", "split": "train", "lang": "khm_Khmr"}
        ],
        "versions": {},
        "policies": {"khm_Khmr": {value: 1.0}},
        "recipe": {"operator": {"name": value, "contact": value}},
    }
    source = {
        "name": "pages", "connector": value, "license": value, "license_verified_by": value,
    }  # fmt: skip
    return card(manifest, ledger, [language("khm_Khmr")], [source], {value: value})


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_breaks_the_card(value: str) -> None:
    text = made(value)
    _, front, body = text.split("---\n", 2)
    head = yaml.safe_load(front)
    assert set(head) <= {
        "language", "license", "license_name", "task_categories", "size_categories", "configs",
    }  # fmt: skip
    assert isinstance(head["license"], str)
    assert isinstance(head.get("license_name", ""), str)
    assert head["configs"][0]["data_files"][0]["path"] == ["data/train/a.parquet"]
    assert "Zq7hunter2" not in text
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text) is None
    assert cell_counts(body) == cell_counts(made("plain").split("---\n", 2)[2])
    headings = re.findall(r"<h[1-6]>", MarkdownIt("commonmark").enable("table").render(body))
    assert len(headings) == 6
    html = MarkdownIt("commonmark").enable("table").render(body)
    assert not re.search(r"<(script|img|a|strong|em|b)\b", html)


def cell_counts(body: str) -> list[int]:
    """The number of cells of every row of every table, as a Markdown parser finds them."""
    html = MarkdownIt("commonmark").enable("table").render(body)
    return [len(re.findall(r"<t[hd]", row)) for row in html.split("<tr>")[1:]]


@given(st.text(max_size=40))
def test_plain_text_comes_out_of_markdown_as_it_went_in(text: str) -> None:
    rendered = (
        MarkdownIt("commonmark").enable("table").render(f"| head |\n|---|\n| x{plain(text)}x |\n")
    )
    assert rendered.count("<td>") == 1


@pytest.mark.parametrize(
    ("license", "head"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}),
        ("MIT", {"license": "mit"}),
        ("LicenseRef-Ministry", {"license": "other", "license_name": "licenseref-ministry"}),
        ("CC-BY-4.0\nevil: true", {"license": "other", "license_name": "cc-by-4.0-evil-true"}),
        ("ask | us", {"license": "other", "license_name": "ask-us"}),
        ("2024-01-01", {"license": "other", "license_name": "2024-01-01"}),
        ("NOASSERTION", {"license": "other", "license_name": "unknown"}),
    ],
)
def test_the_license_in_the_front_matter(license: str, head: dict[str, str]) -> None:
    front = yaml.safe_load(made(license).split("---\n", 2)[1])
    assert {key: front[key] for key in front if key.startswith("license")} == head
