"""The model card of a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpuskit.classify.features import BITS, CHARS, LONGEST
from corpuskit.publish.pages.markdown import plain, table


def model_card(about: Mapping[str, Any]) -> str:
    """A classifier's card in Markdown: what it learned from, how good it is, what it is not for."""
    languages = [
        (plain(code), f"{count['documents']:,}", f"{count['good']:,}", _auc(count["auc"]))
        for code, count in about["languages"].items()
    ]
    sources = [(plain(name), f"{count:,}") for name, count in about["sources"].items()]
    bins = [(f"{n:,}", f"{score:.2f}", f"{good:.2f}") for n, score, good in about["calibration"]]
    lines = [
        "# Classifier of text quality\n",
        "It estimates how likely native speakers would find a text good: in the right language, "
        "and not boilerplate, machine-translated, spam or offensive.\n",
        f"Logistic regression over hashed character n-grams (1 to {LONGEST}, 2^{BITS} features) of "
        f"the first {CHARS:,} characters.\n",
        "## Judgments\n",
        f"{about['good']:,} of {about['documents']:,} documents are good.\n",
        *table(("language", "documents", "good", "AUC"), languages, numbers=3),
        "",
        *table(("source", "documents"), sources, numbers=1),
        "",
        "## Quality\n",
        f"Cross-validated over sources in {about['folds']} folds: every document was scored by a "
        "model that saw no document of its source.\n",
        *table(
            ("measure", "value"),
            [
                ("AUC", _auc(about["auc"])),
                ("Brier score", f"{about['brier']:.3f}"),
                ("expected calibration error", f"{about['calibration_error']:.3f}"),
            ],
            numbers=1,
        ),
        "",
        *table(("documents", "mean score", "share that is good"), bins, numbers=3),
        "",
        "## Limits\n",
        "The classifier knows the languages, sources and reviewers above and nothing else. It may "
        "prefer the style and the dialect of the texts that were judged good. Look at what it "
        "rejects (`corpuskit review`) before a rule uses its score.\n",
    ]
    return "\n".join(lines)


def _auc(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
