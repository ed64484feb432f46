"""Lists are read as their publishers write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.safety.list_files import (
    UnreadableListError,
    address_files,
    digest_of,
    entries_of,
    word_files,
)

NAMES = {"khm_Khmr": ("khm_Khmr", "khm", "km"), "tha_Thai": ("tha_Thai", "tha", "th")}

NLLB_ZIP = bytes.fromhex(
    "504b030414000900080092b97e5d23e09b61280000001d00000010001c006b686d5f4b686d725f74776c2e74"
    "78745554090003e3020e6be3020e6b75780b000104000000000400000000ca87a2234cf969e40a53ca3088f3"
    "96cc296a2a8d8111f6d96444ee743ac2ac7eb4c19f43f82f269f504b070823e09b61280000001d000000504b"
    "01021e0314000900080092b97e5d23e09b61280000001d000000100018000000000001000000a48100000000"
    "6b686d5f4b686d725f74776c2e7478745554050003e3020e6b75780b000104000000000400000000504b0506"
    "000000000100010056000000820000000000"
)
"""khm_Khmr_twl.zip with khm_Khmr_twl.txt, made by Info-ZIP with the password of Toxicity-200."""


def test_a_folder_of_ut1(tmp_path: Path) -> None:
    for name in ("domains", "urls", "expressions", "usage"):
        (tmp_path / name).write_text("bet.id\n")
    assert [path.name for path in address_files(tmp_path)] == ["domains", "urls"]
    assert address_files(tmp_path / "domains") == [tmp_path / "domains"]
    with pytest.raises(UnreadableListError, match="neither `domains` nor `urls`"):
        address_files(tmp_path.parent)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("th", "en", "km", "README.md"), {"khm_Khmr": "km", "tha_Thai": "th"}),
        (("th.txt", "kh.txt", "en.txt"), {"khm_Khmr": "kh.txt", "tha_Thai": "th.txt"}),
        (("khm_Khmr_twl.zip", "eng_Latn_twl.zip"), {"khm_Khmr": "khm_Khmr_twl.zip"}),
        (("tha_Thai_twl.txt",), {"tha_Thai": "tha_Thai_twl.txt"}),
        (("en",), {}),
    ],
)
def test_the_file_of_each_language(
    files: tuple[str, ...], expected: dict[str, str], tmp_path: Path
) -> None:
    for name in files:
        (tmp_path / name).write_text("x\n")
    chosen = word_files(tmp_path, NAMES)
    assert {code: path.name for code, path in chosen.items()} == expected


def test_entries_are_lines_without_comments(tmp_path: Path) -> None:
    path = tmp_path / "th"
    path.write_text("\ufeffกู\r\n\n# a comment\n#\n#hashtag\n  สัด \n", encoding="utf-8")
    assert list(entries_of(path)) == ["กู", "#hashtag", "สัด"]


def test_a_list_of_nllb_is_read_in_its_archive(tmp_path: Path) -> None:
    path = tmp_path / "khm_Khmr_twl.zip"
    path.write_bytes(NLLB_ZIP)
    assert list(entries_of(path)) == ["ឆ្កែ", "ជ្រូក"]


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9\n")
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04")
    for name, why in (("latin", "not UTF-8"), ("broken.zip", "unzipped"), ("none", "No such file")):
        with pytest.raises(UnreadableListError, match=why):
            list(entries_of(tmp_path / name))


def test_the_digest_is_that_of_the_contents(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("x")
    second.write_text("x")
    assert digest_of([first]) == digest_of([second])
    second.write_text("y")
    assert digest_of([first, second]) != digest_of([second, first])
