"""Every reason code with its meaning, by ledger stage."""

from __future__ import annotations

from corpuskit.connectors import REASONS as READ
from corpuskit.dedup import REASONS as DEDUP
from corpuskit.extract import REASONS as EXTRACT
from corpuskit.identify import REASONS as IDENTIFY
from corpuskit.normalize import REASONS as NORMALIZE
from corpuskit.pipeline.tally import STAGES
from corpuskit.pipeline.tasks import CRASHED
from corpuskit.quality import REASONS as QUALITY


def reasons() -> dict[str, dict[str, str]]:
    """Codes and meanings per ledger stage, in the order of the stages."""
    every = {**READ, **EXTRACT, **NORMALIZE, **IDENTIFY, **QUALITY, **DEDUP, **CRASHED}
    by_stage = {
        stage: {code: text for code, text in every.items() if code.startswith(f"{stage}/")}
        for stage in STAGES
    }
    return {stage: codes for stage, codes in by_stage.items() if codes}
