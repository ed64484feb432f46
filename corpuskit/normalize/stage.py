"""The stage `normalize`: canonical text, and the edits that made it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, Final, Literal

import pyarrow as pa

from corpuskit.edits import Edit, EditedTexts, EditingStage
from corpuskit.normalize.edits import KINDS, Edits, apply
from corpuskit.normalize.first_look import RepairLook, first_look
from corpuskit.normalize.legacy import legacy_font
from corpuskit.normalize.rules import SCRIPT_RULES, rules_for
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch

EMPTY: Final = "normalize/empty"
LEGACY: Final = "normalize/legacy_font"

REASONS: Final[dict[str, str]] = {
    EMPTY: "Nothing was left of the text once spaces and invisible characters were removed.",
    LEGACY: "The text was typed for a font of the time before Unicode (Limon, VNI, TCVN3).",
}
"""Code -> its meaning in one sentence."""

_FONT: Final = "_legacy_font"
"""Column in transit: the legacy font that a text was typed for; None for most."""


class Normalize(EditingStage):
    """Make `text` canonical: see the rules in corpuskit.normalize.rules.

    `zwsp` says what becomes of ZWSP in the scripts that mark words by it: `keep` it
    (single, beside no space) or `strip` it.
    """

    name: ClassVar[str] = "normalize"
    version: ClassVar[str] = "5"
    libraries: ClassVar[tuple[str, ...]] = ("ftfy", "icu4py", "myanmartools", "numpy")
    fields: ClassVar[tuple[pa.Field, ...]] = (FIELDS["normalizer"],)
    reasons: ClassVar[Mapping[str, str]] = REASONS
    kinds: ClassVar[Mapping[str, str]] = KINDS

    def __init__(self, *, zwsp: Literal["keep", "strip"] = "keep") -> None:
        if zwsp not in ("keep", "strip"):
            raise ValueError(f"zwsp is 'keep' or 'strip', not {zwsp!r}")
        self.zwsp = zwsp

    def edit(self, batch: Batch) -> EditedTexts:
        """The canonical form of each text."""
        texts = batch.texts.texts
        look, repairs = first_look(batch.texts, zwsp=self.zwsp), RepairLook(batch.texts)
        edits: list[Edit | None] = []
        fonts: list[str | None] = []
        for row, text in enumerate(texts):
            script = batch.texts.main_script(row)
            fonts.append(legacy_font(text) if script == "Latn" and look.high[row] else None)
            is_canonical = look.is_canonical(row, text) and (
                repairs.is_spared(row, script) or not _needs_repair(text, script)
            )
            edits.append(None if is_canonical else self._edit(text, script))
        return EditedTexts(edits, {_FONT: fonts})

    def _edit(self, text: str, script: str) -> Edit | None:
        """What all rules make of a text."""
        counts: Edits = Counter()
        canonical = apply(rules_for(script, zwsp=self.zwsp), text, counts)
        made = {kind: count for kind, count in counts.items() if count}
        return Edit(canonical, made) if made or canonical != text else None

    def process(self, batch: Batch) -> Batch:
        """Add `normalizer`.

        A text of which nothing is left is lost as `normalize/empty`, one typed for a font of
        the time before Unicode (Limon, VNI, TCVN3) as `normalize/legacy_font`, the kind of font
        in its detail.
        """
        normalizer = {"name": "corpuskit", "version": self.version}
        lost = [
            (EMPTY, None) if not text else (LEGACY, font) if font else (None, None)
            for text, font in zip(batch["text"], batch[_FONT], strict=True)
        ]
        return batch.with_columns(normalizer=[normalizer] * len(batch)).with_reasons(
            [reason for reason, _ in lost], [detail for _, detail in lost]
        )


def _needs_repair(text: str, script: str) -> bool:
    """Whether the repairs of a script change a text that no rule for all scripts changes."""
    counts: Edits = Counter()
    repaired = apply(SCRIPT_RULES.get(script, ()), text, counts)
    return repaired != text or any(counts.values())
