"""Fixtures: kernels from the first batch on, or never, in a process that has not used any."""

from __future__ import annotations

import pytest

from corpuskit.kernels import choice


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded, nothing has failed, no work is done."""
    monkeypatch.setattr(choice, "_state", choice.KernelChoice())


@pytest.fixture
def kernels_on(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are used from the first batch on; the test is skipped without numba."""
    pytest.importorskip("numba", reason="the extra `fast` is not installed")
    monkeypatch.setenv(choice.VARIABLE, choice.ON)


@pytest.fixture
def kernels_off(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are not used."""
    monkeypatch.setenv(choice.VARIABLE, choice.OFF)
