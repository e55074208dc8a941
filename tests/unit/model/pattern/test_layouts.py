"""Patterns for the key layouts of real buckets."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from byocplan.errors import PatternError
from byocplan.model.instant import make_instant
from byocplan.model.pattern import Match, Miss, compile_pattern

REPOSITORY = Path(__file__).parents[4]
KEYS = Path(os.environ.get("BYOCPLAN_TEST_DATA", REPOSITORY.parent / "shared" / "data")) / "keys"

pytestmark = pytest.mark.skipif(not KEYS.is_dir(), reason=f"no test data at {KEYS}; set BYOCPLAN_TEST_DATA")

SENTINEL_2 = (
    "sentinel-s2-l2a-cogs/{zone:d}/{lat:1w}/{square:2w}/{t:%Y}/{t:%-m}/"
    "{sat:S2A|S2B}_{zone}{lat}{square}_{t:%Y%m%d}_{sequence:d}_L2A/(BAND).tif"
)

#: The number of the layout, its pattern, and the time that is the sensing time.
TILE_PATTERNS = {
    1: (SENTINEL_2, "t"),
    2: (SENTINEL_2, "t"),
    3: (
        (
            "collection02/level-2/standard/oli-tirs/{t:%Y}/{path:3d}/{row:3d}/"
            "{sensor:LC08|LC09}_L2SP_{path}{row}_{t:%Y%m%d}_{processed:%Y%m%d}_02_{tier:T1|T2|RT}/"
            "{sensor}_L2SP_{path}{row}_{t:%Y%m%d}_{processed}_02_{tier}_(BAND).TIF"
        ),
        "t",
    ),
    4: (
        (
            "c1/L8/{path:3d}/{row:3d}/LC08_{level}_{path}{row}_{t:%Y%m%d}_{processed:%Y%m%d}_01_{tier:RT|T1|T2}/"
            "LC08_{level}_{path}{row}_{t:%Y%m%d}_{processed}_01_{tier}_(BAND).TIF"
        ),
        "t",
    ),
    6: (
        (
            "GRD/{t:%Y}/{t:%-m}/{t:%-d}/{mode}/{polarisations:2w}/{sat:S1A|S1B}_{mode}_GRDH_1S{polarisations}_"
            "{t:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}_{orbit:6d}_{take:6x}_{id:4x}/measurement/iw-(BAND).tiff"
        ),
        "t",
    ),
    11: ("MYD13A1.006/{h:2d}/{v:2d}/{t:%Y%j}/MYD13A1.A{t:%Y%j}.h{h}v{v}.006.{made:%Y%j%H%M%S}_(BAND).TIF", "t"),
    13: ("Copernicus_DSM_COG_10_{lat}_00_{lon}_00_DEM/Copernicus_DSM_COG_10_{lat}_00_{lon}_00_(BAND).tif", None),
    14: ("{version}/{year}/map/ESA_WorldCover_10m_{year}_{version}_{square:7w}_(BAND).tif", "time"),
    16: (
        "sar-data/tasks/{task}/[{id}/]{t:%Y-%m-%d-%H-%M-%S}_{unit}/{t:%Y-%m-%d-%H-%M-%S}_{unit}_(BAND).tif",
        "t",
    ),
    18: (
        (
            "baseline/{product}/{path:3d}/{row:3d}/{year}/{month}/{day}/"
            "ga_{sensor}_nbart_{v:d}-{minor:d}-{patch:d}_{path}{row}_{time:%Y-%m-%d}_final_(BAND).tif"
        ),
        "time",
    ),
    19: (
        (
            "{state:2w}/{t:%Y}/{resolution:d}cm/rgb/{block:5d}/"
            "m_{scene:7d}_{quarter}_{zone}_{n}_{t:%Y%m%d}[_{made:%Y%m%d}].tif"
        ),
        "t",
    ),
    20: ("{region}/{region}_{year}_{resolution}m/rgb/{crs:d}/{sheet}.tiff", "time"),
    22: ("{year}/{month}/{day}/{grid}/(BAND).tif", "time"),
    24: ("project/maps/{map}/UTM_{crs:5d}/{t:%Y-%m-%dT%H-%M-%S}/(BAND).tiff", "t"),
    25: ("top-folder/UTM-{size}/{zone}/{cell}/PF-(BAND)/{year}-{month:2d}-{day:2d}.tif", "time"),
    27: ("hro_sources/colorado/{t:%Y%m}_{cell}_{t:%Y%m}_{size}_CL_{n:d}.tif", "t"),
}

#: Layouts without a tile: a pattern for their files is refused, with the words of the refusal.
REFUSED_PATTERNS = {
    7: ("tiles/{zone:d}/{lat:1w}/{square:2w}/{year}/{month}/{day}/{sequence:d}/(BAND).jp2", "end in .tif or .tiff"),
    8: ("tiles/{zone:d}/{lat}/{square}/{year}/{month}/{day}/{n:d}/R{size}/(BAND).jp2", "end in .tif or .tiff"),
    17: (
        "data/{year}/{month}/{day}/{sat}_(BAND)_{a:%Y%m%d%H%M%S}_{b:%Y%m%d%H%M%S}/{sat}_(BAND)_{a}_{b}.tif",
        "a second time",
    ),
    28: ("{scene}.SAFE/GRANULE/{granule}/IMG_DATA/T{square:5w}_{t:%Y%m%dT%H%M%S}_(BAND).jp2", "end in .tif or .tiff"),
}

#: Layouts whose keys hold no image; their stated tile path is tested with a band put in.
METADATA_ONLY = {16, 18}


def read_layouts() -> dict[int, Any]:
    return {each["n"]: each for each in json.loads((KEYS / "layouts.json").read_text())} if KEYS.is_dir() else {}


def read_keys_by_bucket() -> list[tuple[str, str]]:
    lines = (KEYS / "bucket_keys.txt").read_text().splitlines()
    return [(bucket, key) for bucket, _, key in (line.partition("/") for line in lines)]


def make_time_ms(text: str) -> int:
    month, day = "-01" if len(text) == 4 else "", "-01" if len(text) <= 7 else ""
    return make_instant(text + month + day)


LAYOUTS = read_layouts()


def test_every_layout_has_a_pattern_or_a_refusal() -> None:
    numbers = set(LAYOUTS)

    assert numbers == set(TILE_PATTERNS) | set(REFUSED_PATTERNS)
    assert len(numbers) == 20
    assert {n for n, each in LAYOUTS.items() if each["tile_path"] is None} == set(REFUSED_PATTERNS)


@pytest.mark.parametrize("number", sorted(set(TILE_PATTERNS) - METADATA_ONLY))
def test_keys_give_the_stated_tile_path_and_time(number: int) -> None:
    text, time_name = TILE_PATTERNS[number]
    layout, pattern = LAYOUTS[number], compile_pattern(text)

    matches = [match for key in layout["keys"] if (match := pattern.match(key))]

    stated = [match for match in matches if match.tile_path == layout["tile_path"]]
    assert stated
    time = layout["time"] and make_time_ms(layout["time"])
    assert {match.times[time_name] if time_name else None for match in stated} == {time}
    assert [pattern.format(match) for match in matches] == [match.key for match in matches]


@pytest.mark.parametrize("number", sorted(TILE_PATTERNS))
def test_the_stated_tile_path_is_in_scope_and_takes_a_band(number: int) -> None:
    text, time_name = TILE_PATTERNS[number]
    layout, pattern = LAYOUTS[number], compile_pattern(text)
    path = layout["tile_path"]

    of_tile, of_key = pattern.match_tile(path), pattern.match(path.replace("(BAND)", "B01"))

    assert of_tile is not None
    assert of_key is not None
    assert of_key.tile_path == of_tile.tile_path == path
    assert of_key.times == of_tile.times
    assert of_tile.times.get(str(time_name)) == (layout["time"] and make_time_ms(layout["time"]))


@pytest.mark.parametrize("number", sorted(REFUSED_PATTERNS))
def test_layouts_that_rightly_yield_no_tile(number: int) -> None:
    text, words = REFUSED_PATTERNS[number]

    with pytest.raises(PatternError, match=words):
        compile_pattern(text)


@pytest.mark.parametrize("number", [7, 8, 28])
def test_jpeg_2000_is_no_tile_of_a_pattern_that_ends_in_a_field(number: int) -> None:
    pattern = compile_pattern("{**}/{file}")

    results = [pattern.explain(key) for key in LAYOUTS[number]["keys"]]

    reasons = {result.reason for result in results if isinstance(result, Miss)}
    assert reasons == {"a tile's files end in .tif or .tiff, no others are ingested"}
    assert not any(isinstance(result, Match) for result in results)


def test_a_polarisation_in_two_places_is_a_field_of_a_one_file_tile() -> None:
    pattern = compile_pattern("data/{t:%Y}/{t:%-m}/{t:%-d}/{scene}/{scene}.tif")

    match = pattern.match(LAYOUTS[17]["keys"][0])

    assert match is not None
    assert match.tile_path == match.key


@pytest.mark.parametrize(
    ("number", "bands", "taken"),
    [
        (1, {"B01", "B8A"}, 2),
        (1, {"TCI"}, 1),
        (3, {"SR_B2", "ST_B10"}, 2),
        (4, {"B1"}, 1),
        (4, {"B10"}, 1),
        (4, {"B1", "B10", "B11"}, 2),
        (11, {"NDVI_B01"}, 1),
        (14, {"Map"}, 2),
        (25, {"SR"}, 1),
        (25, {"PF-SR"}, 0),
    ],
)
def test_configured_bands_take_only_their_sources(number: int, bands: set[str], taken: int) -> None:
    pattern = compile_pattern(TILE_PATTERNS[number][0])

    found = [match for key in LAYOUTS[number]["keys"] if (match := pattern.match(key, bands))]

    assert len(found) == taken
    assert {match.band for match in found} <= bands


@pytest.mark.parametrize("number", sorted(TILE_PATTERNS))
def test_keys_of_other_layouts_are_not_matched(number: int) -> None:
    pattern = compile_pattern(TILE_PATTERNS[number][0])
    others = [each for n, each in LAYOUTS.items() if TILE_PATTERNS.get(n) != TILE_PATTERNS[number]]

    taken = [key for each in others for key in each["keys"] if pattern.match(key)]

    assert taken == []


@pytest.mark.parametrize("number", sorted(TILE_PATTERNS))
def test_keys_of_other_buckets_are_not_matched(number: int) -> None:
    pattern = compile_pattern(TILE_PATTERNS[number][0])
    keys = read_keys_by_bucket()

    buckets = {bucket for bucket, key in keys if pattern.match(key)}

    assert buckets <= {LAYOUTS[number]["bucket"]}


def test_a_folder_marker_and_an_absent_optional_level() -> None:
    pattern = compile_pattern(TILE_PATTERNS[16][0])

    marker = pattern.match("sar-data/tasks/ad hoc/")
    without_id = pattern.match(
        "sar-data/tasks/ad hoc/2024-05-11-23-06-40_UMBRA-04/2024-05-11-23-06-40_UMBRA-04_GEC.tif"
    )

    assert marker is None
    assert without_id is not None
    assert "id" not in without_id.fields


def test_folders_and_name_must_agree_on_the_date() -> None:
    pattern = compile_pattern(TILE_PATTERNS[18][0])
    path = LAYOUTS[18]["tile_path"].replace("(BAND)", "B1").replace("/05/12/", "/05/13/")

    miss = pattern.explain(path)

    assert isinstance(miss, Miss)
    assert miss.reason == "the parts of the time disagree: the day is 13 and 12"
