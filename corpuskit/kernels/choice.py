"""Whether a process uses kernels: by the amount of work that it has done without them.

Importing numba and loading the kernels takes START_SECONDS, compiling them COMPILE_SECONDS. A
process adds up the time that kernels would have saved it, and starts them when that sum has
reached what the start costs: after some 3,500 texts of 900 characters. So a small build never pays
for them, and no process loses more than twice what it would have lost with foresight. While
another process compiles, this one goes on without.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Final

from corpuskit import logs
from corpuskit.errors import CorpuskitError
from corpuskit.kernels.compilation import (
    Compiled,
    Kernel,
    NoKernelsError,
    compile_all,
    is_compiled,
    load,
    numba_version,
)

_log = logs.logger(__name__)

VARIABLE: Final = "CORPUSKIT_KERNELS"
AUTO, ON, OFF = "auto", "on", "off"

START_SECONDS: Final = 0.8
"""CPU time to use every kernel, medians of three processes: .24 s to import numba, .45 to load the
kernels, .05 for the tables of match keys, .06 for the arrays of two models."""
COMPILE_SECONDS: Final = 9.0
"""CPU time to compile them, once per installation: 8.6 s, with 210 MB of memory."""


@dataclass(slots=True)
class KernelChoice:
    """What a process has done so far."""

    saving: float = 0.0
    """CPU seconds that kernels would have saved."""
    next_try: float = 0.0
    """The `saving` at which to try again after another process was compiling."""
    failed: bool = False
    loaded: dict[str, Compiled] = field(default_factory=dict)


_state = KernelChoice()
_lock = threading.Lock()


def mode() -> str:
    """`auto`, `on` (from the first batch) or `off`, from the environment variable
    CORPUSKIT_KERNELS; CorpuskitError for any other value."""
    value = os.environ.get(VARIABLE) or AUTO
    if value not in (AUTO, ON, OFF):
        raise CorpuskitError(f"{VARIABLE} is {value!r}; expected {AUTO}, {ON} or {OFF}")
    return value


def compiled(kernel: Kernel, saving: float) -> Compiled | None:
    """The compiled kernel, or None to do without it.

    `saving` is the CPU time in seconds that it would save on what is to be done now.
    """
    chosen = mode()
    if chosen == OFF or _state.failed or numba_version() is None:
        return None
    function = _state.loaded.get(kernel.name)
    if function is not None:
        return function
    with _lock:
        return _state.loaded.get(kernel.name) or _started(kernel, saving, at_once=chosen == ON)


def _started(kernel: Kernel, saving: float, *, at_once: bool) -> Compiled | None:
    _state.saving += saving
    if not at_once and not _state.loaded and not _pays():
        return None
    try:
        if not compile_all(wait=at_once):
            _state.next_try = _state.saving + START_SECONDS
            return None
        function = _state.loaded[kernel.name] = load(kernel)
    except NoKernelsError as error:
        _give_up(str(error))
        return None
    except Exception as error:  # noqa: BLE001  # whatever numba raises, there is another road
        _give_up(f"{type(error).__name__}: {error}")
        return None
    _log.debug("kernel %s loaded; %.1f s of work done without", kernel.name, _state.saving)
    return function


def _pays() -> bool:
    cost = START_SECONDS if is_compiled() else COMPILE_SECONDS
    return _state.saving >= max(cost, _state.next_try)


def _give_up(reason: str) -> None:
    _state.failed = True
    _log.warning("kernels are not used, results are the same: %s", reason)
