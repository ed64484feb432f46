"""Tasks on a Ray cluster (extra `ray`): other machines, the same bytes.

Every node needs corpuskit in the same version and sees the build folder and the sources' files
under the same path, or the build is in an object store (docs/cluster.md).
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from corpuskit import logs
from corpuskit.about import install_hint, version
from corpuskit.engines.local import LocalEngine
from corpuskit.errors import EngineError, WorkerDiedError
from corpuskit.pandas_import import keep_arrow_from_importing_pandas

Task = TypeVar("Task")
Result = TypeVar("Result")

_QUEUED_PER_CPU: Final = 4
_NODES_LOST: Final = 3
"""Times that Ray begins a task anew on another node: as often as nodes may be lost under it."""
_CANCEL_SECONDS: Final = 30.0
_CONNECT_SECONDS: Final = 10.0
_QUIET: Final = {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Variables that keep Ray's own lines from the terminal, and a warning of an option to come."""

_log = logs.logger(__name__)


class RayEngine:
    """Tasks of one CPU each, spread over the nodes of a cluster; use it as a context.

    A task whose process or node is lost begins again elsewhere, up to three times. Then the death
    is reported, so that a record that ends every process is found and set aside (pipeline.crashes)
    as on one machine.
    """

    def __init__(self, address: str | None = None) -> None:
        """`address` is what Ray knows the cluster by: `auto` (this machine is a node of it),
        `HOST:6379`, `ray://HOST:10001`; None is a cluster of this machine alone, for this build.

        EngineError if Ray is not installed.
        """
        try:
            ray: Any = import_module("ray")
        except ImportError:
            raise EngineError(f"this engine needs Ray: {install_hint('ray')}") from None
        self.address = address
        self._ray = ray
        self._begun_here = False

    def __enter__(self) -> RayEngine:
        """Connect; EngineError if there is no cluster or a node has another corpuskit."""
        if not self._ray.is_initialized():
            _check_server(self.address)
            _leave_warnings_to_the_log()
            os.environ.update({name: os.environ.get(name, to) for name, to in _QUIET.items()})
            options: dict[str, Any] = {"include_dashboard": False} if not self.address else {}
            try:
                self._ray.init(
                    address=self.address,
                    log_to_driver=False,
                    logging_level="error",
                    configure_logging=False,
                    **options,
                )
            except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
                raise EngineError(
                    f"no Ray cluster at {self.address}: {_first_line(error)}"
                ) from None
            self._begun_here = True
            _log_what_ray_prints()
        self._check_nodes()
        return self

    def __exit__(self, *error: object) -> None:
        if self._begun_here:
            self._ray.shutdown()
            self._begun_here = False

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result]]:
        """See Engine.map."""
        waiting = iter(enumerate(tasks))
        running: dict[Any, int] = {}
        try:
            while True:
                while len(running) < self._cpus() * _QUEUED_PER_CPU:
                    index, task = next(waiting, (-1, None))
                    if task is None:
                        break
                    running[self._submit(_call, function, task)] = index
                if not running:
                    return
                (done,), _ = self._ray.wait(list(running), num_returns=1)
                result = self._result(done)
                yield running.pop(done), result
        finally:
            self._give_up(list(running))

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """See Engine.isolated: on some node, in a process that the worker there starts."""
        outcome: _Outcome = self._result(self._submit(_call_isolated, function, task))
        if outcome.died:
            raise WorkerDiedError("a process died on the cluster", outcome.exit_code)
        result: Result = outcome.result
        return result

    def _submit(self, call: Callable[..., Any], function: Callable[..., Any], task: Any) -> Any:
        remote = self._ray.remote(call).options(
            num_cpus=1, max_retries=_NODES_LOST, scheduling_strategy="SPREAD"
        )
        return remote.remote(function, task, logs.settings())

    def _result(self, reference: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(reference)
        except errors.RayTaskError as error:
            raise error.cause from None
        except (
            errors.WorkerCrashedError,
            errors.OutOfMemoryError,
            errors.NodeDiedError,
            errors.ObjectLostError,
        ) as error:
            _log.warning("a task of the cluster died: %s", _first_line(error))
            raise WorkerDiedError(
                f"a process of the cluster died ({type(error).__name__}); run the same command "
                "again (finished work is kept)"
            ) from error
        except errors.RayError as error:
            raise EngineError(f"the Ray cluster failed: {_first_line(error)}") from error

    def _give_up(self, references: Sequence[Any]) -> None:
        """End tasks that nobody waits for: a task that is still at work when the build has ended
        would leave a mark that looks like a death."""
        if not references:
            return
        with suppress(self._ray.exceptions.RayError):
            for force in (False, True):
                for reference in references:
                    self._ray.cancel(reference, force=force)
                _, references = self._ray.wait(
                    list(references), num_returns=len(references), timeout=_CANCEL_SECONDS
                )
                if not references:
                    return

    def _cpus(self) -> int:
        """CPUs of the cluster as it is now: nodes come and go."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _check_nodes(self) -> None:
        """Every node must have this corpuskit and this Python: outputs depend on both."""
        here = _software()
        for node in self._ray.nodes():
            if not node["Alive"] or not node["Resources"].get("CPU"):
                continue
            strategy = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
                node_id=node["NodeID"], soft=False
            )
            remote = self._ray.remote(_software).options(
                num_cpus=0, max_retries=0, scheduling_strategy=strategy
            )
            there = self._result(remote.remote())
            if there != here:
                raise EngineError(
                    f"the node {node['NodeManagerAddress']} has {there}, this machine has {here}; "
                    "install the same on every node"
                )


class _Outcome(NamedTuple):
    """What came of a task in a process of its own."""

    result: Any = None
    died: bool = False
    exit_code: int | None = None


def _call(function: Callable[..., Any], task: Any, log_settings: logs.LogSettings | None) -> Any:
    """Run a task in a worker of Ray."""
    _prepare(log_settings)
    return function(task)


def _call_isolated(
    function: Callable[..., Any], task: Any, log_settings: logs.LogSettings | None
) -> _Outcome:
    """Run a task in a new process, whose end is known by its exit code."""
    _prepare(log_settings)
    try:
        return _Outcome(LocalEngine(2).isolated(function, task))
    except WorkerDiedError as error:
        return _Outcome(died=True, exit_code=error.exit_code)


def _prepare(log_settings: logs.LogSettings | None) -> None:
    if logs.settings() != log_settings:
        logs.apply(log_settings)
    keep_arrow_from_importing_pandas()


def _check_server(address: str | None) -> None:
    """Ray itself waits for minutes for a cluster that is not there."""
    place = urlsplit(address if "://" in (address or "") else f"//{address}")
    try:
        if place.hostname is None or place.port is None:
            return
        socket.create_connection((str(place.hostname), place.port), _CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise EngineError(f"no Ray cluster at {address}: {_first_line(error)}") from None


def _log_what_ray_prints() -> None:
    """Ray prints the deaths of workers among the lines of a build; the log is the place for them.

    There is no public way (2.60): a Ray without this function prints them.
    """
    with suppress(ImportError):
        worker: Any = import_module("ray._private.worker")
        if hasattr(worker, "print_to_stdstream"):
            worker.print_to_stdstream = _log_lines


def _leave_warnings_to_the_log() -> None:
    """Ray has a handler of its own that prints warnings on stderr, among the lines of a build.

    Without it they reach the handlers that `logs.configure` or the application has set up.
    """
    logger = logging.getLogger("ray")
    for handler in list(logger.handlers):
        if type(handler).__module__.partition(".")[0] == "ray":
            logger.removeHandler(handler)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.propagate = True


def _log_lines(data: Any, *_: Any, **__: Any) -> None:
    for line in data.get("lines", ()):
        _log.info("ray: %s", line)


def _software() -> str:
    return f"corpuskit {version()}, Python {sys.version_info.major}.{sys.version_info.minor}"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
