"""The examples of clusters: the script for Slurm against stand-ins of Slurm's commands, the
manifest for Kubernetes by its form."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import published, some_pages, write_recipe

import corpuskit as ck

pytest.importorskip("ray", reason="the extra `ray` is not installed")
pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.timeout(400)]

STAND_INS = {
    "scontrol": "echo first; echo second",
    # --nodes=1 --ntasks=1 --nodelist=NAME COMMAND...
    "srun": """
name=${3#--nodelist=}; shift 3
if [ "$1" = hostname ]; then echo 127.0.0.2; exit; fi
if [ "$name" = second ]; then set -- "$@" --node-ip-address=127.0.0.3; fi
exec "$@" --object-store-memory=100000000
""",
    "corpuskit": f'exec {sys.executable} -m corpuskit "$@"',
    "ray": f'exec {sys.executable} -c "from ray.scripts.scripts import main; main()" "$@"',
}


def test_a_build_in_a_job_of_slurm(repository: Path, tmp_path: Path) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, script in STAND_INS.items():
        (commands / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
        (commands / name).chmod(0o755)
    recipe = write_recipe(tmp_path, some_pages(tmp_path, 9))
    environment = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(repository),
        "SLURM_JOB_NODELIST": "node[1-2]",
        "SLURM_CPUS_ON_NODE": "1",
        "RAY_PORT": "6397",
    }
    script = repository / "examples/cluster/slurm.sh"
    done = subprocess.run(
        ["bash", script, recipe, "--out", tmp_path / "cluster", "--task-records", "3"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    ck.build(ck.load_recipe(recipe), tmp_path / "local", workers=1)
    assert published(tmp_path / "cluster") == published(tmp_path / "local")


def test_the_manifest_runs_a_command_that_exists(repository: Path) -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((repository / "examples/cluster/kuberay.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    cluster = job["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    for group in groups:
        (container,) = group["template"]["spec"]["containers"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in group["template"]["spec"]["volumes"]}
    words = job["spec"]["entrypoint"].split()
    assert words[:2] == ["corpuskit", "build"]
    usage = subprocess.run(
        [sys.executable, "-m", "corpuskit", "build", "--help"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert all(word in usage for word in words if word.startswith("--"))
