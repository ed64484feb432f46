"""Every command as a user meets it: right, wrong, in a pipe, from another folder."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from end_to_end.builds import DEMO, command, khmer
from end_to_end.builds import run as shell

import corpuskit as ck
from corpuskit.cli import COMMANDS, cli, run
from corpuskit.identify.model_file import EMBEDDED_MODELS

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


@pytest.mark.parametrize("arguments", [[], ["lid"]])
def test_a_group_without_a_command_shows_its_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("Usage: corpuskit")
    assert "Commands:" in output.err
    assert "error:" not in output.err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["buld"], "error: No such command 'buld'. Did you mean 'build'?"),
        (["frobnicate"], "error: No such command 'frobnicate'."),
        (["build", "r.toml", "--wrong"], "error: No such option '--wrong'."),
        (
            ["build", "r.toml", "--wokers", "2"],
            "error: No such option '--wokers'. Did you mean '--workers'?",
        ),
        (["--versoin"], "error: No such option '--versoin'. Did you mean '--version'?"),
    ],
)
def test_what_was_meant(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err.splitlines()[-1] == line


def test_a_language_is_not_guessed_by_its_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "fra_Latn"]) == 1
    error = capsys.readouterr().err
    assert "did you mean" not in error
    assert "there are ace_Arab, " in error
    assert run(["init", "loa_Laoo"]) == 1
    assert "did you mean lao_Laoo?" in capsys.readouterr().err


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
    assert "no model in the package knows it" not in capsys.readouterr().out
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


def test_a_recipe_from_init_builds_without_a_network(tmp_path: Path) -> None:
    assert shell("init", "khm_Khmr", cwd=tmp_path).returncode == 0
    again = shell("init", "khm_Khmr", cwd=tmp_path)
    assert again.returncode == 1
    assert "exists" in again.stderr
    early = shell("build", "khm_Khmr.toml", cwd=tmp_path)
    assert early.returncode == 1
    assert "there is no" in early.stderr
    (tmp_path / "texts").mkdir()
    text = khmer(1)
    (tmp_path / "texts" / "a.txt").write_text(text, encoding="utf-8")
    done = shell("build", "khm_Khmr.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "published 1 document" in done.stdout


@pytest.mark.parametrize("code", ck.language_codes())
def test_a_recipe_from_init_is_short_and_asks_nobody(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "r.toml"
    assert run(["init", code, "--out", str(recipe)]) == 0
    lines = recipe.read_text(encoding="utf-8").splitlines()
    assert all(len(line) < 160 for line in lines)
    assert len(lines) <= 40 + len(ck.language(code).sources) + 4 * len(ck.language(code).caveats)
    for source in ck.language(code).sources:
        assert any(line.startswith(f"#   {source.name} ") for line in lines), source.name
    capsys.readouterr()
    assert run(["fetch", str(recipe), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"our-archive": []}


@pytest.mark.parametrize("code", ck.language_codes())
def test_sources_shows_a_table_that_loads_once_it_is_filled_in(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sources", code]) == 0
    shown = capsys.readouterr().out
    tables = re.findall(r"^  recipe +(\[\[source\]\]\n(?: {18}.+\n)+)", shown, re.MULTILINE)
    text = "".join(tables).replace("revision = ...", f'revision = "{"0" * 40}"')
    text = text.replace("files = ...", 'files = ["a.parquet"]')
    path = tmp_path / "r.toml"
    path.write_text(
        f'name = "k"\nlanguages = ["{code}"]\n'
        f'operator = {{ name = "I", contact = "c@example.org" }}\n{text}',
        encoding="utf-8",
    )
    profile = ck.language(code)
    assert len(tables) == len(profile.sources)
    if not tables:
        return
    loaded = ck.load_recipe(path)
    assert [table.use for table in loaded.source] == [f"{code}/{s.name}" for s in profile.sources]
    if all(source.ready for source in profile.sources):
        assert run(["fetch", str(path), "--dry-run"]) == 0


def test_what_a_ready_source_would_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.toml"
    assert run(["init", "khm_Khmr", "--out", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    example = '# [[source]]\n# use = "khm_Khmr/wikipedia"'
    assert example in text
    path.write_text(text.replace(example, example.replace("# ", "")), encoding="utf-8")
    capsys.readouterr()
    assert run(["fetch", str(path), "--dry-run", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)
    assert asked["wikipedia"][0].startswith("GET https://")


def test_init_needs_a_place_for_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "lao_Laoo", "--out", str(tmp_path / "none" / "r.toml")]) == 1
    message = f"error: there is no folder {tmp_path}/none; make it, or choose another"
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_init_refuses_a_contact_that_no_recipe_may_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.toml"
    assert run(["init", "khm_Khmr", "--out", str(path), "--contact", "nobody"]) == 2
    assert "error: Invalid value for '--contact': expected an e-mail" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize(
    "content", ["[]", "{}", "null", '{"format": 2, "files": 3}', '{"stages": [{}]}', "{", "\xff"]
)
@pytest.mark.parametrize("name", ["manifest.json", "ledger.json"])
def test_a_damaged_build_is_one_line(
    name: str,
    content: str,
    demo: ck.Build,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for file in ("manifest.json", "ledger.json"):
        (tmp_path / file).write_bytes((demo.folder / file).read_bytes())
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    for arguments in (["inspect", "--samples", "0"], ["verify"], ["explain", "abcd"]):
        assert run([arguments[0], str(tmp_path), *arguments[1:]]) == 1
        shown = capsys.readouterr().err
        assert shown.startswith("error: ")
        assert "unexpected" not in shown
        assert "its traceback" not in shown


def test_labels_of_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lid", "labels"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["sea-2", "khm_Khmr", "khm_Khmr"] in lines
    assert ["lid176", "km", "khm_Khmr"] in lines
    assert run(["lid", "labels", "lid176", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert list(tables) == ["lid176"]
    assert tables["lid176"]["km"] == ["khm_Khmr"]
    model = Path(EMBEDDED_MODELS["sea-2"].file)
    assert run(["lid", "labels", str(model)]) == 0
    assert "khm_Khmr" in capsys.readouterr().out
    assert run(["lid", "labels", "sea-9"]) == 1
    assert "the embedded models are" in capsys.readouterr().err


def test_a_profile_without_labels_of_a_language_that_a_model_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = 'code = "{}"\nname = "N"\nautonym = "N"\nbcp47 = ["x"]\nsegmentation = "spaces"\n'
    for code in ("ban_Latn", "kxd_Latn"):
        (tmp_path / f"{code}.toml").write_text(f"[language]\n{profile.format(code)}labels = {{}}\n")
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    assert run(["languages", "ban_Latn"]) == 0
    shown = capsys.readouterr().out
    assert "no model in the package knows it" not in shown
    assert re.search(r"^in sea-2 +ban_Latn$", shown, re.MULTILINE)
    assert run(["languages", "kxd_Latn"]) == 0
    assert "no model in the package knows it" in capsys.readouterr().out
    assert run(["languages"]) == 0
    assert re.search(r"^ban_Latn  N +sea-2 ", capsys.readouterr().out, re.MULTILINE)
    assert run(["init", "ban_Latn", "--out", str(tmp_path / "r.toml")]) == 0
    assert "[identify]" not in (tmp_path / "r.toml").read_text()


def test_a_closed_pipe_is_no_error() -> None:
    listing = subprocess.Popen(command("languages"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()
    errors = listing.stderr.read()
    listing.stderr.close()
    listing.wait(timeout=30)
    assert b"Traceback" not in errors
