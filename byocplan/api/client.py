"""The client: one method an endpoint, values in and out. Touches the network through its session.

Planners get a ``ReadClient``, whose session can send nothing but GET.
Source: BYOC OpenAPI; paths below the deployment's prefix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from byocplan.api.paging import iter_pages, iter_pages_ahead
from byocplan.api.session import ReadSession, WriteSession, open_exchange
from byocplan.api.wire_collection import decode_collection, decode_collection_page, encode_collection
from byocplan.api.wire_tile import decode_tile, decode_tile_page, decode_tiles, encode_tile, encode_tile_update
from byocplan.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.api.options import ApiOptions
    from byocplan.model.collection import CollectionPayload, LiveCollection
    from byocplan.model.tile import LiveTile, TilePage, TilePayload

#: Anything else cannot be an id and must not become part of a path.
ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
NOT_FOUND = 404


class ReadClient:
    """Reads collections and tiles. A context manager that closes its connections."""

    def __init__(self, session: ReadSession) -> None:
        self._session = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def requests_sent(self) -> int:
        """How many requests the run has sent so far."""
        return self._session.requests_sent

    @property
    def answered(self) -> str | None:
        """The ``Date`` header of the last answer, None before the first."""
        return self._session.answered

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def set_timeout(self, timeout_s: float) -> None:
        """Bound every later answer, as when the run is being stopped."""
        self._session.set_timeout(timeout_s)

    def iter_collections(self, search: str | None = None) -> Iterator[LiveCollection]:
        """Yield the account's collections; one request for each hundred. Endpoint: GET /collections."""
        query = (("search", search),) if search is not None else ()
        for page in iter_pages(self._session, "collections", decode_collection_page, query):
            yield from page.collections

    def get_collection(self, collection_id: str) -> LiveCollection:
        """Return a collection. Raises NotFoundError. Endpoint: GET /collections/ID."""
        return self._session.get(_collection_path(collection_id), decode_collection)

    def find_collection(self, collection_id: str) -> LiveCollection | None:
        """Return a collection, None when there is none. Endpoint: GET /collections/ID."""
        try:
            return self.get_collection(collection_id)
        except NotFoundError:
            return None

    def iter_tile_pages(
        self, collection_id: str, status: str | None = None, sort: str | None = None, *, ahead: bool = False
    ) -> Iterator[TilePage]:
        """Yield tiles in pages of up to a hundred, one request each; a tile may come twice while others write.

        ``sort`` is ``created:asc`` or ``created:desc``. ``ahead``: the next page is fetched while one is used, which
        costs whoever stops early a request. Endpoint: GET /collections/ID/tiles.
        """
        filters = (("sort", sort), ("status", status))
        query = tuple((key, value) for key, value in filters if value is not None)
        iterate = iter_pages_ahead if ahead else iter_pages
        for page in iterate(self._session, _tiles_path(collection_id), decode_tile_page, query):
            yield page.page

    def get_tile(self, collection_id: str, tile_id: str) -> LiveTile:
        """Return a tile. Raises NotFoundError. Endpoint: GET /collections/ID/tiles/ID."""
        return self._session.get(_tile_path(collection_id, tile_id), decode_tile)

    def find_tile(self, collection_id: str, path: str) -> LiveTile | None:
        """Return the tile with exactly this path, or None. Endpoint: GET /collections/ID/tiles?path=."""
        tiles = self._session.get(_tiles_path(collection_id), decode_tiles, (("path", path),))
        # A service that ignores the filter answers other tiles.
        return next((tile for tile in tiles if tile.path == path), None)


class WriteClient(ReadClient):
    """Reads and writes. A create whose answer was lost raises AmbiguousError and is not repeated here."""

    def __init__(self, session: WriteSession) -> None:
        super().__init__(session)
        self._writer = session

    def make_reader(self) -> ReadClient:
        """Return a client that only reads, on the same connections, token and rate."""
        return ReadClient(self._writer.make_reader())

    def create_collection(self, payload: CollectionPayload) -> LiveCollection:
        """Create a collection; its name is not unique. Endpoint: POST /collections."""
        return self._writer.post("collections", encode_collection(payload), decode_collection)

    def update_collection(self, collection_id: str, payload: CollectionPayload) -> None:
        """Replace a collection's fields by the whole ``payload``. Endpoint: PUT /collections/ID."""
        self._writer.put(_collection_path(collection_id), encode_collection(payload))

    def delete_collection(self, collection_id: str) -> bool:
        """Delete a collection and all its tiles; False when it was gone already. Endpoint: DELETE /collections/ID."""
        return self._delete(_collection_path(collection_id))

    def copy_tiles(self, from_id: str, to_id: str) -> None:
        """Copy the ingested tiles whose paths the target lacks. Endpoint: POST /collections/ID/copyTiles."""
        _check_id(to_id, "collection")
        path = f"{_collection_path(from_id)}/copyTiles"
        self._writer.trigger(path, (("toCollection", to_id),), is_repeatable=False)

    def create_tile(self, collection_id: str, payload: TilePayload) -> LiveTile:
        """Create a tile; raises ConflictError when the path is taken. Endpoint: POST /collections/ID/tiles."""
        return self._writer.post(_tiles_path(collection_id), encode_tile(payload), decode_tile)

    def update_tile(self, collection_id: str, tile_id: str, payload: TilePayload) -> None:
        """Replace sensing time and cover geometry; the path stays. Endpoint: PUT /collections/ID/tiles/ID."""
        self._writer.put(_tile_path(collection_id, tile_id), encode_tile_update(payload))

    def delete_tile(self, collection_id: str, tile_id: str) -> bool:
        """Delete a tile; False when it was gone already. Endpoint: DELETE /collections/ID/tiles/ID."""
        return self._delete(_tile_path(collection_id, tile_id))

    def reingest_tile(self, collection_id: str, tile_id: str) -> None:
        """Have a tile's files read again; returns before that is done.

        Endpoint: POST /collections/ID/tiles/ID/reingest. Doing it twice is safe, so a lost answer is met by a repeat.
        """
        self._writer.trigger(f"{_tile_path(collection_id, tile_id)}/reingest", is_repeatable=True)

    def _delete(self, path: str) -> bool:
        try:
            self._writer.delete(path)
        except NotFoundError:
            return False
        return True


def open_read_client(options: ApiOptions) -> ReadClient:
    """Return a client that can only read; sends nothing yet. Raises AccessError for a host that is not allowed."""
    return ReadClient(ReadSession(open_exchange(options)))


def open_write_client(options: ApiOptions) -> WriteClient:
    """Return a client that can write; sends nothing yet. Raises AccessError for a host that is not allowed."""
    return WriteClient(WriteSession(open_exchange(options)))


def _collection_path(collection_id: str) -> str:
    return f"collections/{_check_id(collection_id, 'collection')}"


def _tiles_path(collection_id: str) -> str:
    return f"{_collection_path(collection_id)}/tiles"


def _tile_path(collection_id: str, tile_id: str) -> str:
    return f"{_tiles_path(collection_id)}/{_check_id(tile_id, 'tile')}"


def _check_id(text: str, kind: str) -> str:
    if not ID.fullmatch(text):
        raise NotFoundError(f"{kind} {text[:64]!r}", NOT_FOUND, "this is no id")
    return text
