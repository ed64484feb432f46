"""The catalogue: found wherever it is installed, valid, and every mistake in a profile named."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from corpuskit import languages as module
from corpuskit import registry
from corpuskit.cli import run
from corpuskit.errors import CatalogueError
from corpuskit.exclusions import exclusions
from corpuskit.languages import (
    all_thresholds,
    catalogue_folder,
    language,
    language_codes,
    languages,
    nearest,
    read_profile,
)
from corpuskit.text import script_share
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import SCRIPT_IDS
from corpuskit.text.words import UNSPACED
from corpuskit.thresholds import RULES

FIRST_TEN = {
    *("khm_Khmr", "lao_Laoo", "mya_Mymr", "tha_Thai", "vie_Latn"),
    *("ind_Latn", "zsm_Latn", "jav_Latn", "sun_Latn", "tgl_Latn"),
}

REGION = FIRST_TEN | {
    *("zsm_Arab", "bjn_Arab", "ace_Arab", "jav_Java", "ban_Latn", "bbc_Latn", "min_Latn"),
    *("ace_Latn", "bug_Latn"),
    *("bjn_Latn", "mad_Latn", "mak_Latn", "nij_Latn", "bew_Latn", "iba_Latn", "dtp_Latn"),
    *("ceb_Latn", "ilo_Latn", "hil_Latn", "war_Latn", "bcl_Latn", "pam_Latn", "tet_Latn"),
    *("shn_Mymr", "mnw_Mymr", "ksw_Mymr", "rki_Mymr", "cnh_Latn", "hmn_Latn", "dzo_Tibt"),
    *("tam_Taml", "zho_Hans", "zho_Hant", "eng_Latn"),
}

GROUPS = (
    {"ind_Latn", "zsm_Latn", "bjn_Latn", "min_Latn", "jav_Latn", "sun_Latn", "ban_Latn"},
    {"tgl_Latn", "ceb_Latn", "hil_Latn", "war_Latn", "ilo_Latn", "bcl_Latn", "pam_Latn"},
    {"mya_Mymr", "rki_Mymr", "shn_Mymr", "mnw_Mymr", "ksw_Mymr"},
    {"lao_Laoo", "tha_Thai"},
    {"zsm_Arab", "bjn_Arab", "ace_Arab"},
)
"""Languages that models take for one another."""

GOOD = """
[language]
code = "xyz_Latn"
name = "Xyzzy"
autonym = "Xyz"
bcp47 = ["xyz"]
segmentation = "spaces"
labels.lid176 = ["xx"]

[language.thresholds]
min_chars = { value = 10, from = "measured today" }

[[source]]
name = "one"
connector = "files"
about = "a source"
license = "CC0-1.0"
license_evidence = "a file"
license_verified_by = "somebody, today"
"""


def profile(folder: Path, text: str) -> Path:
    path = folder / "xyz_Latn.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_ten_are_there() -> None:
    assert set(language_codes()) >= FIRST_TEN
    assert language_codes() == sorted(language_codes())


@pytest.mark.parametrize("code", language_codes())
def test_profile_is_consistent(code: str) -> None:
    one = language(code)
    assert one.code == code
    assert one.script in SCRIPT_IDS or one.script in MEMBERS
    assert script_share(one.autonym, one.script) == 1.0
    unspaced = {*UNSPACED, "Tibt"}.intersection(MEMBERS.get(one.script, (one.script,)))
    assert (one.segmentation == "spaces") != bool(unspaced)
    if one.segmentation == "syllables":
        assert one.script in ("Mymr", "Tibt")
    assert code not in one.confusable
    assert one.code[:3] in one.bcp47
    assert one.fonts
    if code in FIRST_TEN:
        assert 0 < one.thresholds["min_lang_score"].value < 1
        assert 0 < one.thresholds["min_script_ratio"].value < 1
    told = " ".join(one.lacks)
    assert bool(one.embedded_models) != ("no model in the package" in told)
    assert bool(one.thresholds) != ("no thresholds" in told)
    assert ("min_stop_words" in one.thresholds) != ("no rule on stop words" in told)
    if "min_stop_words" in one.thresholds:
        assert one.stop_words


@pytest.mark.parametrize("code", language_codes())
def test_neighbors_are_mutual(code: str) -> None:
    there = set(language_codes())
    for other in there.intersection(language(code).confusable):
        assert code in language(other).confusable, other


def test_the_languages_of_the_region_are_there() -> None:
    assert set(language_codes()) >= REGION
    for group in GROUPS:
        for code in group:
            assert set(language(code).confusable) >= group - {code}


@pytest.mark.parametrize("code", sorted(REGION))
def test_a_profile_of_the_region_is_complete(code: str) -> None:
    """Nothing is left to be guessed: what a profile lacks, it says why."""
    one = language(code)
    assert one.name
    assert one.direction == ("rtl" if one.script == "Arab" else "ltr")
    assert all(font in FONTS for font in one.fonts), one.fonts
    assert bool(one.embedded_models)
    assert one.brought_models or code in {"jav_Java", "rki_Mymr"}
    assert one.cctld or code == "hmn_Latn"  # which no country's domain is of
    assert one.confusable or code in ALONE
    quality = {key for key in all_thresholds(one) if RULES[key].stage == "quality"}
    morphology = {"min_clusters", "min_mean_word_clusters", "max_mean_word_clusters"}
    for rule in morphology | {"min_stop_words"}:
        assert rule in quality or rule in one.unset or code in NO_TEXT, rule
    assert morphology <= quality or code == "jav_Java"
    if one.inherits:
        parent = language(one.inherits)
        assert parent.script == one.script or {parent.script, one.script} == {"Hans", "Hant"}


NO_TEXT = {"iba_Latn", "ksw_Mymr"}
"""None was at hand to calibrate on."""

ALONE = {"khm_Khmr", "vie_Latn", "tam_Taml", "eng_Latn", "hmn_Latn", "jav_Java"}
"""Taken for no other language."""

FONTS = {
    *("Noto Sans", "DejaVu Sans", "Noto Sans Khmer", "Khmer OS", "Battambang"),
    *("Noto Sans Lao", "Noto Serif Lao", "Noto Sans Thai", "Sarabun", "Loma"),
    *("Noto Sans Myanmar", "Padauk", "Noto Serif Tibetan", "Jomolhari", "Noto Sans Tamil"),
    *("Noto Sans Javanese", "Tuladha Jejeg", "Noto Naskh Arabic", "Scheherazade New", "Amiri"),
    *("Noto Sans CJK SC", "WenQuanYi Zen Hei", "Noto Sans CJK TC", "AR PL UMing TW"),
}
"""Openly licensed: SIL OFL, Arphic's or Bitstream Vera's terms, GPL and LGPL with an exception."""

FILLED = {"revision": "0" * 40, "files": ["data/part.parquet"]}
"""What a recipe gives where the catalogue leaves an option to it."""


@pytest.mark.parametrize(
    ("code", "name"), [(one.code, known.name) for one in languages() for known in one.sources]
)
def test_a_known_source_can_be_read_today(code: str, name: str) -> None:
    """Its connector is there and takes its options; what is pinned is pinned wholly."""
    known = next(one for one in language(code).sources if one.name == name)
    assert not set(known.fill) & set(known.options)
    given = known.options | {option: FILLED[option] for option in known.fill}
    kind = registry.connector(known.connector)
    options = kind.Options.model_validate(given)
    if known.ready:  # what runs as it is fetches: files of the operator's have to be obtained
        assert kind(options, Path(), Path("store")).remote()
    for url in given.get("url", []):
        assert re.search("/[0-9a-f]{40}/", url), "a file of a repository is named at a commit"


@pytest.mark.parametrize("code", language_codes())
def test_what_there_is_none_of_is_explained(code: str) -> None:
    one = language(code)
    by_name = {source.name for source in one.sources}
    by_kind = {source.connector for source in one.sources}
    assert ("wikipedia" in by_name) != ("wikipedia" in one.without)
    assert ("commoncrawl" in by_kind) != ("commoncrawl" in one.without)


def test_nobody_is_said_to_have_verified_what_nobody_read() -> None:
    for one in languages():
        for source in one.sources:
            said = source.license_verified_by
            assert "not verified" in said or "by reading" in said or "no license is claimed" in said
            if said.startswith("not verified"):
                assert source.license == "NOASSERTION", (one.code, source.name)


def test_found_in_a_wheel_and_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    packaged, checkout = tmp_path / "corpuskit" / "sources", tmp_path / "sources"
    monkeypatch.setattr(module, "_PACKAGED", packaged)
    monkeypatch.setattr(module, "_REPOSITORY", checkout)
    with pytest.raises(CatalogueError, match="reinstall"):
        catalogue_folder()
    checkout.mkdir()  # another project's folder of that name
    (checkout / "notes.txt").write_text("no catalogue")
    with pytest.raises(CatalogueError, match="reinstall"):
        catalogue_folder()
    shutil.copy(repository / "sources" / "khm_Khmr.toml", checkout)
    assert catalogue_folder() == checkout
    shutil.copytree(repository / "sources", packaged)
    assert catalogue_folder() == packaged
    assert set(language_codes()) >= FIRST_TEN


def test_the_wheel_takes_the_catalogue_along(repository: Path) -> None:
    import tomllib

    wheel = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]
    assert wheel["force-include"]["sources"] == "corpuskit/sources"


@pytest.mark.parametrize(
    "asked",
    ["km", "khm", "Khmer", "khmer", "ភាសាខ្មែរ", "khm-khmr", "kmh_Khmr", "khm_Kmer", "km-KH"],
)
def test_an_unknown_code_gets_a_guess(asked: str) -> None:
    with pytest.raises(CatalogueError, match=f"no language '{asked}'.*did you mean khm_Khmr"):
        language(asked)


def test_where_nothing_is_near_all_are_listed() -> None:
    assert nearest("qqq_Zzzz") == f"; there are {', '.join(language_codes())}"


def test_the_documented_profile_and_exclusion_are_right(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (repository / "docs" / "adding-a-language.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    for name, start in (("ban_Latn.toml", "[language]"), ("excluded.toml", "[[excluded]]")):
        text = next(block for block in blocks if block.startswith(start))
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path))
    one = language("ban_Latn")
    assert [source.ready for source in one.sources] == [True, False]
    for source in one.sources:
        given = source.options | dict.fromkeys(source.fill, "folder")
        registry.connector(source.connector).Options.model_validate(given)
    assert exclusions("ban_Latn")[0].name == "example-news"


def test_a_good_profile(tmp_path: Path) -> None:
    one = read_profile(profile(tmp_path, GOOD))
    assert (one.script, one.sources[0].name) == ("Latn", "one")
    assert one.thresholds["min_chars"].origin == "measured today"


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace('code = "xyz_Latn"', 'code = "xyz"')
        .replace('name = "Xyzzy"\n', "nam = 'Xyzzy'\n")
        .replace('segmentation = "spaces"', 'segmentation = "words"')
        .replace("min_chars", "min_char")
        .replace('license = "CC0-1.0"\n', 'licens = "CC0-1.0"\n')
    )
    path = profile(tmp_path, text + "\n[sources]\na = 1\n")
    with pytest.raises(CatalogueError) as raised:
        read_profile(path)
    lines = str(raised.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    said = "\n".join(line.removeprefix(f"{path}: ") for line in lines)
    for expected in (
        "sources: unknown table (use [language], [[source]])",
        "language.code: is 'xyz' (the name of the file says 'xyz_Latn')",
        "language.code: string should match pattern",
        "language.name: field required",
        "language.nam: unknown key (did you mean 'name'?)",
        "language.segmentation: input should be 'icu', 'syllables' or 'spaces'",
        "language.thresholds.min_char: no such rule (did you mean 'min_chars'?)",
        "source[1].license: field required",
        "source[1].licens: unknown key (did you mean 'license'?)",
    ):
        assert expected in said
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "language: missing table"),
        ("language = 3", "language: missing table"),
        ("[language", "Expected ']'"),
        (GOOD + GOOD.partition("[[source]]")[1] + GOOD.partition("[[source]]")[2], "two sources"),
        (GOOD.replace("[[source]]", "[source]"), "source"),
        (GOOD.replace('from = "measured today"', 'from = "?"'), "thresholds.min_chars.from"),
    ],
)
def test_a_broken_profile(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message.replace("[", r"\[")):
        read_profile(profile(tmp_path, text))


def test_a_broken_neighbor_does_not_hide_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    shutil.copy(repository / "sources" / "khm_Khmr.toml", tmp_path)
    profile(tmp_path, "[language]\n")
    monkeypatch.setattr(module, "_PACKAGED", tmp_path)
    with pytest.raises(CatalogueError, match="did you mean khm_Khmr"):
        language("km")
    with pytest.raises(CatalogueError, match="did you mean xyz_Latn"):
        language("xyz")


PROFILE = """
[language]
code = "{code}"
name = "{name}"
autonym = "Basa Bali"
bcp47 = ["ban"]
segmentation = "spaces"
labels.lid176 = []
"""


def test_profiles_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, name in ((one, "Balinese"), (two, "Other")):
        folder.mkdir()
        text = PROFILE.format(code="ban_Latn", name=name)
        (folder / "ban_Latn.toml").write_text(text, encoding="utf-8")
    packaged = language("khm_Khmr")
    (two / "khm_Khmr.toml").write_text(PROFILE.format(code="khm_Khmr", name="Mine"))
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", f"{one}{os.pathsep}{two}")
    assert "ban_Latn" in language_codes()
    assert language("ban_Latn").name == "Balinese"
    assert language("khm_Khmr").name == "Mine"
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(tmp_path / "nowhere"))
    with pytest.raises(CatalogueError, match="CORPUSKIT_CATALOGUE names"):
        language("khm_Khmr")
    monkeypatch.delenv("CORPUSKIT_CATALOGUE")
    assert language("khm_Khmr") == packaged


def test_what_is_missing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["languages"]) == 0
    rows = {line[:8]: line for line in capsys.readouterr().out.splitlines()}
    assert " (50) " in rows["bbc_Latn"]  # stop words of one collection: no rule looks at them
    assert " 50 " in rows["khm_Khmr"]
    assert " none " in rows["ceb_Latn"]
    assert run(["languages", "jav_Java"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    together = "min_clusters, min_mean_word_clusters, max_mean_word_clusters"
    assert f"not set {together}" in shown
    assert "2 documents of 30 words, 59 are needed" in shown
    assert "no rule on stop words: 2026-11-28 on 2 documents" in shown
