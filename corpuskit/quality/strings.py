"""Signals and verdicts of plain strings, for a REPL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpuskit.languages import Language
from corpuskit.languages import language as profile_of
from corpuskit.quality.policy import Verdict, judge, resolve_policy
from corpuskit.quality.signals import Signals
from corpuskit.stage import Batch


def quality_signals(
    texts: Iterable[str], *, language: str, stop_words: Sequence[str] | None = None
) -> list[dict[str, float | None]]:
    """Signals of each text, by name: `quality_signals(["..."], language="khm_Khmr")`.

    `stop_words` default to those of the language's profile. Raises CatalogueError for a
    language that is not in the catalogue.
    """
    profile = profile_of(language)
    return list(_measured(texts, profile, stop_words)["quality"])


def judge_texts(
    texts: Iterable[str], *, language: str, rules: Mapping[str, float | bool] | None = None
) -> list[Verdict]:
    """A verdict on each text by its language's rules; `rules` replaces some (False: off).

    The texts are assumed to be in `language`: rules on language scores do not apply.
    Raises CatalogueError for an unknown language, RecipeError for an unknown rule.
    """
    profile = profile_of(language)
    policy = resolve_policy(profile, {**(rules or {}), "min_lang_score": False,
                                      "min_script_ratio": False})  # fmt: skip
    return judge(_measured(texts, profile), {language: policy}, [language])


def _measured(
    texts: Iterable[str], profile: Language, stop_words: Sequence[str] | None = None
) -> Batch:
    if stop_words is None:
        stop_words = profile.stop_words.values if profile.stop_words else ()
    batch = Batch.of_texts(texts)
    syllabic = [profile.code] if profile.segmentation == "syllables" else []
    stage = Signals(stop_words={profile.code: list(stop_words)}, syllabic=syllabic)
    return stage.process(batch.with_columns(lang=[profile.code] * len(batch)))
