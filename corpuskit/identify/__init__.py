"""Which language a text is in.

>>> identify(["សួស្តី អ្នកទាំងអស់គ្នា", "Magandang umaga sa inyong lahat"])
[khm_Khmr 1.00, tgl_Latn .39]

The modules:

- The stages: `stage` (the language of a document), `line_stage` (of its lines: `lines` judges
  them, `foreign` decides which are removed), `screen` (of a page, before it is extracted).
- An answer: `identification` chooses among a model's guesses, with evidence from `priors`.
- A model: `model_spec` (which one to use), `model_file`, `labels` (how it is used),
  `preprocess` (how texts are prepared), `fasttext_model`, `combined` (two of them). fastText's
  answer is corrected by `word_table` and `vocabulary`, stored in its file (`sections`), and by
  `letters`.
- `training`: how models are trained and evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpuskit.arguments import as_texts
from corpuskit.callable_module import make_callable
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Identification
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.reasons import REASONS
from corpuskit.identify.stage import Identify
from corpuskit.names import DEFAULT_MODEL
from corpuskit.text import TextBatch

__all__ = ["REASONS", "FastTextModel", "Identification", "Identify", "identify", "model_options"]


def identify(
    texts: Iterable[str],
    *,
    model: str = DEFAULT_MODEL,
    sha256: str | None = None,
    labels: str | None = None,
) -> list[Identification]:
    """The language of each text, by an embedded model or one from a path or URL.

    A model of your own needs its `sha256` and, unless its labels are codes such as `khm_Khmr`,
    the TOML file that maps them (`labels`). Short texts are often identified wrongly: see
    docs/identification.md. Raises ModelError if the model is not available.
    """
    listed = as_texts("identify", texts)
    _, options, places = model_options(model, sha256=sha256, labels=labels, root=Path())
    return ModelSpec.of(**options, **places).load().identify(TextBatch(listed))


make_callable(__name__, identify)
