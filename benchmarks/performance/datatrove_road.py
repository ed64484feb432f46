"""FineWeb-2's road with datatrove; runs in the environment of the peers, without corpuskit.

    python datatrove_road.py INPUT OUT LANGUAGE MODEL

INPUT is a `.jsonl` of texts or a `.warc.gz` of pages. LANGUAGE is ISO 639-3; MODEL is a file of
lid.176. One process and one task for each step, as a small build on one machine has.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
)
from datatrove.pipeline.readers import JsonlReader, ParquetReader, WarcReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.lid import FT176LID

SHORT = {"ind": "id", "khm": "km"}
"""Languages as lid.176 writes them."""


class LocalLid(FT176LID):
    """lid.176 from a file, loaded when it is first asked: the executor copies its steps."""

    def __init__(self, languages: list[str], file: str) -> None:
        super().__init__(languages)
        self._file = file

    @property
    def model(self) -> Any:
        """The fastText model."""
        if self._model is None:
            from fasttext.FastText import _FastText

            self._model = _FastText(self._file)
        return self._model


def main() -> None:
    """Run every step."""
    source, out, language, model = sys.argv[1:]
    folder = Path(out)
    config = MinhashConfig(hash_config=HashConfig(hash_fc="xxhash", precision=64))
    run(folder, "filters", [*reading(Path(source)), *filters(language, model),
                            ParquetWriter(f"{out}/filtered")])  # fmt: skip
    if not any((folder / "filtered").glob("*.parquet")):
        return  # no document passed; its reader fails over an empty folder
    run(folder, "signatures", [ParquetReader(f"{out}/filtered"),
                               MinhashDedupSignature(f"{out}/sig", config, language)])  # fmt: skip
    run(folder, "buckets", [MinhashDedupBuckets(f"{out}/sig", f"{out}/buckets", config=config)],
        tasks=config.num_buckets)  # fmt: skip
    run(folder, "clusters", [MinhashDedupCluster(f"{out}/buckets", f"{out}/remove", config)])
    run(folder, "dedup", [ParquetReader(f"{out}/filtered"), MinhashDedupFilter(f"{out}/remove"),
                          ParquetWriter(f"{out}/data")])  # fmt: skip


def reading(source: Path) -> list[PipelineStep]:
    """The reader, and the extractor of pages."""
    if source.suffix == ".jsonl":
        return [JsonlReader(str(source.parent), glob_pattern=source.name)]
    return [WarcReader(str(source.parent), glob_pattern=source.name), Trafilatura(timeout=10)]


def filters(language: str, model: str) -> list[PipelineStep]:
    """Language, then Gopher's repetition and quality and FineWeb's quality, with fixed bounds.

    FineWeb-2's thresholds of each language change what is kept, not what is measured.
    """
    identify = LanguageFilter(SHORT[language], language_threshold=0.5)
    identify.model = LocalLid([SHORT[language]], model)
    return [
        identify,
        GopherRepetitionFilter(language=language),
        GopherQualityFilter(language=language, stop_words=[], min_stop_words=0),
        FineWebQualityFilter(language=language, line_punct_thr=0.0),
    ]


def run(folder: Path, name: str, steps: list[PipelineStep], tasks: int = 1) -> None:
    """Run steps in this process."""
    executor = LocalPipelineExecutor(
        steps, tasks=tasks, workers=1, logging_dir=str(folder / "logs" / name)
    )
    executor.run()


if __name__ == "__main__":
    main()
