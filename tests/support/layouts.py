"""Real bucket layouts as templates: a time and places in, a tile path out.

Each template, with the values of the recorded key, gives the recorded tile path; a test holds that.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from byocplan.model.instant import EPOCH
from byocplan.model.seen import SeenTile

DATA = Path(os.environ.get("BYOCPLAN_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Layout:
    """``write`` makes a path of a time ``t`` and the texts of ``places``; ``own`` are those of the recorded key.

    ``floor`` cuts a time to what the layout tells of it; None for timeless layouts.
    """

    number: int
    write: Callable[..., str]
    own: dict[str, Any]
    time: datetime
    places: dict[str, tuple[Any, ...]]
    floor: str | None = "day"

    def make_tiles(self, count: int, random: Random) -> list[SeenTile]:
        """Return different tiles of the layout."""
        tiles: dict[str, SeenTile] = {}
        for _ in range(count):
            t = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(10 * 366 * 86400))
            path = self.write(t=t, **{name: random.choice(texts) for name, texts in self.places.items()})
            tiles.setdefault(path, SeenTile(path, make_ms(t, self.floor)))
        return list(tiles.values())


def make_ms(t: datetime, floor: str | None) -> int | None:
    """Return the instant; only what is told down to ``floor`` (year, month, day, second) counts."""
    if floor is None:
        return None
    zero: dict[str, Any] = {"microsecond": 0}
    for unit, first in (("second", 0), ("minute", 0), ("hour", 0), ("day", 1), ("month", 1)):
        if floor == unit:
            break
        zero[unit] = first
    return (t.replace(**zero) - EPOCH) // timedelta(milliseconds=1)


def read_recorded() -> dict[int, dict[str, Any]]:
    """Return the recorded layouts by number; skips without the data."""
    file = DATA / "keys" / "layouts.json"
    if not file.exists():
        pytest.skip(f"no real layouts at {file}: set BYOCPLAN_TEST_DATA")
    return {each["n"]: each for each in json.loads(file.read_text(encoding="utf-8"))}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LAYOUTS = (
    Layout(
        1,
        lambda t, z, b, q, m, s: (
            f"sentinel-s2-l2a-cogs/{z}/{b}/{q}/{t.year}/{t.month}/{m}_{z}{b}{q}_{t:%Y%m%d}_{s}_L2A/(BAND).tif"
        ),
        {"z": "29", "b": "R", "q": "KH", "m": "S2A", "s": 0},
        day("2020-02-19"),
        {"z": ("5", "29", "45"), "b": ("R", "C"), "q": ("KH", "VQ", "XX"), "m": ("S2A", "S2B"), "s": (0, 1)},
    ),
    Layout(
        3,
        lambda t, p, r, lag: (
            f"collection02/level-2/standard/oli-tirs/{t.year}/{p:03}/{r:03}/"
            f"LC08_L2SP_{p:03}{r:03}_{t:%Y%m%d}_{t + timedelta(days=lag):%Y%m%d}_02_T2/"
            f"LC08_L2SP_{p:03}{r:03}_{t:%Y%m%d}_{t + timedelta(days=lag):%Y%m%d}_02_T2_(BAND).TIF"
        ),
        {"p": 1, "r": 62, "lag": 6},
        day("2020-10-31"),
        {"p": tuple(range(1, 200, 7)), "r": tuple(range(1, 200, 11)), "lag": (2, 6, 16)},
    ),
    Layout(
        4,
        lambda t, p, r, lag: (
            f"c1/L8/{p:03}/{r:03}/LC08_L1TP_{p:03}{r:03}_{t:%Y%m%d}_{t + timedelta(days=lag):%Y%m%d}_01_RT/"
            f"LC08_L1TP_{p:03}{r:03}_{t:%Y%m%d}_{t + timedelta(days=lag):%Y%m%d}_01_RT_(BAND).TIF"
        ),
        {"p": 16, "r": 37, "lag": 1},
        day("2017-08-13"),
        {"p": tuple(range(1, 200, 7)), "r": tuple(range(1, 200, 11)), "lag": (1, 2, 9)},
    ),
    Layout(
        6,
        lambda t, orbit, take, check: (
            f"GRD/{t.year}/{t.month}/{t.day}/IW/DV/S1A_IW_GRDH_1SDV_{t:%Y%m%dT%H%M%S}_"
            f"{t + timedelta(seconds=25):%Y%m%dT%H%M%S}_{orbit}_{take}_{check}/measurement/iw-(BAND).tiff"
        ),
        {"orbit": "022812", "take": "02792A", "check": "FD5B"},
        day("2018-07-16T00:40:42"),
        {"orbit": ("022812", "031234"), "take": ("02792A", "031111"), "check": ("FD5B", "1234", "AAAA")},
        "second",
    ),
    Layout(
        11,
        lambda t, h, v, made: f"MYD13A1.006/{h}/{v}/{t:%Y%j}/MYD13A1.A{t:%Y%j}.h{h:02}v{v:02}.006.{made}_(BAND).TIF",
        {"h": 30, "v": 10, "made": "2020170024036"},
        day("2020-06-01"),
        {"h": tuple(range(36)), "v": tuple(range(18)), "made": ("2020170024036", "2021001000000")},
    ),
    Layout(
        13,
        lambda t, lat, lon: (  # noqa: ARG005 - timeless
            f"Copernicus_DSM_COG_10_{lat}_00_{lon}_00_DEM/Copernicus_DSM_COG_10_{lat}_00_{lon}_00_(BAND).tif"
        ),
        {"lat": "S12", "lon": "W058"},
        day("2020-01-01"),
        {"lat": tuple(f"{ns}{n:02}" for ns in "NS" for n in range(80)), "lon": ("W058", "E006", "E120")},
        None,
    ),
    Layout(
        14,
        lambda t, cell: f"v200/{t.year}/map/ESA_WorldCover_10m_{t.year}_v200_{cell}_(BAND).tif",
        {"cell": "N45E006"},
        day("2021-01-01"),
        {"cell": tuple(f"{ns}{n:02}E{e:03}" for ns in "NS" for n in range(0, 60, 3) for e in range(0, 180, 30))},
        "year",
    ),
    Layout(
        16,
        lambda t, name, uuid, sat: (
            f"sar-data/tasks/{name}/{uuid}/{t:%Y-%m-%d-%H-%M-%S}_{sat}/{t:%Y-%m-%d-%H-%M-%S}_{sat}_(BAND).tif"
        ),
        {
            "name": "Sydney International Airport, Australia",
            "uuid": "d1378053-398d-4ee6-87ab-e212c9b1aeb2",
            "sat": "UMBRA-04",
        },
        day("2024-05-11T23:06:40"),
        {
            "name": ("Sydney International Airport, Australia", "ad hoc", "Rome"),
            "uuid": ("d1378053-398d-4ee6-87ab-e212c9b1aeb2", "11111111-2222-3333-4444-555555555555"),
            "sat": ("UMBRA-04", "UMBRA-05"),
        },
        "second",
    ),
    Layout(
        18,
        lambda t, p, r, v: (
            f"baseline/ga_ls8c_ard_3/{p:03}/{r:03}/{t:%Y/%m/%d}/ga_ls8c_nbart_{v}_{p:03}{r:03}_{t:%Y-%m-%d}_final_(BAND).tif"
        ),
        {"p": 90, "r": 86, "v": "3-0-0"},
        day("2016-05-12"),
        {"p": (90, 91, 112), "r": tuple(range(70, 90)), "v": ("3-0-0", "3-1-0")},
    ),
    Layout(
        19,
        lambda t, state, gsd, quad: f"{state}/{t.year}/{gsd}cm/rgb/{quad // 100}/m_{quad}_sw_14_1_{t:%Y%m%d}.tif",
        {"state": "tx", "gsd": 100, "quad": 3009743},
        day("2016-09-28"),
        {"state": ("tx", "va"), "gsd": (60, 100), "quad": (3009743, 3707763, 4107101)},
    ),
    Layout(
        20,
        lambda t, region, sheet: f"{region}/{region}_{t.year}_0.1m/rgb/2193/{sheet}.tiff",
        {"region": "waikato", "sheet": "BB32_1000_4347"},
        day("2021-01-01"),
        {
            "region": ("waikato", "otago"),
            "sheet": tuple(f"BB{n}_1000_{m}" for n in (32, 33) for m in range(4000, 4060)),
        },
        "year",
    ),
    Layout(
        22,
        lambda t, grid: f"{t.year}/{t.month}/{t.day}/{grid}/(BAND).tif",
        {"grid": "28V"},
        day("2019-11-27"),
        {"grid": ("28V", "15X", "1C", "60D")},
    ),
    Layout(
        24,
        lambda t, zone: f"project/maps/BANDS-S2-L1C/UTM_{zone}/{t:%Y-%m-%dT%H-%M-%S}/(BAND).tiff",
        {"zone": 32638},
        day("2018-01-19T07:42:27"),
        {"zone": (32638, 32637, 32733)},
        "second",
    ),
    Layout(
        25,
        lambda t, zone, cell: f"top-folder/UTM-24000/{zone}/{cell}/PF-(BAND)/{t:%Y-%m-%d}.tif",
        {"zone": "33N", "cell": "15E-212N"},
        day("2020-06-01"),
        {"zone": ("33N", "34N"), "cell": ("15E-212N", "16E-9N")},
    ),
    Layout(
        27,
        lambda t, quad, n: f"hro_sources/colorado/{t:%Y%m}_{quad}_{t:%Y%m}_0x1500m_CL_{n}.tif",
        {"quad": "13SED190110", "n": 1},
        day("2014-04-01"),
        {"quad": ("13SED190110", "13SED190120", "13TFF010110"), "n": (1, 2)},
        "month",
    ),
)
