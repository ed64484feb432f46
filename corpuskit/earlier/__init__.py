"""Earlier corpora that a build is compared with: their signatures, ids and addresses.

`parts` has what is kept of each shard, `index` opens the places that a recipe names, `export`
writes an index that can be published, `matching` finds what new documents have in common with it.
"""

from corpuskit.earlier.export import WrittenIndex, write_index
from corpuskit.earlier.index import EarlierCorpus, IndexPart, open_earlier
from corpuskit.earlier.matching import MATCHES, HeldTexts, best_matches, match_parts
from corpuskit.earlier.parts import part_name, write_part

__all__ = [
    "MATCHES",
    "EarlierCorpus",
    "HeldTexts",
    "IndexPart",
    "WrittenIndex",
    "best_matches",
    "match_parts",
    "open_earlier",
    "part_name",
    "write_index",
    "write_part",
]
