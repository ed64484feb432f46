"""Evaluation items in the texts of a corpus.

    index = build_index([EvaluationItem("quiz", "1", ("Who wrote ...?",))])
    find_items(index, ["..."])

`item_files` reads the files that a recipe names, in the layouts of `items`; `prepare` makes an
`index` of them before a build runs; `search` finds the items of the index in texts, which the
stage `decontaminate` writes down. What becomes of such documents is policy.
"""

from __future__ import annotations

from corpuskit.decontamination.index import ItemIndex, build_index, open_index, write_index
from corpuskit.decontamination.item_files import ItemFiles, read_items
from corpuskit.decontamination.items import GENERIC, LAYOUTS, EvaluationItem, Layout
from corpuskit.decontamination.prepare import PreparedIndex, prepare_index
from corpuskit.decontamination.search import FoundItem, find_items
from corpuskit.decontamination.stage import Decontaminate

__all__ = [
    "GENERIC",
    "LAYOUTS",
    "Decontaminate",
    "EvaluationItem",
    "FoundItem",
    "ItemFiles",
    "ItemIndex",
    "Layout",
    "PreparedIndex",
    "build_index",
    "find_items",
    "open_index",
    "prepare_index",
    "read_items",
    "write_index",
]
