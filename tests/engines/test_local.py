"""Local processes: any order of completion, errors as they are, no worker outlives the parent."""

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpuskit.engines import LocalEngine
from corpuskit.errors import EngineError, Problem, RecipeError, WorkerDiedError


def square(number: int) -> int:
    return number * number


def pid(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def fail(number: int) -> int:
    if number == 3:
        raise RecipeError([Problem("f.toml", "key", "expected a number", "did you mean 3?")])
    return number


def die(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_gives_its_result(workers: int) -> None:
    with LocalEngine(workers) as engine:
        assert dict(engine.map(square, range(30))) == {n: n * n for n in range(30)}
        assert dict(engine.map(square, [])) == {}
        assert dict(engine.map(square, [7])) == {0: 49}


def test_one_worker_is_this_process() -> None:
    with LocalEngine(1) as engine:
        assert {p for _, p in engine.map(pid, range(3))} == {os.getpid()}


def test_two_workers_are_two_other_processes() -> None:
    with LocalEngine(2) as engine:
        pids = {p for _, p in engine.map(pid, range(40))}
    assert os.getpid() not in pids
    assert len(pids) == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_arrives_as_it_was_raised(workers: int) -> None:
    with LocalEngine(workers) as engine, pytest.raises(RecipeError) as caught:
        list(engine.map(fail, range(6)))
    assert caught.value.problems[0].hint == "did you mean 3?"
    assert str(caught.value) == "f.toml: key: expected a number (did you mean 3?)"


def test_a_worker_that_dies_is_an_engine_error() -> None:
    with LocalEngine(2) as engine, pytest.raises(EngineError, match="a worker process died"):
        list(engine.map(die, range(6)))


def end(code: int) -> None:
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)


@pytest.mark.parametrize("code", [3, -signal.SIGSEGV, -signal.SIGKILL])
def test_an_isolated_process_that_dies_tells_its_exit_code(code: int) -> None:
    with LocalEngine(2) as engine:
        assert dict(engine.map(square, range(3))) == {0: 0, 1: 1, 2: 4}, "other workers live"
        with pytest.raises(WorkerDiedError) as caught:
            engine.isolated(end, code)
        error = pickle.loads(pickle.dumps(caught.value))
        assert error.exit_code == code
        assert str(error).startswith("a worker process died")
        assert dict(engine.map(square, [3])) == {0: 9}


SERVER_KILLED = """
import os, signal
from corpuskit.engines import LocalEngine
from corpuskit.errors import WorkerDiedError

def parent(_):
    return os.getppid()

if __name__ == "__main__":
    with LocalEngine(2) as engine:
        ((_, server),) = engine.map(parent, [0])
        os.kill(server, signal.SIGKILL)
        try:
            list(engine.map(parent, range(8)))
        except WorkerDiedError as error:
            print(type(error).__name__)
        print(len(list(engine.map(parent, range(8)))))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are spawned")
def test_a_server_of_workers_that_is_killed_is_started_anew(tmp_path: Path) -> None:
    (tmp_path / "killed.py").write_text(SERVER_KILLED)
    done = subprocess.run(
        [sys.executable, "killed.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.stdout.split() == ["WorkerDiedError", "8"], done.stderr


def environment(name: str) -> str | None:
    return os.environ.get(name)


def test_workers_have_the_environment_of_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("first", "second"):
        monkeypatch.setenv("CORPUSKIT_TEST_VALUE", value)
        with LocalEngine(2) as engine:
            assert dict(engine.map(environment, ["CORPUSKIT_TEST_VALUE"])) == {0: value}
    monkeypatch.delenv("CORPUSKIT_TEST_VALUE")
    with LocalEngine(2) as engine:
        assert dict(engine.map(environment, ["CORPUSKIT_TEST_VALUE"])) == {0: None}
        assert dict(engine.map(environment, ["OPENBLAS_NUM_THREADS"])) == {0: "1"}


PARENT = """
import os, time
from corpuskit.engines import LocalEngine

def work(number):
    open(f"{number}.{os.getpid()}", "w").close()
    time.sleep(60)

if __name__ == "__main__":
    with LocalEngine(2) as engine:
        list(engine.map(work, range(4)))
"""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_parent(tmp_path: Path, with_signal: signal.Signals) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, "parent.py"], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while len(list(tmp_path.glob("*.*"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = {int(p.suffix[1:]) for p in tmp_path.glob("*.*") if p.suffix != ".py"}
    assert len(workers) == 2
    parent.send_signal(with_signal)
    parent.wait(timeout=10)
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))


LEAVES_A_THREAD = """
import multiprocessing, threading, time
from corpuskit.engines import LocalEngine

def work(number):
    threading.Thread(target=time.sleep, args=(600,)).start()
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,)).start()
    print("printed", flush=False)
    return number

if __name__ == "__main__":
    with LocalEngine(2) as engine:
        print(sorted(engine.map(work, range(3))))
        print(engine.isolated(work, 3))
"""

INTERRUPTED = """
import os, signal, sys, threading, time
from corpuskit.engines import LocalEngine

def work(seconds):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(f"begun.{os.getpid()}", "w").close()
    time.sleep(seconds)

def interrupt():
    while not any(name.startswith("begun") for name in os.listdir()):
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__mp_main__" and sys.argv[1] == "importing":
    work(600)
if __name__ == "__main__":
    threading.Thread(target=interrupt, daemon=True).start()
    with LocalEngine(2) as engine:
        if sys.argv[1] == "isolated":
            engine.isolated(work, 600)
        list(engine.map(work, [600] * 3))
"""


def test_workers_end_after_their_last_task_whatever_a_stage_left(tmp_path: Path) -> None:
    (tmp_path / "leaves.py").write_text(LEAVES_A_THREAD)
    done = subprocess.run(
        [sys.executable, "leaves.py"],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert "[(0, 0), (1, 1), (2, 2)]" in lines
    assert lines.count("printed") == 4, "what a worker printed is not lost"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
@pytest.mark.parametrize("moment", ["importing", "isolated", "mapping"])
def test_an_interruption_of_the_parent_alone_ends_all(tmp_path: Path, moment: str) -> None:
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    done = subprocess.run(
        [sys.executable, "interrupted.py", moment],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGINT, done.stderr
    workers = [int(path.suffix[1:]) for path in tmp_path.glob("begun.*")]
    assert workers
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))
