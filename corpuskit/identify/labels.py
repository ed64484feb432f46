"""From a model's labels to language codes such as `khm_Khmr`.

A label table is a TOML file:

    [labels]
    km = "khm_Khmr"
    sr = ["srp_Cyrl", "srp_Latn"]     # the one in the text's script is taken, else the first

Labels that already are codes (`__label__khm_Khmr` of GlotLID and OpenLID) need no entry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError

Table = dict[str, tuple[str, ...]]

UNDETERMINED: Final = "und"
_PREFIX: Final = "__label__"  # fastText's own
_CODE: Final = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")
_NO_LANGUAGE: Final = ("und", "zxx", "mul", "mis")  # ISO 639-3's codes for "none of these"
_BUILT_IN: Final = Path(__file__).parent / "labels"


def read_labels(name: str, root: Path) -> Table:
    """A table by name (`lid176`) or by path, relative to `root`; ModelError lists every mistake."""
    built_in = _BUILT_IN / f"{name}.toml"
    path = built_in if built_in.is_file() else root / name
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"label table {path}: {error}") from error
    entries = data.get("labels")
    if not isinstance(entries, dict):
        raise ModelError(f'label table {path}: has no [labels]; write km = "khm_Khmr" under it')
    table = {label: _as_codes(value) for label, value in entries.items()}
    if wrong := [label for label, codes in table.items() if not codes]:
        raise ModelError(
            f"label table {path}: {', '.join(wrong)}: expected a code such as khm_Khmr "
            "(ISO 639-3 and ISO 15924), or a list of such codes"
        )
    return table


def _as_codes(value: Any) -> tuple[str, ...]:
    """The codes of one entry; none if any of them is wrong."""
    codes = value if isinstance(value, list) else [value]
    good = all(isinstance(code, str) and _CODE.fullmatch(code) for code in codes)
    return tuple(codes) if good else ()


def map_labels(labels: Iterable[str], table: Mapping[str, tuple[str, ...]], model: str) -> Table:
    """The codes of every label of a model; ModelError names those that have none."""
    mapped = {label: _codes_of(label.removeprefix(_PREFIX), table) for label in labels}
    if missing := sorted(label for label, codes in mapped.items() if not codes):
        shown = ", ".join(missing[:10]) + (", ..." if len(missing) > 10 else "")
        raise ModelError(
            f"{model}: {len(missing)} of its {len(mapped)} labels have no language code: {shown}; "
            "map them in a TOML and name it as `labels`"
        )
    return mapped


def _codes_of(label: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if label in table:
        return table[label]
    if label.partition("_")[0] in _NO_LANGUAGE:
        return (UNDETERMINED,)
    return (label,) if _CODE.fullmatch(label) else ()
