"""What must not be used, by domain and address, as people write it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from corpuskit.errors import RecipeError
from corpuskit.policy.exclusions import Exclusions, exclusions_of

RULES = exclusions_of(
    ["example.com", " *.Shop.Example. ", "ខ្មែរ.example"],
    ["https://news.example/private*", "HTTPS://News.Example:443/one#part"],
)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://example.com/a", "example.com"),
        ("https://www.EXAMPLE.com./a", "example.com"),
        ("http://deep.below.example.com:8080", "example.com"),
        ("https://shop.example/", "shop.example"),
        ("https://a.shop.example/", "shop.example"),
        ("https://ខ្មែរ.example/", "xn--j2e0cg3n2c.example"),
        ("https://notexample.com/", None),
        ("https://example.com.kh/", None),
        ("https://com/", None),
        ("not an address", None),
        ("", None),
        (None, None),
    ],
)
def test_a_domain_with_everything_below_it(url: str | None, domain: str | None) -> None:
    assert RULES.domain_of(url) == domain


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("https://news.example/private/a?b", "https://news.example/private*"),
        ("HTTPS://NEWS.example/private", "https://news.example/private*"),
        ("https://news.example/one", "https://news.example/one"),
        ("https://news.example/one#other", "https://news.example/one"),
        ("https://news.example/one/more", None),
        ("https://news.example/", None),
        ("not an address", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_and_a_beginning_of_addresses(url: str | None, entry: str | None) -> None:
    assert RULES.url_of(url) == entry


def test_without_entries_nothing_is_excluded() -> None:
    nothing = Exclusions()
    assert nothing.domain_of("https://example.com/") is None
    assert nothing.url_of("https://example.com/") is None
    assert nothing.why("https://example.com/") is None


def test_why_an_address_must_not_be_asked() -> None:
    assert RULES.why("https://www.example.com/") == "example.com"
    assert RULES.why("https://news.example/one") == "https://news.example/one"
    assert RULES.why("https://other.example/") is None


def test_of_several_beginnings_the_first_by_name_is_told() -> None:
    rules = exclusions_of([], ["https://a.example/b/*", "https://a.example/*"])
    assert rules.url_of("https://a.example/b/c") == "https://a.example/*"
    assert rules.url_of("plainly no address") is None
    assert exclusions_of([], ["HTTPS://A.Example/b*"]).urls == {"https://a.example/b*"}
    assert exclusions_of([], ["https://a.example*"]).urls == {"https://a.example/*"}


def test_exclusions_add_up_and_have_a_fixed_order() -> None:
    both = Exclusions(frozenset({"b"}), frozenset({"d"})) | Exclusions(
        frozenset({"a"}), frozenset({"c"})
    )
    assert both.as_json() == {"domains": ["a", "b"], "urls": ["c", "d"]}
    assert both == Exclusions(frozenset({"a", "b"}), frozenset({"c", "d"}))
    assert pickle.loads(pickle.dumps(both)) == both


def test_files_have_a_domain_or_an_address_a_line(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        "\ufeff# what we must not use\n\n  example.com  # they asked: https://example.com/letter\n"
        "https://news.example/a#part\nshop.example# a shop\n"
        "https://news.example/b  # they asked\nhttps://news.example/c* # and below\n",
        encoding="utf-8",
    )
    rules = exclusions_of(["first.example"], files=[path])
    assert rules.domains == {"first.example", "example.com", "shop.example"}
    assert rules.urls == {
        "https://news.example/a", "https://news.example/b", "https://news.example/c*",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["two words.example", "folder/file.txt", "localhost"])
def test_a_line_that_is_neither_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"example.com\n{line}\n", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        exclusions_of([], files=[path])
    (problem,) = caught.value.problems
    assert (problem.file, problem.key) == (str(path), "line 2")
    assert problem.message == f"{line!r} is not a domain"


@pytest.mark.parametrize(
    "entry",
    ["*example.org", "help.*.org", "https://x.org", "x.org/path", "", "org", "a b.org", "x.org:80",
     "||host.org^", "-a.org"],
)  # fmt: skip
def test_a_domain_that_no_page_can_have_is_told(entry: str) -> None:
    with pytest.raises(RecipeError, match="is not a domain"):
        exclusions_of(["example.com", entry])


@pytest.mark.parametrize("entry", ["https://*.h.org/*", "h.org/a", "https://h.org/a*b", "", "*"])
def test_an_address_that_no_page_can_have_is_told(entry: str) -> None:
    with pytest.raises(RecipeError, match="is not an address"):
        exclusions_of([], [entry])


@pytest.mark.parametrize(
    ("entry", "hit", "miss"),
    [
        ("https://h.org*", "https://h.org/a", "https://h.org.example/"),
        ("https://h.org/x?*", "https://h.org/x?a=1", "https://h.org/xy"),
        ("https://h.org/x*", "https://h.org/xy", "https://h.org/y"),
        ("HTTPS://H.org:443/a#b", "https://h.org/a", "https://h.org/ab"),
    ],
)
def test_addresses_match_as_they_are_written(entry: str, hit: str, miss: str) -> None:
    rules = exclusions_of([], [entry])
    assert rules.url_of(hit) is not None
    assert rules.url_of(miss) is None


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("2001:db8::1", "http://[2001:db8::1]/"), ("10.0.0.1", "http://10.0.0.1:8080/a"),
        ("ខ្មែរ.org", "https://www.xn--j2e0cg3n2c.org/"), ("*.Example.org.", "https://a.example.org"),
    ],
)  # fmt: skip
def test_hosts_of_all_forms(entry: str, url: str) -> None:
    assert exclusions_of([entry]).domain_of(url) is not None


def test_comments_are_no_part_of_an_entry(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        "help.example.org  # see https://other.example/x\n# https://c.example/x\n"
        "https://host.example/x  # gone\nhttps://host.example/y#part\n",
        encoding="utf-8",
    )
    rules = exclusions_of([], files=[path])
    assert rules.domains == {"help.example.org"}
    assert rules.urls == {"https://host.example/x", "https://host.example/y"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.txt: cannot be read: No such file"):
        exclusions_of([], files=[tmp_path / "none.txt"])
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9.example")
    with pytest.raises(RecipeError, match=r"latin\.txt: cannot be read: .*utf-8"):
        exclusions_of([], files=[tmp_path / "latin.txt"])


def test_every_entry_and_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("good.example\nnot a domain\n")
    files = [tmp_path / "none.txt", tmp_path / "list.txt"]
    with pytest.raises(RecipeError) as caught:
        exclusions_of(["https://a.example"], ["a.example"], files)
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    for line, part in zip(
        lines, ("is not a domain", "is not an address", "none.txt", "list.txt"), strict=True
    ):
        assert part in line
