"""Write word lists of wordfreq as seeds of an identification model.

    pip install wordfreq==3.1.1
    python tools/word_lists.py FOLDER

Makes FOLDER/words/LANG.tsv.gz (columns word, share) of the languages of South-East Asia in Latin
letters that it has. Its data are CC BY-SA 4.0 (Robyn Speer): Wikipedia, subtitles and the web.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

LISTS = {"ind_Latn": "id", "tgl_Latn": "fil", "zsm_Latn": "ms"}


def main() -> None:
    """Write every list, words in order."""
    from wordfreq import get_frequency_dict

    folder = Path(sys.argv[1]) / "words"
    folder.mkdir(parents=True, exist_ok=True)
    for code, name in LISTS.items():
        shares = get_frequency_dict(name)
        rows = "".join(f"{word}\t{shares[word]:.3g}\n" for word in sorted(shares))
        data = gzip.compress(f"word\tshare\n{rows}".encode(), mtime=0)
        (folder / f"{code}.tsv.gz").write_bytes(data)


if __name__ == "__main__":
    main()
