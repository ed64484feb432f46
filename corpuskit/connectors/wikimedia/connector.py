"""The connector: dumps or a wiki's API, whichever the recipe names."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from corpuskit.about import install_hint
from corpuskit.connectors.base import (
    Connector,
    ConnectorOptions,
    FetchContext,
    Input,
    Piece,
    TakenDown,
)
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.wikimedia import dump
from corpuskit.connectors.wikimedia.api import Wiki
from corpuskit.connectors.wikimedia.download import fetch_dump, is_url, place_of
from corpuskit.connectors.wikimedia.forget import forget
from corpuskit.connectors.wikimedia.options import WikimediaOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

_NEEDED = ("mwparserfromhell", "protego")


class WikimediaConnector(Connector):
    """Pages of MediaWiki wikis."""

    name: ClassVar[str] = "wikimedia"
    version: ClassVar[str] = "6"
    source_type: ClassVar[str] = "wiki"
    libraries: ClassVar[tuple[str, ...]] = (
        "fastwarc",
        "lxml",
        "mwparserfromhell",
        "packaging",
        "protego",
        "zstandard",
    )
    Options: ClassVar[type[ConnectorOptions]] = WikimediaOptions
    options: WikimediaOptions

    def remote(self) -> bool:
        """Whether `path` is a URL, or a wiki is asked."""
        return self.options.api is not None or is_url(self.options.path or "")

    @classmethod
    def forget(cls, store: Path, taken: TakenDown) -> list[str]:
        """See `forget.py`."""
        return forget(store, taken)

    def asks(self) -> list[str]:
        """The one dump that is fetched, and what a wiki is asked."""
        path = self.options.path or ""
        dumps = [f"GET {path} (one dump)"] if is_url(path) else []
        return dumps + (self._wiki.asks(pages=not path) if self.options.api else [])

    def fetch(self, context: FetchContext) -> None:
        """Fetch the dump and the pages into `store`; partial downloads are continued."""
        _needed()
        path, agent, report = self.options.path, context.agent, context.report
        if self.options.api is not None:
            self._wiki.fetch(agent, report, context.binding, pages=path is None)
        if path is not None and is_url(path):
            fetch_dump(path, self._fetched, agent, report, sha1=self.options.sha1)

    @property
    def _stored(self) -> Path:
        assert self.store is not None  # a connector that fetches is always given one
        return self.store

    @property
    def _wiki(self) -> Wiki:
        return Wiki(self.options, self.store or Path())

    @property
    def _fetched(self) -> Path:
        return self._stored / place_of(self.options.path or "")

    def inputs(self) -> list[Input]:
        """Dumps in the order of their names, or a wiki's pages as they were fetched."""
        _needed()
        path = self.options.path
        if path is None:
            return self._wiki.inputs()
        if not is_url(path):
            return list_inputs(path, self.root)
        if not self._fetched.exists():
            raise SourceError(f"{path} is not here yet; fetch it first")
        return list_inputs(str(self._fetched), self.root)

    def scan(self, item: Input) -> list[Piece]:
        """Cut a dump between its streams or pages; what was fetched from a wiki by lines."""
        return self._wiki.scan(item) if self.options.path is None else dump.scan(item)

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The pages that start in a piece."""
        if self.options.path is None:
            yield from self._wiki.read(item, piece)
            return
        site = self._wiki.site() if self.options.api else None
        yield from dump.read(item, piece, self.options.namespaces, site)


def _needed() -> None:
    for module in _NEEDED:
        if find_spec(module) is None:
            raise SourceError(
                f"the connector 'wikimedia' needs {module}: {install_hint('wikimedia')}"
            )
