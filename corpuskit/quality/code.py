"""Marks of source code, templates and markup: what programs are joined with and prose is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text import TextBatch


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of mark."""

    name: str
    needs: tuple[str, ...]
    """Strings one of which stands in every match: a text without them is not searched."""
    pattern: re.Pattern[str]


def _mark(name: str, needs: str, pattern: str) -> Mark:
    return Mark(name, tuple(needs.split()), re.compile(pattern, re.ASCII | re.MULTILINE))


# ASCII on both sides of a mark: in scripts without spaces a bracket follows a word at once.
# Names joined by low lines are left out: manuals list file names, `max_identifier_share` knows
# them. So are `(s)` and `(an)`: prose marks plurals and alternatives so.
MARKS: Final = (
    _mark("call", "(", r"[A-Za-z_]\d*\((?!s\)|es\)|[a-z]{1,2}\))"),
    _mark(
        "assignment",
        "=",
        r"[A-Za-z0-9_\])\"'] ?[-+*/|&:!<>=]?=[=>]? ?[A-Za-z0-9_\"'\[({-]",
    ),
    _mark("operator", "-> => :: && || </ /> {{ }} <% %> ${ $( [[ ]] __",
          r"->|=>|::|&&|\|\||</|/>|\{\{|\}\}|<%|%>|\$\{|\$\(|\[\[|\]\]|__"),
    _mark("line end", "{ } ; \\ ( [ ) ] : ,",
          r"(?:[{};\\]|[(\[]|[)\]'\"]:|[)\]}],)$|^[\])}]+[,;]?$"),
    _mark("line start", "# // * > @ < $",
          r"^(?:#include|#!|//|/\*|\*/|>>>|@[A-Za-z]\w*[(.]|</?[a-z]|<[!?%]|\$ )"),
    _mark("attribute", ".", r"[A-Za-z0-9_)\]]\.[A-Za-z_]\w*(?:[(\[=]|\.[A-Za-z_]\w*[(\[ =])"),
    _mark("string", "\" '", r"[(\[=,{] ?[\"'][^\"'\n]*[\"'] ?[),\]:}]"),
    _mark("index", "] ) }", r"[A-Za-z_]\[[A-Za-z0-9_\"':-]*\]|\[\]|\{\}|\(\)"),
)  # fmt: skip
"""Every kind of mark. Two kinds may count the same place, as in `f("x")`."""


def code_marks(texts: TextBatch) -> npt.NDArray[np.int64]:
    """Marks per text."""
    return np.array([count(text) for text in texts.texts], dtype=np.int64)


def count(text: str) -> int:
    """Marks in one text, in lines without white space at their ends."""
    return sum(
        len(one.pattern.findall(text))
        for one in MARKS
        if any(needed in text for needed in one.needs)
    )
