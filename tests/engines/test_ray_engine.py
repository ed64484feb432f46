"""The engine `ray`, on a cluster of two nodes: results, errors, deaths, and whole builds."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.builds import command, khmer, published, run, some_pages, write_recipe
from end_to_end.test_crashes import plug_in
from engines import ray_tasks
from engines.ray_cluster import ROOT, RayCluster, environment

import corpuskit as ck
from corpuskit.engines import open_engine
from corpuskit.engines.ray_engine import RayEngine
from corpuskit.errors import EngineError, RecipeError, WorkerDiedError

pytest.importorskip("ray", reason="the extra `ray` is not installed")
pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugin")
    plug_in(folder)
    return folder


@pytest.fixture(scope="module")
def cluster(plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RayCluster]:
    with RayCluster(tmp_path_factory.mktemp("cluster"), plugin) as cluster:
        yield cluster


@pytest.fixture(scope="class")
def engine(cluster: RayCluster) -> Iterator[RayEngine]:
    with RayEngine(cluster.address) as engine:
        yield engine


class TestTasks:
    """One driver for all; it has left the cluster when nodes of it are killed."""

    def test_every_task_gives_its_result(self, engine: RayEngine) -> None:
        assert dict(engine.map(ray_tasks.square, range(30))) == {n: n * n for n in range(30)}
        assert dict(engine.map(ray_tasks.square, [])) == {}

    def test_both_nodes_work(self, engine: RayEngine) -> None:
        assert len({node for _, node in engine.map(ray_tasks.node, range(12))}) == 2

    def test_an_error_arrives_as_it_was_raised(self, engine: RayEngine) -> None:
        with pytest.raises(RecipeError) as caught:
            list(engine.map(ray_tasks.fail, range(8)))
        assert caught.value.problems[0].hint == "did you mean 3?"

    def test_a_process_that_always_dies_is_reported(self, engine: RayEngine) -> None:
        with pytest.raises(WorkerDiedError, match="WorkerCrashedError"):
            list(engine.map(ray_tasks.die, [2]))
        assert dict(engine.map(ray_tasks.square, [4])) == {0: 16}

    def test_a_process_that_dies_once_is_begun_again(
        self, engine: RayEngine, tmp_path: Path
    ) -> None:
        assert dict(engine.map(ray_tasks.die_once, [tmp_path])) == {0: "done"}

    @pytest.mark.parametrize(("function", "task", "code"), [("die", 2, -11), ("end", 7, 7)])
    def test_alone_the_exit_code_is_known(
        self, engine: RayEngine, function: str, task: int, code: int
    ) -> None:
        with pytest.raises(WorkerDiedError) as caught:
            engine.isolated(getattr(ray_tasks, function), task)
        assert caught.value.exit_code == code
        assert engine.isolated(ray_tasks.square, 5) == 25

    def test_tasks_that_nobody_waits_for_are_ended(self, engine: RayEngine, tmp_path: Path) -> None:
        results = engine.map(
            ray_tasks.mixed, [(tmp_path, False), (tmp_path, True), (tmp_path, True)]
        )
        next(results)
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("began-*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        results.close()
        began, ended = (
            {path.name.partition("-")[2] for path in tmp_path.glob(f"{kind}-*")}
            for kind in ("began", "ended")
        )
        assert began
        assert began <= ended

    def test_workers_do_not_import_pandas(self, engine: RayEngine) -> None:
        assert dict(engine.map(ray_tasks.loaded, [1])) == {0: False}


def test_no_cluster_is_said_in_a_line(recipe: Path, tmp_path: Path) -> None:
    options = ["--engine", "ray", "--address", "127.0.0.9:1"]
    done = run("build", recipe, "--out", tmp_path / "b", *options)
    assert done.returncode == 1
    assert done.stderr.endswith("no Ray cluster at 127.0.0.9:1: [Errno 111] Connection refused\n")


def test_an_address_is_of_a_cluster(recipe: Path) -> None:
    done = run("build", recipe, "--address", "auto")
    assert done.returncode == 2
    assert "add --engine ray" in done.stderr


def test_an_engine_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match="there are local, ray"):
        open_engine("spark")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    return write_recipe(folder, some_pages(folder, 24))


@pytest.fixture(scope="module")
def local(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("local") / "build"
    ck.build(ck.load_recipe(recipe), folder, workers=1)
    return published(folder)


def build(recipe: Path, folder: Path, cluster: RayCluster) -> subprocess.Popen[str]:
    options = ["--engine", "ray", "--address", cluster.address, "--task-records", "3"]
    return subprocess.Popen(
        command("build", recipe, "--out", folder, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=cluster.environment,
        cwd=ROOT,
    )


def test_a_build_has_the_same_bytes(
    cluster: RayCluster, recipe: Path, local: dict[str, str], tmp_path: Path
) -> None:
    process = build(recipe, tmp_path / "build", cluster)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert published(tmp_path / "build") == local
    ours = (" ", "test", "published", "rejected")
    assert all(line.startswith(ours) for line in told.splitlines()), told


def test_a_cluster_of_this_machine_prints_nothing_of_its_own(
    recipe: Path, local: dict[str, str], tmp_path: Path
) -> None:
    home = tmp_path / "home"  # Ray 2.59 and newer put a token there, and warn of it
    home.mkdir()
    done = subprocess.run(
        command("build", recipe, "--out", tmp_path / "build", "--engine", "ray"),
        capture_output=True,
        text=True,
        check=False,
        env={**environment(), "HOME": str(home)},
        cwd=ROOT,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert published(tmp_path / "build") == local
    ours = (" ", "test", "published", "rejected")
    assert all(line.startswith(ours) for line in (done.stdout + done.stderr).splitlines()), done


def test_a_record_that_ends_every_process_is_set_aside(
    cluster: RayCluster, plugin: Path, tmp_path: Path
) -> None:
    texts = [f"{khmer(0)} {khmer(number)}" for number in range(1, 7)]
    texts[3] = f"kills {texts[3]}"
    lines = (json.dumps({"text": text}) for text in texts)
    (tmp_path / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    recipe = write_recipe(tmp_path, Path("docs.jsonl"), connector="files")
    recipe.write_text(f'stages = ["deadly"]\n{recipe.read_text()}')
    process = build(recipe, tmp_path / "cluster", cluster)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    finished = ck.open_build(tmp_path / "cluster")
    assert finished.ledger["normalize/crashed"] == 1
    assert finished.manifest["documents"] == 5
    local = command("build", recipe, "--out", tmp_path / "local", "--workers", "2")
    subprocess.run(local, check=True, capture_output=True, env=cluster.environment)
    assert published(tmp_path / "cluster") == published(tmp_path / "local")
    assert "ray:" not in told
    assert "(raylet)" not in told


def test_a_node_that_is_lost_and_a_cluster_that_is_started_again(
    cluster: RayCluster, recipe: Path, local: dict[str, str], tmp_path: Path
) -> None:
    """The last test of the module: it leaves a cluster of one node."""
    process = build(recipe, tmp_path / "build", cluster)
    _wait_for(tmp_path / "build/.work/annotate", 2, process)
    cluster.kill(cluster.SECOND)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert published(tmp_path / "build") == local

    process = build(recipe, tmp_path / "again", cluster)
    _wait_for(tmp_path / "again/.work/extract", 2, process)
    cluster.kill(cluster.HEAD)
    told, _ = process.communicate(timeout=300)
    assert process.returncode != 0
    cluster.start(cluster.HEAD)
    process = build(recipe, tmp_path / "again", cluster)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert published(tmp_path / "again") == local


def _wait_for(folder: Path, outputs: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not folder.exists() or len(list(folder.iterdir())) < outputs:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
