"""How much personal data is found, and how much of ordinary text is taken for it.

    python benchmarks/privacy.py ../shared/data

Ordinary text is every row of text-labelled and text-more: nobody wrote identification numbers into
it, so that each one found is a mistake. It does have telephone numbers and addresses: these are
printed to be read (`--show`). For recall, valid numbers are generated (personal_numbers.py) and put
into sentences of each language in the catalogue, half of those for scripts with digits of their own
in these; numbers whose form says nothing come after their name. What flatters: the ways to write a
number are those that the author thought of. `two phones` are two numbers with one of seven
separators between them, `hidden email` addresses with `[at]` and `[dot]` in nine ways.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import SAME, records
from benchmarks.personal_numbers import (
    ACCOUNTS,
    EVERYWHERE,
    MAKERS,
    NAMES,
    OF_COUNTRY,
    hidden_email,
    in_script,
    phone,
    two_phones,
)
from benchmarks.report import table
from corpuskit.languages import Language, languages
from corpuskit.privacy import ID_KINDS, find_personal_data, mask_personal_data
from corpuskit.privacy.stage import PersonalData
from corpuskit.stage import Batch

FOLDERS = ("text-labelled", "text-more")
SENTENCES = 40
"""Sentences of a language for each kind of number."""
IDS = frozenset((*ID_KINDS, "card", "bank_account"))
WRITTEN = ("phone", "two phones", "email", "hidden email", "ip")
UNSPACED = ("Khmr", "Laoo", "Thai", "Mymr", "Hani", "Hans", "Hant", "Tibt", "Java")


def texts_by_language(data: Path) -> dict[str, list[str]]:
    """Every text of the labelled sets, by language and script."""
    texts: dict[str, list[str]] = defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((data / folder).glob("*.jsonl")):
            for row in records(path):
                code = f"{row['lang']}_{row['script']}"
                texts[SAME.get(code, code)].append(row["text"])
    return texts


def regions_by_language() -> dict[str, tuple[str, ...]]:
    return {item.code: tuple(tld.upper() for tld in item.cctld) for item in languages()}


def false_positives(texts: dict[str, list[str]], show: bool) -> list[dict[str, Any]]:
    """What is found in ordinary text, per language; languages without any are one row."""
    regions = regions_by_language()
    rows, clean = [], {"language": "", "chars": 0, "ids": 0, "phone": 0, "email": 0, "ip": 0}
    quiet = 0
    for code, listed in sorted(texts.items()):
        counts: Counter[str] = Counter()
        for text in listed:
            for datum in find_personal_data(text, regions=regions.get(code, ())):
                counts["ids" if datum.kind in IDS else datum.kind] += 1
                if show:
                    around = text[max(0, datum.start - 30) : datum.end + 20]
                    print(f"{code} {datum.kind}: {around!r}")
        chars = sum(map(len, listed))
        if counts:
            rows.append({"language": code, "chars": chars, **counts})
        else:
            quiet += 1
            clean["chars"] += chars
    rows.append({**clean, "language": f"{quiet} others"})
    total = {name: sum(row.get(name, 0) for row in rows) for name in ("chars", "ids", "phone",
                                                                      "email", "ip")}  # fmt: skip
    return [*rows, {"language": "all", **total}]


def recall(texts: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Per language of the catalogue and kind, the share of inserted numbers that were masked."""
    rows = []
    for profile in languages():
        sentences = [text for text in texts.get(profile.code, ()) if 20 <= len(text) <= 400]
        if len(sentences) < 5:
            continue
        found: Counter[str] = Counter()
        tried: Counter[str] = Counter()
        for kind, text, number in insertions(profile, sentences):
            tried[kind] += 1
            regions = tuple(tld.upper() for tld in profile.cctld)
            masked = mask_personal_data(text, regions=regions).text
            found[kind] += is_masked(kind, number, masked)
            again = mask_personal_data(masked, regions=regions)
            assert again.text == masked, (text, masked, again.text)
        ids = [kind for kind in tried if kind in IDS]
        rows.append(
            {"language": profile.code, "numbers": sum(tried.values()),
             "ids": sum(found[kind] for kind in ids) / sum(tried[kind] for kind in ids)}
            | {kind: found[kind] / tried[kind] for kind in WRITTEN if tried[kind]}
            | {"missed": {kind: tried[kind] - found[kind] for kind in tried
                          if found[kind] < tried[kind]}}
        )  # fmt: skip
    return rows


def is_masked(kind: str, number: str, masked: str) -> bool:
    """Whether nothing of a number is left; of two, whether both have a placeholder."""
    return number not in masked and (kind != "two phones" or masked.count("<PHONE>") >= 2)


def insertions(profile: Language, sentences: list[str]) -> Iterator[tuple[str, str, str]]:
    """Kind, sentence with a number in it, and the number."""
    source = random.Random(profile.code)
    countries = [tld.upper() for tld in profile.cctld]
    makers = {kind: MAKERS[kind] for kind in EVERYWHERE}
    makers |= {kind: MAKERS[kind] for country in countries for kind in OF_COUNTRY.get(country, ())}
    makers["hidden email"] = hidden_email
    for kind, make in makers.items():
        for _ in range(SENTENCES):
            yield _insertion(kind, make(source), profile, source.choice(sentences), source)
    for country in countries:
        for _ in range(SENTENCES):
            number = phone(country)(source)
            yield _insertion("phone", number, profile, source.choice(sentences), source)
            pair = two_phones(country)(source)
            yield _insertion("two phones", pair, profile, source.choice(sentences), source)


def _insertion(
    kind: str, number: str, profile: Language, sentence: str, source: random.Random
) -> tuple[str, str, str]:
    if kind not in ("email", "hidden email", "ip", "nric") and source.random() < 0.5:
        number = in_script(number, profile.script)
    names = NAMES.get(kind, ())
    if kind == "bank_account":
        names = (ACCOUNTS.get(next(iter(profile.cctld), "").upper(), names[0]),)
    named = f"{source.choice(names)} {number}" if names else number
    spaces = [at for at, char in enumerate(sentence) if char == " "]
    at = source.choice([*spaces, len(sentence)])
    glue = "" if profile.script in UNSPACED and source.random() < 0.3 else " "
    if sentence[:at][-1:].isascii() and not glue:
        glue = " "
    rest = sentence[at:]
    return kind, f"{sentence[:at]}{glue}{named}{rest}", number


def speed(texts: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Microseconds a text, in batches of 500: ordinary texts without digits, with digits, and with
    personal data in each."""
    regions = {code: list(countries) for code, countries in regions_by_language().items()}
    stage = PersonalData(regions=regions)
    pairs = [(code, text) for code in sorted(regions) for text in texts.get(code, ())[:300]]
    plain = [pair for pair in pairs if not any(char.isdigit() or char == "@" for char in pair[1])]
    digits = [pair for pair in pairs if sum(char.isdigit() for char in pair[1]) >= 4]
    profiles = {profile.code: profile for profile in languages()}
    source = random.Random(0)
    personal = [
        (code, _insertion("email", MAKERS["email"](source), profiles[code], text, source)[1])
        for code, text in plain
    ]
    rows = []
    for name, chosen in (("no digits", plain), ("digits", digits), ("an e-mail address", personal)):
        seconds = 0.0
        for start in range(0, len(chosen), 500):
            part = chosen[start : start + 500]
            batch = Batch.of_texts([text for _, text in part], lang=[code for code, _ in part])
            assert len(batch.texts.codes)  # other stages read them as well
            began = time.process_time()
            stage.edit(batch)
            seconds += time.process_time() - began
        size = sum(len(text) for _, text in chosen)
        rows.append({"texts with": name, "texts": len(chosen), "mean chars": size // len(chosen),
                     "microseconds": seconds / len(chosen) * 1e6})  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", action="store_true", help="print what ordinary text holds")
    options = parser.parse_args()
    texts = texts_by_language(options.data)
    print(table(found := false_positives(texts, options.show)))
    total = found[-1]
    millions = total["chars"] / 1e6
    print(
        f"\nids in ordinary text: {total['ids'] / millions:.2f} per million characters "
        f"({total['ids']} in {millions:.1f} million, {len(texts)} languages and scripts)\n"
    )
    print(table(rows := recall(texts)))
    worst = min(rows, key=lambda row: min(row["ids"], row.get("phone", 1.0)))
    print(f"\nlowest recall: {worst['language']}\n")
    print(table(speed(texts)))


if __name__ == "__main__":
    main()
