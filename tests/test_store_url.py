"""Places of builds: folders and prefixes in object stores."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from corpuskit.errors import WorkspaceError
from corpuskit.store_url import StoreUrl, is_store_url, place_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("s3://corpora/khmer", StoreUrl("s3", "corpora", "khmer")),
        ("s3://corpora/khmer/2026-12/", StoreUrl("s3", "corpora", "khmer/2026-12")),
        ("s3://corpora", StoreUrl("s3", "corpora")),
        ("S3://corpora/Khmer", StoreUrl("s3", "corpora", "Khmer")),
        ("gs://corpora/ខ្មែរ", StoreUrl("gs", "corpora", "ខ្មែរ")),
        ("az://container/a b", StoreUrl("az", "container", "a b")),
    ],
)
def test_urls(text: str, url: StoreUrl) -> None:
    assert place_of(text) == url
    assert place_of(Path(text)) == url, "a path object drops a slash"
    assert place_of(url) is url
    assert StoreUrl.parse(str(url)) == url
    assert pickle.loads(pickle.dumps(url)) == url


@pytest.mark.parametrize("text", ["builds/khmer", "/builds/khmer", ".", "C:/builds", "s3", "a:b"])
def test_folders(text: str) -> None:
    assert place_of(text) == Path(text)
    assert not is_store_url(text)


@pytest.mark.parametrize(
    "text",
    ["s3://", "s3:///khmer", "s3://b/x?versionId=1", "s3://b/a//c", "s3://b/../c", "s3://b/.",
     "ftp://host/khmer", "https://host/khmer", "s3n://b/x", "://x"],
)  # fmt: skip
def test_what_is_no_place_for_builds(text: str) -> None:
    with pytest.raises(WorkspaceError, match="write"):
        place_of(text)


@pytest.mark.parametrize("text", ["s3://KEY:hunter2/abc@corpora/x", "s3://hunter2@corpora/x"])
def test_credentials_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(WorkspaceError, match="environment") as caught:
        place_of(text)
    assert "hunter2" not in str(caught.value)


def test_names_below_a_prefix() -> None:
    url = StoreUrl("s3", "corpora", "khmer")
    assert str(url / "data/train") == "s3://corpora/khmer/data/train"
    assert str(StoreUrl("s3", "corpora") / "data") == "s3://corpora/data"
    assert (url.name, StoreUrl("s3", "corpora").name) == ("khmer", "corpora")
