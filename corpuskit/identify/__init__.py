"""Which language a text is in.

>>> identify(["សួស្តី អ្នកទាំងអស់គ្នា", "Magandang umaga sa inyong lahat"])
[khm_Khmr 1.00, tgl_Latn .39]

Where what is:

- The stages: `stage` (the language of a document), `line_stage` (of its lines, which `lines` judges
  and of which `foreign` says what may go), `screen` (of a page, before it is extracted).
- An answer: `identification` chooses among a model's guesses, with what `priors` knows beside.
- A model: `model_spec` (which one is asked for), `model_file`, `labels` (how it is read),
  `preprocess` (what it reads), `fasttext_model`, `combined` (two of them). What has a say beside
  fastText: `word_table` and `vocabulary`, which stand in its file (`sections`), and `letters`.
- `training`: how models are made and judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpuskit.callable_module import make_callable
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Identification
from corpuskit.identify.model_file import EMBEDDED
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.stage import Identify
from corpuskit.ledger import FOREIGN_LINE
from corpuskit.text import TextBatch

__all__ = ["REASONS", "FastTextModel", "Identification", "Identify", "identify", "model_options"]

REASONS: dict[str, str] = {
    FOREIGN_LINE: "No document is lost for it: lines that were taken out of documents because they "
    "are surely in a language that is not wanted (`foreign_lines`).",
    "screen/script": "The page's markup holds next to no letters of a wanted language's script.",
    "screen/language": "Every part of the page is confidently in a language that is not wanted "
    "and not easily confused with one that is.",
}


def identify(
    texts: Iterable[str],
    *,
    model: str = EMBEDDED,
    sha256: str | None = None,
    labels: str | None = None,
) -> list[Identification]:
    """The language of each text, by the embedded model or by one given as path or URL.

    Of a model of your own say its `sha256` and, unless its labels are codes such as
    `khm_Khmr`, the TOML that maps them. Short texts are often wrong: see the measured
    table in docs. Raises ModelError if the model cannot be had.
    """
    if isinstance(texts, str):
        raise TypeError("identify takes a list of texts: identify([text])")
    _, options, places = model_options(model, sha256=sha256, labels=labels, root=Path())
    return ModelSpec.of(**options, **places).load().identify(TextBatch(list(texts)))


make_callable(__name__, identify)
