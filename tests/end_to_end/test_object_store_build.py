"""Builds in an object store: the same bytes as in a folder, through faults, kills and rivals."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc
import pytest
from end_to_end.builds import command, published
from services.s3 import BUSY, DROPPED, KEY, LOST, SECRET, Fault, S3Server, faulty_proxy, moto
from takedown.store_kills import copy_prefix

import corpuskit as ck
from corpuskit.cli import run as run_here
from corpuskit.errors import UnknownNameError, WorkspaceError
from corpuskit.object_store import client as object_client
from corpuskit.object_store.client import ObjectClient
from corpuskit.object_store.lease import NAME as LEASE
from corpuskit.pipeline.prune import prune
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")

KILLS = int(os.environ.get("CORPUSKIT_KILLS", "1"))
STORED = StoreUrl("s3", "corpora", "builds/stored")
SMALL_TASKS = ("--workers", "2", "--task-records", "4")  # much to be killed in


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


@pytest.fixture
def url(server: S3Server) -> StoreUrl:
    """An empty prefix."""
    return server.bucket("corpora") / f"builds/{uuid.uuid4().hex}"


@pytest.fixture(scope="module")
def folder(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build in a folder."""
    folder = tmp_path_factory.mktemp("local") / "build"
    ck.build(ck.load_recipe(small), folder, workers=1)
    return folder


@pytest.fixture(scope="module")
def puts(server: S3Server, small: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of all objects that the build at STORED put, in order."""
    local = tmp_path_factory.mktemp("stored") / "local"
    server.bucket("corpora")
    with faulty_proxy(server) as proxy, proxy.environment():
        build = ck.build(ck.load_recipe(small), str(STORED), workers=1, local=local)
        assert build.folder == STORED
        prefix = f"{STORED.prefix}/"
        return [key.removeprefix(prefix) for method, key, _ in proxy.requests if method == "PUT"]


@pytest.fixture(scope="module")
def stored(puts: list[str]) -> StoreUrl:
    """The same build in the store; only to be read."""
    assert puts
    return STORED


@pytest.fixture
def copied(stored: StoreUrl, url: StoreUrl) -> StoreUrl:
    """A copy of it, as another machine meets it that has no local folder of it."""
    copy_prefix(stored, url)
    return url


def objects(url: StoreUrl) -> Mapping[str, bytes]:
    """Every object of a build."""
    client = ObjectClient(url)
    return {name: client.read(name)[0] for name, _ in sorted(client.list(""))}


def published_there(url: StoreUrl) -> dict[str, str]:
    """Digest of every object that a build published."""
    return {
        name: hashlib.sha256(content).hexdigest()
        for name, content in objects(url).items()
        if not name.startswith(".work/")
    }


def test_the_same_bytes_as_in_a_folder(folder: Path, stored: StoreUrl) -> None:
    assert published_there(stored) == published(folder)
    assert not any(name.startswith(".work/probe") for name in objects(stored))


def test_a_build_is_seen_when_its_manifest_is_put(puts: list[str]) -> None:
    public = [name for name in puts if not name.startswith(".work/")]
    assert public[-1] == "manifest.json"
    assert public.count("manifest.json") == 1
    assert {"ledger.json", "README.md"} < set(public)


def test_twice_does_nothing_the_second_time(
    server: S3Server, small: Path, copied: StoreUrl, tmp_path: Path
) -> None:
    url, first = copied, ck.open_build(copied)
    with faulty_proxy(server) as proxy, proxy.environment():
        second = ck.build(ck.load_recipe(small), str(url), workers=1, local=tmp_path / "local")
        changing = [key for method, key, _ in proxy.requests if method == "PUT"]
        read = [key for method, key, _ in proxy.requests if method == "GET"]
    assert second.manifest == first.manifest
    written = {key.removeprefix(f"{url.prefix}/") for key in changing}
    assert {name for name in written if not name.startswith(".work/probe-")} == {LEASE}
    assert not any("/data/" in key for key in read), "shards are compared by their ETag"


def test_another_machine_goes_on(
    small: Path, copied: StoreUrl, tmp_path: Path, folder: Path
) -> None:
    url = copied
    tighter = ck.load_recipe(small, ["quality.khm_Khmr.min_chars=1200"])
    ck.build(tighter, str(url), workers=1, local=tmp_path / "there")
    assert published_there(url) != published(folder)
    ck.build(ck.load_recipe(small), str(url), workers=1, local=tmp_path / "there")
    assert published_there(url) == published(folder), "no object of the second build is left"


def test_a_store_that_is_busy_and_loses_answers(
    server: S3Server,
    small: Path,
    url: StoreUrl,
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    monkeypatch.setattr(object_client, "_BACKOFF", timedelta(milliseconds=1))
    chance = random.Random(12)

    def sometimes(method: str, key: str) -> Fault:
        return chance.choice((BUSY, DROPPED, LOST)) if chance.random() < 0.06 else None

    with faulty_proxy(server) as proxy, proxy.environment():
        proxy.fault = sometimes
        ck.build(ck.load_recipe(small), url, workers=1, local=tmp_path / "local", task_records=12)
        assert sum(fault is not None for *_, fault in proxy.requests) > 10
    assert published_there(url) == published(folder)


def test_killed_at_random_moments(
    small: Path, server: S3Server, tmp_path: Path, folder: Path
) -> None:
    """kill -9 at random moments, and the same command at once: the same bytes.

    CORPUSKIT_KILLS says how often.
    """
    seed = random.randrange(10**9)
    chance, kills, finished, longest = random.Random(seed), 0, 0, 8.0
    url = server.bucket("corpora") / f"killed-{seed}-0"
    while kills < KILLS or not finished:
        arguments = ("--out", str(url), "--local", tmp_path / url.name, "--quiet")
        started = time.monotonic()
        build = subprocess.Popen(
            command("build", small, *arguments, *SMALL_TASKS), start_new_session=True
        )
        try:
            code = build.wait(timeout=120 if kills >= KILLS else chance.uniform(0.5, longest))
        except subprocess.TimeoutExpired:
            build.kill()  # only the parent: the workers must notice by themselves
            build.wait()
            kills += 1
            continue
        assert code == 0, f"seed {seed}"
        assert published_there(url) == published(folder), f"seed {seed}, after {kills} kills"
        longest = min(longest, time.monotonic() - started + 0.5)
        finished += 1
        url = server.bucket("corpora") / f"killed-{seed}-{finished}"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Exit code of a command, and what it prints."""
    code = run_here([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_credentials_are_nowhere(
    small: Path, url: StoreUrl, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local, log = tmp_path / "local", tmp_path / "log"
    building = ("build", small, "--out", str(url), "--local", local, "--workers", "1")
    shown = []
    for arguments in (
        ("-vv", "--log-file", log, *building),
        ("-vv", "inspect", str(url), "--json"),
        ("-vv", "verify", str(url)),
        ("-vv", "prune", str(url)),
    ):
        code, text = answer(capsys, *arguments)
        assert code == 0, text
        shown.append(text)
    shown.append(log.read_text(encoding="utf-8"))
    files = [path.read_bytes() for path in local.rglob("*") if path.is_file()]
    stored = [*objects(url).values(), *files]
    assert len(stored) > 20
    for secret in (SECRET, KEY):
        assert not any(secret in text for text in shown)
        assert not any(secret.encode() in content for content in stored)


def test_commands_read_it_as_they_read_a_folder(
    folder: Path,
    stored: StoreUrl,
    small: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = tmp_path / "other"
    tighter = ck.load_recipe(small, ["quality.khm_Khmr.min_chars=1200"])
    ck.build(tighter, other, workers=1)
    identifier = ck.open_build(folder).head("data", 1, ["id"])[0]["id"]
    lost = ck.open_build(folder).head("rejects", 1, ["id"])[0]["id"]
    for arguments in (
        ("inspect", "{}"),
        ("inspect", "{}", "--json"),
        ("inspect", "{}", "--reason", "language"),
        ("explain", "{}", identifier, "--text"),
        ("explain", "{}", lost, "--json"),
        ("explain", "{}", "none-such"),
        ("verify", "{}"),
        ("verify", "{}", "--json"),
        ("diff", "{}", str(other), "--json"),
        ("diff", str(other), "{}"),
    ):
        answers = []
        for place in (str(folder), str(stored)):
            code, text = answer(capsys, *(part.format(place) for part in arguments))
            answers.append((code, text.replace(place, "PLACE")))
        assert answers[0] == answers[1], arguments
        assert answers[0][0] == ("none-such" in arguments), arguments


def test_the_api_reads_it_as_it_reads_a_folder(folder: Path, stored: StoreUrl) -> None:
    here, there = ck.open_build(folder), ck.open_build(str(stored))
    assert repr(there) == repr(here)
    assert there.dataset.to_table().equals(here.dataset.to_table())
    assert there.rejected.to_table().equals(here.rejected.to_table())
    assert list(there.documents(["id", "text"])) == list(here.documents(["id", "text"]))
    wanted = pc.field("reason") == "language/other"
    assert there.head("rejects", 2, where=wanted) == here.head("rejects", 2, where=wanted)
    assert [str(path) for path in there.files("data")] == [
        f"{stored}/{path.relative_to(folder).as_posix()}" for path in map(Path, here.files("data"))
    ]
    for (name, signature), (other, expected) in zip(
        there.signatures(), here.signatures(), strict=True
    ):
        assert name == other
        assert signature == expected
    assert ck.verify(there) == []
    with pytest.raises(UnknownNameError, match="did you mean 'text'"):
        list(there.documents(["texts"]))
    assert ck.open_build(Path(str(stored))).manifest == here.manifest, "a path lost a slash"


def test_what_was_changed_there_is_found_and_mended(
    small: Path, copied: StoreUrl, tmp_path: Path, folder: Path
) -> None:
    url, build = copied, ck.open_build(copied)
    client, (shard, *_) = ObjectClient(url), build.names("data")
    content, size = client.read(shard)[0], len(client.read(shard)[0])
    client.put(shard, content[: size // 2] + b"\0" + content[size // 2 + 1 :])
    assert ck.verify(ck.open_build(url)) == [f"{shard}: sha256 differs from the manifest's"]
    client.put("data/train/other.parquet", b"")
    assert ck.verify(ck.open_build(url))[-1] == "data/train/other.parquet: not in the manifest"
    client.delete(shard)
    assert f"{shard}: missing" in ck.verify(ck.open_build(url))
    client.delete("data/train/other.parquet")
    output = next(name for name, _ in client.list(".work/annotate"))
    client.put(output, client.read(output)[0][:-9])
    ck.build(ck.load_recipe(small, ["quality.khm_Khmr.min_chars=1200"]), url, workers=1,
             local=tmp_path / "local")  # fmt: skip
    ck.build(ck.load_recipe(small), url, workers=1, local=tmp_path / "local")
    assert published_there(url) == published(folder)
    assert ck.verify(ck.open_build(url)) == []


def test_a_changed_shard_is_written_anew(
    small: Path, copied: StoreUrl, tmp_path: Path, folder: Path
) -> None:
    url, build = copied, ck.open_build(copied)
    client, (shard, *_) = ObjectClient(url), build.names("data")
    content = client.read(shard)[0]
    client.put(shard, content[:-20] + b"\0" + content[-19:])
    ck.build(ck.load_recipe(small), str(url), workers=1, local=tmp_path / "local")
    assert published_there(url) == published(folder)


def test_prune_leaves_what_the_build_needs(small: Path, copied: StoreUrl, tmp_path: Path) -> None:
    url, local = copied, tmp_path / "local"
    ck.build(ck.load_recipe(small, ["quality.khm_Khmr.min_chars=1200"]), url, workers=1,
             local=local)  # fmt: skip
    ck.build(ck.load_recipe(small), url, workers=1, local=local)
    before = objects(url)
    outputs, size = prune(url)
    after = objects(url)
    removed = {name: content for name, content in before.items() if name not in after}
    assert outputs == len(removed) > 0
    assert size == sum(map(len, removed.values()))
    assert all(name.startswith(".work/") for name in removed)
    assert ck.verify(ck.open_build(url)) == []


def test_what_is_local_is_in_the_local_folder(
    small: Path,
    url: StoreUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = answer(capsys, "build", small, "--out", str(url), "--workers", "1", "-q")
    assert code == 0, text
    kept = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    name = json.loads(ObjectClient(url).read("manifest.json")[0])["name"]
    work = f"builds/{name}/.work"
    assert {f"{work}/identity.json", f"{work}/journal.jsonl", f"{work}/lease"} <= kept
    assert all(path.startswith(work) for path in kept)
    assert "unfinished build" in answer(capsys, "inspect", f"builds/{name}")[1]


def test_a_rival_is_refused(
    small: Path, url: StoreUrl, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lease = json.dumps({"owner": "rival", "renewals": 3, "seconds": 3_000, "nonce": ""}).encode()
    ObjectClient(url).put(LEASE, lease)
    code, text = answer(capsys, "build", small, "--out", str(url), "--local", tmp_path / "local")
    assert code == 1
    assert "in use by a running build; wait for it to end" in text
    assert list(objects(url)) == [LEASE]


def test_places_of_others_are_refused(small: Path, url: StoreUrl, tmp_path: Path) -> None:
    client = ObjectClient(url)
    client.put("holiday.jpg", b"jpg")
    with pytest.raises(WorkspaceError, match="holds objects that no build of corpuskit made"):
        ck.build(ck.load_recipe(small), url, workers=1, local=tmp_path / "local")
    assert list(objects(url)) == ["holiday.jpg"]
    client.delete("holiday.jpg")
    client.put(".work/probe-of-a-killed-build", b"first")
    other = small.read_text(encoding="utf-8").replace("name =", 'name = "lao" #', 1)
    path = small.with_name("other.toml")
    path.write_text(other, encoding="utf-8")
    ck.build(ck.load_recipe(path), url, workers=1, local=tmp_path / "lao")
    with pytest.raises(WorkspaceError, match="is the build of another recipe \\('lao'"):
        ck.build(ck.load_recipe(small), url, workers=1, local=tmp_path / "local")


def test_what_is_there_instead_of_a_build_is_said(url: StoreUrl) -> None:
    for name, message in (
        ("", f"no build at {url}"),
        ("a.txt", f"{url} holds no build of corpuskit"),
        (".work/identity.json", f"{url} is an unfinished build"),
    ):
        if name:
            ObjectClient(url).put(name, b"{}")
        with pytest.raises(WorkspaceError, match=message):
            ck.open_build(str(url))


def test_a_store_that_is_away_ends_the_build_with_one_line(
    small: Path, url: StoreUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(object_client, "_PAUSE", 0.01)
    monkeypatch.setattr(object_client, "_REPEATS", 0)
    with pytest.raises(WorkspaceError, match="see whether the store can be reached") as caught:
        ck.build(ck.load_recipe(small), url, workers=1, local=tmp_path / "local")
    assert "\n" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_said(server: S3Server, small: Path, tmp_path: Path) -> None:
    for use in (
        lambda: ck.build(ck.load_recipe(small), "s3://no-such-bucket/khmer", local=tmp_path / "a"),
        lambda: ck.open_build("s3://no-such-bucket/khmer"),
    ):
        with pytest.raises(WorkspaceError, match=r"no-such-bucket"):
            use()
