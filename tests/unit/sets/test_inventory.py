"""Live tiles kept in a file, where that cannot be."""

from pathlib import Path

import pytest

from byocplan.sets import TileSets
from byocplan.sets.inventory import Header, UnusableError, write_inventory


def test_an_inventory_for_which_there_is_no_room_is_no_crash(tmp_path: Path) -> None:
    with TileSets() as sets:
        live = sets.make_live()
        live.finish()

        with pytest.raises(UnusableError, match="cannot be written"):
            write_inventory(live, Header("id", "https://x", 0, 0, 0), tmp_path / "missing" / "inventory.parquet")
