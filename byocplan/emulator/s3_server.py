"""The embedded S3 server: moto's, on loopback, in this process. Touches a port and moto's memory.

Its buckets belong to the process: all embedded servers of one process show the same, until the last of them stops.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from byocplan.emulator.ingest.bucket import REGION, BucketError, StoredObject
from byocplan.emulator.wsgi import make_wsgi_server

RUNNING: set[int] = set()
RUNNING_LOCK = threading.Lock()


def get_backend() -> Any:
    """Return moto's S3 store, which is a thousand times quicker to fill than over HTTP."""
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def put_objects(bucket: str, objects: Iterable[tuple[str, bytes]]) -> None:
    """Put objects into a bucket of the embedded server, making the bucket when it is missing."""
    backend = get_backend()
    if bucket not in backend.buckets:
        backend.create_bucket(bucket, REGION)
    for key, body in objects:
        backend.put_object(bucket, key, body)


class Snapshot:
    """The objects of one embedded bucket as they are now; moto's own listing reads the whole bucket for every page."""

    def __init__(self, bucket: str) -> None:
        found = get_backend().buckets.get(bucket)
        if found is None:
            raise BucketError(f"bucket: {bucket} does not exist.")
        self._stored = found.keys
        self._keys: list[str] | None = None

    def find_object(self, key: str) -> StoredObject | None:
        """Return one object, none when it is missing."""
        found = self._stored.get(key)
        return StoredObject(key, found.etag, found.size) if hasattr(found, "etag") else None

    def find_objects(self, prefix: str) -> list[StoredObject]:
        """Return the objects under a prefix."""
        if self._keys is None:
            self._keys = list(self._stored)
            self._keys.sort()
        first = bisect_left(self._keys, prefix)
        names = takewhile(lambda key: key.startswith(prefix), islice(self._keys, first, None))
        return [each for name in names if (each := self.find_object(name))]


def iter_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield key and bytes of every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


class S3Server:
    """A running embedded S3 server."""

    def __init__(self, host: str, port: int) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        app = DomainDispatcherApplication(create_backend_app)
        self._server = make_wsgi_server((host, port), app, threads=8)
        self._server.prepare()
        with RUNNING_LOCK:
            RUNNING.add(id(self))
        self._thread = threading.Thread(target=self._server.serve, name="emulator-s3", daemon=True)
        self._thread.start()
        self.url = f"http://{host}:{self._server.bind_addr[1]}"

    def stop(self) -> None:
        """Close the port; the last server of the process forgets the buckets."""
        self._server.stop()
        self._thread.join()
        with RUNNING_LOCK:
            RUNNING.discard(id(self))
            if not RUNNING:
                get_backend().reset()
