from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpuskit.connectors.paths import list_inputs
from corpuskit.errors import SourceError


@pytest.fixture
def folder(tmp_path):
    for name in ("b.html", "a.txt", "sub/c.html", "sub/deep/d.html", "sub/.e.html", ".git/f.html"):
        path = tmp_path / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(path: str, root: Path) -> list[str]:
    found = list_inputs(path, root)
    assert all(Path(one.path).name == one.name.rpartition("/")[2] for one in found)
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pages", ["a.txt", "b.html", "sub/c.html", "sub/deep/d.html"]),
        ("./pages/", ["a.txt", "b.html", "sub/c.html", "sub/deep/d.html"]),
        ("pages/b.html", ["b.html"]),
        ("pages/*.html", ["b.html"]),
        ("pages/*/*.html", ["sub/c.html"]),
        ("pages/**/*.html", ["b.html", "sub/c.html", "sub/deep/d.html"]),
        ("pages/**", ["a.txt", "b.html", "sub/c.html", "sub/deep/d.html"]),
        ("pages/**/deep/*", ["sub/deep/d.html"]),
        ("pages/[ab].*", ["a.txt", "b.html"]),
        ("page?/sub/c.html", ["pages/sub/c.html"]),
        ("pages/**/.*.html", ["sub/.e.html"]),
        ("pages/.git/*", ["f.html"]),
    ],
)
def test_files_folders_and_globs(folder, path, expected):
    assert names(path, folder) == expected
    assert names(str(folder / path), Path("/elsewhere")) == expected


def test_a_name_that_looks_like_a_glob_is_a_name(folder):
    (folder / "pages" / "x[1].html").write_text("")
    assert names("pages/x[1].html", folder) == ["x[1].html"]


def test_links_are_followed_but_not_in_circles(folder):
    (folder / "pages" / "sub" / "up").symlink_to(folder / "pages")
    (folder / "pages" / "other").symlink_to(folder / "pages" / "sub" / "deep")
    (folder / "pages" / "gone.html").symlink_to("nowhere")
    found = names("pages/**/*.html", folder)
    assert found == ["b.html", "gone.html", "other/d.html", "sub/c.html", "sub/deep/d.html"]


def test_names_are_text_even_where_they_are_not_utf_8(folder):
    path = os.fsencode(folder / "pages") + b"/\xff.html"
    Path(os.fsdecode(path)).write_text("")
    (found,) = [one for one in list_inputs("pages", folder) if "xff" in one.name]
    assert found.name == "\\xff.html"
    assert Path(found.path).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_is_an_input(folder):
    (folder / "pages" / "sub").chmod(0)
    assert names("pages/**/*.html", folder) == ["b.html", "sub"]
    (folder / "pages" / "sub").chmod(0o700)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("page", "there is no .*page' .did you mean 'pages'"),
        ("nowhere/at/all", "there is no .*a relative path starts from the recipe"),
        ("empty", "holds no files"),
        ("pages/*.pdf", "no file in .*pages' matches '.*pdf'; .. goes down into folders"),
        ("pages/**/*.pdf", r"matches '\*\*/\*.pdf'$"),
        ("nowhere/*.html", "there is no .*nowhere"),
    ],
)
def test_nothing_to_read_is_one_helpful_line(folder, path, message):
    (folder / "empty").mkdir()
    with pytest.raises(SourceError, match=message) as caught:
        list_inputs(path, folder)
    assert "\n" not in str(caught.value)
    assert repr(path) in str(caught.value)
