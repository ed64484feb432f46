"""Which columns well-known sets have, and what each becomes.

A column is a name, or a path into structs with dots (`metadata.url`). Of a list the first element
is taken. Only the column of the text has to be there, and its absence is told before a run.

Columns and layouts, as looked up on 2026-11-24 in stored documentation. The sets' own files have
not been read; tests/connectors/test_tables_presets.py has a file of each schema.

fineweb-2   `dataset_info` of sets made of HuggingFaceFW/fineweb-2 (malhajar/f2fr1924):
            text, id, dump, url, date, file_path, language, language_score (double),
            language_script, minhash_cluster_size (int64), top_langs (a string of JSON).
            Parquet: data/khm_Khmr/train/000_00000.parquet. `id` is the WARC record's id.
hplt-2      `dataset_info` in the card of HPLT/HPLT2.0_cleaned, commit 5961e04: f, o, s, rs (int64),
            u, c, ts (timestamp[s]), collection, lang and prob (lists), text, seg_langs (list),
            robotstxt, id, filter, pii (list of pairs), doc_scores (list). Parquet:
            khm_Khmr/train-00000-of-00013.parquet (commit bca580f). `f`, `o`, `s`: the WARC file,
            the record's offset and its size there.
hplt-3      A reader of release 3 (harvest of github.com/tamnd/gao): f, o, u, c, ts (RFC 3339), de,
            crawl_id, lang, prob, text, id, filter, cluster_size, pii, web-register (an object),
            doc_scores. `s` as in release 2, which is read if it is there. JSONL in zstd:
            three/sorted/khm_Khmr/10_1.jsonl.zst at data.hplt-project.org, the number before `_`
            a class of quality.
glotcc      `dataset_info` of sets made of cis-lmu/GlotCC-V1 (udmurtNLP/udmurt_glotcc): content,
            warc-target-uri, warc-date, warc-record-id, quality-warnings and categories (lists),
            identification-language, identification-prob, identification-consistency,
            script-percentage, num-sents, content-length, tlsh.
            Parquet: v1.0/khm-Khmr/khm-Khmr_0.parquet.
culturax    `dataset_info` of sets made of uonlp/CulturaX (systemk/culturax-10M): text, timestamp,
            url, source (all strings). Parquet: km/km_part_00000.parquet. Gated on the hub.
madlad-400  Readers of allenai/MADLAD-400: text alone, with a backslash and an n where a line ends
            (in 99.9 % of the Somali documents that one of them counted). JSONL in gzip:
            data/km/km_clean_0000.jsonl.gz, of version 1.5
            data-v1p5/km/clean_docs_v2-00000-of-00010.jsonl.gz.
dolma       docs/data-format.md of github.com/allenai/dolma, commit 43b0314: id, text, source;
            added, created, metadata where there are any. JSONL in gzip, such as
            dolma-v1_6/books/books-0000.json.gz at olmo-data.org. `created` is documented as a best
            guess and `added` is when AI2 took the document over: neither dates the document.
"""

from __future__ import annotations

from typing import Final

DEFAULT: Final = {"text": "text", "url": "url", "title": "title"}
"""Where neither `map` nor `preset` says otherwise."""

_HPLT: Final = {
    "text": "text",
    "url": "u",
    "fetched_at": "ts",
    "language": "lang",
    "warc_file": "f",
    "warc_offset": "o",
    "warc_length": "s",
}

PRESETS: Final[dict[str, dict[str, str]]] = {
    "fineweb-2": {
        "text": "text",
        "url": "url",
        "fetched_at": "date",
        "language": "language",
        "warc_file": "file_path",
        "warc_record_id": "id",
    },
    "hplt-2": _HPLT,
    "hplt-3": _HPLT,
    "glotcc": {
        "text": "content",
        "url": "warc-target-uri",
        "fetched_at": "warc-date",
        "language": "identification-language",
        "warc_record_id": "warc-record-id",
    },
    "culturax": {"text": "text", "url": "url", "fetched_at": "timestamp"},
    "madlad-400": {"text": "text"},
    "dolma": {"text": "text", "url": "metadata.url", "title": "metadata.title"},
}

LITERAL_LINE_FEEDS: Final = frozenset({"madlad-400"})
r"""Sets whose text has `\n` in two characters where a line ends."""
