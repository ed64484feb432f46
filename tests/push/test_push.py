"""Publishing a build to a folder and to a hub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.builds import command, khmer, published, write_recipe
from push.hub_server import TOKEN, Hub, serving

import corpuskit as ck
from corpuskit.errors import PushError

NAME = "corpus-lab/khmer"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as server:
        yield server


def publish(hub: Hub, build: Path | str, *options: str, token: str = TOKEN) -> tuple[int, str, str]:
    """`corpuskit publish BUILD hf://...` as a process, which asks this hub."""
    env = {**os.environ, "HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run(
        [*command("publish", build, f"hf://{NAME}"), *options],
        env=env, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert TOKEN not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def local(build: Path) -> dict[str, bytes]:
    """What a build publishes, by name."""
    return {name: (build / name).read_bytes() for name in published(build)}


@pytest.fixture
def corpus(demo: ck.Build, tmp_path: Path) -> Path:
    shutil.copytree(demo.folder, tmp_path / "b")
    return tmp_path / "b"


def test_a_hub_gets_the_files_of_the_manifest_in_one_commit(hub: Hub, corpus: Path) -> None:
    code, shown, error = publish(hub, corpus, "--dry-run")
    assert code == 0, error
    assert "private: would send" in shown and "README.md" in shown
    assert hub.repositories == {}
    code, shown, error = publish(hub, corpus)
    assert code == 0, error
    repository = hub.repositories[NAME]
    assert repository.private
    assert repository.files == local(corpus)
    assert repository.commits == ["khmer-demo, build " + ck.open_build(corpus).manifest["build_id"]]
    assert f"{hub.url}/datasets/{NAME}/commit/" in shown


def test_what_was_interrupted_goes_on_and_what_is_there_is_not_sent_again(
    hub: Hub, corpus: Path
) -> None:
    hub.broken = 1
    code, _, error = publish(hub, corpus)
    assert code == 1 and "hf://corpus-lab/khmer: " in error
    assert hub.repositories[NAME].files == {}
    sent = list(hub.uploaded)
    assert publish(hub, corpus)[0] == 0
    assert hub.repositories[NAME].files == local(corpus)
    assert len(hub.uploaded) == len(set(hub.uploaded)) > len(sent)
    code, shown, _ = publish(hub, corpus)
    assert code == 0
    assert len(hub.uploaded) == len(set(hub.uploaded))
    assert "unchanged" in shown


def test_after_a_takedown_its_files_are_replaced(hub: Hub, corpus: Path) -> None:
    assert publish(hub, corpus)[0] == 0
    before = dict(hub.repositories[NAME].files)
    ck.takedown(corpus, sources=["libreoffice-help"], reason="x")
    code, shown, error = publish(hub, corpus)
    assert code == 0, error
    files = hub.repositories[NAME].files
    assert files == local(corpus)
    assert "tombstones.jsonl" in files
    assert {name for name in before if name not in files} == {
        name for name in before if name.startswith("data/")
    }
    assert "deleted there" in shown


def test_a_public_dataset_must_be_meant(hub: Hub, corpus: Path) -> None:
    assert publish(hub, corpus, "--public")[0] == 0
    assert not hub.repositories[NAME].private
    code, _, error = publish(hub, corpus)
    assert code == 1 and "is public: say --public" in error
    assert publish(hub, corpus, "--public")[0] == 0


def test_a_refused_token_is_told_and_not_shown(hub: Hub, corpus: Path) -> None:
    code, _, error = publish(hub, corpus, token="hf_anotherSecret")
    assert code == 1 and "401" in error
    assert "hf_anotherSecret" not in error


@pytest.fixture
def doubtful(tmp_path: Path) -> ck.Build:
    """A build with a document whose license nobody knows."""
    (tmp_path / "a.txt").write_text(khmer(1), encoding="utf-8")
    recipe = write_recipe(tmp_path, Path("a.txt"), connector="files")
    lines = recipe.read_text(encoding="utf-8").replace('"MPL-2.0"', '"NOASSERTION"').splitlines()
    recipe.write_text("\n".join(line for line in lines if "verified" not in line))
    return ck.build(ck.load_recipe(recipe), tmp_path / "doubtful", workers=1)


def test_what_must_not_be_published_is_refused_unless_told(
    doubtful: ck.Build, tmp_path: Path
) -> None:
    with pytest.raises(PushError) as refused:
        ck.push(doubtful, tmp_path / "out")
    assert "1 of 1 documents have no known license" in str(refused.value)
    assert "nobody verified the license of pages" in str(refused.value)
    assert not (tmp_path / "out").exists()
    with pytest.raises(PushError, match="nobody verified"):
        ck.push(doubtful, tmp_path / "out", allow_unknown_licenses=True)
    ck.push(doubtful, tmp_path / "out", allow_unknown_licenses=True, allow_unverified=True)
    assert ck.verify(ck.open_build(tmp_path / "out")) == []
    path = doubtful.files("data")[0]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(PushError, match="is not as its manifest says"):
        ck.push(doubtful, tmp_path / "out", allow_unknown_licenses=True, allow_unverified=True)


def test_a_folder_gets_the_corpus_and_later_what_changed(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shown = ck.push(corpus, out, dry_run=True)
    assert {file.name for file in shown.uploads} == set(published(corpus))
    assert not out.exists()
    ck.push(corpus, f"file://{out}")
    assert published(out) == published(corpus)
    assert not (out / ".work").exists()
    assert ck.push(corpus, out).uploads == ()
    ck.takedown(corpus, sources=["libreoffice-help"], reason="x")
    result = ck.push(corpus, out)
    assert {name.split("/")[0] for name in result.deletions} == {"data"}
    assert published(out) == published(corpus)


def test_files_of_others_beside_the_shards_are_named_and_not_deleted(
    corpus: Path, tmp_path: Path
) -> None:
    target = tmp_path / "public"
    ck.push(corpus, target)
    foreign = target / "data" / "train" / "mine.parquet"
    foreign.write_bytes(b"mine")
    (target / "data" / "NOTES.txt").write_text("not loaded", encoding="utf-8")
    for dry_run in (True, False):
        with pytest.raises(PushError, match=r"did not publish.*data/train/mine\.parquet\. Move"):
            ck.push(corpus, target, dry_run=dry_run)
    assert foreign.read_bytes() == b"mine"
    foreign.unlink()
    assert not ck.push(corpus, target).uploads
    assert (target / "data" / "NOTES.txt").exists()


def test_files_of_others_on_the_hub_are_named_and_not_deleted(hub: Hub, corpus: Path) -> None:
    assert publish(hub, corpus)[0] == 0
    files = hub.repositories[NAME].files
    files |= {"data/train/mine.parquet": b"mine", "rejects/mine.parquet": b"mine"}
    code, _, error = publish(hub, corpus)
    assert code == 1 and "data/train/mine.parquet. Move or delete them" in error
    del files["data/train/mine.parquet"]
    assert publish(hub, corpus)[0] == 0
    assert hub.repositories[NAME].files["rejects/mine.parquet"] == b"mine"


def test_an_interrupted_copy_is_no_corpus_and_goes_on(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ck.push(corpus, out)
    ck.takedown(corpus, sources=["libreoffice-help"], reason="x")
    lost = (out / "README.md").read_bytes()
    (out / "README.md").unlink()
    (out / "README.md").mkdir()  # where the copy fails
    with pytest.raises(PushError, match=r"README\.md"):
        ck.push(corpus, out)
    assert not (out / "manifest.json").exists()
    (out / "README.md").rmdir()
    (out / "README.md").write_bytes(lost)
    ck.push(corpus, out)
    assert published(out) == published(corpus)


def test_destinations_that_cannot_be(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.odt").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_text(json.dumps({"files": [{"path": "data/a"}]}))
    for destination, message in (
        (tmp_path / "others", "holds other files and no corpus"),
        (tmp_path / "file", "is a file"),
        (tmp_path / "app", "is not the manifest of a corpus"),
        (corpus / "copy", "is in the build itself"),
        ("hf://khmer", "write hf://ORG/NAME"),
        ("ftp://bucket/khmer", "cannot publish to ftp://"),
        ("file://elsewhere/khmer", "on another machine"),
    ):
        with pytest.raises(PushError, match=message):
            ck.push(corpus, destination)
    assert (tmp_path / "others" / "thesis.odt").read_bytes() == b"mine"


def test_documents_that_were_taken_down_there_are_not_published_again(
    corpus: Path, tmp_path: Path
) -> None:
    shutil.copytree(corpus, tmp_path / "earlier")
    out = tmp_path / "out"
    document = ck.open_build(corpus).dataset.head(1)["id"][0].as_py()
    ck.takedown(corpus, ids=[document], reason="x")
    ck.push(corpus, out)
    before = published(out)
    with pytest.raises(PushError, match=r"1 of [0-9]+ documents were taken down"):
        ck.push(tmp_path / "earlier", out)
    assert published(out) == before
    ck.takedown(tmp_path / "earlier", ids=[document], reason="x")
    ck.push(tmp_path / "earlier", out)


def test_documents_that_were_taken_down_on_the_hub_are_not_published_again(
    hub: Hub, corpus: Path, tmp_path: Path
) -> None:
    shutil.copytree(corpus, tmp_path / "earlier")
    document = ck.open_build(corpus).dataset.head(1)["id"][0].as_py()
    ck.takedown(corpus, ids=[document], reason="x")
    assert publish(hub, corpus)[0] == 0
    before = dict(hub.repositories[NAME].files)
    code, _, error = publish(hub, tmp_path / "earlier")
    assert code == 1 and "documents were taken down from the version that is there" in error
    assert hub.repositories[NAME].files == before
