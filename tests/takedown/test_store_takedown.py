"""Takedowns of builds in an object store: as in a folder, killed and finished, obeyed later."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from end_to_end.builds import khmer
from services.s3 import S3Server, moto
from takedown.corpora import GONE, by_url, everything, site_and_files
from takedown.kills import AT
from takedown.store_kills import copy_prefix

import corpuskit as ck
from corpuskit.cli import run as run_here
from corpuskit.errors import TakedownError, WorkspaceError
from corpuskit.object_store.client import ObjectClient
from corpuskit.object_store.lease import NAME as LEASE
from corpuskit.store_url import StoreUrl
from corpuskit.takedown import finish_takedown, workspace_of

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")

KILLS = int(os.environ.get("CORPUSKIT_KILLS", "4"))


@dataclass
class StoredBuild:
    """A build of a live site and of files, in a store."""

    url: StoreUrl
    local: Path
    recipe: Path
    urls: list[str]
    """Addresses of both to take down."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture(scope="module")
def made(server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredBuild]:
    """Only to be read."""
    folder = tmp_path_factory.mktemp("made")
    url = server.bucket("corpora") / "made"
    with site_and_files(folder) as (recipe, site):
        ck.build(ck.load_recipe(recipe), url, workers=1, local=folder / "local")
        urls = [site.url + GONE, "https://files.example/2"]
        yield StoredBuild(url, folder / "local", recipe, urls)


@pytest.fixture
def corpus(made: StoredBuild, tmp_path: Path) -> StoredBuild:
    """A copy of it."""
    url = StoreUrl("s3", "corpora", f"copies/{uuid.uuid4().hex}")
    copy_prefix(made.url, url)
    shutil.copytree(made.local, tmp_path / "local")
    return StoredBuild(url, tmp_path / "local", made.recipe, made.urls)


def objects(url: StoreUrl) -> dict[str, bytes]:
    client = ObjectClient(url)
    return {name: client.read(name)[0] for name, _ in client.list("") if name != LEASE}


def published_objects(url: StoreUrl) -> dict[str, bytes]:
    return {name: data for name, data in objects(url).items() if not name.startswith(".work/")}


def as_folder(build: StoredBuild, folder: Path) -> Path:
    """The build, the store's part and this machine's, in one folder."""
    shutil.copytree(build.local, folder)
    for name, content in objects(build.url).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def command(*arguments: object) -> int:
    return run_here([str(argument) for argument in arguments])


def test_the_command_takes_down_as_in_a_folder_and_builds_obey(
    corpus: StoredBuild, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, before = as_folder(corpus, tmp_path / "folder"), objects(corpus.url)
    named = [part for url in corpus.urls for part in ("--url", url)]
    assert command("takedown", corpus.url, *named, "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "1 document and 1 rejected record would go" in shown
    assert "does not purge them; name the build's folder there with --local" in shown
    assert objects(corpus.url) == before

    done = ("--reason", "x", "--time", f"{AT:%Y-%m-%dT%H:%M:%SZ}", "--with-duplicates")
    assert command("takedown", corpus.url, *named, *done, "--local", corpus.local) == 0
    shown = capsys.readouterr().out
    assert "--local" not in shown
    ck.takedown(folder, urls=corpus.urls, reason="x", time=AT, with_duplicates=True)
    after = published_objects(corpus.url)
    assert after == {name: (folder / name).read_bytes() for name in after}
    assert ck.verify(ck.open_build(corpus.url)) == []
    left = everything(as_folder(corpus, tmp_path / "after"))
    assert not any(khmer(number)[:60] in left for number in (1, 2))
    assert khmer(4)[:60] in left
    assert command("takedown", corpus.url, "--list") == 0
    assert "· x" in capsys.readouterr().out

    again = ck.build(ck.load_recipe(corpus.recipe), corpus.url, workers=1, local=corpus.local)
    assert not set(corpus.urls) & set(by_url(again))
    assert again.manifest["tombstones"]["takedowns"] == 1
    assert ck.verify(again) == []
    left = everything(as_folder(corpus, tmp_path / "again"))
    assert not any(khmer(number)[:60] in left for number in (1, 2))


def test_a_published_prefix_alone(corpus: StoredBuild) -> None:
    client = ObjectClient(corpus.url)
    for name in objects(corpus.url):
        if name.startswith(".work/"):
            client.delete(name)
    result = ck.takedown(corpus.url, urls=corpus.urls, reason="x", time=AT)
    assert (len(result.documents), len(result.rejects)) == (1, 1)
    assert any("name the build's folder" in note for note in result.notes)
    assert {name for name, _ in client.list(".work")} == {LEASE}
    assert ck.verify(ck.open_build(corpus.url)) == []
    with pytest.raises(TakedownError, match="holds nothing of what is named"):
        ck.takedown(corpus.url, urls=corpus.urls, reason="x", time=AT)
    assert {name for name, _ in client.list(".work")} == {LEASE}


def test_a_local_folder_that_is_not_the_builds_is_refused(
    corpus: StoredBuild, tmp_path: Path
) -> None:
    before = objects(corpus.url)
    with pytest.raises(TakedownError, match="holds nothing of a build; --local is"):
        ck.takedown(corpus.url, urls=corpus.urls, reason="x", local=tmp_path / "typo")
    with pytest.raises(TakedownError, match="is a folder and holds everything itself"):
        ck.takedown(as_folder(corpus, tmp_path / "f"), urls=["https://a.example/"], reason="x",
                    local=corpus.local)  # fmt: skip
    assert objects(corpus.url) == before


def test_a_running_build_is_not_disturbed(corpus: StoredBuild) -> None:
    lease = json.dumps({"owner": "rival", "renewals": 3, "seconds": 3_000, "nonce": ""}).encode()
    ObjectClient(corpus.url).put(LEASE, lease)
    before = objects(corpus.url)
    with pytest.raises(WorkspaceError, match="in use by a running build"):
        ck.takedown(corpus.url, urls=corpus.urls, reason="x")
    assert objects(corpus.url) == before


def test_killed_at_changes_of_the_store_it_is_finished(made: StoredBuild, tmp_path: Path) -> None:
    """CORPUSKIT_KILLS says at how many of them."""
    script = Path(__file__).with_name("store_kills.py")
    named = json.dumps({"urls": made.urls, "with_duplicates": True})
    run = subprocess.run(
        [sys.executable, script, str(made.url), made.local, tmp_path, named, str(KILLS)],
        capture_output=True, text=True, check=False, timeout=280,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    whole, *killed = [StoreUrl("s3", "corpora", f"made-{name}") for name in run.stdout.split()]
    assert len(killed) == KILLS
    untouched, done = published_objects(made.url), published_objects(whole)
    assert done != untouched
    finished = 0
    for url in killed:
        local = tmp_path / url.name.removeprefix("made-")
        if finish_takedown(workspace_of(url, local)) is not None:
            finished += 1
            assert published_objects(url) == done, url
        else:  # killed before it began, or after the last of it
            assert published_objects(url) in (untouched, done), url
        assert ck.verify(ck.open_build(url)) == []
        if published_objects(url) == done:
            build = StoredBuild(url, local, made.recipe, made.urls)
            left = everything(as_folder(build, tmp_path / f"left-{url.name}"))
            assert not any(khmer(number)[:60] in left for number in (1, 2))
    assert finished >= KILLS - 2
