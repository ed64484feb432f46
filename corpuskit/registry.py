"""How a connector or a stage is found by name.

Built-ins stand in one visible table of lazy "module:attribute" strings, so that nothing is
imported before it is used. Third parties add theirs by entry points of the groups
`corpuskit.connectors` and `corpuskit.stages`.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final

from corpuskit.errors import StageError, UnknownNameError

CONNECTORS: Final = "corpuskit.connectors"
STAGES: Final = "corpuskit.stages"

BUILT_IN: Final[dict[str, dict[str, str]]] = {
    "corpuskit.connectors": {
        "commoncrawl": "corpuskit.connectors.commoncrawl.connector:CommonCrawlConnector",
        "documents": "corpuskit.connectors.documents.connector:DocumentsConnector",
        "files": "corpuskit.connectors.files:FilesConnector",
        "oai": "corpuskit.connectors.oai.connector:OaiConnector",
        "tables": "corpuskit.connectors.tables.connector:TablesConnector",
        "warc": "corpuskit.connectors.warc:WarcConnector",
        "web": "corpuskit.connectors.web.connector:WebConnector",
        "wikimedia": "corpuskit.connectors.wikimedia:WikimediaConnector",
    },
    "corpuskit.stages": {
        "decode": "corpuskit.extract.decode:Decode",
        "screen": "corpuskit.identify.screen:Screen",
        "extract": "corpuskit.extract.html:Extract",
        "normalize": "corpuskit.normalize.stage:Normalize",
        "identify": "corpuskit.identify.stage:Identify",
        "lines": "corpuskit.identify.line_stage:Lines",
        "personal_data": "corpuskit.privacy.stage:PersonalData",
        "repeated_text": "corpuskit.dedup.repeated_text:RepeatedText",
        "signals": "corpuskit.quality.signals:Signals",
        "decontaminate": "corpuskit.decontamination.stage:Decontaminate",
        "classifier": "corpuskit.classify.stage:Classifier",
        "safety_lists": "corpuskit.safety.stage:SafetyLists",
        "signature": "corpuskit.dedup.signatures:Signatures",
    },
}


@cache
def names(group: str) -> dict[str, str]:
    """Every name of a group with its "module:attribute"; two of one name raise StageError."""
    known = dict(BUILT_IN[group])
    for entry in entry_points(group=group):
        if entry.name in known:
            raise StageError(
                f"{group}: {entry.name!r} is offered by both {known[entry.name]} and "
                f"{entry.value}; uninstall one of them"
            )
        known[entry.name] = entry.value
    return known


def find(group: str, name: str) -> Any:
    """The class (or instance) of that name; an unknown one lists the options."""
    known = names(group)
    if name not in known:
        kind = group.rpartition(".")[2].removesuffix("s")
        guesses = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {guesses[0]!r}?" if guesses else ""
        raise UnknownNameError(f"no {kind} {name!r}; there are {', '.join(sorted(known))}{hint}")
    module, _, attribute = known[name].partition(":")
    return getattr(import_module(module), attribute)


@cache
def provider(group: str, name: str) -> str | None:
    """The distribution that a plug-in comes from; None for what is built in."""
    if name in BUILT_IN[group]:
        return None
    for entry in entry_points(group=group):
        if entry.name == name and entry.dist is not None:
            return entry.dist.name
    return None


def connector(name: str) -> Any:
    """The connector class of that name."""
    return find("corpuskit.connectors", name)


def stage(name: str) -> Any:
    """The stage class of that name, or the lifted signal."""
    return find("corpuskit.stages", name)
