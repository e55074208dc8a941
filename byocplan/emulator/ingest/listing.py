"""A moving window over a bucket's listing, so that many neighbouring tiles share one request. Touches the network."""

from bisect import bisect_left, bisect_right
from typing import Any

from byocplan.emulator.ingest.bucket import StoredObject, ask

LAST_CHARACTER = "\U0010ffff"


class ListingWindow:
    """Consecutive keys of one bucket, read when needed; make a new one for every batch, so that it is never stale."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._start: str | None = None
        self._objects: list[StoredObject] = []
        self._ended = False

    def _covers(self, start: str, end: str) -> bool:
        if self._start is None or start < self._start:
            return False
        return self._ended or bool(self._objects and self._objects[-1].key >= end)

    def _fetch(self, start: str) -> None:
        page = ask(self._client.list_objects_v2, self._bucket, **({"StartAfter": start} if start else {}))
        self._objects += [StoredObject(each["Key"], each["ETag"], each["Size"]) for each in page.get("Contents", ())]
        self._ended = not page.get("IsTruncated")

    def find_object(self, key: str) -> StoredObject | None:
        """Return one object, none when it is missing."""
        return next((each for each in self._find_between(key, key) if each.key == key), None)

    def find_objects(self, prefix: str) -> list[StoredObject]:
        """Return the objects under a prefix."""
        return self._find_between(prefix, prefix + LAST_CHARACTER)

    def _find_between(self, first: str, last: str) -> list[StoredObject]:
        if self._start is None or first <= self._start or not self._covers(self._start, first):
            self._start, self._objects, self._ended = first[:-1], [], False
        while not self._covers(first, last):
            self._fetch(self._objects[-1].key if self._objects else self._start or "")
        begin = bisect_left(self._objects, first, key=lambda each: each.key)
        end = bisect_right(self._objects, last, key=lambda each: each.key)
        return self._objects[begin:end]
