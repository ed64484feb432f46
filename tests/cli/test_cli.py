"""Every command as a user meets it: right, wrong, in a pipe, from another folder."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from end_to_end.builds import DEMO, command, only_own_files
from end_to_end.builds import run as shell

import corpuskit as ck
from corpuskit.cli import COMMANDS, cli, run

pytestmark = pytest.mark.xdist_group("demo")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert f"corpuskit {name}" in result.output.split("\n", 2)[2]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom corpuskit.cli import run\nrun(['--help'])\n"
        "heavy = {'numpy', 'pyarrow', 'pydantic', 'trafilatura', 'fasttext', 'rich'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "arguments",
    [
        ["buidl"],
        ["build"],
        ["build", "r.toml", "--wokers", "2"],
        ["build", "r.toml", "--workers", "0"],
        ["inspect", "nowhere"],
        ["explain", "."],
    ],
)
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "\nerror: " in capsys.readouterr().err


def test_an_error_is_one_line_and_exits_1(tmp_path: Path) -> None:
    for arguments, message in (
        (["build", tmp_path / "none.toml"], "no such file"),
        (["inspect", tmp_path], "holds no build"),
        (["sources", "khmer"], "did you mean khm_Khmr?"),
        (["languages", "--json", "--nonsense"], None),
    ):
        done = shell(*arguments)
        if message is None:
            assert done.returncode == 2
            continue
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert done.stdout == ""


def test_build_in_a_pipe_from_another_folder(tmp_path: Path) -> None:
    done = shell("build", DEMO / "khmer.toml", "--workers", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "builds" / "khmer-demo" / "manifest.json").exists()
    assert "\x1b" not in done.stdout
    assert "published " in done.stdout
    assert "rejected  " in done.stdout
    again = shell("build", DEMO / "khmer.toml", "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["documents"] > 40
    quiet = shell("build", DEMO / "khmer.toml", "--quiet", cwd=tmp_path)
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_inspect(demo: ck.Build, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", str(demo.folder)]) == 0
    shown = capsys.readouterr().out
    for stage in demo.ledger.stages:
        assert f"\n  {stage} " in shown
    assert shown.count("\nkept ") == 3
    assert shown.count("\nrejected ") == 3
    assert run(["inspect", str(demo.folder), "--reason", "dedup/near", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {row["reason"] for row in data["rejected"]} == {"dedup/near"}


def test_explain_tells_the_whole_story(demo: ck.Build, capsys: pytest.CaptureFixture[str]) -> None:
    row = demo.dataset.head(1, columns=["id", "url", "text"]).to_pylist()[0]
    for key in (row["id"], row["url"]):
        assert run(["explain", str(demo.folder), key]) == 0
        shown = capsys.readouterr().out
        for label in ("record", "url", "read", "license", "decoded", "extracted", "normalized",
                      "language", "rules", "published"):  # fmt: skip
            assert f"\n{label} " in f"\n{shown}", label
    assert run(["explain", str(demo.folder), row["id"], "--text"]) == 0
    assert row["text"] in capsys.readouterr().out


def test_explain_names_duplicates_both_ways(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    near = next(r for b in demo.rejects() for r in b.to_pylist() if r["reason"] == "dedup/near")
    assert run(["explain", str(demo.folder), near["id"], "--json"]) == 0
    story = json.loads(capsys.readouterr().out)[0]
    assert story["reason"] == "dedup/near"
    kept = [item for item in story["duplicates"] if item["kept"]]
    assert [item["id"] for item in kept] == [near["duplicate_of"]]
    assert kept[0]["similarity"] >= 0.8
    assert run(["explain", str(demo.folder), near["duplicate_of"], "--json"]) == 0
    other = json.loads(capsys.readouterr().out)[0]
    assert near["id"] in [item["id"] for item in other["duplicates"]]


def test_explain_every_kind_of_reject(demo: ck.Build, capsys: pytest.CaptureFixture[str]) -> None:
    seen = set()
    for batch in demo.rejects():
        for row in batch.to_pylist():
            if row["reason"] not in seen:
                seen.add(row["reason"])
                assert run(["explain", str(demo.folder), row["id"]]) == 0
                assert f"rejected    {row['reason']}" in capsys.readouterr().out
    assert len(seen) >= 6


def test_verify_finds_what_was_changed(demo: ck.Build, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(demo.folder, copy, ignore=shutil.ignore_patterns(".work"))
    assert shell("verify", copy).returncode == 0
    shard = copy / demo.files("data")[0].relative_to(demo.folder)
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    (copy / "data" / "stray.parquet").write_bytes(b"")
    done = shell("verify", copy)
    assert done.returncode == 1
    assert "sha256 differs" in done.stderr
    assert "data/stray.parquet: not in the manifest" in done.stderr
    assert json.loads(shell("verify", copy, "--json").stdout)["ok"] is False


def test_languages_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["languages"]) == 0
    shown = capsys.readouterr().out
    for code in ck.language_codes():
        assert f"\n{code}" in shown
    assert max(map(len, shown.splitlines())) <= 110
    assert run(["languages", "rki_Mymr"]) == 0
    assert "no model in the package knows it" in capsys.readouterr().out
    assert run(["sources", "khm_Khmr", "--json"]) == 0
    assert "wikipedia" in {item["name"] for item in json.loads(capsys.readouterr().out)}


@pytest.mark.parametrize("code", ck.language_codes())
def test_sources_of_a_language_and_what_must_not_be_used(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sources", code]) == 0
    shown = capsys.readouterr().out
    assert "must not be used: jw.org" in shown
    profile = ck.language(code)
    assert re.search(r"^ *verified +not", shown, re.MULTILINE) is None
    for source in profile.sources:
        assert f"{code}/{source.name}\n" in shown
        block = shown.partition(f"{code}/{source.name}\n")[2].partition("\n\n")[0]
        unsure = source.license_verified_by.startswith("not verified")
        assert ("\n  not verified " in block, "\n  verified " in block) == (unsure, not unsure)
    for kind in profile.without:
        assert f"no {kind}\n" in shown


def test_a_recipe_from_init_is_valid_and_builds(tmp_path: Path) -> None:
    assert shell("init", "khm_Khmr", cwd=tmp_path).returncode == 0
    again = shell("init", "khm_Khmr", cwd=tmp_path)
    assert again.returncode == 1
    assert "exists" in again.stderr
    only_own_files(tmp_path / "khm_Khmr.toml")
    (tmp_path / "texts").mkdir()
    text = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ " * 6
    (tmp_path / "texts" / "a.txt").write_text(text, encoding="utf-8")
    done = shell("build", "khm_Khmr.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", ck.language_codes())
def test_a_recipe_from_init_says_whom_it_would_ask(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "r.toml"
    assert run(["init", code, "--out", str(recipe)]) == 0
    assert all(len(line) < 160 for line in recipe.read_text(encoding="utf-8").splitlines())
    capsys.readouterr()
    assert run(["fetch", str(recipe), "--dry-run", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    ready = {item.name for item in ck.language(code).sources if item.ready}
    assert set(asked) == (ready or {"our-archive"})
    for name in ready:
        assert asked[name][0].startswith("GET https://")


def test_every_source_of_init_is_right_once_it_is_filled_in(tmp_path: Path) -> None:
    """What stands as a comment is a source that loads, with what it asks the operator for."""
    for code in ck.language_codes():
        assert run(["init", code, "--out", str(tmp_path / f"{code}.toml")]) == 0
        lines = (tmp_path / f"{code}.toml").read_text(encoding="utf-8").splitlines()
        text = "\n".join(line.removeprefix("# ") for line in _blocks(lines))
        text = text.replace("revision = ...", f'revision = "{"0" * 40}"')
        text = text.replace("files = ...", 'files = ["a.parquet"]')
        head = "\n".join(line for line in lines[:12] if line.startswith(("name", "lang", "oper")))
        (tmp_path / f"{code}.toml").write_text(f"{head}\n{text}\n", encoding="utf-8")
        loaded = ck.load_recipe(tmp_path / f"{code}.toml")
        assert len(loaded.source) == len(ck.language(code).sources) + 1


def _blocks(lines: list[str]) -> list[str]:
    """The [[source]] tables, commented out or not, up to the empty line behind each."""
    chosen, inside = [], False
    for line in lines:
        inside = (inside or line.removeprefix("# ") == "[[source]]") and bool(line)
        chosen += [line] if inside else []
    return chosen


def test_a_closed_pipe_is_no_error() -> None:
    listing = subprocess.Popen(command("languages"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    errors = listing.stderr.read()
    listing.stderr.close()
    listing.wait(timeout=30)
    assert b"Traceback" not in errors
