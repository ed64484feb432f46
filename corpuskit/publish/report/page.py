"""report.html from what is known of a published corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from corpuskit.html import histogram, render
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.counts import Count
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.publish.report import survey as surveyed
from corpuskit.publish.report.bins import quantile
from corpuskit.publish.report.charts import chart_of
from corpuskit.publish.report.documents import LENGTHS, signal_of
from corpuskit.publish.report.survey import Survey
from corpuskit.publish.token_report import TokenReport
from corpuskit.thresholds import RULES, SIGNALS

REPORT: Final = "report.html"
_CHARTS: Final = 60
"""Charts of rules on a page: some 50 kB; languages share them, rules that cost most first."""
_MOST_CHARTS: Final = 12
"""Charts of a language: four rows on a wide screen."""
_LEAST_CHARTS: Final = 4
"""Charts of each language, however many there are."""
_ROWS: Final = 12
"""Rows of a table that may be long."""


@dataclass(frozen=True)
class Changes:
    """What differs from an earlier build, as tables of name, old, new."""

    old: str
    """The earlier build: name, version and build id."""
    documents: Mapping[str, int]
    tables: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Bar:
    """A row of a table with a bar."""

    name: str
    count: int
    part: float
    """Length of the bar, 0 to 100."""
    note: str = ""


@dataclass(frozen=True)
class _RuleCost:
    """What a rule costs in a language."""

    rule: str
    lang: str
    threshold: float
    broke: int
    only: int
    decisive: int


def report_page(
    facts: PublishedFacts,
    survey: Survey,
    changes: Changes | None = None,
    tokens: Sequence[TokenReport] = (),
) -> str:
    """The page; the same facts give the same bytes. `changes` and `tokens` are sections that only
    a page outside of the build has."""
    manifest, ledger = facts.manifest, facts.ledger
    stages = list(ledger.stages.items())
    costs = [_costs(facts, survey, lang) for lang in manifest["policies"]]
    return render(
        "report.html",
        facts=facts,
        manifest=manifest,
        read=stages[0][1].read if stages else 0,
        stages=[(name, count) for name, count in stages if name != "publish"],
        reasons=_bars({code: Count(n) for code, n in ledger.reasons.items()}, len(ledger.reasons)),
        meanings=ledger.meanings,
        languages=_languages(facts, survey),
        sources=_sources(facts),
        domains=_bars(_known(facts.counts.of(groups.DOMAIN))),
        domain_count=len(_known(facts.counts.of(groups.DOMAIN))),
        captured=_periods(facts.counts.of(groups.CAPTURED)),
        years=_bars({str(year): Count(n) for year, n in survey.added(surveyed.YEAR).items()},
                    sort=False),
        policies=[_policy(facts, survey, rows, len(costs)) for rows in costs if rows],
        identification=_identification(facts, survey),
        others=_bars(_languages_lost(facts)),
        lost_scores=_lost_scores(survey),
        clusters=_clusters(survey),
        similarity=_similarity(survey),
        largest=survey.samples(surveyed.LARGEST, ""),
        rights=_rights(facts),
        personal=_bars(_known(facts.counts.of(groups.PERSONAL_DATA))),
        edits=ledger.edits,
        **_samples(facts, survey, costs),
        changes=changes,
        judgments=manifest.get("judgments"),
        tokens=tokens,
    )  # fmt: skip


def _known(counts: Mapping[str, Count]) -> dict[str, Count]:
    return {name: count for name, count in counts.items() if name != groups.NO_VALUE}


def _bars(counts: Mapping[str, Count], most: int = _ROWS, sort: bool = True) -> list[_Bar]:
    items = list(counts.items())
    if sort:
        items.sort(key=lambda item: (-item[1].documents, item[0]))
    highest = max((count.documents for count in counts.values()), default=0) or 1
    shown = items[:most] if sort else items[-3 * most :]
    return [
        _Bar(name, count.documents, round(100 * count.documents / highest, 1))
        for name, count in shown
    ]


def _languages(facts: PublishedFacts, survey: Survey) -> list[dict[str, Any]]:
    counts = facts.manifest["languages"].values()
    most = max((count["documents"] for count in counts), default=0) or 1
    rows = []
    for code, count in facts.manifest["languages"].items():
        lengths = {
            name: [quantile(name, survey.bins(surveyed.SIGNAL, code, name), share)
                   for share in (0.05, 0.5, 0.95)]
            for name in LENGTHS
        }  # fmt: skip
        bins = survey.bins(surveyed.SIGNAL, code, "chars")
        middle = lengths["chars"][1]
        label = f"Characters per document in {facts.profile_name(code)}: median {middle or 0:,.0f}"
        rows.append({
            "code": code, "name": facts.profile_name(code), **count,
            "part": round(100 * count["documents"] / most, 1), "lengths": lengths,
            "chart": histogram(chart_of("chars", label, bins)) if bins else None,
        })  # fmt: skip
    return rows


def _sources(facts: PublishedFacts) -> list[dict[str, Any]]:
    published = facts.counts.by(groups.SPLIT, "source")
    rows = []
    for source in facts.sources:
        stages = list(facts.ledger.sources.get(source["name"], {}).values())
        count = published.get((source["name"],), Count())
        read = stages[0].read if stages else 0
        reasons = sum((stage.reasons for stage in stages), start=type(facts.ledger.reasons)())
        rows.append({
            **source, "read": read, "documents": count.documents, "text_bytes": count.text_bytes,
            "reasons": sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:3],
        })  # fmt: skip
    return rows


def _periods(days: Mapping[str, Count]) -> list[_Bar]:
    """Documents by month of capture, by year where there are many months."""
    for digits in (7, 4):
        periods: dict[str, Count] = {}
        for day, count in days.items():
            if day != groups.NO_VALUE:
                periods[day[:digits]] = periods.get(day[:digits], Count()) + count
        if len(periods) <= 2 * _ROWS:
            break
    return _bars(dict(sorted(periods.items())), sort=False)


def _costs(facts: PublishedFacts, survey: Survey, lang: str) -> list[_RuleCost]:
    """The rules of a language that can be drawn, those that most records broke first."""
    totals = {
        rule: [survey.total(group, lang, rule)
               for group in (surveyed.BROKEN, surveyed.BROKE_ONLY, surveyed.DECISIVE)]
        for rule in facts.manifest["policies"][lang]
    }  # fmt: skip
    rows = [
        _RuleCost(rule, lang, float(threshold), *totals[rule])
        for rule, threshold in facts.manifest["policies"][lang].items()
    ]
    return sorted(rows, key=lambda row: -row.broke)


def _policy(
    facts: PublishedFacts, survey: Survey, costs: Sequence[_RuleCost], languages: int
) -> dict[str, Any]:
    lang = costs[0].lang
    most = min(_MOST_CHARTS, max(_LEAST_CHARTS, _CHARTS // languages))
    charts = [(row, _rule_chart(survey, row)) for row in costs[:most]]
    return {
        "code": lang, "name": facts.profile_name(lang), "costs": costs,
        "broke": sum(row.decisive for row in costs),
        "charts": [(row, chart) for row, chart in charts if chart],
    }  # fmt: skip


def _rule_chart(survey: Survey, row: _RuleCost) -> Markup | None:
    signal = signal_of(row.rule)
    kept = survey.bins(surveyed.SIGNAL, row.lang, signal)
    lost = survey.bins(surveyed.BROKEN, row.lang, row.rule)
    if not kept and not lost:
        return None
    bound = row.rule.partition("_")[0]
    limit = "at least" if bound == "min" else "at most"
    middle = quantile(signal, kept, 0.5)
    label = (
        f"{row.rule} for {row.lang}: {sum(kept.values()):,} kept documents, median "
        f"{0 if middle is None else middle:.3g}; {row.broke:,} records broke the rule, which asks "
        f"for {limit} {row.threshold:g}"
    )
    return histogram(chart_of(signal, label, kept, lost, bound, row.threshold))


def _identification(facts: PublishedFacts, survey: Survey) -> list[dict[str, Any]]:
    rows = []
    for code, total in facts.manifest["languages"].items():
        scores = survey.bins(surveyed.SIGNAL, code, "lang_score")
        lines = survey.bins(surveyed.SIGNAL, code, "lang_line_share")
        doubts = _known(facts.counts.of(groups.SECOND_LANGUAGE, lang=code))
        label = f"Identification score of kept documents in {facts.profile_name(code)}"
        rows.append({
            "code": code, "name": facts.profile_name(code), "documents": total["documents"],
            "median": quantile("lang_score", scores, 0.5),
            "low": quantile("lang_score", scores, 0.05),
            "doubts": list(doubts.items())[:3],
            "doubtful": sum(count.documents for count in doubts.values()),
            "mixed": sum(count for number, count in lines.items() if number < _MIXED_BIN),
            "chart": histogram(chart_of("lang_score", label, scores)) if scores else None,
            "samples": survey.samples(surveyed.DOUBTFUL, code)
            + survey.samples(surveyed.MIXED, code),
        })  # fmt: skip
    return rows


_MIXED_BIN: Final = 360
"""Bins below .9: documents in which a tenth of the letters or more are not in the language."""


def _languages_lost(facts: PublishedFacts) -> dict[str, Count]:
    counts = facts.counts.by(groups.REJECTED, "lang", "value")
    return {
        lang or "unknown": count
        for (lang, reason), count in counts.items()
        if reason == "language/other"
    }


def _lost_scores(survey: Survey) -> list[tuple[str, int, Markup]]:
    charts = []
    for reason in ("language/other", "language/undetermined"):
        bins = survey.bins(surveyed.LOST_SCORE, "", reason)
        label = f"Identification score of records lost as {reason}: {sum(bins.values()):,}"
        if bins:
            chart = histogram(chart_of("lang_score", label, {}, bins))
            charts.append((reason, sum(bins.values()), chart))
    return charts


def _clusters(survey: Survey) -> list[_Bar]:
    classes = survey.added(surveyed.CLUSTER)
    names = {number: f"{number:,}" for number in range(1, 6)} | {6: "6 to 10"}
    counts = {
        names.get(number, f"{number:,} to {(number - 1) * 10:,}"): Count(count)
        for number, count in classes.items()
    }
    return _bars(counts, sort=False)


def _similarity(survey: Survey) -> Markup | None:
    bins = survey.added(surveyed.SIMILARITY, "dedup/near")
    label = f"Similarity of {sum(bins.values()):,} near-duplicates to the document that was kept"
    return histogram(chart_of("lang_score", label, {}, bins)) if bins else None


def _rights(facts: PublishedFacts) -> list[tuple[str, list[_Bar]]]:
    tables = {
        "Licenses": groups.LICENSE,
        "How the license is known": groups.CONFIDENCE,
        "robots.txt": groups.ROBOTS,
        "Text and data mining": groups.TDM,
        "Opt-out signals": groups.SIGNAL,
    }
    rows = [(title, _bars(_known(facts.counts.of(group)))) for title, group in tables.items()]
    return [(title, bars) for title, bars in rows if bars]


def _samples(
    facts: PublishedFacts, survey: Survey, costs: Sequence[Sequence[_RuleCost]]
) -> dict[str, Any]:
    """Kept documents by language; then every rule and every other reason with records of it."""
    rules = dict.fromkeys(row.rule for rows in costs for row in rows)
    broke = {rule: sum(row.broke for rows in costs for row in rows if row.rule == rule)
             for rule in rules}  # fmt: skip
    by_rule = [
        {
            "rule": rule, "broke": broke[rule], "about": _about(rule),
            "lost": survey.spread(surveyed.RULE, rule, 3),
            "close_lost": survey.spread(surveyed.CLOSE_LOST, rule, 2),
            "close_kept": survey.spread(surveyed.CLOSE_KEPT, rule, 2),
        }
        for rule in sorted(rules, key=lambda name: (-broke[name], name))
    ]  # fmt: skip
    signals = {reason for reason in facts.ledger.reasons if reason.startswith("quality/")}
    by_reason = [
        {"reason": reason, "count": count, "about": facts.ledger.meanings.get(reason, ""),
         "lost": survey.spread(surveyed.REASON, reason, 3)}
        for reason, count in sorted(
            facts.ledger.reasons.items(), key=lambda item: (-item[1], item[0]))
        if reason not in signals
    ]  # fmt: skip
    return {
        "samples_kept": {
            code: survey.samples(surveyed.KEPT, code) for code in facts.manifest["languages"]
        },
        "sample_rules": [row for row in by_rule if row["lost"] or row["close_kept"]],
        "sample_reasons": [row for row in by_reason if row["lost"]],
    }


def _about(rule: str) -> str:
    if rule in RULES:
        return SIGNALS[RULES[rule].signal].description
    return f"The signal {signal_of(rule)} of a stage of the recipe's own"
