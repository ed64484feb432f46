"""The connector of docs/writing-a-connector.md: installed as a user would, used from the CLI."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from connectors.file_server import serving
from end_to_end.builds import khmer

pytestmark = pytest.mark.xdist_group("sources")

HEAD = "---\ntitle: {}\nlang: km\ndate: 2026-05-0{}\nlicense: CC-BY-4.0\n---\n"


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example as pip installs it, without a network."""
    copy = tmp_path_factory.mktemp("source") / "connector"
    shutil.copytree(repository / "examples" / "connector", copy)
    target = tmp_path_factory.mktemp("installed")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "--target", target, copy],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


def site() -> bytes:
    """A static site's source: three pages, and what else lies about."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for number in (2, 0, 1):
            file.writestr(
                f"content/{number}.md", HEAD.format(f"ទី {number}", number + 1) + khmer(number)
            )
        file.writestr("content/empty.md", HEAD.format("ទទេ", 9))
        file.writestr("content/bomb.md", b"a" * 20_000_000)
        file.writestr("static/logo.png", b"\x89PNG")
    data = bytearray(made.getvalue())
    name = data.index(b"content/2.md")
    data[name + 40] ^= 0xFF  # damage within the first page's content
    return bytes(data)


def corpuskit(installed: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "corpuskit", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=200,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip


def recipe(repository: Path, folder: Path, source: str) -> Path:
    """The recipe of the page, over another source."""
    page = (repository / "docs" / "writing-a-connector.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(name = .*?)```", page, re.DOTALL)
    assert block
    path = folder / "recipe.toml"
    path.write_text(re.sub(r"^(?:path|url) = .*$", source, block[1], flags=re.M), encoding="utf-8")
    return path


def read(folder: Path, kind: str) -> list[dict]:
    rows = ds.dataset(folder / kind, format="parquet").to_table().to_pylist()
    return sorted(rows, key=lambda row: row["source_ref"])


def test_a_corpus_by_the_connector_of_the_docs(
    installed: Path, repository: Path, tmp_path: Path
) -> None:
    with serving(**{"site.zip": site()}) as served:
        path = recipe(repository, tmp_path, f'url = "{served.url("/site.zip")}"')
        asked = corpuskit(installed, "fetch", path, "--dry-run")
        assert f"GET {served.url('/site.zip')} (one ZIP)" in asked.stdout
        done = corpuskit(installed, "build", path, "--out", tmp_path / "b")
        assert done.returncode == 0, done.stderr
        assert len(served.requests) == 1
    kept = read(tmp_path / "b", "data")
    assert [row["source_ref"] for row in kept] == ["site.zip#content/0.md", "site.zip#content/1.md"]
    assert [row["title"] for row in kept] == ["ទី 0", "ទី 1"]
    assert kept[0]["published_at"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert {row["license"] for row in kept} == {"CC-BY-4.0"}
    assert kept[0]["license_evidence"][0]["where"] == "front matter: license"
    lost = {
        row["source_ref"].partition("#")[2]: row["reason"]
        for row in read(tmp_path / "b", "rejects")
    }
    assert lost == {
        "content/2.md": "read/corrupt",
        "content/bomb.md": "read/too_large",
        "content/empty.md": "read/empty",
        "static/logo.png": "read/unsupported_type",
    }
    again = corpuskit(installed, "build", path, "--out", tmp_path / "b")  # the server is gone
    assert again.returncode == 0, again.stderr
    assert corpuskit(installed, "verify", tmp_path / "b").returncode == 0


def test_its_options_are_checked_like_every_other(
    installed: Path, repository: Path, tmp_path: Path
) -> None:
    path = recipe(repository, tmp_path, 'url = "site.zip"\nverbose = true')
    done = corpuskit(installed, "fetch", path, "--dry-run")
    assert done.returncode != 0
    assert "verbose" in done.stderr
    assert "url" in done.stderr


def test_reading_in_pieces_is_reading_it_whole(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(installed))
    import corpuskit_frontmatter as example

    from corpuskit.connectors.base import Input, Piece

    (tmp_path / "site.zip").write_bytes(site())
    options = example.FrontMatterOptions(path="site.zip")
    source = example.FrontMatterConnector(options, tmp_path)
    (item,) = source.inputs()
    whole = list(source.read(item, Piece(0, 99, 99, 0)))
    parts = [one for at in range(6) for one in source.read(item, Piece(at, at + 1, 1, 0))]
    assert parts == whole
    assert len(whole) == 6
    (tmp_path / "none.zip").write_bytes(b"PK")
    broken = Input("none.zip", str(tmp_path / "none.zip"))
    (piece,) = source.scan(broken)
    assert [record.reason for record in source.read(broken, piece)] == ["read/corrupt"]


def test_the_page_shows_the_example_as_it_is(repository: Path) -> None:
    page = (repository / "docs" / "writing-a-connector.md").read_text(encoding="utf-8")
    source = (repository / "examples/connector/src/corpuskit_frontmatter/__init__.py").read_text(
        encoding="utf-8"
    )
    entry = (repository / "examples/connector/pyproject.toml").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(shown) >= 3
    assert all(block.strip("\n") in source for block in shown)
    assert 'frontmatter = "corpuskit_frontmatter:FrontMatterConnector"' in entry


def failing(installed: Path, folder: Path, line: str, instead: str) -> Path:
    """The installed example with a bug in place of a line."""
    copy = shutil.copytree(installed, folder / "failing")
    code = copy / "corpuskit_frontmatter" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    assert text.count(line) == 1
    code.write_text(text.replace(line, instead), encoding="utf-8")
    shutil.rmtree(code.parent / "__pycache__", ignore_errors=True)
    return copy


def installed_as(installed: Path, folder: Path, *, version: str) -> Path:
    """The installed example with another version of its connector."""
    copy = shutil.copytree(installed, folder)
    code = copy / "corpuskit_frontmatter" / "__init__.py"
    text = code.read_text(encoding="utf-8")
    line = 'version: ClassVar[str] = "1"'
    assert text.count(line) == 1
    code.write_text(text.replace(line, line.replace("1", version)), encoding="utf-8")
    shutil.rmtree(code.parent / "__pycache__", ignore_errors=True)
    return copy


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bug_in_reading_loses_its_record_and_no_other(
    installed: Path, repository: Path, tmp_path: Path, workers: int
) -> None:
    (tmp_path / "site.zip").write_bytes(site())
    path = recipe(repository, tmp_path, 'path = "site.zip"')
    bug = (
        '    if "1.md" in ref:\n        raise LookupError(ref)\n    head, body = _split(content)\n'
    )
    broken = failing(installed, tmp_path, "    head, body = _split(content)\n", bug)
    build = ("build", path, "--out", tmp_path / "b", "--workers", str(workers))
    done = corpuskit(broken, *build)
    assert done.returncode == 0, done.stderr
    (lost,) = (row for row in read(tmp_path / "b", "rejects") if row["reason"] == "read/failed")
    assert (lost["source_ref"], lost["detail"]) == ("site.zip#1-2", "LookupError")
    mended = installed_as(installed, tmp_path / "mended", version="2")
    done = corpuskit(mended, *build)
    assert done.returncode == 0, done.stderr
    assert len(read(tmp_path / "b", "data")) == 2
    assert len(read(tmp_path / "b", "rejects")) == 4


@pytest.mark.parametrize(
    ("line", "instead", "doing"),
    [
        ("            Session(context.agent).to_file(str(self.options.url), self._kept)\n",
         "            1 / 0\n", "failed fetching: ZeroDivisionError"),
        ("        return [Input(self._kept.name, str(self._kept))]\n", "        return [1 / 0]\n",
         "failed listing its inputs: ZeroDivisionError"),
        ("        return [f\"GET {self.options.url} (one ZIP)\"] if self.remote() else []\n",
         "        return [1 / 0]\n", "failed saying what it asks: ZeroDivisionError"),
        ("    options: FrontMatterOptions\n",
         "    options: FrontMatterOptions\n\n    def __init__(self, *given):\n        1 / 0\n",
         "failed being set up: ZeroDivisionError"),
        ("        return self.options.url is not None\n", "        return 1 / 0\n",
         "failed saying whether it fetches: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_a_bug_anywhere_names_source_and_connector(
    installed: Path, repository: Path, tmp_path: Path, line: str, instead: str, doing: str
) -> None:
    broken = failing(installed, tmp_path, line, instead)
    command = ["fetch", "--dry-run"] if "asks" in doing else ["build"]
    with serving(**{"site.zip": site()}) as served:
        path = recipe(repository, tmp_path, f'url = "{served.url("/site.zip")}"')
        done = corpuskit(broken, *command, path, "--out", tmp_path / "b")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "source 'handbook': the connector 'frontmatter'" in done.stderr
    assert doing in done.stderr
