"""Real keys of real buckets: one pattern takes exactly its own tiles, everything else is left over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.discovery import discover, make_pattern_source
from tests.support.memory_bucket import make_bucket

DATA = Path(os.environ.get("BYOCPLAN_TEST_DATA") or Path(__file__).parents[4] / "shared" / "data")
KEYS = DATA / "keys" / "bucket_keys.txt"

pytestmark = pytest.mark.skipif(not KEYS.exists(), reason=f"no real keys at {KEYS}; set BYOCPLAN_TEST_DATA")


@dataclass(frozen=True, slots=True)
class Layout:
    """A bucket, the pattern for it, and how many files and tiles it has; the rest of its keys is left over."""

    bucket: str
    pattern: str
    files: int
    tiles: int
    bands: tuple[str, ...] | None = None


def number_bands(form: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(form.format(number) for number in range(first, last + 1))


LAYOUTS = [
    Layout(
        "astraea-opendata",
        "MYD13A1.006/{h:d}/{v:d}/{t:%Y%j}/MYD13A1.A{t:%Y%j}.h{h}v{v}.006.{made:13d}_(BAND).TIF",
        12,
        1,
    ),
    Layout("cbers-pds", "{sat:w}/{cam:w}/{path:d}/{row:d}/{id}/{id}_(BAND).tif", 25, 7),
    Layout("cbers-pds", "CBERS4A/MUX/{path:d}/{row:d}/{id}/{id}_BAND(BAND).tif", 4, 1, ("5", "6", "7", "8")),
    Layout("copernicus-dem-30m", "{id}/{id}.tif", 1, 1),
    Layout("copernicus-dem-90m", "{id}/{id}.tif", 1, 1),
    Layout("landsat-pds", "c1/L8/{path:3d}/{row:3d}/{id}/{id}_(BAND).TIF", 11, 1, number_bands("B{}", 1, 11)),
    Layout("landsat-pds", "c1/L8/{path:3d}/{row:3d}/{id}/{id}_(BAND).TIF", 1, 1, ("B1",)),
    Layout("modis-pds", "MCD43A4.006/{h}/{v}/{t:%Y%j}/{id}_(BAND).TIF", 7, 1, number_bands("B{:02}", 1, 7)),
    Layout(
        "sentinel-cogs",
        "sentinel-s2-l2a-cogs/{zone:d}/{lat:w}/{sq:w}/{year}/{month}/{id}/(BAND).tif",
        12,
        1,
        (*number_bands("B{:02}", 1, 9), "B11", "B12", "B8A"),
    ),
    Layout(
        "sentinel-s1-l1c",
        "GRD/{year}/{month}/{day}/{mode}/{pol}/{id}/measurement/{m}-(BAND).tiff",
        3,
        2,
        ("vv", "vh"),
    ),
    Layout("sentinel-s2-l1c", "tiles/{zone}/{lat}/{sq}/{year}/{month}/{day}/{seq}/(BAND).tif", 0, 0),
    Layout("sentinel-s2-l2a", "tiles/{zone}/{lat}/{sq}/{year}/{month}/{day}/{seq}/{res}/(BAND).tif", 0, 0),
    Layout(
        "usgs-landsat",
        "collection02/level-2/standard/{sensor}/{year}/{path}/{row}/{id}/{id}_(BAND).TIF",
        8,
        1,
        (*number_bands("SR_B{}", 1, 7), "ST_B10"),
    ),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.bucket}-{layout.files}")
def test_one_pattern_takes_its_own_tiles_and_leaves_the_rest_over(layout: Layout) -> None:
    head = f"{layout.bucket}/"
    keys = [line.removeprefix(head) for line in KEYS.read_text().splitlines() if line.startswith(head)]
    source = make_pattern_source(layout.pattern)
    listed = [key for key in keys if key.startswith(source.pattern.prefixes(source.where))]

    result = discover(make_bucket(keys), source, bands=layout.bands)

    assert result.report.sources[0].keys == layout.files
    assert len(result.tiles) == layout.tiles
    assert result.report.leftover_keys == len(listed) - layout.files
