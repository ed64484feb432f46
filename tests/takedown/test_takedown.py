"""A takedown as a whole: nothing of it is left, everything else is, and it does not come back."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from end_to_end.builds import DEMO, khmer, published, run
from takedown.corpora import (
    COPY,
    GONE,
    STAYS,
    by_url,
    everything,
    ids,
    manifest,
    named,
    rejects,
    rows_of,
    site_and_files,
)

import corpuskit as ck
from corpuskit.cli.takedown import takedown as takedown_command
from corpuskit.document import text_sha256
from corpuskit.errors import RecipeError, TakedownError, WorkspaceError
from corpuskit.policy.takedowns import TAKEN_DOWN
from corpuskit.takedown import takedowns
from corpuskit.takedown.purge import outputs_of
from corpuskit.tombstones import ID, hash_of
from corpuskit.workspace import Workspace

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = "ann@private.example"


def test_a_build_after_a_takedown_is_as_the_takedown_left_it(
    demo: ck.Build, corpus: ck.Build
) -> None:
    chosen = named(demo)
    urls = [row["url"] for row in chosen.values()]
    members = chosen["representative"]["duplicates"]["count"]
    result = ck.takedown(corpus, urls=urls, reason="owner's request", requester=ANN, time=AT)
    assert {row.id for row in result.documents} == {
        chosen["representative"]["id"],
        chosen["alone"]["id"],
    }
    assert len(result.rejects) == 3 + members
    assert [row.id for row in result.related] == [chosen["duplicate"]["duplicate_of"]]
    assert result.own_files == {"libreoffice-help": ["pages.warc.gz"]}
    after = ck.open_build(corpus.folder)
    assert ck.verify(after) == []
    assert after.ledger[TAKEN_DOWN] == 2 + members + 2
    assert after.manifest["documents"] == demo.manifest["documents"] - 2
    assert after.manifest["build_id"] != demo.manifest["build_id"]
    assert ids(after) == ids(demo) - {row.id for row in result.documents}
    counts, lost, kept = after.ledger.to_json(), rejects(after), ids(after)
    with pytest.raises(WorkspaceError, match=r"After a takedown .* build the recipe again"):
        ck.explain(after, min(kept))

    again = ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)
    assert ck.verify(again) == []
    assert again.ledger.to_json() == counts
    assert rejects(again) == lost
    assert ids(again) == kept
    assert again.manifest["tombstones"]["takedowns"] == 1
    assert ck.explain(again, min(kept))


def test_what_was_named_is_in_no_file_of_the_folder(demo: ck.Build, corpus: ck.Build) -> None:
    chosen = named(demo)
    assert all(row["url"] in everything(corpus.folder) for row in chosen.values())
    ck.takedown(corpus, urls=[row["url"] for row in chosen.values()], reason="x", requester=ANN)
    left = everything(corpus.folder)
    for row in chosen.values():
        assert row["url"] not in left
        assert row["source_ref"] not in left
        assert not row["text"] or row["text"][:60] not in left
    assert ANN not in left
    assert chosen["alone"]["id"] not in left
    # The document that stays does not name its duplicate any more, nor counts it.
    (keeper,) = (
        row
        for row in rows_of(ck.open_build(corpus.folder), "data")
        if row["id"] == chosen["duplicate"]["duplicate_of"]
    )
    (before,) = (row for row in rows_of(demo, "data") if row["id"] == keeper["id"])
    assert keeper["duplicates"]["count"] == before["duplicates"]["count"] - 1


def test_a_published_folder_without_its_work(
    demo: ck.Build, corpus: ck.Build, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(corpus.folder, whole)
    shutil.rmtree(corpus.folder / ".work")
    urls = [row["url"] for row in named(demo).values()]
    for folder in (whole, corpus.folder):
        ck.takedown(folder, urls=urls, reason="x", time=AT)
    assert published(corpus.folder) == published(whole)
    assert not (corpus.folder / ".work").exists()
    assert ck.verify(ck.open_build(corpus.folder)) == []


def test_duplicates_go_along_if_asked(demo: ck.Build, corpus: ck.Build) -> None:
    duplicate = named(demo)["duplicate"]
    asked = {"urls": [duplicate["url"]], "reason": "x", "with_duplicates": True}
    shown = ck.takedown(corpus, **asked, dry_run=True)
    before = published(corpus.folder)
    assert [row.id for row in shown.documents] == [duplicate["duplicate_of"]]
    assert published(corpus.folder) == before
    result = ck.takedown(corpus, **asked)
    assert result.documents == shown.documents and result.related == []
    after = ck.open_build(corpus.folder)
    assert duplicate["duplicate_of"] not in ids(after)
    cluster = {row.id for row in result.rejects}
    listed = {row["id"] for row in rows_of(demo, "rejects")
              if row["duplicate_of"] == duplicate["duplicate_of"]}  # fmt: skip
    assert cluster == listed
    again = ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)
    assert not ids(again) & cluster


@pytest.mark.parametrize(
    "request_of",
    [
        lambda row: {"ids": [row["id"]]},
        lambda row: {"sha256": [row["text_sha256"].upper()]},
        lambda row: {"sha256": [row["raw_sha256"]]},
        lambda row: {"texts": [row["text"]]},
        lambda row: {"texts": ["\n" + row["text"].replace(" ", "  ")]},
        lambda row: {"urls": [row["url"] + "#part"]},
        lambda row: {"urls": [row["url"].replace("https://help", "HTTPS://HELP")]},
    ],
    ids=["id", "text_sha256", "raw_sha256", "text", "text respaced", "fragment", "case"],
)
def test_a_document_by_each_of_its_names(
    demo: ck.Build, corpus: ck.Build, request_of: object
) -> None:
    row = named(demo)["alone"]
    assert callable(request_of)
    result = ck.takedown(corpus, **request_of(row), reason="x")
    assert [document.id for document in result.documents] == [row["id"]]
    again = ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)
    assert ids(demo) - ids(again) == {row["id"]}


def test_near_duplicates_of_a_text_are_shown_and_taken_if_asked(
    demo: ck.Build, corpus: ck.Build
) -> None:
    row = max(rows_of(demo, "data"), key=lambda row: len(row["text"]))
    text = row["text"][: int(len(row["text"]) * 0.93)]
    with pytest.raises(TakedownError, match="1 near-duplicate of what is named"):
        ck.takedown(corpus, texts=[text], reason="x")
    shown = ck.takedown(corpus, texts=[text], reason="x", dry_run=True)
    assert [document.id for document in shown.related] == [row["id"]]
    assert 0.8 <= (shown.related[0].similarity or 0) < 1
    result = ck.takedown(corpus, texts=[text], reason="x", with_duplicates=True)
    assert [document.id for document in result.documents] == [row["id"]]


def rejected_text(corpus: ck.Build) -> tuple[str, dict[str, Any]]:
    """A text that was rejected for its quality, and its row in the rejects."""
    lost = {
        row["source_ref"]: row
        for row in rows_of(corpus, "rejects")
        if row["reason"].startswith("quality/")
    }
    workspace = Workspace(corpus.folder)
    for task in outputs_of(workspace):
        texts = workspace.store.table(task.annotated, ["text"])["text"].to_pylist()
        refs = workspace.store.table(task.extracted, ["source_ref"])["source_ref"].to_pylist()
        for ref, text in zip(refs, texts, strict=True):
            if ref in lost and len(text) > 200:
                return text, lost[ref]
    raise AssertionError("nothing was rejected")


@pytest.mark.parametrize("name", ["sha256", "text", "text respaced"])
def test_a_rejected_record_by_its_text(corpus: ck.Build, name: str) -> None:
    text, row = rejected_text(corpus)
    digest = text_sha256(text)
    asked: dict[str, Any] = {
        "sha256": {"sha256": [digest]},
        "text": {"texts": [text]},
        "text respaced": {"texts": [text.replace("\n", " \n ")]},
    }[name]
    result = ck.takedown(corpus, **asked, reason="x")
    assert [record.source_ref for record in result.rejects] == [row["source_ref"]]
    assert not (result.documents or result.missing or result.notes[1:])
    left = everything(corpus.folder)
    assert row["source_ref"] not in left and text[:60] not in left
    again = ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)
    assert again.ledger[TAKEN_DOWN] == 1
    assert row["source_ref"] not in str(rejects(again))


def test_without_work_it_says_that_rejected_texts_are_not_found(corpus: ck.Build) -> None:
    text, _ = rejected_text(corpus)
    shutil.rmtree(corpus.folder / ".work")
    with pytest.raises(TakedownError, match=r"Rejected records hold no digest .* URL or id"):
        ck.takedown(corpus, texts=[text], reason="x")
    document = named(corpus)["alone"]["text_sha256"]
    shown = ck.takedown(corpus, sha256=[document], reason="x", dry_run=True)
    assert "not found by --text or --sha256" in shown.notes[0]


def test_a_dry_run_does_not_finish_an_interrupted_takedown(
    corpus: ck.Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = named(corpus)["alone"]["id"]

    def killed(*_: object) -> list[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["corpuskit.takedown"], "carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            ck.takedown(corpus, ids=[document], reason="owner's request")
    before = published(corpus.folder)
    with pytest.raises(TakedownError, match=r"owner's request.* is not finished"):
        ck.takedown(corpus, ids=[document], reason="x", dry_run=True)
    shown = CliRunner().invoke(takedown_command, [str(corpus.folder), "--dry-run"])
    assert shown.exit_code == 0 and "was interrupted and is not finished" in shown.output
    assert published(corpus.folder) == before
    finished = CliRunner().invoke(takedown_command, [str(corpus.folder)])
    assert "the interrupted takedown is finished" in finished.output
    assert document not in ids(ck.open_build(corpus.folder))


def test_a_whole_source_and_a_whole_domain_leave_an_empty_corpus(
    demo: ck.Build, corpus: ck.Build, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(corpus.folder, other)
    for folder, asked in (
        (corpus.folder, {"sources": ["libreoffice-help"]}),
        (other, {"domains": ["libreoffice.org"]}),
    ):
        result = ck.takedown(folder, **asked, reason="x")
        after = ck.open_build(folder)
        assert len(result.documents) == demo.manifest["documents"]
        assert after.manifest["documents"] == 0
        assert after.manifest["languages"] == {}
        assert not list(folder.glob("data/**/*.parquet"))
        assert ck.verify(after) == []


def test_a_domain_stands_for_its_hosts_and_no_other(demo: ck.Build, corpus: ck.Build) -> None:
    for name in ("office.org", "help.libreoffice.org.kh", "elp.libreoffice.org"):
        with pytest.raises(TakedownError, match="holds nothing"):
            ck.takedown(corpus, domains=[name], reason="x")
    shown = ck.takedown(corpus, domains=["Help.LibreOffice.org"], reason="x", dry_run=True)
    assert len(shown.documents) == demo.manifest["documents"]


def test_a_fetched_page_is_purged_and_not_fetched_again(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    with site_and_files(tmp_path) as (recipe, site):
        build = ck.build(ck.load_recipe(recipe), folder, workers=1)
        rows = by_url(build)
        gone, copy = site.url + GONE, site.url + COPY
        representative = gone if gone in rows else copy
        assert rows[representative]["duplicates"]["count"] == 1
        assert khmer(1)[:60] in everything(folder)
        sizes = {path.name: path.stat().st_size for path in folder.rglob("*.warc.gz")}
        ck.takedown(build, urls=[representative], reason="x")
        left = everything(folder)
        assert khmer(1)[:60] not in left
        assert gone not in left and copy not in left
        assert khmer(4)[:60] in left
        assert sizes == {path.name: path.stat().st_size for path in folder.rglob("*.warc.gz")}
        asked = len(site.paths())
        again = ck.build(ck.load_recipe(recipe), folder, workers=1)
        assert set(by_url(again)) == set(rows) - {representative}
        assert khmer(1)[:60] not in everything(folder)
        # The site names both pages still: they are known to be taken down, and not asked.
        recipe.write_text(recipe.read_text().replace("delay = 0.0", "delay = 0.0\nrecrawl = 1"))
        again = ck.build(ck.load_recipe(recipe), folder, workers=1)
        assert not {GONE, COPY} & set(site.paths()[asked:])
        assert STAYS in site.paths()[asked:]
        assert set(by_url(again)) == set(rows) - {representative}
        assert ck.verify(again) == []


def test_files_of_the_users_stay_and_are_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    with site_and_files(tmp_path) as (recipe, _):
        build = ck.build(ck.load_recipe(recipe), folder, workers=1)
        before = (tmp_path / "rows.jsonl").read_bytes()
        result = ck.takedown(build, domains=["files.example"], reason="x")
        assert result.own_files == {"files": ["rows.jsonl"]}
        assert (tmp_path / "rows.jsonl").read_bytes() == before
        # From the files, everything is extracted anew: the tombstones hold all the same.
        shutil.rmtree(folder / ".work" / "extract")
        again = ck.build(ck.load_recipe(recipe), folder, workers=1)
        assert "files.example" not in {row["domain"] for row in rows_of(again, "data")}
        assert again.ledger.sources["files"]["takedown"].reasons == {TAKEN_DOWN: 3}
        assert "files.example" not in str(rows_of(again, "rejects"))


def test_an_address_that_a_document_that_stays_has_is_no_tombstone(tmp_path: Path) -> None:
    rows = [{"text": khmer(number), "url": "https://a.example/set"} for number in (2, 3)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        'name = "test"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "tests", contact = "a@corpuskit.dev" }\n'
        '[[source]]\nname = "files"\nconnector = "files"\npath = "rows.jsonl"\n'
        'url_column = "url"\nlicense = "CC0-1.0"\nlicense_verified_by = "the tests"\n',
        encoding="utf-8",
    )
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    first, second = sorted(ids(build))
    ck.takedown(build, ids=[first], reason="x")
    assert ids(ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)) == {second}


def test_the_tombstone_holds_hashes_time_and_reason_alone(demo: ck.Build, corpus: ck.Build) -> None:
    row = named(demo)["alone"]
    asked = {"ids": [row["id"]], "reason": "a court\norder", "requester": ANN, "time": AT}
    result = ck.takedown(corpus, **asked)
    text = (corpus.folder / "tombstones.jsonl").read_text(encoding="utf-8")
    stone = json.loads(text)
    assert stone["time"] == "2026-11-30T12:00:00Z"
    assert stone["reason"] == "a court order"
    assert hash_of(ID, row["id"]) in stone["hashes"]["id"]
    assert (stone["documents"], stone["records"]) == (1, 0)
    assert set(stone["files"]) == set(result.files)
    for value in (row["id"], row["url"], row["text_sha256"], row["source_ref"], ANN):
        assert value not in text
    (entry,) = (e for e in manifest(corpus.folder)["files"] if e["kind"] == "tombstones")
    assert entry["path"] == "tombstones.jsonl"


def test_two_takedowns_in_a_row(demo: ck.Build, corpus: ck.Build) -> None:
    first, second = rows_of(demo, "data")[:2]
    ck.takedown(corpus, ids=[first["id"]], reason="one", time=AT)
    ck.takedown(corpus.folder, ids=[second["id"]], reason="two", time=AT)
    (event, _) = takedowns(corpus)
    for again in ({"ids": [first["id"]]}, {"urls": [first["url"]]}):
        with pytest.raises(TakedownError, match=rf"was taken down before \({event.id}\)"):
            ck.takedown(corpus.folder, **again, reason="three")
    after = ck.open_build(corpus.folder)
    assert after.ledger[TAKEN_DOWN] >= 2
    assert ck.verify(after) == []
    assert after.manifest["tombstones"]["takedowns"] == 2
    again = ck.build(ck.load_recipe(DEMO / "khmer.toml"), corpus.folder, workers=2)
    assert again.ledger.to_json() == after.ledger.to_json()


def test_a_recipe_obeys_the_tombstones_of_another_build(
    demo: ck.Build, corpus: ck.Build, tmp_path: Path
) -> None:
    row = named(demo)["alone"]
    ck.takedown(corpus, ids=[row["id"]], reason="x")
    stones = tmp_path / "theirs.jsonl"
    shutil.copy(corpus.folder / "tombstones.jsonl", stones)
    override = f"policy.tombstones=[{json.dumps(str(stones))}]"
    recipe = ck.load_recipe(DEMO / "khmer.toml", [override])
    other = ck.build(recipe, tmp_path / "other", workers=2)
    assert row["id"] not in ids(other)
    assert other.ledger[TAKEN_DOWN] >= 1
    stones.write_text("{}\n", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"policy.tombstones\[1\].*line 1: not a tombstone"):
        ck.build(recipe, tmp_path / "other", workers=2)


def test_the_command_shows_takes_down_and_lists(
    demo: ck.Build, corpus: ck.Build, tmp_path: Path
) -> None:
    rows = named(demo)
    folder, url = corpus.folder, rows["alone"]["url"]
    shown = run("takedown", folder, "--url", url, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "1 document and 0 rejected records would go" in shown.stdout
    assert "read from files of yours, which are not touched (pages.warc.gz)" in shown.stdout
    assert run("takedown", folder, "--url", url).returncode == 2
    assert "say why with --reason" in run("takedown", folder, "--url", url).stderr
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{url}\n\n{rows['duplicate']['url']}\nhttps://no.example/\n")
    done = run("takedown", folder, "--urls", listed, "--reason", "a request", "--time",
               "2026-11-30T12:00:00Z")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "1 document and 1 rejected record taken down" in done.stdout
    assert "1 near-duplicate stay" in done.stdout
    assert "not in the corpus: url https://no.example/" in done.stdout
    listed_now = run("takedown", folder, "--list").stdout
    assert "2026-11-30 12:00 UTC · 1 document, 1 record · a request" in listed_now
    assert json.loads(run("takedown", folder, "--list", "--json").stdout)[0]["documents"] == 1
    again = run("takedown", folder)
    assert again.returncode == 2 and "name what to take down" in again.stderr
    missing = run("takedown", folder, "--id", rows["alone"]["id"], "--reason", "x", "--json")
    assert missing.returncode == 1 and "nothing was changed" in missing.stderr


def test_the_card_of_an_emptied_corpus_does_not_deny_the_search_for_personal_data(
    corpus: ck.Build,
) -> None:
    ck.takedown(corpus, sources=["libreoffice-help"], reason="x", time=AT)
    card = (corpus.folder / "README.md").read_text(encoding="utf-8")
    assert "no document in which personal data could be searched for" in card
    assert "has not been searched for" not in card
