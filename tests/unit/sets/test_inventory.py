"""Live tiles kept in a file, where that cannot be."""

from pathlib import Path

import pytest

from byocplan.model.tile import LiveTile, TilePage
from byocplan.sets import TileSets
from byocplan.sets.inventory import Header, UnusableError, has_ended, write_inventory


def test_an_inventory_for_which_there_is_no_room_is_no_crash(tmp_path: Path) -> None:
    with TileSets() as sets:
        live = sets.make_live()
        live.finish()

        with pytest.raises(UnusableError, match="cannot be written"):
            write_inventory(live, Header("id", "https://x", 0, 0, 0), tmp_path / "missing" / "inventory.parquet")


@pytest.mark.parametrize("created_ms", [5, None])
def test_a_page_has_ended_where_each_of_its_tiles_is_known_and_has(created_ms: int | None) -> None:
    ingested, failed, pending, new = (
        LiveTile(status, f"{status}/(BAND).tif", status, created_ms=created_ms)
        for status in ("INGESTED", "FAILED", "WAITING", "NEW")
    )
    with TileSets() as sets:
        live = sets.make_live()
        live.add_page(TilePage.of([ingested, failed, pending]))
        live.finish()

        assert has_ended(live, TilePage.of([ingested, failed]))
        assert not has_ended(live, TilePage.of([ingested, pending]))
        assert not has_ended(live, TilePage.of([ingested, new]))
