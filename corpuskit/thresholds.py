"""The table of quality signals and of the rules that can bound them.

A signal is a fact about a document (`corpuskit.quality.signals` computes them); a rule is
one bound on a signal; a policy gives rules their values. Values come, in rising priority, from
the defaults here, the language's profile (`[language.thresholds]` in sources/) and the recipe
(`[quality.khm_Khmr]`). A rule without a value is off.

A rule has a default only if the bound was measured to hold in every script; rules that depend on
morphology or script (words, sentence marks, line lengths) have none.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Bound = Literal["min", "max"]
RuleStage = Literal["language", "quality"]

UNBOUNDED: Final = float("inf")

NEAR_DUPLICATE: Final = 0.8
"""Jaccard similarity of shingles from which texts are near-duplicates, unless a recipe says
otherwise; docs/quality.md has recall and precision at it."""


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A measured value: a field of the column `quality`, or a column of the stage `language`."""

    name: str
    description: str
    unit: str
    highest: float
    """Values lie in 0 to `highest`."""
    source: str
    """The paper that uses the signal; `own` if none does."""
    stage: RuleStage = "quality"


@dataclass(frozen=True, slots=True)
class Rule:
    """One bound on a signal; a document breaks it with a value beyond the threshold."""

    key: str
    """As written in a recipe: `min_chars`."""
    signal: str
    bound: Bound
    stage: RuleStage
    description: str
    default: float | None = None
    origin: str | None = None
    """The paper or measurement behind the default."""

    @property
    def reason(self) -> str:
        """The reason code in the ledger."""
        return f"{self.stage}/{self.signal}"


_GOPHER = "Rae et al. 2021 (Gopher), appendix A1.1"
_C4 = "Raffel et al. 2020 (C4)"
_FINEWEB = "Penedo et al. 2024 (FineWeb)"


def _share(
    name: str, description: str, source: str = "own", stage: RuleStage = "quality"
) -> SignalSpec:
    return SignalSpec(name, description, "share", 1.0, source, stage)


def _count(name: str, description: str, unit: str, source: str = "own") -> SignalSpec:
    return SignalSpec(name, description, unit, UNBOUNDED, source)


_SIGNALS: Final = (
    SignalSpec("lang_score", "score of the language", "probability", 1.0, "own", "language"),
    _share("script_ratio", "letters in the language's script", stage="language"),
    _share("lang_line_share", "letters in the language, by line", stage="language"),
    # Length
    _count("chars", "length", "code points"),
    _count("clusters", "length in characters as a reader sees them (UAX #29)", "clusters"),
    _count("words", "length in words, by dictionary in scripts without spaces", "words", _GOPHER),
    _count("lines", "lines that are not blank", "lines"),
    # Words
    _count("mean_word_clusters", "mean length of a word", "clusters", _GOPHER),
    _count("longest_word", "length of the longest word", "code points"),
    _share("alphabetic_word_share", "words with at least one letter", _GOPHER),
    _share("identifier_share", "words' text in names such as snake_case and camelCase"),
    _share("unique_word_share", "different words among the first 1,000"),
    _count("stop_words", "number of different stop words", "words", _GOPHER),
    _share("stop_word_share", "words that are stop words"),
    _share(
        "specific_word_share",
        "words specific to the language, minus those of its closest rival; needs 20 words",
    ),
    # Lines
    _count("mean_line_chars", "mean length of a line", "code points"),
    _share("short_line_fraction", "lines shorter than 30 code points", _FINEWEB),
    _share(
        "fragment_share",
        "text in lines shorter than 60 code points without a sentence mark at the end, verse "
        "excepted",
    ),
    _share("terminal_line_fraction", "lines that end with a sentence mark of any script", _C4),
    _share(
        "bullet_line_fraction", "lines that start with a bullet; 0 for fewer than 3 lines", _GOPHER
    ),
    _share(
        "ellipsis_line_fraction",
        "lines that end with an ellipsis; 0 for fewer than 3 lines",
        _GOPHER,
    ),
    _count("lines_per_word", "line ends per word", "lines per word", _FINEWEB),
    # Characters
    _share("punctuation_share", "punctuation marks of any script among written characters"),
    _share("symbol_share", "symbols among written characters"),
    _share("digit_share", "digits of any script among written characters"),
    _share("markup_share", "characters of code and markup among written characters", _C4),
    _count(
        "code_marks_per_word", "calls, assignments and other marks of code, per word", "per word"
    ),
    _share("undecoded_share", "replacement and private-use characters among written ones"),
    _count("hashes_per_word", "number signs and ellipses per word", "per word", _GOPHER),
    _count("urls_per_word", "web addresses per word", "per word"),
    _share("url_share", "text in web addresses"),
    _count("longest_run", "longest run of one written character", "code points"),
    _share(
        "script_share", "letters in the language's script, or in the main script if it is unknown"
    ),
    # Repetition
    _share("duplicate_line_fraction", "lines that occurred before", _GOPHER),
    _share("duplicate_line_char_fraction", "text in lines that occurred before", _GOPHER),
    *(
        _share(f"top_{n}gram_char_fraction", f"words' text in the most frequent {n}-gram", _GOPHER)
        for n in (2, 3, 4)
    ),
    *(
        _share(f"duplicate_{n}gram_char_fraction", f"words' text in repeated {n}-grams", _GOPHER)
        for n in range(5, 11)
    ),
    # Spam
    _share(
        "gambling_share",
        "text in words of online gambling; 0 with fewer than 4 different ones",
    ),
    _share("listing_share", "text in lines that list short items between commas, bars, slashes"),
    _share("link_share", "text in short stretches that end with a web address; 8 servers or more"),
    _share("offer_share", "text in short stretches that end with a price; 6 prices or more"),
    _share("phrase_spread", "passages of 25 words that hold the most widespread phrase of 3 words"),
)

SIGNALS: Final[dict[str, SignalSpec]] = {signal.name: signal for signal in _SIGNALS}
"""Every signal by name, in the order of the fields of the column `quality`."""

QUALITY_SIGNALS: Final = tuple(
    name for name, signal in SIGNALS.items() if signal.stage == "quality"
)
"""The fields of the column `quality`, in order."""


def _rule(key: str, default: float | None = None, origin: str | None = None) -> Rule:
    bound, _, signal = key.partition("_")
    spec = SIGNALS[signal]
    description = f"{spec.description[0].upper()}{spec.description[1:]}"
    limit = "least" if bound == "min" else "most"
    return Rule(
        key,
        signal,
        "min" if bound == "min" else "max",
        spec.stage,
        f"{description} ({spec.unit}): at {limit} this.",
        default,
        origin,
    )


# benchmarks/quality_pass.py reads the documents; web pages are counted separately: 490 manuals
# and help pages.
_CLEAN = "10,000 clean documents in 686 languages and scripts"

_RULES: Final = (
    _rule("min_lang_score"),
    _rule("min_script_ratio"),
    _rule("min_lang_line_share"),
    _rule("min_chars"),
    _rule("max_chars"),
    _rule(
        "min_clusters",
        40,
        "article 1 of the UDHR, two sentences, has 40 clusters in Yi, 41 to 46 in Chinese, 85 or "
        "more in 95 % of 525 translations",
    ),
    _rule("min_words"),
    _rule("max_words"),
    _rule("min_lines"),
    _rule("min_mean_word_clusters"),
    _rule("max_mean_word_clusters"),
    _rule("max_longest_word"),
    _rule("min_alphabetic_word_share", 0.7, f"Gopher: .8; lowest in {_CLEAN}: .80"),
    _rule(
        "max_identifier_share",
        0.28,
        f"most in {_CLEAN}: .22, in paragraphs of isiZulu, which has capitals inside words, .27; "
        "base64 .95, program code .1 to .4",
    ),
    _rule("min_unique_word_share", 0.1, f"lowest in {_CLEAN}: .18; stuffed keywords .02"),
    _rule("min_stop_words"),
    _rule("min_stop_word_share"),
    _rule("min_specific_word_share"),
    _rule("min_mean_line_chars"),
    _rule("max_short_line_fraction"),
    _rule(
        "max_fragment_share",
        0.85,
        f"most in {_CLEAN}: .22, in 99 % of web pages up to .47; menus, interface strings and word "
        "lists in lessons: .85 to 1; verse 0",
    ),
    _rule("min_terminal_line_fraction"),
    _rule("max_bullet_line_fraction", 0.9, "Gopher"),
    _rule(
        "max_ellipsis_line_fraction",
        0.5,
        f"Gopher: .3, but one paragraph of three is .33; most in {_CLEAN}: .5",
    ),
    _rule("max_lines_per_word"),
    _rule("max_punctuation_share", 0.45, f"most in {_CLEAN}: .29; lessons with Markdown .38"),
    _rule("max_symbol_share", 0.1, f"most in {_CLEAN}: .04"),
    _rule("max_digit_share", 0.2, f"most in {_CLEAN}: .08"),
    _rule("max_markup_share", 0.05, f"most in {_CLEAN}: .03; program code .01 to .2"),
    _rule(
        "max_code_marks_per_word",
        0.05,
        f"most in {_CLEAN}: .03, in web pages .04; 58 of 59 Python files have .037 or more, 80 % "
        "of 40 C headers, most of them comments, more than .05",
    ),
    _rule("max_undecoded_share", 0.01, f"most in {_CLEAN}: .001, in web pages .005"),
    _rule("max_hashes_per_word", 0.2, f"Gopher: .1; most in {_CLEAN}: .19, Thai social media"),
    _rule("max_urls_per_word"),
    _rule("max_url_share", 0.25, f"most in {_CLEAN}: .18, social media"),
    _rule("max_longest_run"),
    _rule("min_script_share"),
    _rule("max_duplicate_line_fraction", 0.3, "Gopher; in web pages at most .29"),
    _rule("max_duplicate_line_char_fraction", 0.2, f"Gopher; most in {_CLEAN}: .10"),
    _rule(
        "max_top_2gram_char_fraction",
        0.25,
        f"Gopher: .2; most in {_CLEAN}: .15, in web pages .21",
    ),
    _rule(
        "max_top_3gram_char_fraction", 0.2, f"Gopher: .18; most in {_CLEAN}: .15, in web pages .18"
    ),
    _rule(
        "max_top_4gram_char_fraction", 0.2, f"Gopher: .16; most in {_CLEAN}: .16, in web pages .23"
    ),
    *(
        _rule(
            f"max_duplicate_{n}gram_char_fraction",
            round(0.6 - 0.03 * (n - 5), 2),
            f"of {_CLEAN} 1 in 100 has more than {usual}, but of 77 real Khmer manual pages (the "
            f"demo's) 1 in 50 more than {manual}; Gopher's bounds for English drop 22 of them",
        )
        for n, usual, manual in zip(
            range(5, 11),
            (0.12, 0.1, 0.08, 0.06, 0.05, 0.04),
            (0.6, 0.58, 0.5, 0.46, 0.45, 0.41),
            strict=True,
        )
    ),
    _rule(
        "max_gambling_share",
        0.02,
        "10 of 10 Indonesian gambling pages have .031 to .17, 3,470 clean documents 0",
    ),
    _rule(
        "max_listing_share",
        0.7,
        f"most in {_CLEAN}: .43, in verses of the Cherokee Bible; listings of tags .87 to .97",
    ),
    _rule(
        "max_link_share",
        0.4,
        f"{_CLEAN}: 0; constructed pages of 30 links have more",
    ),
    _rule(
        "max_offer_share",
        0.4,
        f"most in {_CLEAN}: .21; constructed shops of 20 offers have more",
    ),
    _rule(
        "max_phrase_spread",
        0.93,
        f"most in {_CLEAN}: .82; 1 of 2,815 other texts, interface strings, has more than .9",
    ),
)

RULES: Final[dict[str, Rule]] = {rule.key: rule for rule in _RULES}
"""Every rule by key; the first broken rule in this order decides the reason."""


def defaults() -> dict[str, float]:
    """The rules that are on for every language, with their thresholds."""
    return {key: rule.default for key, rule in RULES.items() if rule.default is not None}


def check_keys(keys: Iterable[str]) -> list[tuple[str, str | None]]:
    """The keys that are not rules, each with the nearest rule (None if none is near)."""
    return [(key, _nearest(str(key))) for key in keys if key not in RULES]


def _nearest(key: str) -> str | None:
    close = difflib.get_close_matches(key, RULES, n=1, cutoff=0.6)
    return close[0] if close else None
