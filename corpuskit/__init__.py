"""corpuskit builds text corpora for low-resource languages.

    import corpuskit as ck
    build = ck.build(ck.load_recipe("khmer.toml"))
    build.ledger["dedup/near"]
    ck.identify(["សួស្តី", "Sugeng enjang"])

Names are imported when first used, so that `import corpuskit` costs nothing. Some functions
are called like the module they live in (`build`, `identify`, `normalize`): here the name is
the function; `from corpuskit.build import ...` reaches the module.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuskit.build import build
    from corpuskit.dedup import near_duplicates
    from corpuskit.document import Document, RawRecord
    from corpuskit.errors import CorpuskitError
    from corpuskit.explain import explain
    from corpuskit.extract import extract_html
    from corpuskit.identify import identify
    from corpuskit.languages import Language, language, language_codes
    from corpuskit.ledger import Ledger
    from corpuskit.normalize import normalize
    from corpuskit.publish import Build, open_build, verify
    from corpuskit.quality import quality_signals
    from corpuskit.recipe import Recipe, load_recipe, parse_recipe
    from corpuskit.segmentation import segment, sentences, words
    from corpuskit.stage import Batch, Stage, run_chain, signal
    from corpuskit.text import clusters, match_key

__all__ = [
    "Batch",
    "Build",
    "CorpuskitError",
    "Document",
    "Language",
    "Ledger",
    "RawRecord",
    "Recipe",
    "Stage",
    "build",
    "clusters",
    "explain",
    "extract_html",
    "identify",
    "language",
    "language_codes",
    "load_recipe",
    "match_key",
    "near_duplicates",
    "normalize",
    "open_build",
    "parse_recipe",
    "quality_signals",
    "run_chain",
    "segment",
    "sentences",
    "signal",
    "verify",
    "words",
]

_WHERE = {
    "Batch": "stage",
    "Build": "publish",
    "CorpuskitError": "errors",
    "Document": "document",
    "Language": "languages",
    "Ledger": "ledger",
    "RawRecord": "document",
    "Recipe": "recipe",
    "Stage": "stage",
    "build": "build",
    "clusters": "text",
    "explain": "explain",
    "extract_html": "extract",
    "identify": "identify",
    "language": "languages",
    "language_codes": "languages",
    "load_recipe": "recipe",
    "match_key": "text",
    "near_duplicates": "dedup",
    "normalize": "normalize",
    "open_build": "publish",
    "parse_recipe": "recipe",
    "quality_signals": "quality",
    "run_chain": "stage",
    "segment": "segmentation",
    "sentences": "segmentation",
    "signal": "stage",
    "verify": "publish",
    "words": "segmentation",
}


class _Package(ModuleType):
    """This package as a module whose public names are not overwritten by its submodules."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            found = import_module("corpuskit.about").version()
        elif name in _WHERE:
            module = sys.modules.get(f"corpuskit.{_WHERE[name]}") or import_module(
                f"corpuskit.{_WHERE[name]}"
            )
            found = getattr(module, name)
        else:
            raise AttributeError(f"module 'corpuskit' has no attribute {name!r}")
        super().__setattr__(name, found)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _WHERE and isinstance(value, ModuleType):
            return  # the import system hangs a submodule here; the function of that name stays
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*__all__, "__version__"]


sys.modules[__name__].__class__ = _Package
