"""The connector `oai`: a harvest into the store, and raw records from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar, Final

from corpuskit.about import install_hint
from corpuskit.connectors.base import Connector, FetchContext, Input, Piece, TakenDown
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import frames, layout_of
from corpuskit.connectors.databases import damage_errors
from corpuskit.connectors.documents.pdf import pdfium
from corpuskit.connectors.oai import archive
from corpuskit.connectors.oai.forget import forget
from corpuskit.connectors.oai.harvest import Harvest
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.oai.records import raw_records
from corpuskit.connectors.oai.repository import Repository, request_url
from corpuskit.connectors.oai.store import FORMAT, HarvestStore
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.identity import key_of
from corpuskit.store import disk_errors

_MISSING: Final = f"full_text needs more libraries: {install_hint('web')}"
_REQUEST: Final = {"url", "metadata_prefix", "set", "since", "until", "max_records"}
"""Options that decide what is asked: another request has a folder of its own."""


class OaiConnector(Connector):
    """Records of a repository, deleted ones with their reason; their text, or a document's."""

    name: ClassVar[str] = "oai"
    version: ClassVar[str] = "4"
    source_type: ClassVar[str] = "oai"
    libraries: ClassVar[tuple[str, ...]] = (
        "fastwarc", "icu4py", "lxml", "packaging", "pypdfium2", "zstandard",
    )  # fmt: skip
    fetches: ClassVar[bool] = True
    Options: ClassVar[type[OaiOptions]] = OaiOptions
    fetch_only: ClassVar[frozenset[str]] = frozenset(OaiOptions.model_fields)
    options: OaiOptions

    @classmethod
    def forget(cls, store: Path, taken: TakenDown) -> list[str]:
        """See `forget.py`."""
        return forget(store, taken)

    def asks(self) -> list[str]:
        """The requests, and whose documents."""
        options = self.options
        arguments = {"verb": "ListRecords", "metadataPrefix": options.metadata_prefix}
        lines = [
            f"GET {request_url(options.url, {'verb': 'Identify'})}",
            f"GET {request_url(options.url, {**arguments, 'set': options.set})} "
            f"and what follows, one request every {options.delay:g} s",
        ]
        if options.full_text:
            kinds = ", ".join(options.full_text)
            lines.append(f"the documents ({kinds}) that records lead to, after each robots.txt")
        return lines

    def fetch(self, context: FetchContext) -> None:
        """Harvest what is missing, write it as archives."""
        folder = self._folder
        repository = Repository(self.options.url, context.agent, self.options.delay)
        path = folder / "harvest.sqlite"
        with disk_errors(folder), damage_errors(path), closing(HarvestStore(path)) as store:
            Harvest(repository, store, self.options, context.report).run()
            self._fetch_documents(store, folder, context)
            stands = [store.progress.number, sorted(self.options.full_text)]
            if store.value("written") != stands or not archive.stands(folder):
                archive.write(store, folder, self.options.url, self.options.metadata_prefix)
                store.keep_value("written", stands)

    def _fetch_documents(self, store: HarvestStore, folder: Path, context: FetchContext) -> None:
        store.look_again(sorted(self.options.full_text))
        if not self.options.full_text:
            return
        try:
            import protego  # noqa: F401 - only whether it is there: it is imported when used

            from corpuskit.connectors.oai import full_text
        except ModuleNotFoundError as error:
            raise SourceError(f"{_MISSING} ({error})") from None
        full_text.fetch(store, folder, self.options, context)

    def inputs(self) -> list[Input]:
        """The files of records in order; SourceError where PDF needs the extra."""
        if "pdf" in self.options.full_text:
            pdfium()
        paths = archive.files(self._folder)
        if paths is None:
            raise SourceError(f"{self.options.url} is not harvested yet; run corpuskit fetch")
        if not paths:
            raise SourceError(f"{self.options.url} has no records that match the request")
        return [Input(path.name, str(path)) for path in paths]

    def scan(self, item: Input) -> list[Piece]:
        """Cut a file where records begin."""
        return WarcConnector(WarcOptions(path=item.path, source_type="web"), self.root).scan(item)

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The raw records of a piece."""
        with open_binary(item.path) as file:
            layout = layout_of(file, item.name)
        if layout is None:
            raise SourceError(f"{item.path} is no longer an archive; delete its folder")
        for frame in frames(item.path, layout, piece.start, piece.stop):
            yield from raw_records(frame, item.name, Path(item.path).parent)

    @property
    def _folder(self) -> Path:
        if self.store is None:
            raise SourceError("a harvest needs a build folder to keep its records in")
        return self.store / key_of(FORMAT, self.options.model_dump(mode="json", include=_REQUEST))
