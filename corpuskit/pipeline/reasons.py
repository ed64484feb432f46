"""Every reason code with its meaning, by ledger stage."""

from __future__ import annotations

from corpuskit import connectors, dedup, extract, identify, normalize, quality
from corpuskit.pipeline.tally import STAGES


def reasons() -> dict[str, dict[str, str]]:
    """Codes and meanings per ledger stage, in the order of the stages."""
    rooms = (connectors, extract, normalize, identify, quality, dedup)
    every: dict[str, str] = {}
    for room in rooms:
        every |= room.REASONS
    by_stage = {
        stage: {code: text for code, text in every.items() if code.startswith(f"{stage}/")}
        for stage in STAGES
    }
    return {stage: codes for stage, codes in by_stage.items() if codes}
