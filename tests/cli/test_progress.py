"""What a build says while it runs, and where its time went."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import DEMO, published
from pipeline.handmade import recipe_of, write_texts

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.cli.progress import NOTHING_TO_DO, ProgressBars, ProgressJson, ProgressLines, watcher
from corpuskit.errors import WorkspaceError
from corpuskit.profiling import run_profiles, whole
from corpuskit.progress import StepProgress, clock
from corpuskit.work_meter import TaskWork, count, measuring, stage_time

pytestmark = pytest.mark.xdist_group("progress")

RECIPE = DEMO / "khmer.toml"


def work(records: int = 100, **stages: float) -> TaskWork:
    return TaskWork(records, records * 5_000, 1.0, 0.9, stages)


def later(step: StepProgress, seconds: float) -> StepProgress:
    step.started -= seconds
    return step


def test_a_step_tells_records_bytes_rate_and_time_left() -> None:
    step = later(StepProgress(10, 4), 20)
    assert (step.line(), step.left(), step.seconds_left) == ("", "", None)
    step.advance(work(400, lines=3.0, identify=1.0))
    step.advance(work(800, lines=3.0, tiny=0.01))
    assert step.line().startswith("1,200 records · 6.0 MB · 60/s") or "59/s" in step.line()
    assert step.seconds_left == pytest.approx(40, abs=2)
    assert step.left().endswith(" left")
    assert step.stages_line() == "lines 86% · identify 14%"
    assert sum(step.shares().values()) == pytest.approx(1)
    assert step.to_json()["done"] == 6


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0:00"), (7.4, "0:07"), (62, "1:02"), (43_205, "12:00:05")]
)
def test_times_are_written_as_on_a_clock(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def test_a_pipe_gets_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    display = ProgressLines()
    display.begin("extract", 8, 2)
    display.advance("extract", work())
    assert capsys.readouterr().out == ""
    display.printed -= 61
    later(display.step, 61)
    display.advance("extract", work(200, decode=1.0))
    line = capsys.readouterr().out
    assert line.startswith("  extract   4/8 tasks · 300 records · 1.5 MB · 4.9/s · 2:")
    assert line.endswith(" left · decode 100%\n")
    display.advance("extract", work())
    assert capsys.readouterr().out == ""
    display.end("extract")
    assert "s  400 records · 2.0 MB · " in capsys.readouterr().out
    display.end("extract", "done before")
    assert capsys.readouterr().out.endswith("s  done before\n")
    display.finish(idle=False)
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_bars_with_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with watcher(quiet=False, kind="bars") as display:
        assert isinstance(display, ProgressBars)
        display.plan("x", 1, 1, "abc")
        display.begin("annotate", 4, 1)
        display.advance("annotate", work(100, lines=2.0, signals=2.0))
        display.live.refresh()
        shown = capsys.readouterr().out
        assert "100 records" in shown
        assert "500 kB" in shown
        assert " left" in shown
        assert "lines 50%" in shown
        display.end("annotate", "told")
        display.begin("annotate", 4, 0)  # another round
        display.end("annotate", "again")
        display.finish(idle=True)
    assert NOTHING_TO_DO in capsys.readouterr().out


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six texts and their build, made in two runs."""
    folder = tmp_path_factory.mktemp("timed")
    write_texts(folder, *[f"{ck.__name__} {number}" for number in range(6)])
    ck.build(recipe_of(folder), folder / "b", workers=1, task_records=2, allow_empty=True)
    return folder / "b"


def test_json_is_an_object_a_line_on_stderr_beside_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["build", str(RECIPE), "--out", str(tmp_path / "b"), "--workers", "1"]
    assert run([*command, "--progress", "json", "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["documents"] == 82
    events = [json.loads(line) for line in output.err.splitlines()]
    kinds = Counter(event["event"] for event in events)
    assert kinds["begin"] == kinds["end"] > 5
    assert kinds["plan"] == kinds["finish"] == 1
    (annotated,) = (e for e in events if e["event"] == "end" and e["step"] == "annotate")
    assert annotated["records"] == 200
    assert {"normalize", "identify", "lines", "signals"} <= annotated["stages"].keys()
    assert events[-1] == {"event": "finish", "nothing_to_do": False}
    before = published(tmp_path / "b")
    assert run([*command, "--progress", "lines"]) == 0
    assert f"\n{NOTHING_TO_DO}\npublished 82 documents" in capsys.readouterr().out
    assert run([*command, "--progress", "none"]) == 0
    assert capsys.readouterr().out.startswith("published 82 documents")
    changed = ["--set", "quality.khm_Khmr.min_clusters=400", "--progress", "lines"]
    assert run([*command, *changed]) == 0
    assert NOTHING_TO_DO not in capsys.readouterr().out
    assert published(tmp_path / "b") != before
    _check_profile(tmp_path / "b", capsys)


def _check_profile(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = run_profiles(folder)
    assert [sorted(r.steps.keys() & {"extract", "decide"}) for r in runs] == [
        ["decide", "extract"], ["decide"],
    ]  # fmt: skip
    first = runs[0].steps["annotate"]
    assert (first.tasks, first.work.records) == (1, 200)
    assert sum(first.work.stages.values()) <= first.work.seconds
    assert runs[0].seconds >= first.work.seconds > 0
    together = whole(runs)
    assert together.steps["decide"].tasks == 2
    assert together.seconds == pytest.approx(sum(r.seconds for r in runs))
    assert run(["profile", str(folder)]) == 0
    last = capsys.readouterr().out
    assert last.startswith("last of 2 runs, ")
    assert "  decide " in last
    assert "  annotate " not in last
    assert run(["profile", str(folder), "--all", "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    steps = {step["step"]: step for step in told["steps"]}
    assert steps["extract"]["stages"].keys() >= {"decode", "screen", "extract"}
    assert run(["profile", str(folder), "--all"]) == 0
    assert "\n    signals " in capsys.readouterr().out


def test_a_journal_that_a_kill_cut_short_is_read(built: Path) -> None:
    journal = built / ".work" / "journal.jsonl"
    (run_before,) = run_profiles(built)
    assert run_before.steps["extract"].tasks == 3
    content = journal.read_text()
    journal.write_text(content.rstrip()[:-9])
    assert run_profiles(built)[0].steps["extract"] == run_before.steps["extract"]
    journal.write_text(content + '[1]\n{"step": 3}\nxx\n')
    assert run_profiles(built) == [run_before]


def test_a_build_without_a_journal_says_where_it_is(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WorkspaceError, match="--local FOLDER"):
        run_profiles(tmp_path)
    assert run(["profile", str(built), "--local", str(built)]) == 2
    assert "is for a build in an object store" in capsys.readouterr().err
    (tmp_path / ".work").mkdir()
    (tmp_path / ".work" / "journal.jsonl").write_text("")
    assert run(["profile", str(tmp_path)]) == 1
    assert "no run of" in capsys.readouterr().err


def test_only_what_a_task_does_is_measured() -> None:
    count(5)
    with stage_time("outside"):
        pass
    with measuring() as task:
        count(3, 10)
        count(1)
        with stage_time("inside"), stage_time("inside"):
            pass
    assert (task.records, task.bytes, [*task.stages]) == (4, 10, ["inside"])
    assert task.seconds > 0
    again = TaskWork.from_json(task.to_json())
    assert (again.records, again.bytes) == (4, 10)
    assert isinstance(watcher(quiet=False, kind="json"), ProgressJson)
