"""What all parts of a running emulator share. Pure but for what it holds."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from byocplan.emulator.clock import Clock
from byocplan.emulator.faults import FaultScript
from byocplan.emulator.ingest.bucket import StoredObject
from byocplan.emulator.limiter import RateLimiter
from byocplan.emulator.request_log import RequestLog
from byocplan.emulator.settings import EmulatorSettings, Pace
from byocplan.emulator.store.database import Database


class Listing(Protocol):
    """The objects of one bucket, looked up by prefix."""

    def find_object(self, key: str) -> StoredObject | None:
        """Return one object, none when it is missing."""

    def find_objects(self, prefix: str) -> list[StoredObject]:
        """Return the objects under a prefix."""


@dataclass(slots=True)
class EmulatorState:
    """One running emulator: settings, store, clock, limits, faults, log and the S3 client of ingestion."""

    settings: EmulatorSettings
    pace: Pace
    database: Database
    clock: Clock
    secret: bytes
    limiter: RateLimiter | None
    s3: Any
    #: Gives a bucket's listing for one batch of tiles.
    make_listing: Callable[[str], Listing]
    #: Grows when all tokens issued so far are to be refused.
    token_epoch: int = 0
    faults: FaultScript = field(default_factory=FaultScript)
    log: RequestLog = field(default_factory=RequestLog)
    #: Set when a tile waits for the ingestion worker.
    work: threading.Event = field(default_factory=threading.Event)
    #: Held while a batch is ingested, so that only one "first tile" configures the bands.
    ingesting: threading.RLock = field(default_factory=threading.RLock)
