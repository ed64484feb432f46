"""Signals of plain strings, for a REPL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpuskit.arguments import as_texts
from corpuskit.languages import Language
from corpuskit.languages import language as profile_of
from corpuskit.quality.signals import Signals
from corpuskit.stage import Batch


def quality_signals(
    texts: Iterable[str], *, language: str, stop_words: Sequence[str] | None = None
) -> list[dict[str, float | None]]:
    """Signals of each text, by name: `quality_signals(["..."], language="khm_Khmr")`.

    `stop_words` default to those of the language's profile. Raises CatalogueError for a
    language that is not in the catalogue, TypeError for one string instead of a list.
    """
    texts = as_texts("quality_signals", texts)
    if isinstance(stop_words, str):
        raise TypeError(f"stop_words is a list of words, got the string {stop_words!r:.60}")
    profile = profile_of(language)
    return list(measured(texts, profile, stop_words)["quality"])


def measured(
    texts: Iterable[str], profile: Language, stop_words: Sequence[str] | None = None
) -> Batch:
    """A batch of texts of one language with their signals."""
    if stop_words is None:
        stop_words = profile.stop_words.values if profile.stop_words else ()
    batch = Batch.of_texts(texts)
    syllabic = [profile.code] if profile.segmentation == "syllables" else []
    stage = Signals(stop_words={profile.code: list(stop_words)}, syllabic=syllabic)
    return stage.process(batch.with_columns(lang=[profile.code] * len(batch)))
