"""Live tiles as they come, page by page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from byocplan.model.tile import Status, TilePage
from byocplan.workflow.tiles import TileFilter, iter_tiles

if TYPE_CHECKING:
    from byocplan.api.client import ReadClient


class Pages:
    """A client that has these pages of tile ids."""

    def __init__(self, *pages: str) -> None:
        self.pages = pages

    def iter_tile_pages(self, _collection_id: str, status: str | None, sort: str, *, ahead: bool) -> Iterator[TilePage]:
        assert (status, sort, ahead) == (None, "created:asc", True)
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


class Lists:
    """A client that has a list of tile numbers, which say when they were made, for each status."""

    def __init__(self, *, is_whole: bool = True, **lists: list[int]) -> None:
        self.is_whole, self.lists = is_whole, lists
        self.asked: list[str | None] = []

    def iter_tile_pages(self, _collection_id: str, status: str | None, sort: str, *, ahead: bool) -> Iterator[TilePage]:
        assert (sort, ahead) == ("created:asc", self.is_whole)
        self.asked.append(status)
        numbers = self.lists[status or ""]
        none = [None] * len(numbers)
        texts = [str(number) for number in numbers]
        yield TilePage(texts, texts, [status or ""] * len(numbers), none, none, numbers, none, none, none)


def test_several_statuses_are_lists_put_together_in_the_order_of_creation() -> None:
    client = Lists(WAITING=[1, 4, 9], FAILED=[2, 3, 4, 10], INGESTED=[5])
    wanted = TileFilter(frozenset({Status.FAILED, Status.WAITING}))

    found = [tile.id for tile in iter_tiles(cast("ReadClient", client), "1", wanted)]

    assert found == ["1", "2", "3", "4", "9", "10"]
    assert client.asked == ["WAITING", "FAILED"]


def test_of_a_list_that_may_be_left_early_no_page_is_fetched_ahead() -> None:
    client = Lists(is_whole=False, FAILED=[1, 2, 3])

    found = list(iter_tiles(cast("ReadClient", client), "1", TileFilter(frozenset({Status.FAILED}), limit=2)))

    assert [tile.id for tile in found] == ["1", "2"]
