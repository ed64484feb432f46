"""The fuzz run itself: its seeds are valid, its inputs repeatable, and it misses no failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz import broken_targets

from tools.fuzz import runner
from tools.fuzz.__main__ import main
from tools.fuzz.mutations import MAX_SIZE, mutated

BROKEN = "fuzz.broken_targets"


def test_every_target_takes_its_seeds():
    names = [target.name for target in runner.all_targets()]
    outcome = runner.run(names, seed=0, seconds=0)
    assert outcome.failures == []
    assert outcome.inputs.keys() == set(names)


def test_inputs_depend_on_seed_and_number_alone():
    for target in runner.all_targets()[:12]:
        first = [mutated(target.seeds(), 7, number) for number in range(20)]
        assert first == [mutated(target.seeds(), 7, number) for number in range(20)]
        assert first != [mutated(target.seeds(), 8, number) for number in range(20)]
        assert max(map(len, first)) <= MAX_SIZE + 10_000


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("RAISES", "KeyError: 'not a refusal'"),
        ("LOSES", "MismatchError: no record and no reason"),
        ("HANGS", "hangs"),
        ("DIES", "the process died: -11"),
        ("GROWS", "MB of memory"),
    ],
)
def test_a_failure_is_noticed_and_the_run_goes_on(name: str, what: str):
    names = [f"{BROKEN}:{name}", f"{BROKEN}:REFUSES"]
    outcome = runner.run(names, seed=3, seconds=0, cpu_seconds=1 if name == "HANGS" else 30)
    (failure,) = outcome.failures
    assert (failure.target.rpartition(":")[2].lower(), failure.number) == (name.lower(), 1)
    assert what in failure.what
    assert outcome.inputs == {names[0]: 2, names[1]: 2}


def test_targets_that_cannot_be_imported_end_the_run():
    with pytest.raises(RuntimeError, match="exit code 1"):
        runner.run(["fuzz.nowhere:TARGET"], seed=3, seconds=0)


def test_a_refusal_is_no_failure():
    assert runner.try_input(broken_targets.REFUSES, b"x") is None


def test_failures_of_one_place_are_told_once():
    outcome = runner.Outcome()
    for number in range(3):
        outcome.add(runner.Failure("a", 1, number, f'File "b.py", line 2\nKeyError: {number}'))
    assert len(outcome.failures) == 1
    assert sum(outcome.repeats.values()) == 2


def test_a_failing_input_is_written_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    targets = [broken_targets.RAISES, broken_targets.REFUSES]
    monkeypatch.setattr(runner, "find_target", {t.name: t for t in targets}.__getitem__)
    failure = runner.Failure("raises", 5, 1, "KeyError")
    monkeypatch.setattr(runner, "run", lambda *_: runner.Outcome(failures=[failure]))
    assert main(["--target", "raises", "--seed", "5", "--folder", str(tmp_path)]) == 1
    path = tmp_path / "raises-5-1"
    assert path.read_bytes() == b"second"
    assert f"python -m tools.fuzz --repeat {path}" in capsys.readouterr().out
    monkeypatch.setattr(runner, "limit_memory", lambda: None)
    assert main(["--repeat", str(path)]) == 1
    assert "KeyError: 'not a refusal'" in capsys.readouterr().out
