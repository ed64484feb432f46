"""Plug-ins: found by entry points, offered beside the built-ins, never over them."""

import subprocess
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from end_to_end.builds import DEMO

from corpuskit import registry
from corpuskit.errors import UnknownNameError

MODULE = """
import corpuskit as ck
from corpuskit.connectors.files import FilesConnector

@ck.signal("khmer_stops", version="1")
def khmer_stops(document: ck.Document) -> float:
    return document.text.count("\\u17d4") / max(len(document.text), 1)

class Shelf(FilesConnector):
    name = "shelf"
"""

PROBE = """
import sys
from corpuskit import registry
from corpuskit.cli import run
print(registry.connector("shelf").name, registry.stage("khmer_stops").version)
sys.exit(run(sys.argv[1:]))
"""


def plug_in(folder: Path, **entries: str) -> Path:
    """An installed distribution that offers a stage and a connector."""
    (folder / "my_plugin.py").write_text(MODULE)
    info = folder / "my_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-plugin\nVersion: 1\n")
    stages = "\n".join(f"{name} = {where}" for name, where in entries.items())
    (info / "entry_points.txt").write_text(
        f"[corpuskit.stages]\n{stages}\n[corpuskit.connectors]\nshelf = my_plugin:Shelf\n"
    )
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_stage_and_a_connector_of_others(tmp_path: Path) -> None:
    plug_in(tmp_path, khmer_stops="my_plugin:khmer_stops")
    recipe = tmp_path / "r.toml"
    recipe.write_text((DEMO / "khmer.toml").read_text().replace('"pages', f'"{DEMO}/pages'))
    out = str(tmp_path / "b")
    done = run(tmp_path, "build", str(recipe), "--set", 'stages=["khmer_stops"]', "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shelf 1\n")
    table = ds.dataset(f"{out}/data", format="parquet").to_table(columns=["khmer_stops", "text"])
    for row in table.to_pylist():
        expected = row["text"].count("។") / len(row["text"])
        assert row["khmer_stops"] == pytest.approx(expected, rel=1e-5)
    assert max(table["khmer_stops"].to_pylist()) > 0


def test_a_second_stage_of_a_built_in_name_is_refused(tmp_path: Path) -> None:
    plug_in(tmp_path, extract="my_plugin:khmer_stops")
    done = run(tmp_path, "languages")
    assert "'extract' is offered by both" in done.stderr


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match=r"no connector 'wrac'; .* did you mean 'warc'\?"):
        registry.connector("wrac")
    with pytest.raises(UnknownNameError, match=r"there are .*normalize"):
        registry.stage("nothing-like-it")


@pytest.mark.parametrize("group", sorted(registry.BUILT_IN))
def test_every_built_in_can_be_had(group: str) -> None:
    for name in registry.BUILT_IN[group]:
        assert registry.find(group, name).name == name
