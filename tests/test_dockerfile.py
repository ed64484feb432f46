"""The Dockerfile: two stages, not root, and everything that it names is there."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def stages(repository: Path) -> list[list[Instruction]]:
    """The instructions of each stage, with continued lines joined."""
    text = (repository / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ").splitlines()
    instructions = [line.partition(" ")[::2] for line in lines if line.strip()]
    stages: list[list[Instruction]] = []
    for name, rest in instructions:
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, rest.strip()))
    return stages


def of(stage: list[Instruction], name: str) -> list[str]:
    return [rest for other, rest in stage if other == name]


def test_every_instruction_is_one_of_docker(stages: list[list[Instruction]]) -> None:
    known = {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {name for stage in stages for name, _ in stage} <= known


def test_the_second_stage_has_no_source_and_no_root(stages: list[list[Instruction]]) -> None:
    build, final = stages
    (base,), (built_from,) = of(final, "FROM"), of(build, "FROM")
    assert built_from == f"{base} AS build"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)  # a release, not `latest`
    (copied,) = of(final, "COPY")
    assert copied.startswith("--from=build /opt/corpuskit ")
    names = [name for name, _ in final]
    assert of(final, "USER") == ["corpuskit"]
    assert names.index("USER") > max(at for at, name in enumerate(names) if name == "RUN")
    assert f"useradd --create-home --uid 1000 {of(final, 'USER')[0]}" in of(final, "RUN")[0]


def test_extras_and_the_command_are_those_of_the_project(
    stages: list[list[Instruction]], repository: Path
) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    build, final = stages
    (extras,) = of(build, "ARG")
    listed = extras.removeprefix("EXTRAS=").split(",")
    assert set(listed) <= project["optional-dependencies"].keys()
    assert not {"test", "dev"} & set(listed)
    (entry,) = of(final, "ENTRYPOINT")
    assert json.loads(entry) == [*project["scripts"]]


def test_what_the_wheel_is_built_from_is_in_the_context(repository: Path) -> None:
    ignored = (repository / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    needed |= {name.partition("/")[0] for name in project["project"]["license-files"]}
    assert needed | {"pyproject.toml"} == kept
    assert all((repository / name).exists() for name in kept)


def test_every_command_of_a_layer_ends_it_when_it_fails(stages: list[list[Instruction]]) -> None:
    for stage in stages:
        for command in of(stage, "RUN"):
            separators = {token for token in shlex.split(command) if set(token) <= set(";&|")}
            assert separators <= {"&&"}
