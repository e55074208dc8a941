"""A project on an emulator, in this process: manifests, a bucket, and a client that dies or loses answers when told.

Touches loopback and one folder. Time is counted, not measured: it moves by a second with each thing that happens.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from byocplan.api.client import WriteClient
from byocplan.api.options import ApiOptions, Patience
from byocplan.api.session import WriteSession, open_exchange
from byocplan.api.settings import Credentials
from byocplan.api.transport import Failure
from byocplan.applier import ApplyOptions
from byocplan.emulator import Assumptions, Emulator, EmulatorSettings
from byocplan.emulator.s3_server import get_backend
from byocplan.manifest import ReadOptions, read_manifests
from byocplan.model.deployment import Deployment
from byocplan.model.instant import decode_instant, format_instant
from byocplan.state import JournalFolder, LocalState
from byocplan.workflow.apply import ApplyRequest, apply
from tests.support.memory_bucket import MemoryBucket
from tests.support.project_oracle import MAX_DELETES, UNSAID, Doc, Live, Tile
from tests.support.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from byocplan.api.transport import Answer, Message, Transport
    from byocplan.discovery.listing import ObjectPage
    from byocplan.model.event import Event
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan
    from byocplan.model.rail import Ack

BUCKET = "archive"
PATTERN = "{site}/{t:%Y%m%d}/(BAND).tif"
START_S = 1_750_000_000.0


class Crash(BaseException):
    """The process is gone: nothing of the program may catch this."""


@dataclass
class Clock:
    """Seconds since 1970 that move only when told."""

    now_s: float = START_S

    def read(self) -> float:
        return self.now_s

    def read_ms(self) -> int:
        return int(self.now_s * 1000)

    def tick(self) -> int:
        self.now_s += 1
        return self.read_ms()


@dataclass
class MortalTransport:
    """Sends for real. ``dies_at`` counts writes: that one is the last, carried out or not (``dies_after``); then
    nothing goes out any more. The writes counted in ``loses`` are carried out and their answers lost."""

    inner: Transport
    dies_at: int = 0
    dies_after: bool = False
    loses: frozenset[int] = frozenset()
    writes: int = 0

    @property
    def timeout_s(self) -> float:
        return self.inner.timeout_s

    def send(self, message: Message) -> Answer | Failure:
        is_write = message.method != "GET"
        self.writes += is_write
        if self.dies_at and self.writes >= self.dies_at:
            if is_write and self.dies_after and self.writes == self.dies_at:
                self.inner.send(message)
            raise Crash
        answer = self.inner.send(message)
        is_lost = is_write and self.writes in self.loses
        return Failure("the answer was lost", was_sent=True) if is_lost else answer

    def close(self) -> None:
        self.inner.close()


@dataclass(slots=True)
class DatedBucket(MemoryBucket):
    """A bucket in memory that knows when each file came."""

    put_ms: dict[str, int] = field(default_factory=dict)

    def _make_page(self, keys: list[str]) -> ObjectPage:
        page = MemoryBucket._make_page(self, keys)
        return replace(page, modified_ms=[self.put_ms[key] for key in keys])


@dataclass
class ProjectWorld:
    """All that one project touches. ``docs`` are the manifests, ``files`` (ETag, when put) the bucket."""

    emulator: Emulator
    service: Service
    clock: Clock
    folder: Path
    docs: dict[str, Doc] = field(default_factory=dict)
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    runs: int = 0

    def reset(self) -> None:
        """Begin anew: an empty account, an empty bucket, an empty folder."""
        self.service.admin("POST", "/reset")
        for key in tuple(self.files):
            self.remove_file(key)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.docs, self.runs = {}, 0
        self.clock.now_s = START_S

    @property
    def state(self) -> LocalState:
        return LocalState(self.folder, "test", self.emulator.base_url)

    def put_file(self, key: str, version: int) -> None:
        body = f"{key} {version}".encode()
        self.emulator.put_objects(BUCKET, [(key, body)])
        self.files[key] = (hashlib.md5(body, usedforsecurity=False).hexdigest(), self.clock.tick())
        self.clock.tick()

    def remove_file(self, key: str) -> None:
        get_backend().delete_object(BUCKET, key)
        del self.files[key]

    def lose_state(self) -> None:
        shutil.rmtree(self.folder / ".byocplan", ignore_errors=True)
        self.state.lock_file.unlink(missing_ok=True)

    def apply(
        self,
        approve: Callable[[Plan], bool],
        acks: tuple[Ack, ...] = (),
        *,
        trouble: Mapping[str, Any] | None = None,
        options: ApplyOptions | None = None,
        report: Callable[[Event], None] = lambda _event: None,
    ) -> Outcome | None:
        """Run an apply through the real client; ``trouble`` are fields of its ``MortalTransport``."""
        with self.open_request(acks, trouble or {}, options or make_quick()) as request:
            return apply(request, approve, report)

    @contextmanager
    def open_request(
        self, acks: tuple[Ack, ...], trouble: Mapping[str, Any], options: ApplyOptions
    ) -> Iterator[ApplyRequest]:
        """Yield what an apply of the manifests as they are now is about."""
        self.clock.tick()
        self.runs += 1
        self.write_manifests()
        loaded = read_manifests([str(self.folder)], ReadOptions(allow_hosts=frozenset({"127.0.0.1"})))
        deployment = Deployment("emulator", self.emulator.base_url, self.emulator.token_url)
        project = replace(loaded.manifests.project, deployment=deployment)
        bucket = DatedBucket(
            {key: etag for key, (etag, _) in self.files.items()},
            BUCKET,
            put_ms={key: put_ms for key, (_, put_ms) in self.files.items()},
        )
        options = replace(options, now_ms=self.clock.read_ms, sleep=lambda _seconds: None)
        with self.open_client(deployment, trouble) as client:
            yield ApplyRequest(
                loaded,
                project,
                client,
                replace(self.state, reach=options.reach),
                lambda _collection: bucket,
                f"run{self.runs}",
                self.clock.read_ms(),
                acks,
                options,
                JournalFolder(self.folder, "test", self.emulator.base_url),
            )

    def plan(self) -> Plan:
        """Return what an apply would do; its tiles cannot be read any more."""
        seen: list[Plan] = []

        def decline(plan: Plan) -> bool:
            seen.append(plan)
            return False

        self.apply(decline)
        return seen[0]

    @contextmanager
    def open_client(self, deployment: Deployment, trouble: Mapping[str, Any]) -> Iterator[WriteClient]:
        patience = Patience(attempts=4, backoff_s=0)
        options = ApiOptions(deployment, Credentials("emulator", "emulator"), f"run{self.runs}", patience=patience)
        exchange = open_exchange(replace(options, sleep=lambda _seconds: None))
        mortal: Any = MortalTransport(exchange.transport, **trouble)
        with WriteClient(WriteSession(replace(exchange, transport=mortal))) as client:
            yield client

    def write_manifests(self) -> None:
        for old in self.folder.glob("*.yaml"):
            if old.name != self.state.lock_file.name:
                old.unlink()
        documents = [make_project(), *(make_document(name, doc) for name, doc in self.docs.items())]
        text = "\n---\n".join(json.dumps(document) for document in documents)
        (self.folder / "byocplan.yaml").write_text(text, encoding="utf-8")

    def ask(self, path: str) -> Any:
        """Return a list of the service, which has to fit on one page."""
        answer = self.service.call("GET", path, params={"count": 100}).json()
        assert "nextToken" not in answer["links"], f"{path} is longer than a page"
        return answer["data"]

    def observe(self) -> dict[str, Live]:
        """Return all live collections once nothing is pending. Two tiles of one path fail."""
        live = {}
        for each in self.ask("/collections"):
            tiles = self.ask(f"/collections/{each['id']}/tiles")
            while any(tile["status"] in {"WAITING", "QUEUED", "INGESTING"} for tile in tiles):
                tiles = self.ask(f"/collections/{each['id']}/tiles")
            twice = [path for path, count in Counter(tile["path"] for tile in tiles).items() if count > 1]
            assert not twice, f"several tiles of one path: {twice}"
            bands = each.get("additionalData", {}).get("bands", {})
            live[each["id"]] = Live(
                each["name"],
                {name: band.get("noData") for name, band in bands.items()},
                each.get("noData"),
                {tile["path"]: make_tile(tile) for tile in tiles},
            )
        return live

    def find_tile_id(self, collection_id: str, path: str) -> str:
        tiles = self.ask(f"/collections/{collection_id}/tiles")
        return next(str(tile["id"]) for tile in tiles if tile["path"] == path)


@contextmanager
def open_world(folder: Path, duplicate_path: Literal["accept", "conflict"] = "accept") -> Iterator[ProjectWorld]:
    """Yield a world; unless told, its service takes a second tile of one path: nothing but byocplan keeps them apart."""
    clock = Clock()
    settings = EmulatorSettings(
        port=0,
        check="listing",
        token_lifetime_s=10**9,
        assumptions=Assumptions(duplicate_path=duplicate_path),
        clock=clock.read,
        threads=3,
    )
    with Emulator(settings) as emulator, Service(emulator) as service:
        emulator.put_objects(BUCKET, [])
        yield ProjectWorld(emulator, service, clock, folder / "project")


def make_quick() -> ApplyOptions:
    """Return options for an apply that sends one request at a time."""
    return ApplyOptions(parallelism=1, timeout_s=60)


def make_tile(tile: dict[str, Any]) -> Tile:
    """Return a tile of the service's answer."""
    more = tile.get("additionalData", {})
    files = {band: each["etag"].strip('"') for band, each in more.get("filesMetadata", {}).items()}
    time, started = tile.get("sensingTime"), tile.get("ingestionStart")
    return Tile(
        tile["status"],
        decode_instant(time) if time else None,
        files,
        decode_instant(started) if started else 0,
    )


def make_project() -> dict[str, Any]:
    return {"apiVersion": "byocplan/v1", "kind": "Project", "metadata": {"name": "test"}}


def make_document(name: str, doc: Doc) -> dict[str, Any]:
    """Return a Collection document."""
    bands = {
        band: {"bitDepth": 16, "sampleFormat": "UINT"} | ({} if value == UNSAID else {"noData": value})
        for band, value in doc.bands.items()
    }
    tiles = [
        {
            "pattern": PATTERN,
            "where": {"site": sorted(entry.sites)},
            "prune": entry.prune,
            "sensingTime": format_instant(entry.time) if isinstance(entry.time, int) else entry.time,
        }
        for entry in doc.entries
    ]
    spec: dict[str, Any] = {
        "name": doc.name,
        "s3Bucket": BUCKET,
        "bands": bands,
        "tiles": tiles,
        "rails": {"maxDeletes": MAX_DELETES},
        "lifecycle": {
            "preventDestroy": doc.prevent_destroy,
            "onRemove": "retain" if doc.retain else "delete",
            "replace": "in-place" if doc.in_place else "deny",
        },
    }
    spec |= {} if doc.no_data == UNSAID else {"noData": doc.no_data}
    spec |= {"id": doc.id} if doc.id else {}
    spec |= {"adopt": True} if doc.adopt else {}
    return {"apiVersion": "byocplan/v1", "kind": "Collection", "metadata": {"name": name}, "spec": spec}
