"""Kernels are used when they pay, compiled once, and given up where they cannot be."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from corpuskit.dedup.signatures import Signatures
from corpuskit.errors import CorpuskitError
from corpuskit.kernels import Kernel, choice, compilation, compiled
from corpuskit.kernels.sign import SIGN
from corpuskit.stage import Batch


def double(numbers: np.ndarray) -> None:
    """A kernel that is compiled in a moment."""
    for place in range(len(numbers)):
        numbers[place] *= 2


DOUBLE = Kernel(double, "void(int64[::1])")


def broken(numbers: np.ndarray) -> None:
    """A kernel that numba cannot compile."""
    numbers.no_such_method()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fresh: None) -> Path:
    """Only the small kernel, in a folder of its own; nothing is compiled."""
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    monkeypatch.setattr(compilation, "kernels", lambda: [DOUBLE])
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv(choice.VARIABLE, raising=False)
    return tmp_path / "cache"


def test_small_work_never_starts_kernels(small: Path) -> None:
    for _ in range(5):
        assert compiled(DOUBLE, choice.COMPILE_SECONDS / 10) is None
    assert not small.exists()


def test_much_work_compiles_them_once(small: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        function = compiled(DOUBLE, choice.COMPILE_SECONDS)
        assert function is not None
        assert compiled(DOUBLE, 0.0) is function
    numbers = np.arange(3)
    function(numbers)
    assert numbers.tolist() == [0, 2, 4]
    assert caplog.text.count("compiling kernels into") == 1


def test_compiled_kernels_start_after_less_work(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert compilation.compile_all(wait=True)
    with caplog.at_level(logging.INFO):
        assert compiled(DOUBLE, choice.START_SECONDS / 2) is None
        assert compiled(DOUBLE, choice.START_SECONDS / 2) is not None
        monkeypatch.setattr(choice, "_state", choice.KernelChoice())
        monkeypatch.setenv(choice.VARIABLE, choice.ON)
        assert compiled(DOUBLE, 0.0) is not None
    assert "compiling" not in caplog.text


def test_off_and_other_values(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choice.VARIABLE, choice.OFF)
    assert compiled(DOUBLE, 1000.0) is None
    monkeypatch.setenv(choice.VARIABLE, "fast")
    with pytest.raises(CorpuskitError, match="CORPUSKIT_KERNELS is 'fast'; expected auto, on or"):
        compiled(DOUBLE, 0.0)


def test_nothing_waits_for_another_process(small: Path) -> None:
    from filelock import FileLock

    (folder,) = compilation.folders()
    folder.mkdir(parents=True)
    with FileLock(folder / "compiling.lock"):
        assert compiled(DOUBLE, choice.COMPILE_SECONDS) is None
        assert compiled(DOUBLE, choice.START_SECONDS * 0.6) is None
    assert compiled(DOUBLE, choice.START_SECONDS * 0.6) is not None


def test_threads_start_kernels_once(small: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), ThreadPoolExecutor(4) as pool:
        functions = list(pool.map(lambda _: compiled(DOUBLE, choice.COMPILE_SECONDS), range(8)))
    assert len(set(map(id, functions))) == 1
    assert caplog.text.count("compiling kernels into") == 1


def test_a_kernel_that_does_not_compile_is_given_up(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = Kernel(broken, "void(int64[::1])")
    monkeypatch.setattr(compilation, "kernels", lambda: [kernel])
    assert compiled(kernel, choice.COMPILE_SECONDS) is None
    assert compiled(DOUBLE, choice.COMPILE_SECONDS) is None
    assert caplog.text.count("kernels are not used, results are the same: TypingError") == 1


def test_without_a_folder_to_write_into(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    small.write_text("a file where a folder should be")
    assert compiled(DOUBLE, choice.COMPILE_SECONDS) is None
    assert f"no folder for compiled kernels can be written ({small})" in caplog.text


def test_read_only_folders_are_used_if_they_have_the_kernels(small: Path) -> None:
    assert compilation.compile_all(wait=True)
    (folder,) = compilation.folders()
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    folder.chmod(0o555)
    try:
        assert compiled(DOUBLE, choice.START_SECONDS) is not None
    finally:
        folder.chmod(0o755)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_kernels_of_another_processor_are_compiled_again(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilation, "_mark", lambda: "other.done")
    assert compilation.compile_all(wait=True)
    monkeypatch.undo()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(small))
    assert compilation.is_compiled()
    assert compilation.kernel_status().folder is None
    with pytest.raises(compilation.NoKernelsError, match="not compiled for this processor"):
        compilation.load(DOUBLE)


def test_the_folder_is_in_the_installation_or_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/user/cache")
    installation, user = compilation.folders()
    assert installation.parent == Path(compilation.__file__).parent / "__pycache__"
    assert user.parent == Path("/home/user/cache/corpuskit")


def test_without_numba(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "numba_version", lambda: None)
    monkeypatch.setenv(choice.VARIABLE, choice.ON)
    assert compiled(SIGN, 1000.0) is None
    batch = Signatures().process(Batch.of_texts(["text of some length"]))
    assert batch["shingle_count"] == [13]


def test_numba_is_not_imported_before_it_is_used() -> None:
    code = (
        "import sys\n"
        "from corpuskit.dedup.signatures import Signatures\n"
        "from corpuskit.stage import Batch\n"
        "Signatures().process(Batch.of_texts(['text of some length']))\n"
        "assert not {'numba', 'llvmlite'} & set(sys.modules)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != choice.VARIABLE}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
