"""Builders for tests of the API client: options, a clock that is never waited for, and answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from byocplan.api.options import ApiOptions, Patience
from byocplan.api.settings import Credentials
from byocplan.model.deployment import Deployment

if TYPE_CHECKING:
    from tests.support.scripted_server import ScriptedServer

SECRET = "s3cr3t/+canary=&%"
COLLECTION_ID = "7453e962-0ee5-4f74-8227-89759fbe9ba9"
TILE_ID = "7be8a8de-c396-44ac-b528-692f9b595ebd"


class FakeClock:
    """Time that moves only when somebody sleeps. Thread-safe."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept_s: list[float] = []
        self._lock = threading.Lock()

    def read(self) -> float:
        with self._lock:
            return self.now_s

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept_s.append(seconds)
            self.now_s += seconds

    def advance(self, seconds: float) -> None:
        with self._lock:
            self.now_s += seconds


def make_options(server: ScriptedServer, clock: FakeClock | None = None, **changes: Any) -> ApiOptions:
    """Return options for ``server`` on a fake clock."""
    clock = clock or FakeClock()
    settings: dict[str, Any] = {
        "deployment": Deployment("scripted", server.url, server.token_url),
        "credentials": Credentials("client-id-0123", SECRET),
        "run_id": "run7",
        "patience": Patience(connect_timeout_s=2, timeout_s=2),
        "clock": clock.read,
        "sleep": clock.sleep,
    }
    return ApiOptions(**(settings | changes))


def make_tile(number: int = 0, **changes: object) -> dict[str, object]:
    """Return a tile as the API answers it."""
    return {"id": f"tile-{number}", "path": f"2019/{number}/(BAND).tif", "status": "INGESTED"} | changes


def make_collection(**changes: object) -> dict[str, object]:
    """Return a collection as the API answers it."""
    return {"id": COLLECTION_ID, "name": "forest", "s3Bucket": "bucket"} | changes
