"""Sources as recipes describe them: several, of every kind, with licenses and dates."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from end_to_end.builds import DEMO, khmer, write_recipe

import corpuskit as ck
from corpuskit.errors import RecipeError

pytestmark = pytest.mark.xdist_group("sources")

PAGE = """<html lang="km"><head><title>ទំព័រ</title></head><body><article><p>{}</p>
<p><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a></p>
</article></body></html>"""


def rows(build: ck.Build) -> list[dict]:
    return build.dataset.to_table().to_pylist()


def test_captured_is_the_time_of_every_row(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(khmer(0), encoding="utf-8")
    recipe = write_recipe(tmp_path, Path("a.txt"), "captured = 2026-11-01", connector="files")
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert [row["fetched_at"] for row in rows(build)] == [datetime(2026, 11, 1, tzinfo=UTC)]
    assert ck.verify(build) == []


def test_jsonl_columns_are_carried(tmp_path: Path) -> None:
    lines = [
        {
            "body": khmer(0),
            "link": "https://a.example/1",
            "rights": "CC0-1.0",
            "when": "2025-02-03",
        },
        {"body": khmer(1), "link": "https://a.example/2"},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    recipe = write_recipe(
        tmp_path,
        path,
        'text_column = "body"',
        'url_column = "link"',
        'license_column = "rights"',
        'published_column = "when"',
        "[dedup]",
        "near = false",
        connector="files",
    )
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    by_url = {row["url"]: row for row in rows(build)}
    assert by_url["https://a.example/1"]["license"] == "CC0-1.0"
    assert by_url["https://a.example/1"]["published_at"].year == 2025
    assert by_url["https://a.example/2"]["license"] == "MPL-2.0"
    kinds = {item["kind"] for item in by_url["https://a.example/2"]["license_evidence"]}
    assert "operator" in kinds


def test_nobodys_word_on_the_license_is_noassertion_or_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(khmer(0), encoding="utf-8")
    (tmp_path / "in" / "b.html").write_text(PAGE.format(khmer(1)), encoding="utf-8")
    recipe = write_recipe(tmp_path, tmp_path / "in", "[dedup]", "near = false", connector="files")
    text = recipe.read_text().replace('"MPL-2.0"', '"NOASSERTION"')
    recipe.write_text("\n".join(line for line in text.splitlines() if "verified" not in line))
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    txt, page = sorted(rows(build), key=lambda row: row["source_ref"])
    assert (txt["license"], txt["license_confidence"]) == ("NOASSERTION", "assumed")
    assert page["license"] == "CC-BY-4.0"
    assert page["license_evidence"]


def test_the_licensed_copy_of_two_is_kept_whatever_the_order(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(khmer(0), encoding="utf-8")
    (tmp_path / "b.txt").write_text(khmer(0), encoding="utf-8")
    recipe = write_recipe(tmp_path, tmp_path / "a.txt", connector="files")
    text = recipe.read_text().replace('license = "MPL-2.0"', 'license = "NOASSERTION"')
    recipe.write_text(
        text
        + '[[source]]\nname = "known"\nconnector = "files"\npath = "b.txt"\n'
        + 'license = "CC0-1.0"\nlicense_verified_by = "me"\n'
    )
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert [row["source"] for row in rows(build)] == ["known"]
    assert build.ledger.sources["pages"]["dedup"].reasons == {"dedup/exact": 1}
    assert build.ledger.sources["known"]["dedup"].passed == 1


def test_inputs_that_cannot_be_read_are_reasons(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(khmer(0), encoding="utf-8")
    (folder / "broken.html").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe.txt")
    recipe = write_recipe(tmp_path, folder, connector="files")
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert build.manifest["documents"] == 1
    assert dict(build.ledger.reasons) == {"read/unreadable": 2}
    assert ck.verify(build) == []


def test_two_languages_are_two_sets_of_shards(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, DEMO / "pages.warc.gz")
    recipe = ck.load_recipe(path, ['languages=["khm_Khmr", "vie_Latn"]'])
    build = ck.build(recipe, tmp_path / "b", workers=1)
    assert set(build.manifest["languages"]) == {"khm_Khmr", "vie_Latn"}
    assert build.manifest["languages"]["vie_Latn"]["documents"] >= 15
    names = [file["path"] for file in build.manifest["files"] if file["kind"] == "data"]
    assert names == [
        "data/train/khm_Khmr-00000-of-00001.parquet",
        "data/train/vie_Latn-00000-of-00001.parquet",
    ]
    assert ck.verify(build) == []


def test_small_shards_are_many_and_about_as_asked(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, DEMO / "pages.warc.gz", "[output]", 'shard_size = "100kB"')
    build = ck.build(ck.load_recipe(path), tmp_path / "b", workers=2)
    shards = [file for file in build.manifest["files"] if file["kind"] == "data"]
    assert len(shards) >= 4
    assert all(shard["text_bytes"] < 130_000 for shard in shards)
    ids = [i for b in build.documents(["id"]) for i in b["id"].to_pylist()]
    assert ids == sorted(ids)


def test_a_screen_changes_nothing_that_is_kept(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, DEMO / "pages.warc.gz")
    ids = []
    for screen in ("true", "false"):
        recipe = ck.load_recipe(path, [f"extract.screen={screen}"])
        build = ck.build(recipe, tmp_path / screen, workers=2)
        ids.append([i for b in build.documents(["id"]) for i in b["id"].to_pylist()])
    assert ids[0] == ids[1]


def test_a_model_of_ones_own_identifies(tmp_path: Path) -> None:
    """A small model with GlotLID's kind of labels, trained here on the demo's own pages."""
    import hashlib

    import fasttext

    recipe = write_recipe(tmp_path, DEMO / "pages.warc.gz")
    first = ck.build(
        ck.load_recipe(recipe, ['languages=["khm_Khmr", "vie_Latn", "ind_Latn"]']),
        tmp_path / "first",
        workers=2,
    )
    train = tmp_path / "train.txt"
    with train.open("w", encoding="utf-8") as file:
        for batch in first.documents(["lang", "text"]):
            for row in batch.to_pylist():
                for line in row["text"].splitlines():
                    file.write(f"__label__{row['lang']} {line}\n")
    model = fasttext.train_supervised(
        str(train), dim=8, minn=1, maxn=3, bucket=2000, thread=1, epoch=10, verbose=0
    )
    model.save_model(str(tmp_path / "own.bin"))
    digest = hashlib.sha256((tmp_path / "own.bin").read_bytes()).hexdigest()
    own = ck.load_recipe(recipe, ["identify.model=own.bin", f"identify.sha256={digest}"])
    build = ck.build(own, tmp_path / "b", workers=2)
    assert build.manifest["documents"] >= 70
    assert build.manifest["identification_model"]["sha256"] == digest
    assert "min_lang_score" not in build.manifest["policies"]["khm_Khmr"]
    labels = {top["label"] for row in rows(build) for top in row["lid_top"]}
    assert labels <= {"khm_Khmr", "vie_Latn", "ind_Latn"}


def test_a_language_that_the_model_lacks_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "dzo_Tibt.toml").write_text(
        '[language]\ncode = "dzo_Tibt"\nname = "Dzongkha"\nautonym = "རྫོང་ཁ"\nbcp47 = ["dz"]\n'
        'segmentation = "spaces"\nlabels = {}\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(profiles))
    recipe = write_recipe(tmp_path, DEMO / "pages.warc.gz")
    wanted = 'languages=["khm_Khmr", "dzo_Tibt", "ban_Latn", "iba_Latn"]'
    with pytest.raises(RecipeError) as raised:
        ck.build(
            ck.load_recipe(recipe, [wanted, 'identify.model="lid176"']), tmp_path / "b", workers=1
        )
    said = str(raised.value).splitlines()
    unknown = "the model lid176 does not know"
    for number, code, hint in (
        (2, "dzo_Tibt", '[identify] model = "sea-2"'),
        (3, "ban_Latn", 'model = "sea-2"'),
        (4, "iba_Latn", 'model = "sea-2"'),
    ):
        line = next(one for one in said if f"languages[{number}]: {unknown} {code}" in one)
        assert hint in line
    assert len(said) == 3
    assert not (tmp_path / "b").exists()
