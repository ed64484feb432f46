"""The errors a user of corpuskit can meet.

    CorpuskitError            one line for the user; the CLI prints it and exits 1
    ├── RecipeError           the recipe cannot be used (carries every problem at once)
    ├── CatalogueError        a language profile in sources/ is missing or malformed
    ├── UnknownNameError      no connector or stage of that name
    ├── SourceError           a source cannot be listed or opened
    ├── ConnectorError        a connector raised an unexpected exception (a bug, often in a plug-in)
    ├── ModelError            a model file is missing, corrupt or not the one asked for
    ├── StageError            a stage broke its contract (a bug in a stage, often a plug-in)
    ├── WorkspaceError        the build folder cannot be used (full, read-only, another build's)
    │   └── DamagedOutputError  an output of a step is not as it was written
    ├── EngineError           a worker died
    │   └── UnguardedScriptError  a script's workers would start its build again (engines.guard)
    ├── LedgerError           the ledger does not close
    └── VerificationError     a finished build is not what its manifest says

A bad *document* is never an exception: it is a reason in the ledger.
Every error survives pickling, because workers raise them in other processes.
"""

from __future__ import annotations

from dataclasses import dataclass

from corpuskit.display import mask


class CorpuskitError(Exception):
    """One message that says what is wrong, where, and what to do about it.

    Credentials in it, of a URL for example, are masked wherever it is shown.
    """

    def __str__(self) -> str:
        return mask(super().__str__())


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
    """No connector or stage of that name; the message lists the available ones."""


class SourceError(CorpuskitError):
    """A source cannot be listed or opened."""


class ConnectorError(CorpuskitError):
    """A connector raised an unexpected exception; the message names source, connector, record."""


class ModelError(CorpuskitError):
    """A model file is missing or corrupt, or its digest is not the expected one."""


class StageError(CorpuskitError):
    """A stage broke its contract, for example returned fewer rows than it received."""


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
        return self.message


class EngineError(CorpuskitError):
    """A worker process died before its task was done."""


class LedgerError(CorpuskitError):
    """At some stage, read is not equal to passed on plus the sum over reasons."""


class VerificationError(CorpuskitError):
    """A finished build does not match its manifest."""
