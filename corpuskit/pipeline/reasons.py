"""Every reason code with its meaning, by ledger stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from corpuskit.connectors import REASONS as READ
from corpuskit.dedup import REASONS as DEDUP
from corpuskit.dedup.repeated_text import REASONS as REPEATED_TEXT
from corpuskit.extract import REASONS as EXTRACT
from corpuskit.identify import REASONS as IDENTIFY
from corpuskit.normalize import KINDS
from corpuskit.normalize import REASONS as NORMALIZE
from corpuskit.pipeline.guarded import meanings
from corpuskit.policy import REASONS as POLICY

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan

STAGES: Final = (
    "read", "decode", "screen", "extract", "normalize", "identify", "lines", "personal_data",
    "decontaminate", "signals", "safety_lists", "repeated_text", "signature", "policy", "takedown",
    "privacy", "decontamination", "language", "quality", "dedup", "publish",
)  # fmt: skip
"""Stages of a build without stages or rules of its own, in order; a reason code starts with the
stage that the record was lost at. The ledger has `identify`, `lines`, `personal_data`,
`decontaminate`, `signals`, `safety_lists` and `signature` only where one of them failed over a
record, `repeated_text` where the recipe has repeated text taken out, `takedown` where there are
tombstones, `privacy` and `decontamination` where the recipe rejects documents for personal data or
evaluation items."""

SET_ASIDE: Final[dict[str, str]] = {
    code: meaning
    for stage, subject in (
        ("read", "Reading this record, or cutting this file,"),
        ("decode", "Decoding this record"),
        ("screen", "Screening this page"),
        ("extract", "Extracting this record (or decoding or screening it)"),
        ("normalize", "Normalizing this text (or identifying or measuring it)"),
        ("identify", "Identifying the language of this text"),
        ("lines", "Identifying the languages of this text's lines"),
        ("personal_data", "Looking for personal data in this text"),
        ("decontaminate", "Looking for evaluation items in this text"),
        ("signals", "Measuring this text"),
        ("safety_lists", "Looking for this text and its address in lists"),
        ("repeated_text", "Taking repeated lines out of this text (or measuring it again)"),
        ("signature", "Making the signature of this text, by which duplicates are found,"),
    )
    for code, meaning in meanings(stage, subject).items()
}
"""Codes of records over which a stage failed or that went beyond a limit; see `guarded`."""

_BUILT_IN: Final = {
    **SET_ASIDE, **READ, **EXTRACT, **NORMALIZE, **IDENTIFY, **REPEATED_TEXT, **POLICY,
    **DEDUP,
}  # fmt: skip


def reasons() -> dict[str, dict[str, str]]:
    """Built-in codes and meanings per ledger stage, in the order of the stages."""
    return {stage: codes for stage in STAGES if (codes := _of_stage(stage, _BUILT_IN))}


def _of_stage(stage: str, codes: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code, text in codes.items() if code.startswith(f"{stage}/")}


def reasons_of_plan(plan: Plan) -> dict[str, str]:
    """Every code that a build of this plan can have, with its meaning: also those of its
    plug-ins."""
    specs = (spec for segment in plan.segments for spec in segment.specs)
    stages = {
        code: text
        for spec in specs
        for code, text in {
            **meanings(spec.kind.name, f"The stage {spec.kind.name!r}"),
            **spec.reasons,
        }.items()
    }
    sources = {code: text for source in plan.sources for code, text in source.reasons.items()}
    return {**stages, **_BUILT_IN, **sources, **plan.policy.meanings()}


def edits() -> dict[str, dict[str, str]]:
    """Built-in kinds of edits and their meanings, per stage that makes them."""
    from corpuskit.dedup.repeated_text import RepeatedText
    from corpuskit.identify.line_stage import Lines
    from corpuskit.privacy.stage import PersonalData

    return {
        "normalize": dict(KINDS),
        "lines": dict(Lines.kinds),
        "personal_data": dict(PersonalData.kinds),
        "repeated_text": dict(RepeatedText.kinds),
    }
