"""One build that something is done to in a random moment of a random step.

What can be done:

    worker   SIGKILL to a process that works on tasks
    parent   SIGKILL to the command itself
    store    the object store drops every request for some seconds
    node     SIGKILL to a node of a Ray cluster, or to its head
    flip     SIGKILL to the command, then a bit is flipped in an output of `.work`

Then the same command is given again until it ends well, and the corpus must be the same, byte for
byte, as that of a build that was left alone, and pass `verify`.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from end_to_end.builds import command, published, some_pages
from services.s3 import DROPPED, FaultyProxy

import corpuskit as ck

if TYPE_CHECKING:
    from engines.ray_cluster import RayCluster

ROOT: Final = Path(__file__).resolve().parents[2]
LANGUAGES: Final = ("ind_Latn", "jav_Latn", "khm_Khmr", "lao_Laoo", "sun_Latn", "tha_Thai")
MOST_RUNS: Final = 4
"""Times the command is given in all."""
_BEGUN: Final = re.compile(r": (\w+): tasks \d+")


def write_recipe(folder: Path, data: Path, documents: int = 1_050) -> Path:
    """A small recipe that passes every step: pages, and as many texts as are compared in parts."""
    lines = (data / "neardup/constructed/docs.jsonl").read_text(encoding="utf-8").splitlines()
    codes = [code[:3] for code in LANGUAGES]
    rows = [row for row in map(json.loads, lines) if row["lang"] in codes]
    texts = [rows[at % len(rows)]["text"] for at in range(documents)]
    menu = "Beranda dan kabar terbaru dari semua daerah"
    texts = [f"{menu}\n{text}" if at % 5 == 0 else text for at, text in enumerate(texts)]
    for first in range(0, documents, 150):
        chunk = "".join(json.dumps({"text": text}) + "\n" for text in texts[first : first + 150])
        (folder / f"docs-{first:04}.jsonl").write_text(chunk, encoding="utf-8")
    recipe = folder / "recipe.toml"
    recipe.write_text(
        f"""
        name = "killed"
        languages = {json.dumps(LANGUAGES)}
        operator = {{ name = "corpuskit tests", contact = "https://corpuskit.test/" }}
        [[source]]
        name = "texts"
        connector = "files"
        path = "docs-*.jsonl"
        license = "NOASSERTION"
        [[source]]
        name = "pages"
        connector = "warc"
        path = "{some_pages(folder, 9)}"
        license = "NOASSERTION"
        [dedup]
        memory = "1MB"
        lines = {{ documents = 10 }}
        passages = {{ documents = 10 }}
        [output]
        validation = 0.1
        shard_size = "100kB"
        """,
        encoding="utf-8",
    )
    return recipe


@dataclass
class Outcome:
    """What came of one build."""

    kind: str
    step: str
    commands: int
    same: bool
    detail: str = ""


COMPARED_IN_PARTS: Final = ("leaders", "bands", "candidates", "pairs", "stars")
"""Steps that have tasks only where there are more than a thousand documents."""


@dataclass
class Targets:
    """A small recipe, and one whose documents are compared in parts."""

    small: Target
    large: Target

    @classmethod
    def of(cls, folder: Path, data: Path) -> Targets:
        """Write both, and build each once."""
        places = [folder / name for name in ("small", "large")]
        for place in places:
            place.mkdir()
        return cls(Target.of(places[0], data, 150), Target.of(places[1], data))

    def any(self, chance: random.Random) -> tuple[Target, str]:
        """A step by chance, each as likely as any other, in the smallest recipe that has it."""
        step = chance.choice(sorted(self.large.seconds))
        return (self.large if step in COMPARED_IN_PARTS else self.small), step


@dataclass
class Target:
    """A recipe, and how a build of it ends that is left alone."""

    recipe: Path
    folder: Path
    expected: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Per step that has tasks, how long it took."""

    @classmethod
    def of(cls, folder: Path, data: Path, documents: int = 1_050) -> Target:
        """Write the recipe in a folder, and build it once."""
        target = cls(write_recipe(folder, data, documents), folder)
        build = Build(target, folder / "left-alone")
        build.start()
        if build.process is None or build.process.wait():
            raise RuntimeError(build.log.read_text(encoding="utf-8")[-2000:])
        target.expected = published(build.folder)
        begins = list(build.begins())
        for (step, begin), (_, end) in zip(begins, [*begins[1:], ("", begins[-1][1])], strict=True):
            target.seconds[step] = target.seconds.get(step, 0.0) + max(end - begin, 0.02)
        return target


class Build:
    """The command, and what it says."""

    def __init__(
        self,
        target: Target,
        folder: Path,
        *options: str,
        out: str | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.target, self.folder = target, folder
        self.log = folder.with_suffix(".log")
        where = ["--out", out, "--local", str(folder)] if out else ["--out", str(folder)]
        engine = options or ("--workers", "2")
        arguments = ("--log-file", str(self.log), "--task-records", "50", *where, *engine)
        self._command = command("build", target.recipe, *arguments)
        paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        self._environment = {**os.environ, "PYTHONPATH": paths, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Give the command."""
        self.process = subprocess.Popen(
            self._command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            cwd=ROOT,
        )
        return self.process

    def begins(self) -> Iterator[tuple[str, float]]:
        """Steps with tasks, and when they began, by the log."""
        for line in self._lines():
            match = _BEGUN.search(line)
            if match and "corpuskit.pipeline.run" in line:
                hours, minutes, seconds = re.search(r"(\d\d):(\d\d):([\d.,]+)", line).groups()  # type: ignore[union-attr]
                moment = int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
                yield match[1], moment

    def _lines(self) -> list[str]:
        if not self.log.exists():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def wait_for(self, step: str, seconds: float) -> bool:
        """Wait until a step has begun, and a while; whether the command still runs then."""
        assert self.process is not None
        while self.process.poll() is None:
            if any(begun == step for begun, _ in self.begins()):
                time.sleep(seconds)
                return self.process.poll() is None
            time.sleep(0.01)
        return False


def workers_of(pid: int) -> list[int]:
    """Processes below a command that work on tasks: those that its server of forks forked."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    children = {child for child, parent in parents.items() if parent == pid}
    return [child for child, parent in parents.items() if parent in children]


class Killer:
    """Does something to a build."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def act(self, kind: str, build: Build) -> bool:
        """Whether it could be done: there may be no worker just then."""
        assert build.process is not None
        if kind == "worker":
            return self._kill_worker(build)
        build.process.kill()
        build.process.wait()
        if kind == "flip":
            self._flip(build.folder / ".work")
        return True

    def _kill_worker(self, build: Build) -> bool:
        assert build.process is not None
        deadline = time.monotonic() + 10
        while build.process.poll() is None and time.monotonic() < deadline:
            if workers := workers_of(build.process.pid):
                try:
                    os.kill(self.chance.choice(workers), signal.SIGKILL)
                except ProcessLookupError:
                    continue
                return True
            time.sleep(0.005)
        return False

    def _flip(self, work: Path) -> None:
        """Flip a bit of an output."""
        outputs = [path for path in sorted(work.rglob("*.table")) if path.stat().st_size]
        if not outputs:
            return
        path = self.chance.choice(outputs)
        content = bytearray(path.read_bytes())
        content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(8)
        path.write_bytes(content)


def finish(build: Build, expected: dict[str, str]) -> tuple[int, str]:
    """Give the command again until it ends well; how often, and what is wrong with the corpus."""
    for commands in range(1, MOST_RUNS + 1):
        process = build.process if commands == 1 and build.process else build.start()
        if process.wait(timeout=300) == 0:
            return commands, differences(build.folder, expected)
    tail = build.log.read_text(encoding="utf-8", errors="replace")[-1500:]
    return MOST_RUNS, f"the command failed {MOST_RUNS} times: {tail}"


def differences(folder: Path, expected: dict[str, str]) -> str:
    """What differs from the build that was left alone, and what `verify` finds; empty if none."""
    there = published(folder)
    changed = sorted(name for name in {*there, *expected} if there.get(name) != expected.get(name))
    problems = [str(problem) for problem in ck.verify(ck.open_build(folder))]
    ck.open_build(folder).ledger.check()
    return "; ".join([*(f"{name} differs" for name in changed), *problems])


def killed(targets: Targets, kind: str, chance: random.Random, name: str) -> Outcome:
    """Build in a folder with two workers, and do something to it."""
    target, step = targets.any(chance)
    folder = target.folder / name
    for _ in range(5):
        build = Build(target, folder)
        build.start()
        late = chance.uniform(0, target.seconds[step])
        if build.wait_for(step, late) and Killer(chance).act(kind, build):
            break
        if build.process is not None:
            build.process.wait()
        remove(folder, build.log)
    else:
        return Outcome(kind, step, 0, same=False, detail="nothing could be killed")
    commands, wrong = finish(build, target.expected)
    remove(folder, build.log)
    return Outcome(kind, step, commands, not wrong, wrong)


def without_store(
    targets: Targets, chance: random.Random, name: str, out: str, proxy: FaultyProxy
) -> Outcome:
    """Build in an object store that is away for a while."""
    target, step = targets.any(chance)
    folder = target.folder / name
    build = Build(target, folder, out=out, environment=dict(proxy.variables()))
    build.start()
    build.wait_for(step, chance.uniform(0, target.seconds[step]))
    end = time.monotonic() + chance.uniform(0.5, 6)
    proxy.fault = lambda method, key: DROPPED if time.monotonic() < end else None
    for commands in range(1, MOST_RUNS + 1):
        process = build.process if commands == 1 and build.process else build.start()
        if process.wait(timeout=300) == 0:
            wrong = _differences_there(out, target.expected)
            remove(folder, build.log)
            return Outcome("store", step, commands, not wrong, wrong)
    tail = build.log.read_text(encoding="utf-8", errors="replace")[-1500:]
    return Outcome("store", step, MOST_RUNS, same=False, detail=tail)


def _differences_there(out: str, expected: dict[str, str]) -> str:
    from end_to_end.test_object_store_build import published_there

    from corpuskit.store_url import StoreUrl

    there = published_there(StoreUrl.parse(out))
    changed = sorted(name for name in {*there, *expected} if there.get(name) != expected.get(name))
    return "; ".join(f"{name} differs" for name in changed)


def on_cluster(targets: Targets, chance: random.Random, name: str, cluster: RayCluster) -> Outcome:
    """Build on a Ray cluster and kill a node, or the head, which needs the command once more."""
    target, step = targets.any(chance)
    folder = target.folder / name
    build = Build(
        target, folder, "--engine", "ray", "--address", cluster.address,
        environment=cluster.environment,
    )  # fmt: skip
    build.start()
    build.wait_for(step, chance.uniform(0, 2 * target.seconds[step]))
    nodes: Sequence[str] = (cluster.SECOND, cluster.SECOND, cluster.HEAD)
    node = chance.choice(nodes)
    cluster.kill(node)
    if node == cluster.HEAD:
        cluster.kill(cluster.SECOND)
        if build.process is not None:
            build.process.wait(timeout=120)
        cluster.start(cluster.HEAD)
    if cluster.SECOND not in cluster.nodes:
        cluster.start(cluster.SECOND)
    commands, wrong = finish(build, target.expected)
    remove(folder, build.log)
    return Outcome("head" if node == cluster.HEAD else "node", step, commands, not wrong, wrong)


def remove(folder: Path, log: Path) -> None:
    """Remove a build and its log."""
    subprocess.run(["rm", "-rf", str(folder), str(log)], check=True)


__all__ = ["Outcome", "Target", "Targets", "killed", "on_cluster", "without_store", "write_recipe"]
