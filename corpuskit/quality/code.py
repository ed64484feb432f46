"""Marks of source code, templates and markup that are rare in prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text import TextBatch


@dataclass(frozen=True, slots=True)
class CodeMark:
    """A kind of mark, as a pattern."""

    name: str
    needs: tuple[str, ...]
    """Every match contains one of these strings; a text without them is not searched. Empty for a
    pattern that is found faster than so many strings."""
    pattern: re.Pattern[str]
    guard: re.Pattern[str] | None = None
    """Matches somewhere in every text that `pattern` matches, and is found faster."""

    def count(self, text: str) -> int:
        """Marks of this kind in a text."""
        if self.needs and not any(needed in text for needed in self.needs):
            return 0
        if self.guard and not self.guard.search(text):
            return 0
        return len(self.pattern.findall(text))


def _mark(name: str, needs: str, pattern: str, guard: str | None = None) -> CodeMark:
    flags = re.ASCII | re.MULTILINE
    return CodeMark(
        name,
        tuple(needs.split()),
        re.compile(pattern, flags),
        re.compile(guard, flags) if guard else None,
    )


# ASCII is required on both sides of a mark: in scripts without spaces a bracket directly follows
# a word. Names with underscores are left out: manuals list file names, and `max_identifier_share`
# covers them. So are `(s)` and `(an)`, which mark plurals and alternatives in prose.
MARKS: Final = (
    _mark("call", "(", r"[A-Za-z_]\d*\((?!s\)|es\)|[a-z]{1,2}\))",
          guard=r"\((?<=\w\()"),
    _mark(
        "assignment",
        "=",
        r"[A-Za-z0-9_\])\"'] ?[-+*/|&:!<>=]?=[=>]? ?[A-Za-z0-9_\"'\[({-]",
    ),
    _mark("operator", "",
          r"->|=>|::|&&|\|\||</|/>|\{\{|\}\}|<%|%>|\$\{|\$\(|\[\[|\]\]|__",
          guard=r"[:>&|<{}$\[\]_](?<!:(?!:))"),
    _mark("line end", "{ } ; \\ ( [ ) ] ': \":",
          r"(?:[{};\\]|[(\[]|[)\]'\"]:|[)\]}],)$|^[\])}]+[,;]?$",
          guard=r"[{};\\(\[:,)\]]$"),
    _mark("line start", "# // * > @ < $",
          r"^(?:#include|#!|//|/\*|\*/|>>>|@[A-Za-z]\w*[(.]|</?[a-z]|<[!?%]|\$ )"),
    _mark("attribute", ".",
          r"\.(?<=[A-Za-z0-9_)\]]\.)[A-Za-z_]\w*(?:[(\[=]|\.[A-Za-z_]\w*[(\[ =])"),
    _mark("string", "\" '", r"[(\[=,{] ?[\"'][^\"'\n]*[\"'] ?[),\]:}]"),
    _mark("index", "[ {} ()", r"[A-Za-z_]\[[A-Za-z0-9_\"':-]*\]|\[\]|\{\}|\(\)"),
)  # fmt: skip
"""Every kind of mark. Two kinds may count the same place, as in `f("x")`."""


def code_marks(texts: TextBatch) -> npt.NDArray[np.int64]:
    """Marks per text."""
    return np.array([count(text) for text in texts.texts], dtype=np.int64)


def count(text: str) -> int:
    """Marks in one text, in lines without white space at their ends."""
    return sum(mark.count(text) for mark in MARKS)
