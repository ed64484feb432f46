"""`inspect` and `lid predict`: what they tell of what was rejected or not recognized."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.cli import run

pytestmark = pytest.mark.xdist_group("inspect")  # what they share is made once

RECIPE = """
name = "seen"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "texts"
connector = "files"
path = "texts"
license = "NOASSERTION"
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """One document, six lines without text, two damaged ones, and a table."""
    folder = tmp_path_factory.mktemp("seen")
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text(khmer(1), encoding="utf-8")
    rows = [json.dumps({"text": "", "number": number}) for number in range(6)]
    lines = [*rows, '{"text": "x"', "[]"]
    (folder / "texts" / "b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "texts" / "c.csv").write_text("text\n<p>x</p>\n", encoding="utf-8")
    (folder / "r.toml").write_text(RECIPE, encoding="utf-8")
    return ck.build(ck.load_recipe(folder / "r.toml"), folder / "b", workers=1)


def shown(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert run([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_counts_agree_with_their_nouns(seen: ck.Build, capsys: pytest.CaptureFixture[str]) -> None:
    listing = shown(capsys, "inspect", seen.folder, "--near-threshold", "min_clusters")
    assert "min_clusters: 1 document kept by it, 0 records rejected" in listing
    assert repr(seen).endswith("1 document>")


def test_records_that_are_not_shown_are_counted(
    seen: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    some = shown(capsys, "inspect", seen.folder, "--reason", "read/empty", "--samples", 4)
    assert some.count("rejected  ") == 4
    assert some.endswith("\n4 of 6 records shown; --samples 6 shows all\n")
    whole = shown(capsys, "inspect", seen.folder, "--reason", "read/empty", "--samples", 6)
    assert whole.count("rejected  ") == 6
    assert "shows all" not in whole


@pytest.mark.parametrize("stage", ["read", "read/"])
def test_a_stage_stands_for_all_its_reasons(
    seen: ck.Build, capsys: pytest.CaptureFixture[str], stage: str
) -> None:
    listing = shown(capsys, "inspect", seen.folder, "--reason", stage, "--samples", 20)
    assert listing.count("rejected  ") == 9
    for code in ("read/empty", "read/invalid_json", "read/unsupported_type"):
        assert code in listing


def test_a_reason_without_its_stage_is_suggested_in_full(
    seen: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inspect", str(seen.folder), "--reason", "invalid_json"]) == 1
    assert "did you mean 'read/invalid_json'?" in capsys.readouterr().err


def test_a_file_of_another_connector_is_told_which(
    seen: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    listing = shown(capsys, "inspect", seen.folder, "--reason", "read/unsupported_type")
    assert "named *.csv; the connector `tables` reads it" in listing


def test_a_record_without_detail_is_told_what_its_reason_means(tmp_path: Path) -> None:
    from corpuskit.cli.inspect import why

    row = {"duplicate_of": None, "broken": None, "detail": None, "reason": "read/empty"}
    assert why(row, {"read/empty": "There is no content."}) == "There is no content."
    assert why(row, {}) == "read/empty"
    row["broken"] = [{"rule": "evaluation_item", "value": 1.0, "threshold": 0.6}]
    row["detail"] = "quiz q1 (1.00)"
    assert why(row, {}) == "evaluation_item: 1, threshold 0.6 · quiz q1 (1.00)"


def test_an_id_that_is_too_short_is_told_so(
    seen: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    document = next(seen.documents(columns=["id"]))["id"][0].as_py()
    assert shown(capsys, "explain", seen.folder, document[:4]).startswith("record ")
    assert run(["explain", str(seen.folder), document[:3]]) == 1
    assert "an id needs its first 4 characters or more" in capsys.readouterr().err
    assert run(["explain", str(seen.folder), "xyz"]) == 1
    assert "first 4" not in capsys.readouterr().err


def test_an_unfinished_build_may_be_of_any_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".work").mkdir()
    assert run(["inspect", str(tmp_path)]) == 1
    assert "is an unfinished build; run the same command again" in capsys.readouterr().err


def test_predict_tells_why_a_line_has_no_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lines.txt"
    path.write_text(f"{khmer(2)}\n\n42\nok\n".replace("\n\n\n", "\n\n"), encoding="utf-8")
    rows = json.loads(shown(capsys, "lid", "predict", "sea-2", "--json", path))
    by_text = {row["text"]: row for row in rows}
    assert by_text[""]["because"] == by_text["42"]["because"] == ["the text has no letters"]
    assert by_text["ok"]["lang"] == "und"
    assert "fewer than" in by_text["ok"]["because"][0]
    assert [row["because"] for row in rows if row["lang"] == "khm_Khmr"] != []
    assert all(row["because"] == [] for row in rows if row["lang"] != "und")
    listing = shown(capsys, "lid", "predict", "sea-2", path)
    assert listing.count("the text has no letters") == 2
    assert by_text["ok"]["because"][0] in listing


def test_init_writes_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing = shown(capsys, "init", "khm_Khmr", "--out", f"{tmp_path}/")
    assert f"wrote {tmp_path / 'khm_Khmr.toml'}" in listing
    assert run(["init", "khm_Khmr", "--out", str(tmp_path)]) == 1
    assert "khm_Khmr.toml exists; choose another file" in capsys.readouterr().err


def test_records_are_named_by_id_url_or_file(
    seen: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    document = next(seen.documents(columns=["id"]))["id"][0].as_py()
    listing = shown(capsys, "inspect", seen.folder, document[:6], "texts/b.jsonl#L7", "--text")
    assert f"kept      {document}" in listing
    assert khmer(1).strip().splitlines()[-1][:20] in listing
    assert "read/invalid_json" in listing
    assert "          texts/b.jsonl#L7\n" in listing
    assert "stage  " not in listing
    for key, message in (("zz", "no record with id"), (document[:2], "first 4 characters")):
        assert run(["inspect", str(seen.folder), key]) == 1
        assert message in capsys.readouterr().err
    assert run(["inspect", str(seen.folder), document, "--lang", "khm_Khmr"]) == 2
    assert "leave out the options" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--reason", "dedup/ner", "no record of this build was lost as 'dedup/ner'"),
        ("--reason", "read/emty", "did you mean 'read/empty'?"),
        ("--lang", "khm_Khm", "did you mean 'khm_Khmr'?"),
        ("--source", "text", "did you mean 'texts'?"),
        ("--near-threshold", "stop_words", "did you mean 'min_stop_words'?"),
        ("--near-threshold", "min_words", "is off in this build"),
        ("--near-threshold", "politeness", "is not a rule of this build"),
    ],
)
def test_what_a_build_does_not_have_is_an_error_with_a_guess(
    seen: ck.Build, capsys: pytest.CaptureFixture[str], option: str, value: str, hint: str
) -> None:
    assert run(["inspect", str(seen.folder), option, value]) == 1
    assert hint in capsys.readouterr().err


def test_a_seed_draws_another_sample_and_the_same_again(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    def ids(*arguments: object) -> list[str]:
        rows = json.loads(shown(capsys, "inspect", demo.folder, "--json", *arguments))
        return [row["id"] for row in (*rows["kept"], *rows["rejected"])]

    first = ids("--samples", 8, "--seed", 3)
    assert first == ids("--samples", 8, "--seed", 3)
    assert first != ids("--samples", 8, "--seed", 4)
    whole = ids("--samples", 500)
    assert len(whole) > len(set(first)) >= 8
    assert set(first[:8]) < set(whole)
    scripts = ids("--reason", "screen/script", "--samples", 5, "--seed", 9)
    assert len(scripts) == len(set(scripts)) == 5


def test_a_threshold_shows_both_sides_the_closest_first(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "max_duplicate_line_fraction"
    listing = json.loads(
        shown(capsys, "inspect", demo.folder, "--near-threshold", rule, "--json", "--samples", 4)
    )
    kept = [row["near"]["value"] for row in listing["kept"]]
    lost = [row["near"]["value"] for row in listing["rejected"]]
    assert kept == sorted(kept, reverse=True)
    assert lost == sorted(lost)
    assert len(kept) == 4
    assert max(kept) <= 0.3 < min(lost)
    quality = [row["duplicate_line_fraction"] for batch in demo.documents(["quality"])
               for row in batch["quality"].to_pylist()]  # fmt: skip
    assert kept == pytest.approx(sorted(quality)[-4:][::-1])
    text = shown(capsys, "inspect", demo.folder, "--near-threshold", rule, "--samples", 1)
    assert f"{rule}: 82 documents kept by it, 3 records rejected" in text


def test_tables_by_language_and_source_add_up(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = json.loads(shown(capsys, "inspect", demo.folder, "--json"))
    languages, sources = seen["by_language"], seen["by_source"]
    assert languages["khm_Khmr"]["documents"] == 82
    assert sum(sum(of["reasons"].values()) for of in languages.values()) == 118
    assert [*languages][-1] == "no_language"
    assert sources["libreoffice-help"] | {"reasons": {}} == {
        "read": 200, "published": 82, "reasons": {},
    }  # fmt: skip
    assert sum(sources["libreoffice-help"]["reasons"].values()) == 118


def test_a_record_without_a_language_is_told_why(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "language/undetermined"
    listing = shown(capsys, "inspect", demo.folder, "--reason", code, "--samples", 2)
    assert listing.count("likeliest ") == 2
    assert "khm_Khmr: all languages it knows score" in listing
    assert "lid176: " in listing
