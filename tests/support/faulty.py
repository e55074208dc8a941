"""The real client and applier against an emulator that fails as told, in this process and on a clock of their own.

Both sides go by the same clock, so hours of waiting cost little: one jumps when somebody sleeps, the other runs fast.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import requests

from byocplan.api.client import WriteClient, open_write_client
from byocplan.api.options import ApiOptions, Patience
from byocplan.api.settings import Credentials
from byocplan.applier import ApplyOptions, apply_plan
from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from byocplan.emulator.faults import decode_rules
from byocplan.errors import BlockedError, ByocplanError
from byocplan.manifest import ReadOptions, read_manifests
from byocplan.model.deployment import Deployment
from byocplan.state import JournalFolder, LocalState, open_local_state
from byocplan.workflow.apply import ApplyRequest, apply
from tests.support.memory_bucket import make_bucket
from tests.support.workspace import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan

#: What the ``figure`` fixture gives.
Figure = Callable[[str, str], None]
NOWHERE = "http://127.0.0.1:9"
START_S = 1_700_000_000.0


class Timepiece(Protocol):
    """Seconds since 1970 and how to wait for later ones."""

    def now_s(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class JumpClock:
    """Time passes only while somebody sleeps, who wakes at once. Sleeps add up: exact for one worker alone."""

    def __init__(self) -> None:
        self._now_s, self._lock = START_S, threading.Lock()

    def now_s(self) -> float:
        with self._lock:
            return self._now_s

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now_s += max(0.0, seconds)


class FastClock:
    """The real time, ``factor`` times as fast: right for any number of workers."""

    def __init__(self, factor: float) -> None:
        self._factor, self._began_s = factor, time.monotonic()

    def now_s(self) -> float:
        return START_S + (time.monotonic() - self._began_s) * self._factor

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds) / self._factor)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an apply ended: the code that the command would leave with, and what was said."""

    code: int
    text: str
    outcome: Outcome | None = None


@dataclass(slots=True)
class Arena:
    """A running emulator, the clock both sides go by, and what a client needs."""

    emulator: Emulator
    clock: Timepiece
    patience: Patience = Patience()
    parallelism: int = 8
    requests_per_minute: float | None = None
    keys: dict[str, list[str]] = field(default_factory=dict)
    runs: int = 0

    def reset(self) -> None:
        """Forget collections, tiles, faults and the log."""
        state = self._state()
        with state.ingesting:
            state.database.clear()
        state.faults.clear()
        state.log.clear()

    def script(self, rules: str) -> None:
        """Put faults in force instead of those before."""
        state = self._state()
        state.faults.clear()
        for fault in decode_rules(rules):
            state.faults.add_fault(fault)

    def _state(self) -> Any:
        assert self.emulator.state is not None
        return self.emulator.state

    def log(self) -> list[dict[str, Any]]:
        return [each.encode() for each in self._state().log.read()[0]]

    def clear_log(self) -> None:
        self._state().log.clear()

    def list_paths(self, name: str | None = None) -> list[str]:
        """Return the path of every tile the service holds, those of collections called ``name`` alone if given."""
        rows = self._state().database.read_all(
            "SELECT path FROM tile JOIN collection USING (cid) WHERE ? IS NULL OR json_extract(body, '$.name') = ?",
            (name, name),
        )
        return [str(path) for (path,) in rows]

    @contextmanager
    def long_ago(self, seconds: float) -> Iterator[None]:
        """Put the service's clock back for as long as the block lasts."""
        clock = self._state().clock
        clock.offset_s -= seconds
        yield
        clock.offset_s += seconds

    def count_collections(self) -> int:
        return len(self._state().database.read_all("SELECT 1 FROM collection"))

    def make_api_options(self) -> ApiOptions:
        deployment = Deployment("emulator", self.emulator.base_url, self.emulator.token_url)
        return ApiOptions(
            deployment,
            Credentials("emulator", "emulator"),
            f"run{self.runs}",
            requests_per_minute=self.requests_per_minute,
            patience=self.patience,
            clock=self.clock.now_s,
            sleep=self.clock.sleep,
        )

    def make_apply_options(self, **changes: Any) -> ApplyOptions:
        base = ApplyOptions(
            parallelism=self.parallelism,
            timeout_s=3600,
            clock=self.clock.now_s,
            now_ms=lambda: round(self.clock.now_s() * 1000),
            sleep=self.clock.sleep,
        )
        return replace(base, **changes)

    def open_client(self) -> WriteClient:
        self.runs += 1
        return open_write_client(self.make_api_options())

    def apply_plan(self, plan: Plan, folder: Path, **changes: Any) -> Ended:
        """Carry out a plan and tell how the command would end."""
        with self.open_client() as client:
            state = LocalState(folder, "mosaics", self.emulator.base_url)
            return end_with(lambda: apply_plan(plan, client, state, self.make_apply_options(**changes), ignore))

    def apply(self, folder: Path, **changes: Any) -> Ended:
        """Do all that ``byocplan apply --auto-approve`` does with the manifests in a folder."""
        with self.open_client() as client:
            return end_with(lambda: self._apply(client, folder, changes))

    def _apply(self, client: WriteClient, folder: Path, changes: dict[str, Any]) -> Outcome | None:
        loaded = read_manifests([str(folder)], ReadOptions())
        options = self.make_api_options()
        project = replace(loaded.manifests.project, deployment=options.deployment)
        request = ApplyRequest(
            loaded,
            project,
            client,
            open_local_state(project),
            lambda collection: make_bucket(self.keys[collection.s3_bucket]),
            options.run_id,
            round(self.clock.now_s() * 1000),
            options=self.make_apply_options(**changes),
            journals=JournalFolder(folder, project.name, project.deployment.base_url),
        )
        return apply(request, approve, ignore)


def end_with(work: Callable[[], Outcome | None]) -> Ended:
    """Return how the command would end; any error that is not our own is let through, as a traceback would be."""
    try:
        outcome = work()
    except ByocplanError as error:
        return Ended(error.exit_code, f"{type(error).__name__}: {error}")
    return Ended(outcome.exit_code if outcome else 1, str(outcome), outcome)


def approve(plan: Plan) -> bool:
    if plan.tripped or plan.is_errored:
        raise BlockedError("blocked")
    return True


def ignore(_: object) -> None:
    return None


@contextmanager
def open_arena(
    *,
    accept_duplicates: bool = False,
    clock: Timepiece | None = None,
    settings: dict[str, Any] | None = None,
    **how: Any,
) -> Iterator[Arena]:
    """Yield an arena without S3, whose tiles are ingested at once unless told."""
    clock = clock or JumpClock()
    assumptions = Assumptions(duplicate_path="accept" if accept_duplicates else "conflict")
    base: dict[str, Any] = {"port": 0, "s3": NOWHERE, "check": "none", "clock": clock.now_s, "sleep": clock.sleep}
    told = EmulatorSettings(**{**base, "assumptions": assumptions, **(settings or {})})
    with Emulator(told) as emulator:
        yield Arena(emulator, clock, **how)


def write_project(folder: Path, *documents: tuple[str, str]) -> None:
    """Write a Project document, and others by name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "byocplan.yaml").write_text(PROJECT, encoding="utf-8")
    for name, text in documents:
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def seed(arena: Arena, *collections: dict[str, Any]) -> None:
    """Put collections and tiles into the emulator."""
    body = {"collections": list(collections)}
    requests.post(f"{arena.emulator.base_url}/_emulator/seed", json=body, timeout=30).raise_for_status()


def make_lossy_rules(head: str, part: float, seed_number: int) -> str:
    """Return rules that drop this part of the answers after the commit: before or within the headers, or half a body."""
    kinds = ("after", "headers", "half")
    # Each later rule meets only what the earlier ones let pass.
    lost = 1 - (1 - part) ** (1 / len(kinds))
    return "\n".join(f"{head} p={lost:.6f} seed={seed_number * 10 + n} drop={kind}" for n, kind in enumerate(kinds))


def count_repeats(paths: Iterable[str]) -> tuple[int, int]:
    """Return how many paths there are, and how many tiles beyond one a path."""
    held = list(paths)
    return len(set(held)), len(held) - len(set(held))
