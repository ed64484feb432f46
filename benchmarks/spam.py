"""What the rules on spam reject: gambling pages, listings, link farms, stuffed texts, clean text.

    python -m benchmarks.spam ../shared/data

Gambling pages are those of web-noise: ten, all Indonesian. Thresholds were set on them and on the
clean documents of text-labelled. lid's evaluation texts were not looked at; text-more was: what
`listing_share` rejected there is why it leaves out Chinese and Japanese, and `max_phrase_spread`
lies above its dialogs and interface strings. For gambling in scripts other than the Latin there is
no text to measure recall on.

The other spam is constructed of clean text of each language with a profile, since no test data has
any: lines of 40 tags, pages of 30 links, shops of 20 offers with the country's prices, and texts
into which a phrase of three words was put after every 5 to 15 words (dense) or 15 to 40 (thin),
or three phrases in turn after every 5 to 15.
Patterns and bounds were set while looking at every second language; the others are held out. What
flatters: who built the pages knew the signals.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import identification, joined, labelled, pages, records
from benchmarks.report import table
from corpuskit.languages import language_codes
from corpuskit.quality.signals import measure
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

SIGNALS = ("gambling_share", "listing_share", "link_share", "offer_share", "phrase_spread")
BATCH = 256
SEPARATORS = (", ", " | ", " / ", " #")
TAGS = 40


def signals(texts: Sequence[str]) -> dict[str, Any]:
    """The signals of texts of any number."""
    parts = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    columns = [measure(TextBatch(part), [None] * len(part), {}) for part in parts]
    return {name: np.concatenate([part[name] for part in columns]) for name in SIGNALS}


def rejected(texts: Sequence[str]) -> dict[str, Any]:
    """By signal, how many texts the default threshold rejects, and the highest value."""
    columns = signals(texts)
    row: dict[str, Any] = {"documents": len(texts)}
    for name in SIGNALS:
        limit = RULES[f"max_{name}"].default
        row |= {
            name: int((columns[name] > limit).sum()),
            f"{name} most": round(float(columns[name].max()), 3),
        }
    return row


def clean(data: Path) -> dict[str, list[str]]:
    """Clean documents by collection."""
    groups = {
        "text-labelled": [document.text for document in labelled(data)],
        "pages": [page.text for page in pages(data)],
        "held out: lid eval": [item.text for item in identification(data, "eval")],
    }
    more: list[str] = []
    for path in sorted((data / "text-more").glob("*.jsonl")):
        by_source: dict[str, list[str]] = defaultdict(list)
        for row in records(path):
            by_source[row["source"]].append(row["text"])
        for texts in by_source.values():
            more += joined(texts, sentences=True)
    return {**groups, "text-more": more}


def constructed(data: Path) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Kind of spam and script -> language and text, of every language with a profile."""
    known = set(language_codes())
    source = random.Random(7)
    made: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    documents = [item for item in labelled(data) if item.lang in known]
    words = TextBatch([item.text for item in documents]).words()
    for item, listed in zip(documents, words, strict=True):
        if len(listed) >= FEWEST_WORDS:
            for kind, build in BUILDERS.items():
                text = build(item.text, listed, item.lang, source)
                made[kind, item.lang[4:]].append((item.lang, text))
    return made


def phrase(words: Sequence[str], lang: str, source: random.Random, most: int = 3) -> str:
    """Some neighboring words of a text, as they are written together."""
    size = source.randint(1, most)
    at = source.randrange(len(words) - size)
    return glue(lang).join(words[at : at + size])


def glue(lang: str) -> str:
    return "" if lang[4:] in ("Khmr", "Laoo", "Mymr", "Thai", "Java", "Hans", "Hant") else " "


def tags(text: str, words: Sequence[str], lang: str, source: random.Random) -> str:
    listed = [phrase(words, lang, source) for _ in range(TAGS)]
    return f"{text[:60]}\n{source.choice(SEPARATORS).join(listed)}"


def links(text: str, words: Sequence[str], lang: str, source: random.Random) -> str:
    """Names and addresses of other sites, in one of four layouts."""
    layout = source.choice(("{0} - https://www.{1}/", "{1} {0}", "{0}: {1}", "{0}\nhttps://{1}/p"))
    lines = []
    for _ in range(30):
        site = f"{source.choice(SITES)}{source.randrange(1000)}.{source.choice(ENDINGS)}"
        lines.append(layout.format(phrase(words, lang, source, 5), site))
    return f"{text[:120]}\n" + "\n".join(lines)


def offers(text: str, words: Sequence[str], lang: str, source: random.Random) -> str:
    """Names of articles with prices, some with a line between them."""
    button = phrase(words, lang, source, 2)
    lines = []
    for _ in range(20):
        amount = f"{source.randint(2, 999)}.{source.choice((0, 5, 9))}00"
        price = PRICES.get(lang[:3], ("$ {}", "US$ {}"))
        lines.append(phrase(words, lang, source, 6))
        lines.append(source.choice(price).format(amount))
        lines += [button] * source.randint(0, 1)
    return f"{text[:120]}\n" + source.choice((" ", "\n")).join(lines)


def stuffed(fewest: int, most: int, phrases: int = 1) -> Any:
    """What puts one of some phrases of three words after every so many words."""

    def build(text: str, words: Sequence[str], lang: str, source: random.Random) -> str:
        del text
        places = [source.randrange(len(words) - 3) for _ in range(phrases)]
        parts: list[str] = []
        while len(parts) < STUFFED_WORDS:
            start = source.randrange(len(words))
            parts += words[start : start + source.randint(fewest, most)]
            at = source.choice(places)
            parts += words[at : at + 3]
        return (glue(lang) or "\u200b").join(parts)

    return build


FEWEST_WORDS = 60
STUFFED_WORDS = 400
SITES = ("toko", "berita", "phim", "game", "travel", "seo-", "loan", "hotel", "mobi", "viet")
ENDINGS = ("com", "net", "co.id", "vn", "in.th", "com.kh", "info", "xyz", "com.my", "ph")
PRICES = {
    "ind": ("Rp {}", "Rp{}"), "jav": ("Rp {}",), "sun": ("Rp. {}",), "vie": ("{}đ", "{} VNĐ"),
    "tha": ("฿{}", "{} บาท"), "khm": ("{}៛", "{} រៀល"), "lao": ("{} ກີບ", "₭{}"),
    "mya": ("{} ကျပ်", "Ks {}"), "zsm": ("RM {}", "RM{}"), "tgl": ("₱{}", "PHP {}"),
}  # fmt: skip
BUILDERS = {
    "tags": tags, "links": links, "offers": offers, "stuffed, dense": stuffed(5, 15),
    "stuffed, thin": stuffed(15, 40), "stuffed, three phrases": stuffed(5, 15, 3),
}  # fmt: skip
WANTED = {
    "tags": "listing_share", "links": "link_share", "offers": "offer_share",
    "stuffed, dense": "phrase_spread", "stuffed, thin": "phrase_spread",
    "stuffed, three phrases": "phrase_spread",
}  # fmt: skip


def main(data: Path) -> None:
    noise: dict[str, list[str]] = defaultdict(list)
    for row in records(data / "web-noise" / "gold.jsonl"):
        noise[row["kind"]].append(row["text"])
    rows = [{"texts": f"clean, {name}"} | rejected(texts) for name, texts in clean(data).items()]
    rows += [{"texts": f"noise, {kind}"} | rejected(noise[kind]) for kind in sorted(noise)]
    print(table(rows))
    wrong = {
        name: sum(row[name] for row in rows if row["texts"].startswith("clean")) for name in SIGNALS
    }
    hits = rejected(noise["gambling-seo"])["gambling_share"]
    print(f"\ngambling_share: {hits} of {len(noise['gambling-seo'])}, and "
          f"{wrong['gambling_share']} clean\n")  # fmt: skip
    print(table(list(recall(constructed(data), wrong))))


def recall(
    made: dict[tuple[str, str], list[tuple[str, str]]], wrong: dict[str, int]
) -> Iterator[dict[str, Any]]:
    """Per kind and script, what the signal of the kind rejects in languages that were looked at and
    in others."""
    looked_at = set(sorted({lang for texts in made.values() for lang, _ in texts})[::2])
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (kind, script), texts in sorted(made.items()):
        name = WANTED[kind]
        limit = RULES[f"max_{name}"].default
        hits = signals([text for _, text in texts])[name] > limit
        counts = [0, 0, 0, 0]
        for (lang, _), hit in zip(texts, hits.tolist(), strict=True):
            place = 0 if lang in looked_at else 2
            counts[place] += hit
            counts[place + 1] += 1
        totals[kind] = [a + b for a, b in zip(totals[kind], counts, strict=True)]
        yield {"kind": kind, "script": script, **_shown(counts)}
    for kind, counts in totals.items():
        hits = counts[0] + counts[2]
        clean_hits = wrong[WANTED[kind]]
        yield {"kind": kind, "script": "all", **_shown(counts), "clean": clean_hits,
               "precision": hits / max(1, hits + clean_hits)}  # fmt: skip


def _shown(counts: Sequence[int]) -> dict[str, Any]:
    return {
        "looked at": f"{counts[0]}/{counts[1]}",
        "held out": f"{counts[2]}/{counts[3]}",
        "recall held out": counts[2] / counts[3] if counts[3] else None,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
