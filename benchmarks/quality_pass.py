"""How much clean text the quality rules keep, and how much noise they reject.

    python benchmarks/quality_pass.py ../shared/data

Clean documents are judged by their language's profile where it has one, else by the
defaults; noise by its language's profile, noise of no language by each of them.
"""

from __future__ import annotations

import sys
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import LESSONS, Clean, identification, labelled, noise, pages
from corpuskit.languages import Language, language_codes, languages
from corpuskit.policy import Policy, Verdict, judge, resolve_thresholds
from corpuskit.quality import Signals
from corpuskit.stage import Batch

BATCH = 500


def verdicts(documents: Sequence[tuple[str, str]]) -> list[Verdict]:
    """Verdicts on texts given with their language, which is taken as known."""
    profiles = {profile.code: profile for profile in languages()}
    known = {"min_lang_score": False, "min_script_ratio": False}
    stage = Signals(
        stop_words={code: list(profile.stop_words.values) for code, profile in profiles.items()
                    if profile.stop_words},
        syllabic=[profile.code for profile in profiles.values()
                  if profile.segmentation == "syllables"],
    )  # fmt: skip
    judged: list[Verdict] = []
    for start in range(0, len(documents), BATCH):
        part = documents[start : start + BATCH]
        codes = sorted({code for code, _ in part})
        policies = {code: resolve_thresholds(profiles.get(code), known) for code in codes}
        batch = Batch.of_texts([text for _, text in part], lang=[code for code, _ in part])
        judged += judge(stage.process(batch), Policy(tuple(codes), policies))
    return judged


def row(part: str, name: str, judged: Sequence[Verdict]) -> dict[str, Any]:
    """One line of the table."""
    reasons = Counter(verdict.broken[0].rule for verdict in judged if verdict.broken)
    rule, count = min(reasons.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    passed = sum(verdict.passed for verdict in judged)
    return {
        "part": part,
        "name": name,
        "documents": len(judged),
        "passed": passed,
        "pass_rate": round(passed / len(judged), 4) if judged else 0.0,
        "commonest_rule": rule,
        "broke_it": count,
    }


def by_language(part: str, documents: Iterable[Clean]) -> list[dict[str, Any]]:
    """One row per language."""
    listed = list(documents)
    groups: dict[str, list[Verdict]] = defaultdict(list)
    judged = verdicts([(document.lang, document.text) for document in listed])
    for document, verdict in zip(listed, judged, strict=True):
        groups[document.lang].append(verdict)
    return [row(part, code, groups[code]) for code in sorted(groups)]


def clean(data: Path) -> list[dict[str, Any]]:
    """Clean text of every language: with a profile, held out, in web pages; by defaults."""
    profiled = set(language_codes())
    documents = list(labelled(data))
    prose = [document for document in documents if document.source != LESSONS]
    lessons = [(item.lang, item.text) for item in documents if item.source == LESSONS]
    rows = by_language("labelled", prose)
    ours = [row for row in rows if row["name"] in profiled]
    others = [row | {"part": "defaults"} for row in rows if row["name"] not in profiled]
    held_out = (item for item in identification(data, "eval") if item.lang in profiled)
    web = (page for page in pages(data) if page.lang in profiled)
    return [
        *ours,
        *by_language("held out", held_out),
        *by_language("pages", web),
        row("lessons", "all languages", verdicts(lessons)),
        *others,
    ]


def noisy(data: Path) -> list[dict[str, Any]]:
    """Noise by kind; `pass_rate` is what slips through.

    Profiles without a rule on stop words are told apart: none of theirs knows code from prose.
    """
    listed = [item for item in languages() if "min_stop_words" in item.thresholds]
    bare = [item for item in languages() if "min_stop_words" not in item.thresholds]
    return [
        *_noise("noise", data, listed),
        *_noise("noise, no stop words", data, bare),
        *_aside("noise kept aside", data, listed),
        *_aside("noise kept aside, no stop words", data, bare),
    ]


def _aside(part: str, data: Path, profiles: Sequence[Language]) -> list[dict[str, Any]]:
    """Code that nobody looked at while rules were chosen: modules of Python's own library, as
    this Python has them."""
    modules = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[1::8]
    programs = [path.read_text(encoding="utf-8")[:3000] for path in modules]
    texts = [program for program in programs if len(program) > 500]
    judged = verdicts([(profile.code, text) for profile in profiles for text in texts])
    return [row(part, "modules of Python", judged)]


def _noise(part: str, data: Path, profiles: Sequence[Language]) -> list[dict[str, Any]]:
    codes = {tag: profile.code for profile in profiles for tag in profile.bcp47}
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, lang, text in noise(data):
        judges = [codes.get(lang, f"{lang}_Zyyy")] if lang else sorted(codes.values())
        groups[kind] += [(code, text) for code in dict.fromkeys(judges)]
    rows = [row(part, kind, verdicts(pairs)) for kind, pairs in sorted(groups.items())]
    return [*rows, row(part, "all", verdicts([pair for pairs in groups.values()
                                                 for pair in pairs]))]  # fmt: skip


def run(data: Path) -> list[dict[str, Any]]:
    """All rows, by part.

    `labelled`, `held out` (no threshold was measured on these), `pages`: one row for each
    language with a profile; `defaults`: one for each other language and script; `lessons`:
    texts that mix two languages in lists; `noise`: one row per kind, and all, for profiles
    with a rule on stop words; `noise, no stop words`: the same for the others; `kept aside`:
    documents that were not looked at while rules were chosen.
    """
    return [*clean(data), *noisy(data)]


def report(rows: list[dict[str, Any]]) -> None:
    for result in rows:
        if result["part"] != "defaults":
            print("{part:9} {name:32} {documents:5} {pass_rate:7.1%} "
                  "{commonest_rule} {broke_it}".format(**result))  # fmt: skip
    others = [result for result in rows if result["part"] == "defaults"]
    total, passed = (sum(result[key] for result in others) for key in ("documents", "passed"))
    dropped = [result["name"] for result in others if not result["passed"]]
    print(f"defaults  {len(others)} languages and scripts, {total} documents, {passed / total:.1%}")
    print(f"          dropped wholesale: {', '.join(dropped) or 'none'}")


if __name__ == "__main__":
    report(run(Path(sys.argv[1])))
