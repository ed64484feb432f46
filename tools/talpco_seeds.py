"""Write sentences of TALPCo as seeds of an identification model.

    git clone https://github.com/matbahasa/TALPCo       # read at eb4746249830
    python tools/talpco_seeds.py TALPCo FOLDER

Makes FOLDER/talpco.tsv.gz (columns lang, text, source): some 1,400 everyday sentences in each of
Indonesian, Malay, Javanese, Burmese and Thai (CC BY 4.0; H. Nomoto and others, 2018). Vietnamese
is left out: its sentences without diacritics are in the evaluation sets.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

LANGUAGES = {"ind": "ind", "zsm": "zsm", "jav": "jav", "myn": "mya", "tha": "tha"}


def main() -> None:
    """Write the sentences."""
    repository, folder = map(Path, sys.argv[1:3])
    rows = ["lang\ttext\tsource"]
    for name, code in LANGUAGES.items():
        path = repository / name / f"data_{name}.txt"
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            _, _, text = line.partition("\t")
            if text.strip():
                rows.append(f"{code}\t{' '.join(text.split())}\ttalpco")
    packed = gzip.compress(("\n".join(rows) + "\n").encode(), mtime=0)
    (folder / "talpco.tsv.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
