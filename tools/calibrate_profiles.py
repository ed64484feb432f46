"""Measure a language's thresholds and stop words on clean text; print them, or write them.

    python tools/calibrate_profiles.py ../shared/data khm_Khmr          # TOML to standard output
    python tools/calibrate_profiles.py ../shared/data --write           # into sources/*.toml

Only rules that depend on script or morphology are set here; the others keep the defaults of
corpuskit/thresholds.py. Bounds stand well outside of what clean text shows, since web text
is more varied than the sample: see `bounds`. Keys of the stage `language` are left alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.clean_text import (  # noqa: E402
    PAGES,
    Clean,
    identification,
    labelled,
    normalized,
    pages,
)
from corpuskit.quality import Signals  # noqa: E402
from corpuskit.stage import Batch  # noqa: E402
from corpuskit.text import clusters, script_share, words  # noqa: E402

CODES = ("khm_Khmr", "lao_Laoo", "mya_Mymr", "tha_Thai", "vie_Latn",
         "ind_Latn", "zsm_Latn", "jav_Latn", "sun_Latn", "tgl_Latn",
         "min_Latn")  # fmt: skip
NOT_RUNNING = {"esperanto-course", "gflanguages"}
"""Sources that are no running text of the language: lessons on another, samples for fonts."""
LIKE = {"zsm_Latn": "ind_Latn"}
"""Where there is no Universal Declaration, that of the nearest language sets the length."""

STOP_WORDS = 50
"""At most so many."""
FAMILIAR = 0.35
"""Share of a source's documents that a stop word occurs in, on average over the sources."""
CONTENT = {
    *("ប្រទេស", "មនុស្ស", "សេរីភាព", "ປະເທດ", "ประเทศ", "နိုင်ငံ", "လူ"),
    *("nước", "nhà", "gia", "công", "học", "ông", "con", "orang", "tahun", "hari", "negara"),
    *("tempat", "wong", "gawe", "araw", "bahay"),
}
"""Words for things that are as frequent in news and law as function words are."""


KINDS = {
    "bible": "the Bible", "debian": "Debian's manuals", "docusaurus": "Docusaurus manuals",
    "global": "Global ASP's stories", "libreoffice": "LibreOffice help", "mtrss": "MTRSS",
    "mynews": "myNews", "ntrex": "NTREX-128", "nusaparagraph": "NusaWrites",
    "nusatranslation": "NusaWrites", "nusawrites": "NusaWrites", "nusax": "NusaX",
    "oldiseed": "OLDI-Seed",
    "tatoeba": "Tatoeba", "ud": "Universal Dependencies", "udhr": "the UDHR",
    "wisesight": "Wisesight",
}  # fmt: skip
"""What sources are called; those of one name share rows."""


def kind(source: str) -> str:
    """The name of the collection that a source is of."""
    return KINDS[source.removeprefix("lid-").partition("-")[0]]


def stop_words(documents: list[Clean], code: str) -> list[str]:
    """The words that most documents of every kind hold, most frequent first."""
    kinds_of: dict[str, list[set[str]]] = defaultdict(list)
    for one in documents:
        if one.source not in PAGES.values():
            kinds_of[kind(one.source)].append({word.casefold() for word in words(one.text)})
    kinds = [sets for sets in kinds_of.values() if len(sets) >= 2]
    shares: dict[str, list[float]] = defaultdict(list)
    for sets in kinds:
        for word, count in Counter(word for held in sets for word in held).items():
            shares[word].append(count / len(sets))
    means = {
        word: sum(found) / len(kinds)
        for word, found in shares.items()
        if sum(share >= 0.2 for share in found) >= min(2, len(kinds)) and is_word(word, code)
    }
    ranked = sorted(means, key=lambda word: (-means[word], word))
    return [word for word in ranked if means[word] >= FAMILIAR][:STOP_WORDS]


def is_word(word: str, code: str) -> bool:
    """Not debris: in the language's script alone, of more than one letter, no digit."""
    script = code.partition("_")[2]
    digits = any(char.isdigit() for char in word)
    return len(word) > 1 and not digits and script_share(word, script) == 1 and word not in CONTENT


def article_one(data: Path, code: str) -> int:
    """Grapheme clusters of article 1 of the Universal Declaration, two sentences; 0 if unknown."""
    lang, _, script = LIKE.get(code, code).partition("_")
    rows = re.findall(
        rf'^.*"id": "udhr:[^"]+:1", "lang": "{lang}".*"script": "{script}".*"text": "(.*)"}}$',
        (data / "text-labelled" / "udhr.jsonl").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return min((len(clusters(normalized(text))) for text in rows), default=0)


def bounds(signals: dict[str, np.ndarray], about: str) -> dict[str, tuple[float, str]]:
    """Thresholds and where they come from."""
    low, high = np.quantile(signals["mean_word_clusters"], [0.01, 0.99])
    letters = np.quantile(signals["alphabetic_word_share"], 0.01)
    stops = np.nanquantile(signals["stop_word_share"], 0.01)
    return {
        "min_mean_word_clusters": (
            round(0.8 * low, 1), f"{about}: .8 of the 1st percentile, {low:.2f}"),
        "max_mean_word_clusters": (
            round(1.4 * high, 1), f"{about}: 1.4 of the 99th percentile, {high:.2f}"),
        "min_alphabetic_word_share": (
            0.8, f"Gopher; {about}: 1st percentile {letters:.2f}"),
        "min_stop_words": (
            2, f"Gopher; {about}: fewest {int(np.nanmin(signals['stop_words']))}"),
        "min_stop_word_share": (
            round(float(stops) / 2, 3), f"{about}: half the 1st percentile, {stops:.3f}"),
    }  # fmt: skip


def measure(documents: list[Clean], code: str, listed: list[str]) -> dict[str, np.ndarray]:
    stage = Signals(stop_words={code: listed})
    batch = Batch.of_texts([one.text for one in documents], lang=[code] * len(documents))
    rows = stage.process(batch)["quality"]
    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}


def tables(data: Path, documents: list[Clean], code: str, today: str) -> tuple[str, str]:
    """The thresholds' lines and the stop words' lines of one profile."""
    running = [one for one in documents if one.source not in NOT_RUNNING]
    collections = sorted({kind(one.source) for one in running}, key=str.casefold)
    about = f"measured {today} on {len(running)} documents of {len(collections)} collections"
    listed = stop_words(running, code)
    found = bounds(measure(running, code, listed), about)
    if length := article_one(data, code):
        like = f" in the nearest language, {LIKE[code]}" if code in LIKE else ""
        origin = f"measured {today}: article 1 of the UDHR{like}, two sentences, has {length}"
        found = {"min_clusters": (length // 10 * 10, origin), **found}
    origin = f"{about}: in {FAMILIAR:.0%} of each collection's documents on average"
    comment = f"# The collections: {', '.join(collections)}.\n"
    return comment + threshold_lines(found), stop_word_lines(listed, origin)


def threshold_lines(found: dict[str, tuple[float, str]]) -> str:
    return "".join(
        f'{key} = {{ value = {value:g}, from = "{origin}" }}\n'
        for key, (value, origin) in found.items()
    )


def stop_word_lines(listed: list[str], origin: str) -> str:
    quoted = [f'"{word}"' for word in listed]
    rows = [", ".join(quoted[start : start + 10]) for start in range(0, len(quoted), 10)]
    values = "".join(f"    {row},\n" for row in rows)
    return f'from = "{origin}"\nvalues = [\n{values}]\n'


def written(profile: str, thresholds: str, stops: str) -> str:
    """A profile with its two tables replaced; what the stage `language` uses stays."""
    table = re.compile(r"^\[language\.(thresholds|stop_words)\]\n(.*?)(?=^\[|\Z)", re.M | re.S)
    kept = [
        line
        for name, body in table.findall(profile)
        if name == "thresholds"
        for line in body.splitlines()
        if re.match(r"min_(lang_score|script_ratio)\b", line)
    ]
    head, mark, tail = table.sub("", profile).partition("[[source]]")
    body = "".join(f"{line}\n" for line in kept) + thresholds
    new = f"{head.rstrip()}\n\n[language.thresholds]\n{body}\n[language.stop_words]\n{stops}"
    return new + (f"\n{mark}{tail}" if mark else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("codes", nargs="*", default=CODES)
    parser.add_argument("--write", action="store_true", help="into sources/*.toml")
    parser.add_argument("--date", default=date.today().isoformat())
    options = parser.parse_args()
    documents: dict[str, list[Clean]] = defaultdict(list)
    for one in (
        *labelled(options.data),
        *identification(options.data, "train"),
        *pages(options.data),
    ):
        documents[one.lang].append(one)
    for code in options.codes:
        found = tables(options.data, documents[code], code, options.date)
        path = ROOT / "sources" / f"{code}.toml"
        if options.write:
            path.write_text(written(path.read_text(encoding="utf-8"), *found), encoding="utf-8")
        else:
            print(f"# {code}\n[language.thresholds]\n{found[0]}\n[language.stop_words]\n{found[1]}")


if __name__ == "__main__":
    main()
