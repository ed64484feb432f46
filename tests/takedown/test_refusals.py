"""What cannot be taken down, and files that are damaged: nothing is changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from end_to_end.builds import DEMO, published
from takedown.corpora import manifest, named

import corpuskit as ck
from corpuskit.errors import TakedownError, TombstoneError

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_a_damaged_file_of_tombstones_stops_the_build(corpus: ck.Build) -> None:
    (corpus.folder / "tombstones.jsonl").write_text('{"format": 2}\n', encoding="utf-8")
    with pytest.raises(TombstoneError, match=r"tombstones.jsonl, line 1: another version"):
        ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)


@pytest.mark.parametrize("kind", ["data", "rejects"])
@pytest.mark.parametrize("damage", [b"", b"PAR1 cut", None])
def test_a_damaged_file_is_left_alone(
    demo: ck.Build, corpus: ck.Build, kind: str, damage: bytes | None
) -> None:
    path = corpus.files(kind)[0]
    content = path.read_bytes()
    if damage is None:
        path.write_bytes(content.replace(b"PAR1", b"PAR1", 1)[:-20] + b"?" + content[-19:])
    else:
        path.write_bytes(damage)
    before = published(corpus.folder)
    with pytest.raises(TakedownError, match="is not as it was published, so nothing was taken"):
        ck.takedown(corpus, ids=[named(demo)["alone"]["id"]], reason="x")
    assert published(corpus.folder) == before


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "nothing is named"),
        ({"urls": ["not an address"]}, "'not an address' is not an address"),
        ({"urls": ["https://a.example/*"]}, "a whole site is a --domain"),
        ({"domains": ["a b"]}, "'a b' is not a domain"),
        ({"ids": ["abc"]}, "32 hex digits"),
        ({"sha256": ["abc"]}, "64 hex digits"),
        ({"texts": [" "]}, "is empty"),
        ({"ids": ["0" * 32], "reason": " "}, "a reason has between 1 and 1,000 characters"),
        ({"ids": ["0" * 32]}, "holds nothing of what is named"),
    ],
)
def test_what_cannot_be_taken_down(demo: ck.Build, asked: dict, message: str) -> None:
    with pytest.raises(TakedownError, match=message):
        ck.takedown(demo, **{"reason": "x", **asked})


@pytest.mark.parametrize("name", ["reason", "requester"])
def test_what_utf8_cannot_hold_is_refused_before_anything_is_written(
    corpus: ck.Build, name: str
) -> None:
    before = published(corpus.folder)
    document = named(corpus)["alone"]["id"]
    with pytest.raises(TakedownError, match=f"the {name} is not UTF-8"):
        ck.takedown(corpus, ids=[document], **{"reason": "x", name: "\udcff"})
    assert published(corpus.folder) == before
    assert ck.takedown(corpus, ids=[document], reason="x", time=AT).documents


def test_a_build_of_an_earlier_format_stays_as_it_is(corpus: ck.Build) -> None:
    document = named(corpus)["alone"]["id"]
    path = corpus.folder / "manifest.json"
    content = {**manifest(corpus.folder), "format": 2}
    del content["sources"]
    path.write_text(json.dumps(content), encoding="utf-8")
    before = published(corpus.folder)
    with pytest.raises(TakedownError, match="format 2"):
        ck.takedown(corpus.folder, ids=[document], reason="x")
    assert published(corpus.folder) == before
    assert not (corpus.folder / ".work" / "takedown.json").exists()
