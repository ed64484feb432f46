"""Which documents and rejects are asked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow.compute as pc

from corpuskit.errors import UnknownNameError
from corpuskit.publish import Build


@dataclass(frozen=True, slots=True)
class SampleQuery:
    """Documents of some languages and sources, rejects of some reasons; empty stands for all."""

    langs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Codes (`dedup/near`), or stages (`dedup`), which `checked` replaces by their codes."""
    seed: int = 0

    def documents(self) -> pc.Expression | None:
        """The documents that are asked for; None for all."""
        return _all_of(_in("lang", self.langs), _in("source", self.sources))

    def rejects(self) -> pc.Expression | None:
        """The rejects that are asked for; None for all."""
        wanted = _in("lang", self.langs), _in("source", self.sources), _in("reason", self.reasons)
        return _all_of(*wanted)


def checked(build: Build, query: SampleQuery) -> SampleQuery:
    """The query with every stage replaced by its codes.

    UnknownNameError, with a guess, for a language, source or reason that the build does not have.
    """
    sources = [str(source["name"]) for source in build.manifest.get("sources", ())]
    for name in query.sources:
        if name not in sources:
            raise UnknownNameError(_unknown("source", name, sources))
    wanted = list(build.manifest["recipe"].get("languages", ()))
    if unknown := [code for code in query.langs if code not in wanted]:
        known = sorted({*wanted, *_languages_of_rejects(build)})
        for code in unknown:
            if code not in known:
                raise UnknownNameError(_unknown("language", code, known))
    codes = list(build.ledger.reasons)
    reasons = [code for reason in query.reasons for code in _codes(reason, codes)]
    return replace(query, reasons=tuple(dict.fromkeys(reasons)))


def _codes(reason: str, known: Sequence[str]) -> list[str]:
    """The codes that `reason` stands for: itself, or those of a stage."""
    stage = reason.removesuffix("/")
    chosen = [code for code in known if code == reason or code.partition("/")[0] == stage]
    if not chosen:
        guesses = [code for code in known if code.partition("/")[2] == reason]
        guesses += difflib.get_close_matches(reason, known, n=1)
        hint = f"; did you mean {guesses[0]!r}?" if guesses else ""
        listed = ", ".join(known) or "none"
        raise UnknownNameError(
            f"no record of this build was lost as {reason!r}{hint} (there are {listed})"
        )
    return chosen


def _unknown(what: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"this build has no {what} {name!r}{hint} (there are {', '.join(known)})"


def _languages_of_rejects(build: Build) -> set[str]:
    return {
        code
        for batch in build.rejects(columns=["lang"])
        for code in batch["lang"].unique().to_pylist()
        if code is not None
    }


def _in(column: str, values: Iterable[str]) -> pc.Expression | None:
    listed = list(values)
    return pc.field(column).isin(listed) if listed else None


def _all_of(*parts: pc.Expression | None) -> pc.Expression | None:
    whole = None
    for part in parts:
        if part is not None:
            whole = part if whole is None else whole & part
    return whole
