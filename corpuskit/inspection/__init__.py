"""What a build kept and rejected, as people look at it: samples, records, tables.

    from corpuskit.inspection import SampleQuery, sample_documents, sample_rejects

    query = SampleQuery(langs=("khm_Khmr",), seed=7)
    for row in sample_documents(build, 20, query).rows: ...

A sample is random and the same for the same seed: documents are ordered by their id, which is a
digest, mixed with the seed. Only the published files are read, so it works where `.work` is gone,
and in object stores.
"""

from __future__ import annotations

from corpuskit.inspection.near import NearDocument, near_threshold
from corpuskit.inspection.queries import SampleQuery, checked
from corpuskit.inspection.records import find_records
from corpuskit.inspection.samples import Sample, sample_documents, sample_rejects
from corpuskit.inspection.tables import LanguageCounts, SourceCounts, by_language, by_source
from corpuskit.inspection.texts import undetermined_lines, work_texts

__all__ = [
    "LanguageCounts",
    "NearDocument",
    "Sample",
    "SampleQuery",
    "SourceCounts",
    "by_language",
    "by_source",
    "checked",
    "find_records",
    "near_threshold",
    "sample_documents",
    "sample_rejects",
    "undetermined_lines",
    "work_texts",
]
