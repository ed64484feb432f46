"""Verdicts on plain strings, for a REPL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corpuskit.languages import language as profile_of
from corpuskit.policy.decide import Verdict, judge
from corpuskit.policy.rules import Policy, resolve_thresholds
from corpuskit.quality.strings import measured


def judge_texts(
    texts: Iterable[str], *, language: str, rules: Mapping[str, float | bool] | None = None
) -> list[Verdict]:
    """A verdict on each text by its language's rules, `rules` replacing some (False: off).

    The texts are taken to be in `language`: rules on language scores are left out.
    Raises CatalogueError for an unknown language, RecipeError for an unknown rule.
    """
    profile = profile_of(language)
    off = {"min_lang_score": False, "min_script_ratio": False}
    thresholds = resolve_thresholds(profile, {**(rules or {}), **off})
    return judge(measured(texts, profile), Policy((language,), {language: thresholds}))
