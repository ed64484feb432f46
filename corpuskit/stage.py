"""What a stage is: it adds columns to a batch of documents and keeps every row.

    class Politeness:
        name, version = "politeness", "1"
        fields = (pa.field("politeness", pa.float32()),)
        def process(self, batch: Batch) -> Batch:
            return batch.with_columns(politeness=[score(text) for text in batch.texts.texts])

A stage never drops a row. To say that a document is lost it sets the row's `reason` (a code
"stage/reason" that it declares in `reasons`), and the stages after it in the chain no longer see
the row. That makes the ledger close by construction: rows in = rows out. A stage that changes
texts is an `EditingStage` (corpuskit.edits); `run_chain` (corpuskit.chain) runs both kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Protocol, runtime_checkable

import pyarrow as pa

from corpuskit.document import Document
from corpuskit.errors import StageError
from corpuskit.text import TextBatch

REASON = "reason"
DETAIL = "detail"


class Batch:
    """Documents in columns of equal length; immutable, `with_columns` makes a new one.

    Columns whose name starts with an underscore are in transit only and never stored.
    """

    def __init__(self, columns: dict[str, Sequence[Any]]) -> None:
        lengths = {len(values) for values in columns.values()}
        if len(lengths) > 1:
            sizes = {name: len(values) for name, values in columns.items()}
            raise StageError(f"columns of one batch differ in length: {sizes}")
        self.columns = columns
        self._length = lengths.pop() if lengths else 0

    @classmethod
    def of_texts(cls, texts: Iterable[str], **columns: Sequence[Any]) -> Batch:
        """A batch from plain strings, for a REPL or a test; TypeError for one string."""
        if isinstance(texts, str | bytes):
            raise TypeError("Batch.of_texts takes a list of texts, got one string; write [text]")
        return cls({"text": list(texts), **columns})

    def __len__(self) -> int:
        return self._length

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def get(self, name: str, default: Any = None) -> Sequence[Any]:
        """A column, or `default` repeated where there is no such column."""
        return self.columns[name] if name in self.columns else [default] * len(self)

    @cached_property
    def texts(self) -> TextBatch:
        """The column `text` with its shared views (scripts, clusters, words, ...)."""
        return TextBatch([text if text is not None else "" for text in self["text"]])

    def with_columns(self, **columns: Sequence[Any]) -> Batch:
        """The same rows with columns added or replaced; `texts` is kept if `text` is."""
        new = Batch({**self.columns, **columns})
        if "text" not in columns and "texts" in self.__dict__:
            new.__dict__["texts"] = self.texts
        return new

    def without(self, names: Collection[str]) -> Batch:
        """The same rows without some columns; `texts` is kept if `text` is."""
        if not names:
            return self
        new = Batch({name: values for name, values in self.columns.items() if name not in names})
        if "text" not in names and "texts" in self.__dict__:
            new.__dict__["texts"] = self.texts
        return new

    def with_reasons(
        self, reasons: Sequence[str | None], details: Sequence[str | None] | None = None
    ) -> Batch:
        """The same rows, those with a reason marked as lost."""
        return self.with_columns(reason=reasons, detail=details or [None] * len(self))

    def take(self, rows: Sequence[int]) -> Batch:
        """Some rows, in the order given."""
        return Batch({name: [values[row] for row in rows] for name, values in self.columns.items()})

    def document(self, row: int) -> Document:
        """One row as a Document."""
        rest = {name: values[row] for name, values in self.columns.items() if name != "text"}
        known = {name: rest.get(name) for name in ("url", "lang", "source")}
        return Document(self["text"][row] or "", id=rest.get("id") or "", columns=rest, **known)


@runtime_checkable
class Stage(Protocol):
    """A map over batches that keeps every row and its order.

    Two more attributes are optional: `libraries`, the distributions whose versions can change
    the output, and `reasons`, which must hold every reason code that the stage sets, with its
    meaning in one sentence: `{"politeness/rude": "The text insults its reader."}`. A code starts
    with the stage's name.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    """Part of every task's key: raise it whenever the same input gives another output."""
    fields: ClassVar[tuple[pa.Field, ...]]
    """The columns that it adds, with their Arrow types."""

    def process(self, batch: Batch) -> Batch:
        """The same rows with this stage's columns; lost rows get a `reason`."""
        ...


def reasons_of(stage: Any) -> dict[str, str]:
    """The reason codes that a stage declares, with their meaning."""
    return dict(getattr(stage, "reasons", {}))


class Signal:
    """A function of one document, lifted to a stage that adds one float32 column."""

    def __init__(self, score: Callable[[Document], float], name: str, version: str) -> None:
        self.score = score
        self.name = name
        self.version = version
        self.fields = (pa.field(name, pa.float32()),)

    def process(self, batch: Batch) -> Batch:
        """Score every document."""
        scores = [float(self.score(batch.document(row))) for row in range(len(batch))]
        return batch.with_columns(**{self.name: scores})

    def __call__(self, document: Document) -> float:
        """Score one document, as the function that was lifted."""
        return self.score(document)


def signal(name: str, *, version: str) -> Callable[[Callable[[Document], float]], Signal]:
    """Make a stage of a function that scores one document."""
    return lambda score: Signal(score, name, version)
