"""A plain HTTP client of the emulator for tests, so that answers are seen as they are. Touches loopback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

import requests

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

PENDING = {"WAITING", "QUEUED", "INGESTING"}


class Service:
    """One client of a running emulator."""

    def __init__(self, emulator: Emulator, client_id: str = "emulator", prefix: str = "/api/v1/byoc") -> None:
        self.base, self.prefix, self.client_id = emulator.base_url, prefix, client_id
        self.token_url = emulator.token_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.fetch_token()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def fetch_token(self) -> str:
        """Return a new token."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": "secret"}
        return str(requests.post(self.token_url, data=form, timeout=10).json()["access_token"])

    def call(self, method: str, path: str, payload: object = None, **arguments: Any) -> requests.Response:
        """Send one request below the prefix."""
        if payload is not None:
            arguments["json"] = payload
        return self.session.request(method, self.base + self.prefix + path, timeout=10, **arguments)

    def admin(self, method: str, path: str, payload: object = None) -> Any:
        """Send one request to ``/_emulator`` and return its JSON, if it has any."""
        answer = self.session.request(method, f"{self.base}/_emulator{path}", json=payload, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def create_collection(self, bucket: str = "bucket", **fields: Any) -> str:
        """Create a collection and return its id."""
        answer = self.call("POST", "/collections", {"name": "test", "s3Bucket": bucket, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def create_tile(self, collection: str, path: str, **fields: Any) -> str:
        """Create a tile and return its id."""
        answer = self.call("POST", f"/collections/{collection}/tiles", {"path": path, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def get_collection(self, collection: str) -> Any:
        """Return a collection."""
        return self.call("GET", f"/collections/{collection}").json()["data"]

    def get_tile(self, collection: str, tile: str) -> Any:
        """Return a tile."""
        return self.call("GET", f"/collections/{collection}/tiles/{tile}").json()["data"]

    def wait(self, collection: str, tile: str, timeout_s: float = 20.0) -> Any:
        """Return a tile once it is INGESTED or FAILED."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self.get_tile(collection, tile)
            if found["status"] not in PENDING:
                return found
            time.sleep(0.01)
        raise AssertionError(f"tile {tile} is still {found['status']}")

    def ingest(self, collection: str, path: str, **fields: Any) -> Any:
        """Create a tile and return it once it is INGESTED or FAILED."""
        return self.wait(collection, self.create_tile(collection, path, **fields))
