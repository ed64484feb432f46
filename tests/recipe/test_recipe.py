"""Recipes: what is right is read, what is wrong is said wholly and plainly."""

from pathlib import Path
from typing import Any

import pytest

from corpuskit.errors import RecipeError
from corpuskit.recipe import load_recipe, parse_recipe
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
            "quality": {"khm_Khmr": {"min_chars": 1}},
        }
    )
    text = "\n".join(found)
    for key in (
        "name:", "languages[1]:", "operator.contact:", "sources:", "source[1].connector:",
        "source[1].license_verified_by:", "dedup.treshold:", "dedup.near:", "output.shard_size:",
        "quality.khm_Khmr:",
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
