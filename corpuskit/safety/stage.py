"""The stage `safety_lists`: what lists say of a page's address and of its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from corpuskit.errors import StageError
from corpuskit.safety.address_list import AddressList
from corpuskit.safety.list_files import UnreadableListError, digest_of, entries_of
from corpuskit.safety.word_list import KeyedText, ListCount, ListedWords
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch


@dataclass(frozen=True)
class SafetyList:
    """One list of a recipe; read on first use, once a process."""

    name: str
    kind: str
    """`addresses` or `words`."""
    paths: Mapping[str, Sequence[str]]
    """Files by the language whose documents they are for; the empty name stands for all."""
    sha256: str
    """Digest of the files when the build was planned."""

    @cached_property
    def addresses(self) -> AddressList:
        """The list as one of addresses."""
        return AddressList(self._entries(path for paths in self.paths.values() for path in paths))

    def words(self, lang: str | None) -> ListedWords | None:
        """The words for documents in a language; None if there are none."""
        language = (lang or "") if (lang or "") in self.paths else ""
        return self._words.get(language)

    @cached_property
    def _words(self) -> dict[str, ListedWords]:
        return {lang: ListedWords(self._entries(paths)) for lang, paths in self.paths.items()}

    def _entries(self, paths: Iterable[str]) -> list[str]:
        """Every entry; StageError where a file is not what it was when the build was planned."""
        every = [Path(path) for paths in self.paths.values() for path in paths]
        try:
            if digest_of(every) != self.sha256:
                raise StageError(
                    f"the list {self.name!r} changed while the build ran; start it again"
                )
            return [entry for path in paths for entry in entries_of(Path(path))]
        except UnreadableListError as error:
            raise StageError(f"the list {self.name!r} cannot be read: {error}") from error


class SafetyLists:
    """Add the column `lists`: for each list that a document is on or has words of, how often.

    `lists` has name, kind and digest of each, `paths` its files by language. Addresses are those
    of pages; a text has `words` of the list for its language, else of one for all languages.
    """

    name: ClassVar[str] = "safety_lists"
    version: ClassVar[str] = "1"
    libraries: ClassVar[tuple[str, ...]] = ("ahocorasick-rs", "icu4py", "idna", "numpy")
    reasons: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[tuple[pa.Field, ...]] = (FIELDS["lists"],)

    def __init__(
        self,
        *,
        lists: Sequence[Mapping[str, Any]],
        paths: Mapping[str, Mapping[str, Sequence[str]]],
    ) -> None:
        made = [
            SafetyList(table["name"], table["kind"], paths[table["name"]], table["sha256"])
            for table in lists
        ]
        self._address_lists = [listing for listing in made if listing.kind == "addresses"]
        self._word_lists = [listing for listing in made if listing.kind == "words"]

    def process(self, batch: Batch) -> Batch:
        """Add `lists`; no row is lost here."""
        columns = zip(batch["text"], batch.get("lang"), batch.get("url"), strict=True)
        rows = [self._row(text or "", lang, url) for text, lang, url in columns]
        return batch.with_columns(lists=rows)

    def _row(self, text: str, lang: str | None, url: str | None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = [
            {"list": listing.name, "count": 1, "share": None}
            for listing in self._address_lists
            if listing.addresses.holds(url)
        ]
        lists = [(listing, listing.words(lang)) for listing in self._word_lists]
        if any(words is not None for _, words in lists):
            keyed = KeyedText(text)
            for listing, words in lists:
                counted = words.count(keyed) if words is not None else ListCount(0, 0)
                if counted.count:
                    share = counted.chars / len(keyed.key)
                    rows.append({"list": listing.name, "count": counted.count, "share": share})
        return sorted(rows, key=lambda row: str(row["list"]))
