"""Live tiles as they come, page by page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from byocplan.model.tile import TilePage
from byocplan.workflow.tiles import TileFilter, iter_tiles

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient


class Pages:
    """A client that has these pages of tile ids."""

    def __init__(self, *pages: str) -> None:
        self.pages = pages

    def iter_tile_pages(self, _collection_id: str, status: str | None, sort: str) -> Iterator[TilePage]:
        assert (status, sort) == (None, "created:asc")
        for page in self.pages:
            none = [None] * len(page)
            yield TilePage(list(page), [f"{name}.tif" for name in page], ["INGESTED"] * len(page), *([none] * 6))


def list_ids(*pages: str) -> str:
    client = cast("ReadClient", Pages(*pages))
    return "".join(tile.id for tile in iter_tiles(client, "1", TileFilter()))


def test_tiles_come_in_the_order_of_the_pages() -> None:
    assert list_ids("abc", "", "de") == "abcde"


def test_a_tile_that_comes_again_since_pages_shifted_is_left_out() -> None:
    assert list_ids("abc", "cde", "ec", "f") == "abcdef"
