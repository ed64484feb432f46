"""From answer to answer through a repository's list of records, and on from where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from corpuskit import logs
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.oai.answers import OaiAnswer
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.oai.repository import Repository, RepositoryIdentity, moment, shown
from corpuskit.connectors.oai.store import HarvestProgress, HarvestStore
from corpuskit.errors import SourceError

_log = logs.logger(__name__)

MAX_BARREN: Final = 20
"""Answers in a row that hold no record not seen in this list before the repository is taken to go
in circles. Some hand out empty answers where they leave records out; nobody repeats 20."""
MAX_RESTARTS: Final = 3
"""Lists begun anew without a new record between them: a token that ends at the same place each
time will not come to life."""


class Harvest:
    """One harvest of a repository into a store."""

    def __init__(
        self,
        repository: Repository,
        store: HarvestStore,
        options: OaiOptions,
        report: Callable[[str], None],
    ) -> None:
        self._repository, self._store = repository, store
        self._options, self._report = options, report

    def run(self) -> None:
        """Go on until the list ends. SourceError where the repository cannot be read further."""
        progress = self._store.progress
        renew = moment(self._options.renew, "") if self._options.renew else None
        if progress.done and (renew in (None, progress.renewed) or renew <= (progress.began or "")):
            return
        identity = self._repository.identify()
        described = {"name": identity.name, "deleted": identity.deleted_record}
        self._store.keep_value("identity", described)
        if progress.done:
            progress = following(progress, identity, renew)
            if identity.deleted_record == "no":
                self._report(f"{self._repository.url} does not tell which records it deleted")
        elif progress.began is None:
            progress = self._first(progress, identity)
        while not progress.done:
            progress = self._next(progress, identity)

    def _first(self, progress: HarvestProgress, identity: RepositoryIdentity) -> HarvestProgress:
        since = self._options.since
        start = moment(since, identity.granularity) if since else None
        return replace(progress, origin=start, since=start)

    def _next(self, progress: HarvestProgress, identity: RepositoryIdentity) -> HarvestProgress:
        room = self._options.max_records
        if room is not None and progress.taken >= room:
            return self._ended(progress)
        answer = self._ask(progress, identity)
        if answer.errors.keys() == {"noRecordsMatch"}:
            return self._ended(replace(progress, began=progress.began or answer.date))
        if progress.token is not None and "badResumptionToken" in answer.errors:
            progress = self._anew(progress, shown(answer.errors))
            self._store.go(progress)
            return progress
        if answer.errors:
            raise SourceError(f"{self._repository.url}: {shown(answer.errors)}")
        return self._take(progress, answer)

    def _ended(self, progress: HarvestProgress) -> HarvestProgress:
        progress = replace(progress, done=True)
        self._store.go(progress)
        return progress

    def _ask(self, progress: HarvestProgress, identity: RepositoryIdentity) -> OaiAnswer:
        if progress.token is not None:
            return self._repository.ask(verb="ListRecords", resumptionToken=progress.token)
        until = self._options.until
        return self._repository.ask(
            verb="ListRecords",
            metadataPrefix=self._options.metadata_prefix,
            set=self._options.set,
            from_=progress.since,
            until=moment(until, identity.granularity, end=True) if until else None,
        )

    def _take(self, progress: HarvestProgress, answer: OaiAnswer) -> HarvestProgress:
        room = self._options.max_records
        items = answer.items if room is None else answer.items[: room - progress.taken]
        stamps = [progress.latest, *(item.datestamp for item in items)]
        after = replace(
            progress,
            token=answer.token,
            began=progress.began or answer.date,
            latest=max(stamps),
            ordered=progress.ordered and stamps == sorted(stamps),
            done=answer.token is None,  # kept with the records: else a kill here begins anew
        )
        after = self._store.take(items, answer.date, after)
        whole = f" of about {answer.size:,}" if answer.size and after.list == after.first else ""
        self._report(f"{self._repository.url}: {after.taken:,}{whole} records")
        if not after.done and after.barren >= MAX_BARREN:
            raise SourceError(
                f"{self._repository.url} goes in circles: its last {MAX_BARREN} answers held no "
                "record that was not there; narrow the request by set, since and until"
            )
        return after

    def _anew(self, progress: HarvestProgress, why: str) -> HarvestProgress:
        """Begin a list again whose token the repository no longer accepts.

        A repository that lists by datestamp is asked from the last one on. Others need not
        list that way: they are asked for everything again. Records that come twice are kept once.
        """
        if progress.restarts >= MAX_RESTARTS:
            raise SourceError(
                f"{self._repository.url}: the list ends before its end, {MAX_RESTARTS} times in "
                f"a row ({why}); run the same command again later: it goes on from here"
            )
        _log.warning("%s: list begun anew (%s)", without_secrets(self._repository.url), why)
        self._report(f"{self._repository.url}: {why}; the list is begun anew")
        return replace(
            progress,
            token=None,
            since=(progress.latest or progress.since) if progress.ordered else progress.origin,
            list=progress.list + 1,
            restarts=progress.restarts + 1,
            barren=0,
            latest="",
            ordered=True,
        )


def following(
    progress: HarvestProgress, identity: RepositoryIdentity, renew: str | None
) -> HarvestProgress:
    """The start of the next harvest: of what changed since the last one began."""
    start = moment(progress.began, identity.granularity) if progress.began else None
    return HarvestProgress(
        number=progress.number + 1,
        origin=start,
        since=start,
        list=progress.list + 1,
        first=progress.list + 1,
        renewed=renew,
    )
