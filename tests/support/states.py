"""Builders of states: in a folder, and in S3 on loopback."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from byocplan.model.address import make_address
from byocplan.model.binding import Binding
from byocplan.model.scope import PathScope
from byocplan.state import LocalState
from byocplan.state.objects import ObjectStore
from byocplan.state.s3 import S3State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from byocplan.state import State

DEPLOYMENT = "http://127.0.0.1:8000"
S2 = make_address("s2")
NAMES = count()
QUICK = Config(retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=5)


def make_client(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=QUICK,
    )


def make_store(url: str, bucket: str = "team-state") -> ObjectStore:
    """Return an empty prefix in a bucket."""
    client = make_client(url)
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=bucket)
    return ObjectStore(client, bucket, f"t{next(NAMES)}/mosaics/emulator/")


def make_s3_state(store: ObjectStore, folder: Path, deployment: str = DEPLOYMENT, project: str = "mosaics") -> S3State:
    return S3State(store, project, deployment, folder)


def make_binding(live_id: str = "id-1", name: str = "s2") -> Binding:
    scopes = (PathScope(frozenset({"a/(BAND).tif"})),)
    labels, asked = {"team": "010"}, {"name": "0123456789ab"}
    return Binding(make_address(name), live_id, "NO", "bucket", DEPLOYMENT, labels=labels, scopes=scopes, asked=asked)


def bind(state: State, live_id: str = "id-1") -> None:
    """Write one binding as an apply does: read, then write."""
    state.write(replace(state.read(), by_address={S2: make_binding(live_id)}))


@dataclass(slots=True)
class Place:
    """One place where a state is kept: ``open`` makes another process's view of it, ``spoil`` what is kept there."""

    open: Callable[[], State]
    spoil: Callable[[bytes], None]
    read_backup: Callable[[], bytes | None]
    open_foreign: Callable[[], State]


def make_local_place(folder: Path) -> Place:
    state = LocalState(folder, "mosaics", DEPLOYMENT)
    backup = state.private_folder / "byocplan.lock.backup.yaml"
    return Place(
        lambda: LocalState(folder, "mosaics", DEPLOYMENT),
        lambda content: void(state.lock_file.write_bytes(content)),
        lambda: backup.read_bytes() if backup.exists() else None,
        lambda: LocalState(folder, "other", DEPLOYMENT),
    )


def make_s3_place(url: str, folder: Path) -> Place:
    store = make_store(url)

    def read_backup() -> bytes | None:
        stored = store.get("byocplan.lock.backup.yaml")
        return None if stored is None else stored.body

    return Place(
        lambda: make_s3_state(store, folder),
        lambda content: store.put("byocplan.lock.yaml", content),
        read_backup,
        lambda: make_s3_state(store, folder, project="other"),
    )


def void(_answer: object) -> None:
    """Drop an answer."""


@dataclass(slots=True)
class FakeTime:
    """A monotonic clock that goes on when one sleeps, and a wall clock that jumps as a test likes."""

    elapsed_s: float = 1000.0
    wall_s: float = 1_700_000_000.0
    on_sleep: list[Callable[[], None]] = field(default_factory=list)

    def clock(self) -> float:
        return self.elapsed_s

    def now_s(self) -> float:
        return self.wall_s

    def sleep(self, seconds: float) -> None:
        self.elapsed_s += seconds
        for each in self.on_sleep:
            each()
