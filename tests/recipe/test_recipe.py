"""Recipes: what is right is read, what is wrong is said wholly and plainly."""

from pathlib import Path
from typing import Any

import pytest

from corpuskit.errors import RecipeError
from corpuskit.recipe import load_recipe, parse_recipe
from corpuskit.recipe.source_checks import resolve
from corpuskit.registry import BUILT_IN

GOOD: dict[str, Any] = {
    "name": "khmer",
    "languages": ["khm_Khmr"],
    "operator": {"name": "Institute", "contact": "corpus@example.org"},
    "source": [
        {"name": "a", "connector": "files", "path": "texts", "license": "NOASSERTION"},
    ],
}


def problems(data: dict[str, Any]) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(data, "r.toml")
    return str(caught.value).splitlines()


def changed(**keys: Any) -> dict[str, Any]:
    return {**GOOD, **keys}


def source(**keys: Any) -> dict[str, Any]:
    return changed(source=[{**GOOD["source"][0], **keys}])


def test_defaults() -> None:
    recipe = parse_recipe(GOOD, "folder/r.toml")
    assert recipe.dedup.threshold == 0.8
    assert recipe.output.shard_size == 256_000_000
    assert recipe.output.validation == 0.0
    assert recipe.folder == Path("folder")
    assert recipe.source[0].options == {"path": "texts"}


def test_digest_is_of_content_not_of_place_or_form(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    body = (
        'languages = ["khm_Khmr"]\noperator = { name = "I", contact = "c@example.org" }\n'
        '[[source]]\nname = "a"\nconnector = "files"\npath = "t"\nlicense = "NOASSERTION"\n'
    )
    one.write_text('name = "k"\n' + body)
    two.write_text('# a comment\nname   =   "k"\n' + body + "[dedup]\nthreshold = 0.8\n")
    assert load_recipe(one).sha256 == load_recipe(two).sha256
    assert load_recipe(one).sha256 != load_recipe(one, ["dedup.threshold=.9"]).sha256


@pytest.mark.parametrize(
    ("size", "number"),
    [("256MB", 256_000_000), ("1 GiB", 2**30), ("1.5kb", 1500), (10, 10), ("7", 7)],
)
def test_sizes(size: str | int, number: int) -> None:
    assert parse_recipe(changed(output={"shard_size": size})).output.shard_size == number


def test_every_mistake_at_once() -> None:
    found = problems(
        {
            "name": "a b",
            "languages": ["khm_Kmer"],
            "operator": {"name": "I"},
            "sources": [],
            "source": [{"name": "x", "conector": "files", "license": "MIT"}],
            "dedup": {"treshold": 0.9, "near": "yes"},
            "output": {"shard_size": "many"},
            "quality": {"vie_Latn": {"min_chars": 1}},
        }
    )
    text = "\n".join(found)
    for key in (
        "name:", "languages[1]:", "operator.contact:", "sources:", "source[1].conector:",
        "source[1].license_verified_by:", "dedup.treshold:", "dedup.near:", "output.shard_size:",
        "quality.vie_Latn:",
    ):  # fmt: skip
        assert f"r.toml: {key}" in text, key
    assert "sources: unknown key (did you mean 'source'?)" in text
    assert "dedup.treshold: unknown key (did you mean 'threshold'?)" in text
    assert 'a size such as "256MB"' in text


def test_one_mistake_is_one_line() -> None:
    assert problems(changed(languages=["khm_Kmer"])) == [
        "r.toml: languages[1]: no language 'khm_Kmer' (did you mean khm_Khmr?)"
    ]
    assert problems(changed(languages=["Khmer"]))[0].startswith("r.toml: languages[1]: ")
    assert len(problems(changed(languages=["Khmer"]))) == 1
    assert len(problems(changed(dedup={"threshold": 2}))) == 1
    assert len(problems({k: v for k, v in GOOD.items() if k != "name"})) == 1
    assert len(problems(source(pth="x", path="y"))) == 1


def test_a_source_needs_a_license_and_who_verified_it() -> None:
    assert "license_verified_by: missing" in problems(source(license="MIT"))[0]
    bare = {k: v for k, v in GOOD["source"][0].items() if k != "license"}
    assert "source[1].license: missing" in problems(changed(source=[bare]))[0]
    parse_recipe(source(license="MIT", license_verified_by="me, today"))


@pytest.mark.parametrize(
    ("license_", "hint"),
    [
        ("CC BY-SA 4.0", "did you mean 'CC-BY-SA-4.0'?"),
        ("not known", "`NOASSERTION` where nobody knows, 'LicenseRef-not-known' for a license "
         "without an SPDX id"),
        ("none", "did you mean 'NOASSERTION'?"),
    ],
)  # fmt: skip
def test_a_license_is_an_spdx_expression(license_: str, hint: str) -> None:
    assert problems(source(license=license_, license_verified_by="me, today")) == [
        "r.toml: source[1].license: expected an SPDX id, `LicenseRef-...` or `NOASSERTION`, "
        f"got {license_!r} ({hint})"
    ]


def test_a_license_is_spelled_as_spdx_spells_it() -> None:
    table = {"name": "a", "connector": "files", "license": "cc-by-4.0"}
    assert resolve(table)["license"] == "CC-BY-4.0"


def policy(**table: object) -> dict[str, object]:
    return changed(policy=table)


@pytest.mark.parametrize(
    ("license_", "message"),
    [
        ("CC BY SA", "expected an SPDX id or `LicenseRef-...`, got 'CC BY SA' "
         "(did you mean 'CC-BY-SA-4.0'?)"),
        ("NOASSERTION", "NOASSERTION is not a license "
         '(unknown = "keep" keeps documents whose license nobody knows)'),
        ("MIT OR ISC", "expected one license, got 'MIT OR ISC' "
         "(list each license; an expression is permitted by the licenses in it)"),
    ],
)  # fmt: skip
def test_licenses_of_the_policy_are_spdx_ids(license_: str, message: str) -> None:
    found = problems(policy(licenses=["CC0-1.0", license_]))
    assert found == [f"r.toml: policy.licenses[2]: {message}"]


def test_the_policy_has_defaults_and_refuses_what_it_does_not_know() -> None:
    table = parse_recipe(policy(licenses=["cc-by-4.0", "LicenseRef-SG-ODL-1.0"])).policy
    assert (table.unknown, len(table.opt_outs)) == ("keep", 7)
    assert "policy.unknown" in problems(policy(unknown="drop"))[0]
    assert "policy.opt_outs[1]" in problems(policy(opt_outs=["noai"]))[0]
    assert "permits no license" in problems(policy(licenses=[]))[0]
    assert parse_recipe(policy(opt_outs=[])).policy.opt_outs == ()


def test_unknown_connector_lists_those_there_are() -> None:
    there_are = ", ".join(sorted(BUILT_IN["corpuskit.connectors"]))
    assert problems(source(connector="file")) == [
        f"r.toml: source[1].connector: no connector 'file'; there are {there_are}; "
        "did you mean 'files'?"
    ]


def test_unknown_option_of_a_connector_is_guessed() -> None:
    assert problems(source(text_colum="body")) == [
        "r.toml: source[1].text_colum: unknown key (did you mean 'text_column'?)"
    ]


def test_two_sources_of_one_name() -> None:
    found = problems(changed(source=[GOOD["source"][0], GOOD["source"][0]]))
    assert found == ["r.toml: source[2].name: a second source named 'a' (give it a `name`)"]


def test_rules_are_checked_by_name() -> None:
    found = problems(changed(quality={"khm_Khmr": {"min_char": 1, "max_digit_share": True}}))
    assert found[0] == "r.toml: quality.khm_Khmr.min_char: no such rule (did you mean 'min_chars'?)"
    assert any("expected a number or false" in line for line in found)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ("min_lang_line_share", 80, "expected share: 0 or more, at most 1, got 80"),
        ("max_digit_share", 30, "expected share: 0 or more, at most 1, got 30"),
        ("min_chars", -5, "expected code points: 0 or more, got -5"),
        ("min_specific_word_share", 0.1, "khm_Khmr has no list of specific words to look for; "
         "`corpuskit lid words` makes them"),
    ],
)  # fmt: skip
def test_thresholds_that_would_drop_all_or_nothing(rule: str, value: float, said: str) -> None:
    found = problems(changed(quality={"khm_Khmr": {rule: value}}))
    assert found == [f"r.toml: quality.khm_Khmr.{rule}: {said}"]


def test_a_model_of_ones_own_needs_its_digest() -> None:
    found = problems(changed(identify={"model": "m.bin"}))
    assert found == ["r.toml: identify.sha256: needed beside a model of your own"]


def test_overrides(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text(
        'name = "k"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "I", contact = "c@example.org" }\n'
        '[[source]]\nname = "a"\nconnector = "files"\npath = "t"\nlicense = "NOASSERTION"\n'
    )
    recipe = load_recipe(
        path, ["quality.khm_Khmr.min_chars=12", "dedup.threshold=.75", "normalize.zwsp=strip"]
    )
    assert recipe.quality["khm_Khmr"]["min_chars"] == 12
    assert recipe.dedup.threshold == 0.75
    assert recipe.normalize.zwsp == "strip"
    with pytest.raises(RecipeError, match="expected KEY=VALUE"):
        load_recipe(path, ["dedup.threshold"])
    with pytest.raises(RecipeError, match="'name' is not a table"):
        load_recipe(path, ["name.first=1"])


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no such file"):
        load_recipe(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = \n")
    with pytest.raises(RecipeError, match=r"bad\.toml: is not valid TOML: .*line 1"):
        load_recipe(tmp_path / "bad.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"\n')
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "latin.toml")


HEAD = """
name = "k"
languages = ["khm_Khmr"]
operator = { name = "I", contact = "c@example.org" }
"""
FILES = """
[[source]]
name = "a.b"
connector = "files"
path = "t"
license = "NOASSERTION"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "r.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loading(path: Path, *overrides: str) -> list[str]:
    """The problems of a recipe file, without the file's name."""
    with pytest.raises(RecipeError) as caught:
        load_recipe(path, overrides)
    return [str(problem).removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_misspelled_keys_of_a_source_are_guessed_whatever_else_is_wrong(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEAD.replace("khm_Khmr", "khm_Khm").replace('name = "k"', "")
        + '[[source]]\nname = "a"\nconnectr = "files"\nlicens = "MIT"\npath = "nowhere"\n'
        '[[source]]\nname = "b"\nconnector = "warc"\npath = "none/*.gz"\nlicence = "MIT"\n',
    )
    lines = loading(path)
    for expected in (
        "languages[1]: no language 'khm_Khm' (did you mean khm_Khmr?)",
        "name: missing (",
        "source[1].connectr: unknown key (did you mean 'connector'?)",
        "source[1].licens: unknown key (did you mean 'license'?)",
        "source[2].licence: unknown key (did you mean 'license'?)",
        "source[2].path: there is no ",
    ):
        assert any(line.startswith(expected) for line in lines), (expected, lines)
    assert not [line for line in lines if line.startswith("source") and ": missing" in line]


def test_a_path_that_is_not_there_is_reported_with_the_other_mistakes(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("a")
    table = '[[source]]\nname = "a"\nconnector = "files"\nlicense = "NOASSERTION"\npath = "{}"\n'
    missing, present = table.format("pagse"), table.format("pages").replace('"a"', '"b"')
    path = written(tmp_path, HEAD + "[dedup]\nthreshold = 7\n" + missing + present)
    lines = loading(path)
    assert [line.partition(":")[0] for line in lines] == ["dedup.threshold", "source[1].path"]
    assert "did you mean 'pages'?" in lines[1]


def test_a_recipe_with_the_former_model_is_told_its_successor() -> None:
    for model, successor in {"sea-1": "sea-2", "sea-1+lid176": "sea-2+lid176"}.items():
        (line,) = problems(changed(identify={"model": model}))
        assert line.startswith(f"r.toml: identify.model: {model!r} is no longer in the package")
        assert f'write model = "{successor}"' in line


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("sea-3", "did you mean 'sea-2'?"),
        ("lid-176", "did you mean 'lid176'?"),
        ("glotlid", "a model of your own is a file or a URL"),
    ],
)
def test_an_unknown_model_name_is_not_taken_for_a_file(model: str, message: str) -> None:
    (line,) = problems(changed(identify={"model": model}))
    assert line.startswith(f"r.toml: identify.model: no embedded model '{model}'; there are ")
    assert message in line
    for file in ("models/x", "x.ftz", "https://example.org/m"):
        (line,) = problems(changed(identify={"model": file}))
        assert line.startswith("r.toml: identify.sha256: ")


def test_a_license_of_the_recipe_is_not_verified_by_the_catalogue() -> None:
    table = {"use": "khm_Khmr/wikipedia", "license": "MIT"}
    assert problems(changed(source=[table])) == [
        "r.toml: source[1].license_verified_by: missing (who verified the license, when and how)"
    ]
    blank = source(license="MIT", license_verified_by="  ")
    assert "license_verified_by: missing" in problems(blank)[0]


def test_overrides_reach_sources_by_place_and_by_name(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEAD + FILES + '[[source]]\nuse = "khm_Khmr/libreoffice-help"\npath = "u"\n',
    )
    overrides = ["source[1].path=one", "source.libreoffice-help.path=two", "source.a.b.name=c"]
    recipe = load_recipe(path, overrides)
    assert [table.options["path"] for table in recipe.source] == ["one", "two"]
    assert recipe.source[0].name == "c"
    for key in ("source.0.path", "source[0].path", "source[3].path", "source.x.path"):
        (line, *_) = loading(path, f"{key}=x")
        assert line.startswith(f"--set: {key}: no such source; source[1] is 'a.b', source[2] is ")
        assert "write source[1].path or source.NAME.path" in line


def test_a_string_where_a_list_belongs(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEAD + FILES,
    )
    line, *_ = loading(path, "exclude.domains=example.org")
    assert (
        line
        == """exclude.domains: expected a list, got 'example.org' (write it as ["example.org"])"""
    )
    line, *_ = loading(path, "languages=true")
    assert line == "languages: expected a list, got true"
    line, *_ = loading(path, "dedup=1")
    assert line == "dedup: expected a table, got 1"


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "9" * 6000,
        "x = " + "[" * 2500 + "]" * 2500,
        "x = " + "{a=" * 2000 + "1" + "}" * 2000,
        "x = 0x" + "f" * 6000,
        "x = " + "1" * 4000,
        "x = " + "[" * 300 + "]" * 300,
        "languages = true\n[quality.khm_Khmr]\nmin_chars = 1",
        "languages = [1, {}]\n[quality.khm_Khmr]\nmin_chars = 1\n[rules.x.khm]\nmin = 1",
        "source = [[], 1]\nstages = [[1], {}]\nidentify = []\nrules = 1",
        'identify.model = []\n[[source]]\nname = []\nconnector = {}\nallow_excluded = 1',
        '[[source]]\nuse = "/"\n[[source]]\nuse = []\n[[source]]\npath = "\\u0000"',
        '[[source]]\nname = "a"\nconnector = "web"\nseeds = ["http://[", "http://a:b"]',
        '[[source]]\nname = "a"\nconnector = "oai"\nurl = "http://["\nlicense = "NOASSERTION"',
        'identify.model = "http://["',
        "[quality.khm_Khmr]\nmin_chars = nan\nmax_digit_share = inf\nmin_clusters = 1979-05-27",
    ],
)  # fmt: skip
def test_no_recipe_ends_in_anything_but_a_recipe_error(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    for line in loading(path):
        assert len(line) < 700
    load = 'name = "k"\n' + text
    with pytest.raises(RecipeError):
        load_recipe(written(tmp_path, load), ["x=" + "9" * 5000, "y=" + "[" * 3000])


def test_wrong_types_of_arguments() -> None:
    with pytest.raises(TypeError, match="takes a dict of the recipe's keys, got str"):
        parse_recipe("r.toml")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes the path of a TOML file, got dict"):
        load_recipe(GOOD)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="overrides is a list"):
        load_recipe("r.toml", "a=1")
