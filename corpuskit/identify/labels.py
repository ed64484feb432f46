"""From a model's labels to language codes such as `khm_Khmr`.

A label table is a TOML file:

    [labels]
    km = "khm_Khmr"
    sr = ["srp_Cyrl", "srp_Latn"]     # the code in the text's script, else the first

Labels that already are codes (`__label__khm_Khmr` of GlotLID and OpenLID) need no entry. A model
of our own has labels such as `und_fra_Latn` for languages that it must not accept. Its table also
has

    [model]
    preprocess = "lid-sea-1"          # how a text is prepared: see preprocess.py
    min_score = 0.5                   # below it the answer is `und`
    min_known = 0.95                  # also if all known languages together score less
    few_letters = 10                  # also below this, if other languages share the script
    short = 30                        # also below this, unless the score reaches short_score
    short_score = 0.9
    min_words = 0.25                  # also if the language has a smaller share of the words,
                                      # unless no other language shares the script
    thin = ["war_Latn"]               # languages it has seen little of: another model may help

    [thresholds]
    ban_Latn = 0.4                    # instead of min_score

    [certainty]                       # how often answers are right, on texts of other collections
    letters = [20, 50]                # texts of fewer than 20, fewer than 50, more letters
    scores = [0.5, 0.9]               # scores from .5, from .9
    shares = [[0.6, 0.8], [0.7, 0.9], [0.8, 0.99]]

    [relatives]
    pmy_Latn = ["ind_Latn"]           # this negative label does not count against these languages
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.preprocess import PREPROCESS

Table = dict[str, tuple[str, ...]]

UNDETERMINED: Final = "und"
PREFIX: Final = "__label__"  # fastText's own
_NEGATIVE: Final = re.compile(r"und_[a-z]{3}_([A-Z][a-z]{3})")
_CODE: Final = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
_NO_LANGUAGE: Final = ("und", "zxx", "mul", "mis")  # ISO 639-3's codes for "none of these"
_BUILT_IN: Final = Path(__file__).parent / "labels"


@dataclass(frozen=True, slots=True)
class Certainty:
    """How often a model's answers are right, by the length of the text and the score."""

    letters: tuple[int, ...]
    """Upper bounds of the lengths; one length more has no bound."""
    scores: tuple[float, ...]
    """Lower bounds of the scores."""
    shares: tuple[tuple[float, ...], ...]
    """Shares of right answers (0 to 1), shape (lengths, scores)."""

    def of(self, letters: int, score: float) -> float:
        """The share for a text of so many letters and a score; that of the lowest score below."""
        shares = self.shares[bisect_right(self.letters, letters)]
        return shares[max(0, bisect_right(self.scores, score) - 1)]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Certainty:
        """From a label table or the options of a stage; ValueError if the shape is wrong."""
        table = cls(
            tuple(int(bound) for bound in data["letters"]),
            tuple(float(bound) for bound in data["scores"]),
            tuple(tuple(float(share) for share in row) for row in data["shares"]),
        )
        shares = [share for row in table.shares for share in row]
        fits = len(table.shares) == len(table.letters) + 1 and all(
            len(row) == len(table.scores) for row in table.shares
        )
        ordered = all(list(bounds) == sorted(bounds) for bounds in (table.letters, table.scores))
        if not fits or not ordered or not shares or not all(0 <= share <= 1 for share in shares):
            raise ValueError(
                "expected a row of shares per length, a share per score, bounds rising"
            )
        return table

    def as_data(self) -> dict[str, Any]:
        """JSON for `from_data`."""
        return {
            "letters": list(self.letters),
            "scores": list(self.scores),
            "shares": [list(row) for row in self.shares],
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """How a model is used: how a text is prepared, and which scores are believed."""

    preprocess: str = "plain"
    min_score: float = 0.0
    thresholds: tuple[tuple[str, float], ...] = ()
    """Per language, in place of `min_score`."""
    min_known: float = 0.0
    """Score that the known languages need together, that is 1 less the negative labels' scores. A
    text in none of them, unlike one between two neighbors, scores high for negative labels."""
    few_letters: int = 0
    """Texts of fewer letters get no language, unless only one language has their script."""
    short: int = 0
    """Texts of fewer letters need a score of `short_score`, with the same exception."""
    short_score: float = 0.0
    min_words: float = 0.0
    """Share of a text's words that the language must know, if the model's file has a vocabulary,
    with the same exception: a language with a script of its own cannot be mistaken for another,
    and one text in ten of Tamil, whose words are long and many, has a smaller share."""
    thin: tuple[str, ...] = ()
    """Languages that the model has seen little of."""
    relatives: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Negative labels (`pmy_Latn`) with the languages that they do not count against: a text in
    Indonesian scores for Papuan Malay too, which shares nine words in ten with it."""
    certainty: Certainty | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> Reading:
        """From the JSON of `as_options`."""
        if not data:
            return cls()
        numbers = {name: data[name] for name in _NUMBERS if name in data}
        bounds = tuple(sorted((data.get("thresholds") or {}).items()))
        thin = tuple(data.get("thin", ()))
        relatives = data.get("relatives") or {}
        listed = tuple((label, tuple(codes)) for label, codes in sorted(relatives.items()))
        return cls(
            data.get("preprocess", "plain"),
            thresholds=bounds,
            thin=thin,
            relatives=listed,
            certainty=Certainty.from_data(data["certainty"]) if data.get("certainty") else None,
            **numbers,
        )

    def as_options(self) -> dict[str, Any]:
        """JSON for a stage; empty for a model that is used as it is."""
        if self == Reading():
            return {}
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        lists = {
            "thresholds": dict(self.thresholds),
            "thin": list(self.thin),
            "relatives": {label: list(codes) for label, codes in self.relatives},
            "certainty": self.certainty.as_data() if self.certainty else None,
        }
        return {"preprocess": self.preprocess, **numbers, **lists}


_NUMBERS: Final = ("min_score", "min_known", "few_letters", "short", "short_score", "min_words")
_LETTERS: Final = ("few_letters", "short")


def read_reading(name: str, root: Path) -> Reading:
    """The [model] and [thresholds] of a label table; ModelError on a mistake."""
    path, data = _read(name, root)
    model, bounds = data.get("model", {}), data.get("thresholds", {})
    if not isinstance(model, dict) or not isinstance(bounds, dict):
        raise ModelError(f"label table {path}: [model] and [thresholds] must be tables")
    preprocess = model.get("preprocess", "plain")
    if preprocess not in PREPROCESS:
        raise ModelError(
            f"label table {path}: preprocess {preprocess!r}: expected {', '.join(PREPROCESS)}"
        )
    numbers = {key: model[key] for key in _NUMBERS if key in model}
    for key, bound in {**numbers, **bounds}.items():
        top = 1000 if key in _LETTERS else 1
        if not isinstance(bound, int | float) or not 0 <= bound <= top:
            raise ModelError(f"label table {path}: {key}: expected a number from 0 to {top}")
    thin = model.get("thin", [])
    if thin and not _as_codes(thin):
        raise ModelError(f"label table {path}: thin: expected a list of codes such as khm_Khmr")
    relatives = data.get("relatives", {})
    if not isinstance(relatives, dict) or not all(map(_as_codes, relatives.values())):
        raise ModelError(f"label table {path}: [relatives]: expected lists of codes")
    known = {"preprocess": preprocess, **numbers, "thresholds": bounds, "thin": thin}
    try:
        return Reading.of({**known, "relatives": relatives, "certainty": data.get("certainty")})
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"label table {path}: [certainty]: {error}") from error


def read_labels(name: str, root: Path) -> Table:
    """A table by name (`lid176`) or by path, relative to `root`; ModelError lists every mistake."""
    path, data = _read(name, root)
    entries = data.get("labels")
    if not isinstance(entries, dict):
        raise ModelError(
            f'label table {path}: no [labels]; add one with lines such as km = "khm_Khmr"'
        )
    table = {label: _as_codes(value) for label, value in entries.items()}
    if wrong := [label for label, codes in table.items() if not codes]:
        raise ModelError(
            f"label table {path}: {', '.join(wrong)}: expected a code such as khm_Khmr "
            "(ISO 639-3 and ISO 15924), or a list of such codes"
        )
    return table


def _read(name: str, root: Path) -> tuple[Path, dict[str, Any]]:
    built_in = _BUILT_IN / f"{name}.toml"
    path = built_in if built_in.is_file() else root / name
    try:
        return path, tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(sorted(file.stem for file in _BUILT_IN.glob("*.toml")))
        raise ModelError(
            f"label table {path}: no such file; the built-in tables are {known}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"label table {path}: {error}") from error


def _as_codes(value: Any) -> tuple[str, ...]:
    """The codes of one entry; none if any of them is wrong."""
    codes = value if isinstance(value, list) else [value]
    good = all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes)
    return tuple(codes) if good else ()


def is_negative(code: str) -> bool:
    """Whether a code stands for "none of this model's languages" (in one script)."""
    return code.partition("_")[0] == UNDETERMINED


def map_labels(labels: Iterable[str], table: Mapping[str, tuple[str, ...]], model: str) -> Table:
    """The codes of every label of a model; ModelError names those that have none."""
    mapped = {label: _codes_of(label.removeprefix(PREFIX), table) for label in labels}
    if missing := sorted(label for label, codes in mapped.items() if not codes):
        shown = ", ".join(missing[:10]) + (", ..." if len(missing) > 10 else "")
        raise ModelError(
            f"{model}: {len(missing)} of its {len(mapped)} labels have no language code: {shown}; "
            "map them in a TOML file and set `labels` to its path"
        )
    return mapped


def _codes_of(label: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if label in table:
        return table[label]
    if negative := _NEGATIVE.fullmatch(label):
        return (f"{UNDETERMINED}_{negative[1]}",)
    if label.partition("_")[0] in _NO_LANGUAGE:
        return (UNDETERMINED,)
    return (label,) if _CODE.fullmatch(label) else ()
