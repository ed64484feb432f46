"""A real MediaWiki of one test, with SQLite and PHP's own server, on loopback.

    with mediawiki(tmp_path, language="km") as wiki:
        wiki.load(dump)
        requests.get(wiki.api, {"action": "query", "list": "allpages", "format": "json"})

The wiki has Parsoid, Cite and ParserFunctions, and the license CC BY-SA 4.0.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.programs import folder as services
from services.programs import free_port, missing, program, wait_for

_CODE = "usr/share/mediawiki"
_DEBIAN = Path("/", _CODE)
_TIMEOUT = 120

_SETTINGS = """<?php
require '{folder}/LocalSettings.php';
// Whoever asks, directly or through a proxy, is told addresses under the name that was asked for.
$wgServer = 'http://' . ( $_SERVER['HTTP_HOST'] ?? '127.0.0.1:{port}' );
$wgCacheDirectory = '{folder}/cache';
$wgJobRunRate = 0;  // no requests to itself
$wgRightsUrl = 'https://creativecommons.org/licenses/by-sa/4.0/';
$wgRightsText = 'CC BY-SA 4.0';
{settings}
"""


@dataclass(frozen=True)
class MediaWiki:
    """A wiki that runs."""

    url: str
    folder: Path
    code: Path
    php: str

    @property
    def api(self) -> str:
        """Address of its api.php."""
        return f"{self.url}/api.php"

    def run(self, script: str, *arguments: str, say: bytes = b"") -> str:
        """Run a script of maintenance/, with `say` as its input; what it printed."""
        done = subprocess.run(
            [self.php, self.code / "maintenance" / script, *arguments],
            input=say,
            env={"MW_CONFIG_FILE": str(self.folder / "settings.php"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout.decode()

    def load(self, xml: bytes) -> None:
        """Import the pages of an export in XML."""
        self.run("importDump.php", "--no-updates", say=xml)

    def edit(self, title: str, wikitext: str) -> None:
        """Write a page."""
        self.run("edit.php", "--user", "Admin", title, say=wikitext.encode())


def _installed() -> tuple[Path, str]:
    """MediaWiki's code and the PHP to run it."""
    below = services()
    places = [below / "mediawiki" / _CODE] if below else []
    for code in (*places, _DEBIAN):
        if (code / "api.php").exists():
            return code, program("php", "bin/php")
    missing("MediaWiki is not installed")
    raise AssertionError


def _install(wiki: MediaWiki, language: str) -> None:
    for name in ("data", "cache"):
        (wiki.folder / name).mkdir(parents=True)
    data = wiki.folder / "data"
    options = [
        "--dbtype", "sqlite", "--dbpath", str(data), "--dbname", "wiki", "--confpath",
        str(wiki.folder), "--scriptpath", "", "--server", wiki.url, "--lang", language,
        "--pass", "correct-horse-battery", "--extensions=Cite,ParserFunctions",
    ]  # fmt: skip
    done = subprocess.run(
        [
            wiki.php,
            wiki.code / "maintenance" / "install.php",
            *options,
            f"Wiki-{language}",
            "Admin",
        ],
        capture_output=True,
        timeout=_TIMEOUT,
        check=False,
    )
    assert (wiki.folder / "LocalSettings.php").exists(), done.stdout + done.stderr


@contextmanager
def mediawiki(folder: Path, language: str = "en", settings: str = "") -> Iterator[MediaWiki]:
    """A wiki for as long as the block runs, with its files in `folder`/mediawiki.

    `settings` are lines of PHP, such as `$wgRightsUrl = '';`.
    """
    code, php = _installed()
    port = free_port()
    wiki = MediaWiki(f"http://127.0.0.1:{port}", folder / "mediawiki", code, php)
    _install(wiki, language)
    (wiki.folder / "settings.php").write_text(
        _SETTINGS.format(folder=wiki.folder, port=port, settings=settings)
    )
    log = wiki.folder / "server.log"
    with log.open("wb") as file:
        # One process, no workers: those would outlive it.
        child = subprocess.Popen(
            [php, "-S", f"127.0.0.1:{port}", "-t", code],
            env={"MW_CONFIG_FILE": str(wiki.folder / "settings.php"), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        wait_for(child, f"{wiki.api}?action=query&format=json", log)
        yield wiki
    finally:
        child.terminate()
        child.wait(10)
