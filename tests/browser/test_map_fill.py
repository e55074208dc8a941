"""What the map fills: overlaps of footprints of one action, and not their holes."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from byocplan.geometry import make_lonlat_geometry
from byocplan.model.collection import LiveCollection
from byocplan.model.tile import LiveTile
from byocplan.view.report.map_report import render_map_report, tally_live
from tests.support.browser import Browser

BESIDE = (14.5, 5.0)


def make_box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """Return a ring; its longitudes run on past 180."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Live covers with a place on their map: ``west`` is added to all longitudes."""

    browser: Browser
    west: float

    def read_color(self, lon: float, lat: float) -> tuple[int, int, int]:
        """Return the colour of a place."""
        red, green, blue, _ = self.browser.evaluate(
            "(() => { const {camera: c, canvas} = byocplanMap; const r = canvas.width / c.width;"
            f" let x = ({lon + self.west} * c.squeeze - c.x) * c.scale; const turn = 360 * c.squeeze * c.scale;"
            f" x -= Math.round(x / turn) * turn; const y = ({lat} - c.y) * c.scale;"
            " return [...canvas.getContext('2d').getImageData((c.width / 2 + x) * r, (c.height / 2 - y) * r, 1, 1).data]; })()"
        )
        return red, green, blue


def show(browser: Browser, folder: Path, polygons: list[list[list[list[list[float]]]]], west: float) -> Ground:
    """Open the map of tiles that each have some polygons, as they are or cut at the antimeridian."""
    whole = [
        json.dumps(
            {"type": "MultiPolygon", "coordinates": each} if each[1:] else {"type": "Polygon", "coordinates": each[0]}
        )
        for each in polygons
    ]
    covers = [json.dumps(make_lonlat_geometry(each)) for each in whole] if west > 0 else whole
    tiles = [LiveTile(str(n), f"{n}.tif", "INGESTED", None, each) for n, each in enumerate(covers)]
    path = folder / "map.html"
    collection = LiveCollection("1", "name", "bucket")
    path.write_text(
        render_map_report("collection/s2", collection, tally_live("collection/s2", tiles)), encoding="utf-8"
    )
    browser.open(path)
    browser.wait("window.byocplanMap && byocplanMap.isIdle()")
    return Ground(browser, west)


@pytest.mark.parametrize("west", [-30.0, 170.0])
def test_where_footprints_overlap_they_are_filled_whichever_way_their_rings_run(
    browser: Browser, tmp_path: Path, west: float
) -> None:
    one, other = make_box(west, 0, west + 10, 10), make_box(west + 4, 0, west + 14, 10)[::-1]

    ground = show(browser, tmp_path, [[[one]], [[other]]], west)

    first, shared, second = (ground.read_color(lon, 5) for lon in (2, 7, 12))
    assert first == shared == second
    assert shared != ground.read_color(*BESIDE)


@pytest.mark.parametrize("west", [-30.0, 170.0])
@pytest.mark.parametrize("step", [1, -1])
def test_holes_stay_holes(browser: Browser, tmp_path: Path, west: float, step: int) -> None:
    outer, hole = make_box(west, 0, west + 14, 10), make_box(west + 4, 3, west + 10, 7)[::step]
    island, far = make_box(west + 6, 4, west + 8, 6), make_box(west + 16, 0, west + 18, 10)

    ground = show(browser, tmp_path, [[[outer, hole]], [[island], [far]]], west)

    around, within, amid, away = (ground.read_color(*place) for place in ((2, 5), (5, 5), (7, 5), (17, 5)))
    assert within == ground.read_color(*BESIDE)
    assert around == amid == away != within
