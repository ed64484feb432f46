"""corpuskit builds text corpora for low-resource languages.

    import corpuskit as ck
    build = ck.build_corpus(ck.load_recipe("khmer.toml"))
    build.ledger["dedup/near"]
    ck.identify_languages(["សួស្តី", "Sugeng enjang"])

Names are imported when they are first used, so `import corpuskit` takes no time.

Nine functions also have a short name, that of the module they are in. The name is the module, and
calling the module runs the function:

    ck.build(recipe)                     ck.build_corpus(recipe)
    ck.check(build, guide)               ck.check_evidence(build, guide)
    ck.compare(first, second)            ck.compare_corpora(first, second)
    ck.diff(old, new)                    ck.compare_builds(old, new)
    ck.explain(build, key)               ck.explain_record(build, key)
    ck.identify(texts)                   ck.identify_languages(texts)
    ck.normalize(text, language=...)     ck.normalize_text(text, language=...)
    ck.report(build, out)                ck.write_report(build, out)
    ck.takedown(build, urls=...)         ck.take_down(build, urls=...)

`import corpuskit.build` and `from corpuskit.build import Run` therefore work as for any module.
Type checkers see the functions under both names.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuskit.build import build
    from corpuskit.build import build as build_corpus
    from corpuskit.chain import run_chain
    from corpuskit.check import EvidenceReport, check
    from corpuskit.check import check as check_evidence
    from corpuskit.compare import Overlap, compare
    from corpuskit.compare import compare as compare_corpora
    from corpuskit.dedup import minhash, near_duplicates
    from corpuskit.diff import BuildDiff, diff
    from corpuskit.diff import diff as compare_builds
    from corpuskit.document import Document, RawRecord
    from corpuskit.earlier import WrittenIndex, write_index
    from corpuskit.edits import Edit, EditedTexts, EditingStage, Passage
    from corpuskit.errors import CorpuskitError
    from corpuskit.explain import explain
    from corpuskit.explain import explain as explain_record
    from corpuskit.exports import export
    from corpuskit.extract import extract_html
    from corpuskit.identify import identify
    from corpuskit.identify import identify as identify_languages
    from corpuskit.languages import Language, language, language_codes
    from corpuskit.ledger import Ledger
    from corpuskit.mixing import unimax
    from corpuskit.normalize import normalize
    from corpuskit.normalize import normalize as normalize_text
    from corpuskit.publish import Build, open_build
    from corpuskit.publish.verify import verify
    from corpuskit.push import push
    from corpuskit.quality import quality_signals
    from corpuskit.recipe import Recipe, load_recipe, parse_recipe
    from corpuskit.report import report
    from corpuskit.report import report as write_report
    from corpuskit.review.summary import JudgmentSummary, judgment_summary
    from corpuskit.segmentation import segment, sentences, words
    from corpuskit.stage import Batch, Stage, signal
    from corpuskit.takedown import takedown
    from corpuskit.takedown import takedown as take_down
    from corpuskit.text import clusters, match_key
    from corpuskit.tokens import count_tokens

__all__ = [
    "Batch",
    "Build",
    "BuildDiff",
    "CorpuskitError",
    "Document",
    "Edit",
    "EditedTexts",
    "EditingStage",
    "EvidenceReport",
    "JudgmentSummary",
    "Language",
    "Ledger",
    "Overlap",
    "Passage",
    "RawRecord",
    "Recipe",
    "Stage",
    "WrittenIndex",
    "build",
    "build_corpus",
    "check",
    "check_evidence",
    "clusters",
    "compare",
    "compare_builds",
    "compare_corpora",
    "count_tokens",
    "diff",
    "explain",
    "explain_record",
    "export",
    "extract_html",
    "identify",
    "identify_languages",
    "judgment_summary",
    "language",
    "language_codes",
    "load_recipe",
    "match_key",
    "minhash",
    "near_duplicates",
    "normalize",
    "normalize_text",
    "open_build",
    "parse_recipe",
    "push",
    "quality_signals",
    "report",
    "run_chain",
    "segment",
    "sentences",
    "signal",
    "take_down",
    "takedown",
    "unimax",
    "verify",
    "words",
    "write_index",
    "write_report",
]

_CALLABLE_MODULES = frozenset(
    {
        "build",
        "check",
        "compare",
        "diff",
        "explain",
        "identify",
        "normalize",
        "push",
        "report",
        "takedown",
    }
)
_WHERE = {
    "Batch": "stage",
    "Build": "publish",
    "BuildDiff": "diff",
    "CorpuskitError": "errors",
    "Document": "document",
    "Edit": "edits",
    "EditedTexts": "edits",
    "EditingStage": "edits",
    "EvidenceReport": "check",
    "JudgmentSummary": "review.summary",
    "Language": "languages",
    "Ledger": "ledger",
    "Overlap": "compare",
    "Passage": "edits",
    "RawRecord": "document",
    "Recipe": "recipe",
    "Stage": "stage",
    "WrittenIndex": "earlier",
    "build_corpus": "build:build",
    "check_evidence": "check:check",
    "compare_builds": "diff:diff",
    "compare_corpora": "compare:compare",
    "clusters": "text",
    "count_tokens": "tokens",
    "explain_record": "explain:explain",
    "export": "exports:export",
    "extract_html": "extract",
    "identify_languages": "identify:identify",
    "judgment_summary": "review.summary",
    "language": "languages",
    "language_codes": "languages",
    "load_recipe": "recipe",
    "match_key": "text",
    "minhash": "dedup",
    "near_duplicates": "dedup",
    "normalize_text": "normalize:normalize",
    "open_build": "publish",
    "parse_recipe": "recipe",
    "quality_signals": "quality",
    "run_chain": "chain",
    "segment": "segmentation",
    "sentences": "segmentation",
    "signal": "stage",
    "take_down": "takedown:takedown",
    "unimax": "mixing",
    "verify": "publish",
    "words": "segmentation",
    "write_report": "report:report",
    "write_index": "earlier",
}
"""The module of each name, and the name it has there if that is another."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = import_module("corpuskit.about").version()
    elif name in _CALLABLE_MODULES:
        return import_module(f"corpuskit.{name}")  # importing it binds the name
    elif name in _WHERE:
        module, _, attribute = _WHERE[name].partition(":")
        value = getattr(import_module(f"corpuskit.{module}"), attribute or name)
    else:
        raise AttributeError(f"module 'corpuskit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
