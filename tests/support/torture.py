"""A stage for runs that are killed: an emulator here, the command in processes of its own, and what must hold after.

The emulator lives on when the command is killed, as the real service does. It can kill the command when its k-th
request has arrived, before the service carries that request out.
"""

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import requests

from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from tests.support.command_child import run_to_file
from tests.support.manifests import make_document
from tests.support.workspace import PROJECT

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.command_libraries"])

KILLED = -9
OUTPUT = "output.txt"
#: Of a command that hangs; ten thousand tiles take minutes on a busy machine.
TIMEOUT_S = 900
BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
LIVE_BANDS = {"B02": {"source": "B02", "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT"}}
A_DAY_S = 86_400
RAILS = {"maxDeletePercent": 100, "maxDeletes": 1_000_000, "maxReingestPercent": 100}


@dataclass(frozen=True, slots=True)
class Mix:
    """How many tiles of a live collection an apply changes how, and how many a new collection gets."""

    create: int
    update: int
    reingest: int
    delete: int
    new: int
    keep: int = 5

    @property
    def changes(self) -> int:
        return self.create + self.update + self.reingest + self.delete + self.new

    @property
    def creates(self) -> int:
        return self.create + self.new


@dataclass(slots=True)
class Trigger:
    """What the emulator's delay does: kill the command under way if one is marked, else wait, or until released."""

    victim: BaseProcess | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def sleep(self, seconds: float) -> None:
        victim, self.victim = self.victim, None
        if victim is None:
            self.released.wait(seconds)
        else:
            # Not joined here: the end of a forked process can be asked for once, and its starter does.
            os.kill(victim.pid or 0, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    text: str


@dataclass(slots=True)
class Stage:
    """``prepare`` before each point; ``mix`` is what an apply then has to do."""

    emulator: Emulator
    trigger: Trigger
    root: Path
    mix: Mix
    points: int = 0
    folder: Path = field(default_factory=Path)

    def prepare(self) -> None:
        """Begin anew: a fresh folder, and a service on which one collection needs every kind of change."""
        if self.points:
            shutil.rmtree(self.folder)
        self.points += 1
        self.folder = self.root / str(self.points)
        self.folder.mkdir()
        self.write("byocplan.yaml", PROJECT)
        spec: dict[str, Any] = {"bands": BANDS, "rails": RAILS}
        self.write("old.yaml", make_document("old", self.name_bucket("old"), adopt=True, noData=0, **spec))
        self.write("new.yaml", make_document("new", self.name_bucket("new"), **spec))
        self.admin("POST", "/reset")
        self.admin("DELETE", "/faults")
        self.admin("POST", "/clock", {"advance_s": -A_DAY_S})
        tiles = list(iter_live_tiles(self.mix))
        seed: dict[str, Any] = {"name": "old", "s3Bucket": self.name_bucket("old"), "tiles": tiles}
        seed["additionalData"] = {"bands": LIVE_BANDS}
        self.admin("POST", "/seed", {"collections": [seed]})
        self.admin("POST", "/clock", {"advance_s": A_DAY_S})
        self.admin("DELETE", "/requests")

    def name_bucket(self, name: str) -> str:
        """Return the bucket of a collection. All emulators of a process share their buckets, so each has its own."""
        return f"{name}-{self.emulator.base_url.rpartition(':')[2]}"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def admin(self, method: str, path: str, body: object = None) -> Any:
        answer = requests.request(method, f"{self.emulator.base_url}/_emulator{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def run(self, *arguments: str, kill_at: int = 0, failpoint: str = "") -> Ended:
        """Run the command, killed when its ``kill_at``-th request has arrived, or at a failpoint."""
        process = self.make_process(*arguments, failpoint=failpoint)
        if kill_at:
            self.trigger.victim = process
            self.admin("POST", "/faults", {"faults": [{"after": kill_at - 1, "times": 1, "delay_s": 0.001}]})
        process.start()
        ended = self.finish(process)
        self.trigger.victim = None
        self.admin("DELETE", "/faults")
        return ended

    def make_process(self, *arguments: str, failpoint: str = "") -> BaseProcess:
        """Return the command as a process that is not started yet."""
        environment = {**self.emulator.exports(), "HOME": str(self.folder), "PATH": "/usr/bin:/bin"}
        if failpoint:
            environment["BYOCPLAN_FAILPOINT"] = failpoint
        given = (arguments, str(self.folder), environment, str(self.folder / OUTPUT))
        process: BaseProcess = CONTEXT.Process(target=run_to_file, args=given, daemon=True)
        return process

    def finish(self, process: BaseProcess) -> Ended:
        """Wait for the end of a command and return how it ended."""
        output = self.folder / OUTPUT
        process.join(TIMEOUT_S)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"the command took too long\n{output.read_text()}")
        return Ended(process.exitcode, output.read_text() if output.exists() else "")

    def wait_for_posts(self, count: int) -> None:
        """Return once so many tiles were posted."""
        end_s = time.monotonic() + TIMEOUT_S
        while sum(is_tile_post(each) for each in self.log()) < count:
            assert time.monotonic() < end_s
            time.sleep(0.01)

    def list_journals(self) -> list[Path]:
        return sorted((self.folder / ".byocplan" / "journal").glob("*"))

    def apply(self, *arguments: str, **how: Any) -> Ended:
        return self.run("apply", "--auto-approve", *arguments, **how)

    def log(self) -> list[dict[str, Any]]:
        """Return the requests that the service has got."""
        found: list[dict[str, Any]] = self.admin("GET", "/requests")["requests"]
        return found

    def read_service(self) -> dict[str, Counter[str]]:
        """Return the tile paths of every collection by ``name``; a second one of a name as ``name ID``."""
        state = self.emulator.state
        assert state is not None
        held: dict[str, Counter[str]] = {}
        for cid, name, ident in state.database.read_all(
            "SELECT cid, json_extract(body, '$.name'), id FROM collection ORDER BY cid"
        ):
            paths = state.database.read_all("SELECT path FROM tile WHERE cid = ?", (cid,))
            key = str(name) if name not in held else f"{name} {ident}"
            held[key] = Counter(str(path) for (path,) in paths)
        return held


@dataclass(slots=True)
class Found:
    """What was wrong after a point; all zero is what must hold."""

    duplicates: int = 0
    lost: int = 0
    surplus: int = 0
    orphans: int = 0
    unsettled: int = 0
    posts_over: int = 0
    text: str = ""

    @property
    def is_well(self) -> bool:
        return self == Found(text=self.text)


def check_point(stage: Stage, **how: Any) -> tuple[Found, bool]:
    """Kill an apply as told, apply again, plan; return what is wrong and whether it was killed at all."""
    stage.prepare()
    first = stage.apply(**how)
    assert first.code in {KILLED, 0}, first.text
    again = stage.apply()
    assert again.code == 0, f"{how}: the second apply left with {again.code}\n{again.text}"
    return check_end(stage), first.code == KILLED


def check_end(stage: Stage) -> Found:
    """Return what is wrong now that all should be done."""
    posts = Counter(each["path"].rsplit("/", 1)[1] for each in stage.log() if is_accepted_post(each))
    plan = stage.run("plan", "--detailed-exitcode")
    wanted = list_wanted(stage.mix)
    held = stage.read_service()
    found = Found(text=plan.text, unsettled=int(plan.code != 0))
    found.duplicates = len(held) - len(held.keys() & wanted.keys())
    for name, paths in wanted.items():
        live = held.get(name, Counter())
        found.duplicates += sum(count - 1 for count in live.values() if count > 1)
        found.lost += len(paths - live.keys())
        found.surplus += len(live.keys() - paths)
    found.orphans = count_orphans(stage)
    found.posts_over = posts["tiles"] - stage.mix.creates + posts["collections"] - 1
    return found


def is_tile_post(entry: dict[str, Any]) -> bool:
    return bool(entry["method"] == "POST" and entry["path"].endswith("/tiles"))


def is_accepted_post(entry: dict[str, Any]) -> bool:
    return (entry["method"], entry["status"]) == ("POST", 201)


def count_orphans(stage: Stage) -> int:
    """Count bindings whose collection is not live, collections without a binding, and journals left behind."""
    import yaml

    state = stage.emulator.state
    assert state is not None
    lock = yaml.safe_load((stage.folder / "byocplan.lock.yaml").read_text())
    bound = {each["id"] for part in lock["deployments"].values() for each in part["bindings"].values()}
    live = {str(ident) for (ident,) in state.database.read_all("SELECT id FROM collection")}
    return len(bound ^ live) + len(stage.list_journals())


def iter_live_tiles(mix: Mix) -> Iterator[dict[str, Any]]:
    """Yield the tiles that are live before the apply, those that stay as they are last: these are the newest."""
    for number in range(mix.update):
        yield {"path": make_path("update", number), "sensingTime": "1999-01-01T00:00:00Z"}
    for number in range(mix.reingest):
        yield {
            "path": make_path("reingest", number),
            "sensingTime": "2020-01-01T00:00:00Z",
            "status": "FAILED",
            "failedIngestionCause": "Unexpected error occurred while ingesting the tile.",
        }
    for number in range(mix.delete):
        yield {"path": make_path("delete", number), "sensingTime": "2020-01-01T00:00:00Z"}
    for number in range(mix.keep):
        yield {"path": make_path("keep", number), "sensingTime": "2020-01-01T00:00:00Z"}


def list_wanted(mix: Mix) -> dict[str, set[str]]:
    """Return the tile paths that must be live in the end."""
    kinds = {"keep": mix.keep, "update": mix.update, "reingest": mix.reingest, "create": mix.create}
    return {
        "old": {make_path(kind, number) for kind, count in kinds.items() for number in range(count)},
        "new": {make_path("new", number) for number in range(mix.new)},
    }


def make_path(kind: str, number: int) -> str:
    return f"2020/1/1/{kind}{number}/(BAND).tif"


@contextmanager
def open_stage(root: Path, mix: Mix, *, accept_duplicates: bool = False) -> Iterator[Stage]:
    """Yield a stage; an emulator that reads listings alone, and its buckets filled."""
    trigger = Trigger()
    assumptions = replace(Assumptions(), duplicate_path="accept" if accept_duplicates else "conflict")
    settings = EmulatorSettings(port=0, check="listing", sleep=trigger.sleep, assumptions=assumptions)
    with Emulator(settings) as emulator:
        stage = Stage(emulator, trigger, root, mix)
        for name, paths in list_wanted(mix).items():
            objects = ((path.replace("(BAND)", "B02"), path.encode()) for path in paths)
            emulator.put_objects(stage.name_bucket(name), objects)
        root.mkdir(exist_ok=True)
        yield stage
