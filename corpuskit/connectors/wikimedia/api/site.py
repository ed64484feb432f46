"""What a wiki says about itself: addresses, namespaces, license, robots.txt."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from corpuskit import logs
from corpuskit.connectors.fetching.policy import PRODUCT
from corpuskit.connectors.fetching.robots import RobotsFile, Rules
from corpuskit.connectors.wikimedia.api.client import Api
from corpuskit.connectors.wikimedia.siteinfo import SiteInfo
from corpuskit.document import Evidence, RawRecord
from corpuskit.errors import SourceError
from corpuskit.licenses.expression import stated_license
from corpuskit.store import atomic_file

_log = logs.logger(__name__)

FORMAT: Final = 1
"""Of what is kept of a wiki: site.json, the list, the pages."""

_ASKED = {"meta": "siteinfo", "siprop": "general|namespaces|namespacealiases|rightsinfo"}


@dataclass(frozen=True, slots=True)
class WikiSite:
    """A wiki."""

    api: str
    info: SiteInfo
    """Namespaces with their names in the wiki's language, in English, and their aliases."""
    rights: tuple[str, str]
    """Address and name of the license of its text, as it says; empty where it says none."""
    rules: Rules

    def license(self, record: RawRecord) -> None:
        """Say in a record which license the wiki declares."""
        address, name = self.rights
        statement = address or name
        if not statement:
            return
        record.license_evidence.append(
            Evidence(
                kind="rightsinfo", value=statement, where=f"{self.api}?action=query&meta=siteinfo"
            )
        )
        if spdx := stated_license(address) or stated_license(name):
            record.license, record.license_confidence = spdx, "declared"


def load(path: Path, api: str) -> WikiSite:
    """The wiki as `ask` stored it; SourceError where another version of corpuskit did."""
    stored = json.loads(path.read_bytes())
    if (version := stored.get("format")) != FORMAT:
        raise SourceError(
            f"{path.parent} was kept by another version of corpuskit (format {version}, not "
            f"{FORMAT}); delete it to fetch the wiki anew, or go on with that version"
        )
    query = stored["siteinfo"]["query"]
    rights, general = query.get("rightsinfo") or {}, query["general"]
    info = SiteInfo(
        wiki=str(general["wikiid"]),
        language=general.get("lang"),
        base=urljoin(api, str(general["base"])),
        namespaces=dict(_namespaces(query)),
    )
    robots = stored["robots"]
    file = RobotsFile(
        robots["status"],
        base64.b64decode(robots["body"]),
        datetime.fromisoformat(robots["checked_at"]),
    )
    license_statement = (
        str(rights.get("url") or "").strip(),
        str(rights.get("text") or "").strip(),
    )
    return WikiSite(api, info, license_statement, Rules(file))


def ask(api: Api, path: Path, scratch: Path) -> WikiSite:
    """Ask the wiki about itself, once; the answer is kept in `path`.

    SourceError where robots.txt shuts out everything, or cannot be had (RFC 9309, 2.3.1.4), or
    where what is asked is no MediaWiki. The address of the API itself is not judged: Wikimedia
    closes it to crawlers, which would get lost in it, and offers it to programs. What decides
    are the addresses of the pages, and a group that names us.
    """
    if not path.exists():
        robots = _robots(api)
        _refuse_shut(api.url, Rules(robots))
        answer = api.query(_ASKED)
        if not _is_siteinfo(answer):
            raise SourceError(f"{api.url}: no siteinfo of MediaWiki 1.25 or later")
        stored = {
            "format": FORMAT,
            "siteinfo": answer,
            "robots": {
                "status": robots.status,
                "body": base64.b64encode(robots.body).decode(),
                "checked_at": robots.checked_at.isoformat(),
            },
        }
        with atomic_file(path, scratch) as file:
            file.write((json.dumps(stored, ensure_ascii=False) + "\n").encode())
    return load(path, api.url)


def _robots(api: Api) -> RobotsFile:
    url = urljoin(api.url, "/robots.txt")
    reply = api.session.get(url, accept=range(400, 500))
    return RobotsFile(reply.status, reply.content, datetime.now(UTC))


def _refuse_shut(url: str, rules: Rules) -> None:
    start = urljoin(url, "/")
    if not rules.allowed(start) or rules.shut_out(url, [PRODUCT]):
        host = urlsplit(url).hostname
        _log.warning("%s: robots.txt forbids the wiki (%s)", host, rules.rule(start))
        raise SourceError(
            f"robots.txt of {host} shuts us out ({rules.rule(start)}); ask who runs the wiki for "
            "a dump"
        )


def _is_siteinfo(answer: dict[str, Any]) -> bool:
    query = answer.get("query")
    general = query.get("general") if isinstance(query, dict) else None
    named = isinstance(general, dict) and {"base", "wikiid"} <= general.keys()
    return named and isinstance(query["namespaces"] if query else None, dict)


def _namespaces(query: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for namespace in query["namespaces"].values():
        for name in (namespace.get("canonical"), namespace.get("name")):
            if name:
                yield str(name), int(namespace["id"])
    for namespace in query.get("namespacealiases") or ():
        yield str(namespace["alias"]), int(namespace["id"])
