"""The report: one page without a network or a script, escaped, and the same from a published
folder alone."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner
from publish.pages.made_facts import HOSTILE, facts_of

import corpuskit as ck
from corpuskit.cli.report import report as command
from corpuskit.errors import WorkspaceError
from corpuskit.publish.report.bins import NOTHING, bins_of, edge_of
from corpuskit.publish.report.charts import chart_of
from corpuskit.publish.report.page import report_page
from corpuskit.publish.report.survey import (
    SAMPLES,
    SCHEMA,
    Findings,
    Survey,
    hash_order,
    merge_surveys,
    survey_files,
)
from corpuskit.publish.token_report import TokenCounts, TokenReport

_VOID = {"meta", "link", "br", "wbr", "path", "img", "input", "hr"}


class _Page(HTMLParser):
    """Elements of a page, each with its attributes; an error where tags are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def text(demo: ck.Build) -> str:
    return demo.store.get("report.html").decode()


def test_the_page_is_one_file_without_network_or_script(text: str) -> None:
    page = _Page(text)
    assert len(text.encode()) < 300_000
    assert not page.all("script", "link", "img", "iframe", "form")
    assert all(str(of["href"]).startswith("#") for of in page.all("a"))
    assert "url(" not in text and "@import" not in text
    assert not [name for _, of in page.elements for name in of if name.startswith("on")]


def test_the_page_can_be_read_without_seeing_it(text: str) -> None:
    page = _Page(text)
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("main")) == len(page.all("h1")) == len(page.all("header")) == 1
    assert all(of["role"] == "img" and of["aria-label"] for of in page.all("svg"))
    assert all(of.get("scope") in ("col", "row") for of in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) > 10
    ids = [of["id"] for _, of in page.elements if "id" in of]
    assert len(ids) == len(set(ids))
    assert {str(of["href"])[1:] for of in page.all("a")} <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_reason_and_count_is_on_the_page(demo: ck.Build, text: str) -> None:
    plain = text.replace("<wbr>", "")
    for reason, count in demo.ledger.reasons.items():
        row = rf"<code>{re.escape(reason)}</code></th><td class=\"n\">{count}</td>"
        assert re.search(row, plain), reason
    kept = [row["id"][:12] for row in demo.head("data", 1000, ["id"])]
    assert sum(name in text for name in kept) >= 3
    assert 'lang="km-Khmr"' in text and 'class="Khmr"' in text


def test_a_page_from_the_published_folder_is_the_same(demo: ck.Build, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    shutil.copytree(demo.folder, folder, ignore=shutil.ignore_patterns(".work"))
    path = ck.write_report(folder, tmp_path / "new" / "page.html")
    assert path.read_bytes() == demo.store.get("report.html")
    with pytest.raises(WorkspaceError, match="inside the build"):
        ck.write_report(folder, folder / "report.html")
    with pytest.raises(WorkspaceError, match="leave out --texts"):
        ck.write_report(folder, tmp_path / "page.html", texts=True)


def test_texts_of_rejects_and_changes_are_shown_on_request(
    demo: ck.Build, text: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(
        command,
        [str(demo.folder), "--texts", "--since", str(demo.folder), "--out", str(tmp_path / "p")],
    )
    assert result.exit_code == 0, result.output
    assert "open it in a browser" in result.output
    page = (tmp_path / "p").read_text(encoding="utf-8")
    assert page.count("Its text is not published.") < text.count("Its text is not published.")
    count = demo.manifest["documents"]
    assert f"{count} the same, 0 changed, 0 gained, 0 lost" in page


@pytest.mark.parametrize("value", HOSTILE)
def test_what_strangers_wrote_is_escaped(value: str) -> None:
    record: dict[str, Any] = {
        "id": "a" * 32, "lang": "khm_Khmr", "score": 0.5, "line_share": 0.5, "url": value,
        "source": value, "ref": value, "title": value, "text": value, "second": value,
        "second_score": 0.4, "size": 3, "examples": [value], "rules": [],
    }  # fmt: skip
    survey = Survey(SCHEMA.empty_table())
    for group, lang in (("kept", "khm_Khmr"), ("doubtful", "khm_Khmr"), ("largest", "")):
        survey._samples[group, lang, ""] = [record]
    facts = facts_of(value)
    facts.manifest["policies"] = {"khm_Khmr": {}}  # type: ignore[index]
    facts.manifest["tombstones"] = {"takedowns": 0}  # type: ignore[index]
    text = report_page(facts, survey)
    page = _Page(text)
    assert not page.all("script", "img", "b2")
    assert "\x1b" not in text and "\x00" not in text


def test_samples_and_counts_do_not_depend_on_how_files_are_cut() -> None:
    rng = np.random.default_rng(1)
    ids = [f"{number:016x}{rng.integers(2**62):016x}" for number in range(60)]
    values = rng.random(60)

    def survey_of(rows: range) -> pa.Table:
        findings = Findings()
        chosen = list(rows)
        findings.count("signal", "x", "chars", bins_of("chars", 1000 * values[chosen]))
        findings.offer("kept", "x", "", hash_order([ids[row] for row in chosen]), chosen)
        return findings.table({row: {"id": ids[row]} for row in chosen})

    whole = merge_surveys([survey_of(range(60))])
    parts = merge_surveys([survey_of(range(40, 60)), survey_of(range(40))])
    assert parts.equals(whole)
    smallest = sorted(ids, key=lambda name: name[16:29])[: SAMPLES["kept"]]
    assert [row["id"] for row in Survey(whole).samples("kept", "x")] == smallest


def test_bins_keep_thresholds_apart() -> None:
    shares = np.array([0.6999, 0.7, 1.0], dtype=np.float32)
    assert edge_of("script_ratio", bins_of("script_ratio", shares)[1]) == 0.7
    assert bins_of("chars", np.array([0.0]))[0] == NOTHING
    kept = {int(number): 1 for number in bins_of("script_ratio", np.array([0.7, 0.9]))}
    lost = {int(number): 1 for number in bins_of("script_ratio", np.array([0.1, 0.69]))}
    chart = chart_of("script_ratio", "label", kept, lost, "min", 0.7)
    assert chart.threshold is not None
    border = chart.threshold[0] * len(chart.kept)
    assert border == pytest.approx(round(border))
    assert not any(chart.lost[round(border) :]) and not any(chart.kept[: round(border)])


def test_what_each_rule_costs_is_counted_in_the_rejects(demo: ck.Build) -> None:
    survey = survey_files(demo.store, demo.manifest["files"], demo.manifest["policies"])
    broken = [row["broken"] for row in demo.head("rejects", 10_000, ["broken"]) if row["broken"]]
    rules = [rule["rule"] for rules in broken for rule in rules]
    for rule in {*rules} & {*demo.manifest["policies"]["khm_Khmr"]}:
        assert survey.total("broken", "khm_Khmr", rule) == rules.count(rule)
        only = sum([of["rule"] for of in all_of] == [rule] for all_of in broken)
        assert survey.total("broke_only", "khm_Khmr", rule) == only
    assert sum(survey.added("cluster").values()) == demo.manifest["documents"]


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colors_have_the_contrast_of_wcag_aa(text: str) -> None:
    themes = re.findall(r":root\{([^}]*)\}", text)
    assert len(themes) == 2
    for theme in themes:
        colors = dict(re.findall(r"--(\w+):(#\w+)", theme))
        for name, least in {"text": 4.5, "muted": 4.5, "link": 4.5, "kept": 3, "lost": 3}.items():
            for ground in ("page", "card"):
                pair = sorted(_luminance(colors[key]) for key in (name, ground))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= least, (name, ground)


def test_judgments_and_tokens_have_sections_where_there_are_any(text: str) -> None:
    assert 'id="judgments"' not in text and 'id="tokens"' not in text
    facts = facts_of("x")
    share = {"share": 0.915, "low": 0.8, "high": 0.96, "judged": 40}
    judgments = {"documents": 40, "reviewers": 1, "agreement": {"language": 0.8125},
                 "languages": {"khm_Khmr": share}, "in_language": {}, "sources": {},
                 "rules": {"quality/digit_share": share}}  # fmt: skip
    counts = TokenCounts("khm_Khmr", "pages", 4, 1_000, 5_000, 15_000, 2_500, 0, 12_000.0)
    tokens = TokenReport(
        "k", "b", "train:unigram:2k", "0" * 64, 2_000, True, "validation", (counts,),
        {"khm_Khmr": 60_000},
    )  # fmt: skip
    known = {**facts.manifest, "policies": {}, "tombstones": {"takedowns": 0}}
    judged = replace(facts, manifest={**known, "judgments": judgments})
    page = report_page(judged, Survey(SCHEMA.empty_table()), tokens=[tokens])
    anchors = {of["href"] for of in _Page(page).all("a")}
    assert {"#judgments", "#tokens"} <= anchors
    assert "1 reviewer judged 40 documents" in page
    assert "91.5 %" in page and "0.81" in page
    assert "2.50" in page and "0.800" in page and "10,000" in page
