"""The public names: explicit, lazy, and not hidden by submodules of the same name."""

import subprocess
import sys

import corpuskit as ck


def test_every_public_name_is_there() -> None:
    for name in ck.__all__:
        assert getattr(ck, name) is not None
    assert set(ck.__all__) <= set(dir(ck))
    assert ck.__version__[0].isdigit()


def test_importing_costs_nothing() -> None:
    code = (
        "import sys, corpuskit\n"
        "heavy = {'numpy', 'pyarrow', 'pydantic', 'trafilatura', 'fasttext', 'icu4py'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(ck, "nonsense")
