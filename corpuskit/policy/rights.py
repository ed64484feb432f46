"""Rules over the rights in a document: its license, and opt-outs from mining and training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal

from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.licenses.terms import is_permitted, is_unknown
from corpuskit.policy.fact_rules import Broken, FactRule

LICENSE: Final = "policy/license"
LICENSE_UNKNOWN: Final = "policy/license_unknown"
OPT_OUT: Final = "policy/opt_out"

_MAX_DETAIL: Final = 500


@dataclass(frozen=True)
class LicenseRule(FactRule):
    """Which licenses a document may have."""

    licenses: tuple[str, ...] | None = None
    """SPDX ids and `LicenseRef-...`; None for any."""
    unknown: Literal["keep", "reject"] = "keep"
    """What becomes of a document whose license nobody knows."""

    reasons: ClassVar[Mapping[str, str]] = {
        LICENSE: "The document's license is not one that the recipe lists (`[policy] licenses`).",
        LICENSE_UNKNOWN: "Nobody knows the document's license, and the recipe rejects such ones "
        '(`[policy] unknown = "reject"`).',
    }
    reads: ClassVar[tuple[str, ...]] = ("license",)

    def as_json(self) -> Any:
        """In a fixed order."""
        licenses = None if self.licenses is None else sorted({*self.licenses})
        return {"licenses": licenses, "unknown": self.unknown}

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """Documents with a license that is not listed, or with none."""
        for row, license_ in enumerate(facts["license"]):
            if is_unknown(license_):
                if self.unknown == "reject":
                    detail = license_ or NOASSERTION
                    yield row, Broken("license_unknown", reason=LICENSE_UNKNOWN, detail=detail)
            elif self.licenses is not None and not is_permitted(license_, self.licenses):
                yield row, Broken("license", reason=LICENSE, detail=license_)


@dataclass(frozen=True)
class OptOutRule(FactRule):
    """Which protocols of reserving mining and training bind."""

    protocols: tuple[str, ...]
    noted: frozenset[str] = frozenset()
    """Sources whose opt-outs are only noted: the recipe says that there is a right to use them."""

    reasons: ClassVar[Mapping[str, str]] = {
        OPT_OUT: "The site or page reserves text mining or training by a protocol that binds "
        "(`[policy] opt_outs`)."
    }
    reads: ClassVar[tuple[str, ...]] = ("tdm",)

    def as_json(self) -> Any:
        """In a fixed order."""
        return {"protocols": sorted({*self.protocols}), "noted": sorted(self.noted)}

    def of_source(self, source: str) -> OptOutRule:
        """With the one source alone among those that are only noted."""
        return replace(self, noted=self.noted & {source})

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """Documents with a signal of a binding protocol that reserves."""
        if source in self.noted:
            return
        for row, tdm in enumerate(facts["tdm"]):
            signals = [
                f"{signal['kind']}: {signal['value']}"
                for signal in (tdm or {}).get("signals") or ()
                if signal["verdict"] == "disallow" and signal["protocol"] in self.protocols
            ]
            if signals:
                detail = "; ".join(signals)[:_MAX_DETAIL]
                yield row, Broken("opt_out", reason=OPT_OUT, detail=detail)
