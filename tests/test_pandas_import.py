"""Arrow imports pandas when somebody else does, and converts its objects from then on."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("pandas")

START = """
import sys
from corpuskit.pandas_import import keep_arrow_from_importing_pandas
keep_arrow_from_importing_pandas()
keep_arrow_from_importing_pandas()
import pyarrow as pa
pa.scalar(1), pa.array(["a"]), pa.table({"number": [1, 2]})
assert "pandas" not in sys.modules
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{START}{code}"],
        capture_output=True, text=True, check=False, timeout=120, env={},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_arrow_does_not_import_it() -> None:
    assert run("print('pandas' in sys.modules)") == "False"


def test_objects_of_pandas_are_converted_once_it_is_imported() -> None:
    code = "import pandas\nprint(pa.array(pandas.Series([1.0, float('nan')])).null_count)"
    assert run(code) == "1"


def test_tables_become_data_frames_without_an_import_before() -> None:
    code = "print(type(pa.table({'number': [1]}).to_pandas()).__name__)"
    assert run(code) == "DataFrame"


def test_a_process_that_has_pandas_is_left_alone() -> None:
    import pandas  # noqa: F401

    from corpuskit.pandas_import import keep_arrow_from_importing_pandas

    before = list(sys.meta_path)
    keep_arrow_from_importing_pandas()
    assert sys.meta_path == before
