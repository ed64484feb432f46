"""The journal of a takedown: everything that is needed to carry it out, or to go on with it.

It is written before anything changes. From then on the takedown will happen: whoever opens the
folder next, to take down or to build, carries out what is left. Each of its steps gives the same
however often it is done. It holds numbers of rows, digests and addresses of duplicates, never text,
and is deleted last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from corpuskit.errors import DamagedOutputError, TakedownError
from corpuskit.publish.published import TaskOutputs
from corpuskit.store import Store, get_record, put_record
from corpuskit.tombstones import TakedownEvent

NAME: Final = ".work/takedown.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class ShardChange:
    """What is taken out of a shard."""

    sha256: str
    """Of the file as it was: one with another digest is changed already."""
    remove: Sequence[int]
    """Numbers of the rows that go."""
    keepers: Mapping[str, Sequence[str]]
    """By the number of a row that stays, as a string, the places of its duplicates that go."""


@dataclass(frozen=True, slots=True)
class RejectsChange:
    """What is taken out of a file of rejects."""

    sha256: str
    redact: Sequence[int]
    """Numbers of the rows that say no more than their source and reason,"""
    moved: Sequence[int]
    """and of those among them that are lost at `takedown` from now on."""
    added: Mapping[str, int]
    """Rows to be added for documents that were published, per source."""


@dataclass(frozen=True, slots=True)
class TakedownJournal:
    """A takedown that is under way."""

    event: str
    """The line of tombstones.jsonl."""
    manifest: Mapping[str, Any]
    """As it was before."""
    ledger: Mapping[str, Any]
    """As it will be."""
    shards: Mapping[str, ShardChange]
    rejects: Mapping[str, RejectsChange]
    outputs: Sequence[TaskOutputs]
    """Outputs of steps that the corpus was made of."""
    had_work: bool
    """Whether the folder had its `.work`."""

    @property
    def takedown(self) -> TakedownEvent:
        """The takedown."""
        return TakedownEvent.of_line(self.event)

    def write(self, store: Store) -> None:
        """Begin."""
        put_record(store, NAME, {"format": FORMAT, **asdict(self)})

    @classmethod
    def read(cls, store: Store) -> TakedownJournal | None:
        """The takedown under way in a folder; None if there is none."""
        try:
            data = get_record(store, NAME)
        except FileNotFoundError:
            return None
        except DamagedOutputError as error:
            raise TakedownError(
                f"{NAME} is damaged, so a takedown that was interrupted cannot be finished; delete "
                "the file, build again and repeat the takedown"
            ) from error
        if data.pop("format", None) != FORMAT:
            raise TakedownError(f"{NAME} was written by another version of corpuskit; use that one")
        shards = {path: ShardChange(**change) for path, change in data.pop("shards").items()}
        rejects = {path: RejectsChange(**change) for path, change in data.pop("rejects").items()}
        outputs = [TaskOutputs(**task) for task in data.pop("outputs")]
        return cls(shards=shards, rejects=rejects, outputs=outputs, **data)
