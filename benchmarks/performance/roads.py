"""The two roads of every row: commands of whole builds, ours and datatrove's, on the same input."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.names import WORLD_MODEL

REPOSITORY: Final = Path(__file__).resolve().parents[2]

RECIPE: Final = """\
name = "bench"
languages = ["{language}"]
operator = {{ name = "benchmark", contact = "https://example.org" }}

[[source]]
name = "input"
connector = "{connector}"
path = "{path}"
license = "CC0-1.0"
license_verified_by = "made by benchmarks/performance/inputs.py"
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: an input, its two sizes by SIZE, and the goals of the issue."""

    name: str
    label: str
    language: str
    sizes: Mapping[str, tuple[int, int]]
    goals: tuple[float, float] = field(default=(0.0, 0.0))
    """How many times datatrove's speed: core install, with `[fast]`."""

    @property
    def is_pages(self) -> bool:
        """Whether the input is a WARC file."""
        return self.name != "texts"


_PAGES: Final = {"small": (60, 180), "large": (400, 1600)}

ROWS: Final = (
    Row("texts", "texts, .9 kB Indonesian, JSONL to Parquet", "ind_Latn",
        {"small": (300, 900), "large": (2000, 8000)}, (10, 15)),
    Row("pages-latin-5", "pages, all Latin script, 5 % wanted", "ind_Latn", _PAGES, (5, 12)),
    Row("pages-script-2", "pages, 2 % in another script", "khm_Khmr", _PAGES, (15, 15)),
    Row("pages-20k", "pages of 20 kB, all wanted", "ind_Latn", _PAGES, (3, 4)),
    Row("pages-100k", "crawled pages of 100 kB, all wanted", "ind_Latn",
        {"small": (30, 90), "large": (150, 600)}, (8, 10)),
)  # fmt: skip


class Road(NamedTuple):
    """A command, and what it needs in its environment."""

    command: list[str]
    environment: dict[str, str]


def our_road(
    row: Row, source: Path, folder: Path, *extra: str, workers: int = 1, kernels: str = "off"
) -> Road:
    """`corpuskit build` in an empty folder; `kernels` as CORPUSKIT_KERNELS has it."""
    recipe = folder / "recipe.toml"
    connector = "warc" if row.is_pages else "tables"
    text = RECIPE.format(language=row.language, connector=connector, path=source.as_posix())
    recipe.write_text(text, encoding="utf-8")
    out = _emptied(folder / "corpuskit")
    command = [sys.executable, "-m", "corpuskit", "build", str(recipe), "--out", str(out),
               "--workers", str(workers), "--quiet", "--allow-empty", *extra]  # fmt: skip
    environment = {"PYTHONPATH": str(REPOSITORY), "CORPUSKIT_KERNELS": kernels}
    return Road(command, {**environment, **_bytecode(folder)})


def peer_road(python: Path, row: Row, source: Path, folder: Path) -> Road:
    """FineWeb-2's steps with datatrove in an empty folder."""
    out = _emptied(folder / "datatrove")
    script = Path(__file__).with_name("datatrove_road.py")
    model = EMBEDDED_MODELS[WORLD_MODEL].file
    language = row.language.partition("_")[0]
    command = [str(python), str(script), str(source), str(out), language, str(model)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    home = {"HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    return Road(command, {**threads, **home})


def peer_versions(python: Path) -> dict[str, str] | None:
    """Versions of the peer's libraries; None where it is not installed."""
    code = (
        "import datatrove\nfrom importlib.metadata import version\n"
        "for name in ('datatrove', 'trafilatura', 'spacy', 'xxhash'): print(name, version(name))"
    )
    if not python.exists():
        return None
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    name_and_version = (line.partition(" ") for line in done.stdout.splitlines())
    return {name: version for name, _, version in name_and_version}


def _bytecode(folder: Path) -> dict[str, str]:
    """Where modules are kept compiled, as in an installation: the run that warms up pays it."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
