"""The errors a user of corpuskit can meet.

    CorpuskitError            one line for the user; the CLI prints it and exits 1
    ├── RecipeError           the recipe cannot be used (carries every problem at once)
    ├── CatalogueError        a language profile in sources/ is missing or malformed
    ├── UnknownNameError      no connector, stage or column of that name
    ├── SourceError           a source cannot be listed or opened
    ├── ConnectorError        a connector cannot be used or broke its contract (often a plug-in)
    │   └── ConnectorFailedError  it raised an unexpected exception over a record or an input
    ├── ModelError            a model file is missing, corrupt or not the one asked for
    ├── StageError            a stage broke its contract (a bug in a stage, often a plug-in)
    │   └── StageFailedError      it raised an unexpected exception over a document
    ├── WorkspaceError        the build folder cannot be used (full, read-only, another build's)
    │   ├── DamagedOutputError  an output of a step is not as it was written
    │   ├── StoreBusyError      an object store is busy or cannot be reached
    │   └── NothingPublishedError  an empty build would replace a published corpus
    ├── EarlierIndexError     an earlier build or index is missing, damaged or made another way
    ├── EngineError           workers died and no record is to blame
    │   ├── WorkerDiedError       a worker died (with its exit code, where it is known)
    │   └── UnguardedScriptError  a script's workers would start its build again (engines.guard)
    ├── LedgerError           the ledger does not close
    ├── TakedownError         what is to be taken down cannot be: nothing named, damaged files
    │   └── TombstoneError        a file of tombstones cannot be read
    ├── PushError             a build must not be published, or its destination refuses
    ├── TokenizerError        a tokenizer cannot be read or trained, or its library is missing
    ├── ExportError           a build cannot be exported as asked
    ├── ReviewError           a review cannot begin, or an answer cannot be used
    ├── ClassifierError       judgments are too few to train on, or a model cannot be used
    └── VerificationError     a finished build is not what its manifest says

A bad *document* is never an error of a build: it is a reason in the ledger. A build catches
ConnectorFailedError, StageFailedError and WorkerDiedError and sets the record aside that is to
blame (pipeline.guarded, pipeline.crashes).
Every error survives pickling, because workers raise them in other processes.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final

from corpuskit.display import mask


class CorpuskitError(Exception):
    """One message that says what is wrong, where, and what to do about it.

    Credentials in it, of a URL for example, are masked wherever it is shown.
    """

    def __str__(self) -> str:
        return mask(super().__str__())


_LONGEST_TEXT: Final = 500
_LONGEST_READ: Final = 10_000
"""Characters of a message that are looked at: spaces in it are joined."""

_ENVIRONMENT: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ESTALE}
)
"""Errors of the system that no record causes: a disk that is full, read-only, broken or gone, no
more open files."""


def concerns_build(error: BaseException) -> bool:
    """Whether an exception of a stage or connector would meet any other record as well.

    A library that is not installed and a full disk end the build; what else a stage or connector
    raises over a record sets that record aside.
    """
    if isinstance(error, ImportError):
        return True
    if not isinstance(error, OSError):
        return False
    return isinstance(error.errno, int) and error.errno in _ENVIRONMENT


def error_text(error: BaseException) -> str:
    """`ValueError: its message`, in one line of at most 500 characters.

    Only the name where the exception cannot give its message: `__str__` may be anybody's code.
    """
    name = type(error).__name__
    try:
        text = f"{name}: {error}"
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever that code raises
        text = name
    return " ".join(text[:_LONGEST_READ].split())[:_LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a recipe or profile: its place, and what was expected."""

    file: str
    key: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        hint = f" ({self.hint})" if self.hint else ""
        return mask(f"{where}: {self.message}{hint}")


class RecipeError(CorpuskitError):
    """A recipe cannot be used; `problems` has all mistakes, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class CatalogueError(CorpuskitError):
    """A language profile is missing or malformed."""


class UnknownNameError(CorpuskitError):
    """No connector, stage or column of that name; the message lists the available ones."""


class SourceError(CorpuskitError):
    """A source cannot be listed or opened."""


class ConnectorError(CorpuskitError):
    """A connector cannot be used; the message names source, connector and what it was asked."""


class ConnectorFailedError(ConnectorError):
    """A connector raised an unexpected exception over an input or one of its records."""


class ModelError(CorpuskitError):
    """A model file is missing or corrupt, or its digest is not the expected one."""


class StageError(CorpuskitError):
    """A stage broke its contract, for example returned fewer rows than it received."""


class StageFailedError(StageError):
    """A stage raised an unexpected exception over a document."""


class WorkspaceError(CorpuskitError):
    """The build folder cannot be used."""


class DamagedOutputError(WorkspaceError):
    """An output of a step is not as it was written; `output` is its name in the store.

    A build makes it anew; other readers tell the user to run the build again.
    """

    def __init__(self, output: str, message: str) -> None:
        self.output, self.message = output, message
        super().__init__(output, message)

    def __str__(self) -> str:
        return mask(self.message)


class StoreBusyError(WorkspaceError):
    """An object store is busy or cannot be reached: the same request may work later."""


class NothingPublishedError(WorkspaceError):
    """A build without documents would replace the corpus in its folder, which therefore stays."""


class EarlierIndexError(CorpuskitError):
    """An earlier build or an index of builds cannot be compared with: it is missing or damaged, or
    its signatures are made in another way."""


class EngineError(CorpuskitError):
    """Worker processes died, and no record is to blame."""


class WorkerDiedError(EngineError):
    """A worker process died before its task was done."""

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message, exit_code)
        self.exit_code = exit_code
        """As `multiprocessing` gives it: negative for a signal; None where it is not known."""

    def __str__(self) -> str:
        return mask(str(self.args[0]))


class LedgerError(CorpuskitError):
    """At some stage, read is not equal to passed on plus the sum over reasons."""


class TakedownError(CorpuskitError):
    """Nothing can be taken down as asked; nothing was changed."""


class TombstoneError(TakedownError):
    """A file of tombstones cannot be read, so nobody knows what must not come back."""


class PushError(CorpuskitError):
    """A build must not be published as it is, or cannot be published there."""


class TokenizerError(CorpuskitError):
    """A tokenizer cannot be read or trained, or a library that it needs is missing."""


class ExportError(CorpuskitError):
    """A build cannot be exported as asked, or not to there."""


class ReviewError(CorpuskitError):
    """A review cannot begin, a file holds no judgments, or an answer cannot be used."""


class ClassifierError(CorpuskitError):
    """Judgments are too few to train a classifier on, or its model file cannot be used."""


class VerificationError(CorpuskitError):
    """A finished build does not match its manifest."""
