"""The stage `identify`: which language a text is in, as facts; what is kept is policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pyarrow as pa

from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.priors import Priors, evidence_rows
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch


class Identify:
    """Add `lang`, `lang_score`, `lang_certainty`, `lid_top` and `script_ratio`.

    `lang` is the model's best label that is written in the text's main script, or in one
    that has nearly as many letters: any other is passed over, so that Persian is never found
    in Latin letters. Where no label fits, the text has no letters, or the model says that it
    does not know the language or is less sure than it must be, it is `und` with score 0.
    `lang_certainty` is how often such an answer was right for texts of that length.
    `lid_top` keeps the model's five best answers as they were; where evidence from outside the
    text counted (see priors.py), `lang_evidence` says which, and `lang_score` holds it.
    """

    name: ClassVar[str] = "identify"
    version: ClassVar[str] = "6"
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-community", "icu4py", "numpy")
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float32()),
        FIELDS["lang_certainty"],
        pa.field(
            "lid_top",
            pa.list_(pa.struct([pa.field("label", pa.string()), pa.field("score", pa.float32())])),
        ),
        pa.field("script_ratio", pa.float32()),
        FIELDS["lang_evidence"],
    )

    def __init__(
        self,
        *,
        sha256: str | None = None,
        labels: Mapping[str, Sequence[str]] | None = None,
        path: str | None = None,
        reading: Mapping[str, Any] | None = None,
        priors: Mapping[str, Any] | None = None,
    ) -> None:
        """The embedded model, or the file at `path` with that digest and label table; `priors`
        as `prior_options` makes them, None where nothing but the text counts."""
        self.spec = ModelSpec.of(path, sha256, labels, reading)
        self._priors = Priors.of(priors) if priors else None

    def process(self, batch: Batch) -> Batch:
        """Identify every text; no row is lost here."""
        evidence = self._priors.of_pages(batch) if self._priors else ()
        answers = self.spec.load().identify(batch.texts, evidence)
        return batch.with_columns(
            lang=[answer.lang for answer in answers],
            lang_score=[answer.score for answer in answers],
            lang_certainty=[answer.certainty for answer in answers],
            lid_top=[
                [{"label": label, "score": score} for label, score in answer.top]
                for answer in answers
            ],
            script_ratio=[answer.script_ratio for answer in answers],
            lang_evidence=evidence_rows([answer.evidence for answer in answers]),
        )
