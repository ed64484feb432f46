"""Recall and precision of near-duplicates by language and script, and speed.

    python benchmarks/neardup.py DATA            the table that tests pin
    python benchmarks/neardup.py DATA --shingles other shingles on the same pairs
    python benchmarks/neardup.py DATA --speed    against datasketch on the same documents

Gold is the exact char-5 Jaccard similarity of `neardup` in DATA, at .8; ours is asked
for .8 as well. Nothing is compared but what the bands let through: signatures, bands,
verification and clusters as in a build.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from corpuskit.dedup import Clusters, cluster
from corpuskit.dedup.bands import candidate_pairs, layout
from corpuskit.dedup.shingles import LENGTH, shingle_sets
from corpuskit.dedup.signatures import NUM_PERM, SEED, signatures
from corpuskit.dedup.verify import similar_pairs
from corpuskit.document import text_sha256
from corpuskit.text import clusters, match_key, script_counts, words

THRESHOLD: Final = 0.8
Row = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """A pair of documents with what is true of it."""

    a: int
    b: int
    lang: str
    similar: bool
    """Whether the gold's char-5 Jaccard similarity is at least .8."""
    same_source: bool = True


@dataclass(frozen=True)
class Set:
    """Documents and the pairs of them that are known."""

    name: str
    ids: list[str]
    texts: list[str]
    bases: list[str]
    """Which document each was made from, of different ones none are duplicates; [] if unknown."""
    pairs: list[Pair]


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def constructed(data: Path) -> Set:
    """2,497 copies of 205 documents in 23 languages, altered in 12 ways."""
    folder = data / "neardup" / "constructed"
    documents = list(_lines(folder / "docs.jsonl"))
    at = {document["id"]: row for row, document in enumerate(documents)}
    pairs = [
        Pair(at[p["a"]], at[p["b"]], p["lang"], p["label_at_0.8"], p["same_source"])
        for p in _lines(folder / "pairs.jsonl")
    ]
    return Set(
        "constructed",
        [document["id"] for document in documents],
        [document["text"] for document in documents],
        [document["cluster"] for document in documents],
        pairs,
    )


def mccormick(data: Path) -> Set:
    """1,000 English news articles, ten of them copied with small changes."""
    folder = data / "neardup" / "mccormick-minhash"
    lines = (folder / "articles_1000.train").read_text(encoding="utf-8").splitlines()
    ids, texts = zip(*(line.split(" ", 1) for line in lines), strict=True)
    truth = (folder / "articles_1000.truth").read_text(encoding="utf-8").splitlines()
    at = {first: row for row, first in enumerate(ids)}
    planted = [tuple(line.split()) for line in truth]
    pairs = [Pair(at[first], at[second], "eng", True) for first, second in planted]
    copied = {second: first for first, second in planted}
    return Set(
        "mccormick", list(ids), list(texts), [copied.get(first, first) for first in ids], pairs
    )


def of_pairs(name: str, path: Path) -> Set:
    """A file of pairs of texts; no two pairs are made from one document."""
    rows = list(_lines(path))
    texts = [text for row in rows for text in (row["a"], row["b"])]
    pairs = [
        Pair(
            2 * at, 2 * at + 1, row.get("lang") or "-".join(row["langs"]),
            row["jaccard_char5"] >= THRESHOLD, "lang" in row,
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip
    return Set(name, [f"{row:06d}" for row in range(len(texts))], texts, [], pairs)


def revisions(data: Path) -> Set:
    """199 pairs of two revisions of a story, in 27 languages."""
    return of_pairs("revisions", data / "neardup" / "revision-pairs" / "pairs.jsonl")


def translations(data: Path) -> Set:
    """200 sentences and their translations into a close language, which are no duplicates."""
    return of_pairs("translations", data / "neardup" / "translations-hard-negatives.jsonl")


@dataclass(frozen=True)
class Results:
    """What was found in a set: pairs by the bands and verification, and clusters."""

    pairs: set[tuple[int, int]]
    clusters: Clusters


def find(documents: Set) -> Results:
    """All of the way, over the whole set at once; longest first, as a build ranks."""
    sets = shingle_sets(documents.texts)
    rows = signatures(sets)
    texts = _fetcher(documents.texts)
    candidates = candidate_pairs(rows, THRESHOLD).pairs
    pairs, _ = similar_pairs(candidates, texts, sets.counts, THRESHOLD)
    found_clusters = cluster(
        ids=documents.ids,
        text_sha256=[text_sha256(text) for text in documents.texts],
        signatures=rows,
        shingle_counts=sets.counts,
        rank=[-len(text.encode()) for text in documents.texts],
        texts=texts,
        threshold=THRESHOLD,
    )
    return Results({(first, second) for first, second in pairs.tolist()}, found_clusters)


def _fetcher(texts: list[str]) -> Callable[[Iterable[int]], list[str]]:
    return lambda rows: [texts[row] for row in rows]


def run(data: Path) -> list[Row]:
    """A row per language, per script, and for the whole of each set."""
    rows: list[Row] = []
    for documents in (constructed(data), mccormick(data), revisions(data), translations(data)):
        results = find(documents)
        scripts = _scripts(documents)
        every = sorted(scripts) if documents.name == "constructed" else []
        rows.extend(_row(documents, results, "language", lang, {lang}) for lang in every)
        for script in sorted({scripts[lang] for lang in every}):
            members = {lang for lang in every if scripts[lang] == script}
            rows.append(_row(documents, results, "script", script, members))
        whole = _row(documents, results, "set", documents.name, set(scripts))
        rows.append({**whole, "dropped_wrongly": _dropped_wrongly(documents, results)})
    return rows


def _scripts(documents: Set) -> dict[str, str]:
    """The script of most letters of each language's documents."""
    texts: dict[str, list[str]] = {}
    for pair in documents.pairs:
        texts.setdefault(pair.lang, []).append(documents.texts[pair.a])
    return {lang: next(iter(script_counts("".join(some)))) for lang, some in texts.items()}


def _row(documents: Set, results: Results, by: str, name: str, langs: set[str]) -> Row:
    """Pairs of some languages: found as a pair, and as members of one cluster."""
    pairs = [pair for pair in documents.pairs if pair.lang in langs]
    of = results.clusters.cluster_id
    paired = [tuple(sorted((pair.a, pair.b))) in results.pairs for pair in pairs]
    joined = [of[pair.a] == of[pair.b] for pair in pairs]
    both = [bool(results.clusters.kept[pair.a] and results.clusters.kept[pair.b]) for pair in pairs]
    similar = [pair.similar for pair in pairs]
    recall, precision = _scores(similar, paired)
    cluster_recall, cluster_precision = _scores(similar, joined)
    return {
        "set": documents.name, "by": by, "name": name, "pairs": len(pairs), "similar": sum(similar),
        "recall": recall, "precision": precision,
        "cluster_recall": cluster_recall, "cluster_precision": cluster_precision,
        "both_kept": sum(k for k, true in zip(both, similar, strict=True) if true),
        "merged": sum(hit for hit, p in zip(joined, pairs, strict=True) if not p.same_source),
    }  # fmt: skip


def _scores(true: list[bool], answers: list[bool]) -> tuple[float | None, float | None]:
    hits = sum(expected and answer for expected, answer in zip(true, answers, strict=True))
    return (
        hits / sum(true) if any(true) else None,
        hits / sum(answers) if any(answers) else None,
    )


def _dropped_wrongly(documents: Set, results: Results) -> int:
    """Documents of a whole set dropped for one that was made from another document."""
    base = dict(zip(documents.ids, documents.bases, strict=False))
    return sum(base[id_] != base[results.clusters.cluster_id[row]] for row, id_ in enumerate(base))


# Other shingles on the same pairs


UNITS: Final[dict[str, Callable[[str], Sequence[str]]]] = {
    "words": lambda text: [word.casefold() for word in words(text)],
    "clusters": lambda text: clusters(match_key(text)),
    "code points": match_key,
}
KINDS: Final = (
    *(("words", size) for size in (3, 5)),
    *(("clusters", size) for size in (3, 4, 5)),
    *(("code points", size) for size in (3, 4, 5, 6)),
)


def _ngrams(units: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(units[at : at + size]) for at in range(max(1, len(units) - size + 1))}


def shingles(data: Path) -> list[Row]:
    """Recall and precision by exact similarity at .8 for shingles of several kinds, per script."""
    documents = constructed(data)
    scripts = _scripts(documents)
    true = np.array([pair.similar for pair in documents.pairs])
    rows = []
    for unit, size in KINDS:
        sets = [_ngrams(UNITS[unit](text), size) for text in documents.texts]
        answers = np.array([_jaccard(sets[p.a], sets[p.b]) >= THRESHOLD for p in documents.pairs])
        langs = np.array([pair.lang for pair in documents.pairs])
        worst = {lang: (answers & true)[langs == lang].sum() / true[langs == lang].sum()
                 for lang in scripts}  # fmt: skip
        for script in [*sorted(set(scripts.values())), "all"]:
            chosen = np.array([script in (scripts[lang], "all") for lang in langs])
            members = [lang for lang in scripts if script in (scripts[lang], "all")]
            rows.append({
                "shingles": f"{size} {unit}", "script": script,
                "recall": (answers & true & chosen).sum() / (true & chosen).sum(),
                "worst": min(worst[lang] for lang in members),
                "precision": (answers & true & chosen).sum() / (answers & chosen).sum(),
            })  # fmt: skip
    return rows


def _jaccard(first: set[tuple[str, ...]], second: set[tuple[str, ...]]) -> float:
    return len(first & second) / len(first | second)


# Speed


def speed(data: Path, rounds: int = 5) -> Row:
    """Documents a second of ours and of datasketch (update_batch, MinHashLSH), interleaved.

    datasketch gets the shingles of the same match keys, hashed by xxh32, and the same bands.
    """
    texts = mccormick(data).texts + constructed(data).texts
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_timed(_ours, texts))
        theirs.append(_timed(_datasketch, texts))
    return {
        "documents": len(texts),
        "ours per second": len(texts) / median(ours),
        "datasketch per second": len(texts) / median(theirs),
        "ratio": median(their / our for our, their in zip(ours, theirs, strict=True)),
    }


def _timed(work: Callable[[list[str]], int], texts: list[str]) -> float:
    start = time.perf_counter()
    work(texts)
    return time.perf_counter() - start


def _ours(texts: list[str]) -> int:
    return len(candidate_pairs(signatures(shingle_sets(texts)), THRESHOLD).pairs)


def _datasketch(texts: list[str]) -> int:
    from datasketch import MinHash, MinHashLSH
    from xxhash import xxh32_intdigest

    index = MinHashLSH(num_perm=NUM_PERM, params=layout(THRESHOLD, NUM_PERM))
    empty = MinHash(num_perm=NUM_PERM, seed=SEED, hashfunc=xxh32_intdigest)
    pairs = 0
    for row, text in enumerate(texts):
        key = match_key(text)
        signature = empty.copy()
        shingled = {key[at : at + LENGTH].encode() for at in range(len(key) - LENGTH + 1)}
        signature.update_batch(shingled)
        pairs += len(index.query(signature))
        index.insert(row, signature)
    return pairs


def _show(rows: Iterable[Row]) -> None:
    seen: tuple[str, ...] = ()
    for row in rows:
        if tuple(row) != seen:
            print("  ".join(f"{name:>17}" for name in row))
            seen = tuple(row)
        values = ("-" if value is None else value for value in row.values())
        print("  ".join(f"{v:17.4f}" if isinstance(v, float) else f"{v:>17}" for v in values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    default = os.environ.get("CORPUSKIT_DATA", "../shared/data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--shingles", action="store_true", help="compare shingles of other kinds")
    parser.add_argument("--speed", action="store_true", help="compare speed with datasketch")
    arguments = parser.parse_args()
    if arguments.speed:
        _show([speed(arguments.data)])
    else:
        _show(shingles(arguments.data) if arguments.shingles else run(arguments.data))


if __name__ == "__main__":
    main()
