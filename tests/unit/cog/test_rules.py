"""Each rule: a sound file passes, and one change breaks it, in words."""

from __future__ import annotations

from typing import Any

import pytest
from pyproj import Transformer

from byocplan.cog.judge import SAYINGS, judge_file
from byocplan.cog.place_rules import LAEA_POLES, UTM_POLE, is_supported
from byocplan.cog.rules import RULES
from byocplan.model.preflight import Finding
from tests.support.cogs import make_cog
from tests.support.tiffs import ByteFile, make_fields, make_tiff


def judge(content: bytes) -> list[tuple[str, str]]:
    verdict, _ = judge_file("B1.tif", ByteFile(content).read)
    return [(finding.rule, finding.text) for finding in verdict.findings]


def make_keys(epsg: int, model: int = 1) -> tuple[str, list[float]]:
    return "short", [1, 1, 0, 2, 1024, 0, 1, model, 3072 if model == 1 else 2048, 0, 1, epsg]


def make_tie(x: float, y: float) -> tuple[str, list[float]]:
    return "double", [0.0, 0.0, 0.0, x, y, 0.0]


def test_a_sound_file_passes() -> None:
    assert judge(make_tiff(make_fields())) == []


def test_a_file_by_gdal_passes() -> None:
    assert judge(make_cog(size=(1500, 1500), blocksize=512)) == []


#: Rule, what the finding says, and the changed fields.
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("truncated", "byte 20,100 of a file of 8,192", {"t324": ("long", [20_000])}),
    ("layout", "the main directory is at byte 8, the data begins at byte 4", {"t324": ("long", [4])}),
    ("blocks", "strips instead", {"t322": None, "t323": None}),
    (
        "blocks",
        "tiles of 128 x 256",
        {"t322": ("short", [128]), "t324": ("long", [4000] * 2), "t325": ("long", [1] * 2)},
    ),
    ("blocks", "tiles of 4096 x 4096", {"t322": ("short", [4096]), "t323": ("short", [4096])}),
    ("format", "lists 1 internal tiles and needs 2", {"t256": ("short", [257])}),
    ("compression", "JPEG is not", {"t259": ("short", [7])}),
    ("compression", "WEBP is not", {"t259": ("short", [50001])}),
    ("compression", "LERC is not", {"t259": ("short", [34887])}),
    ("compression", "code 999 is not", {"t259": ("short", [999])}),
    ("photometric", "interpretation 6 with LZW", {"t259": ("short", [5]), "t262": ("short", [6])}),
    ("samples", "UINT32", {"t258": ("short", [32])}),
    ("samples", "INT32", {"t258": ("short", [32]), "t339": ("short", [2])}),
    ("samples", "FLOAT64", {"t258": ("short", [64]), "t339": ("short", [3])}),
    ("samples", "FLOAT16", {"t339": ("short", [3])}),
    ("samples", "COMPLEX16", {"t339": ("short", [5])}),
    ("samples", "UINT12", {"t258": ("short", [12])}),
    ("samples", "different sample types", {"t277": ("short", [2]), "t258": ("short", [8, 16])}),
    ("bands", "11 bands in chunky", {"t277": ("short", [11]), "t258": ("short", [16] * 11)}),
    (
        "bands",
        "101 bands",
        {"t277": ("short", [101]), "t284": ("short", [2]), "t324": ("long", [4000] * 101), "t325": ("long", [9] * 101)},
    ),
    ("projection", "does not say where", {"t33550": None}),
    ("projection", "EPSG:26911", {"t34735": make_keys(26911)}),
    ("projection", "without an EPSG code", {"t34735": make_keys(32767)}),
    ("projection", "without an EPSG code", {"t34735": None}),
    (
        "orientation",
        "rotated",
        {"t33550": None, "t34264": ("double", [10.0, 1.0, 0.0, 0.0, 1.0, -10.0, 0.0, 9e5, *[0.0] * 7, 1.0])},
    ),
    ("orientation", "south to north", {"t33550": ("double", [10.0, -10.0, 0.0])}),
    ("orientation", "east to west", {"t33550": ("double", [-10.0, 10.0, 0.0])}),
    (
        "poles",
        "reaches from -166 to 90",
        {"t34735": make_keys(4326, 2), "t33550": ("double", [1.0, 1.0, 0.0]), "t33922": make_tie(-128, 90)},
    ),
    ("poles", "it reaches", {"t33550": ("double", [1e4, 1e4, 0.0]), "t33922": make_tie(0, 1.1e7)}),
    ("poles", "it reaches", {"t34735": make_keys(32733), "t33922": make_tie(499_000, 4_000)}),
    ("poles", "it reaches", {"t34735": make_keys(3035), "t33922": make_tie(4_320_000, 7_370_000)}),
]


@pytest.mark.parametrize(("rule", "says", "changes"), BROKEN, ids=[f"{rule}-{says}" for rule, says, _ in BROKEN])
def test_one_change_breaks_one_rule(rule: str, says: str, changes: dict[str, Any]) -> None:
    found = judge(make_tiff(make_fields(**changes)))

    assert [name for name, _ in found] == [rule]
    assert says in found[0][1]


#: What looks odd and passes.
SOUND: list[tuple[str, dict[str, Any]]] = [
    ("none", {"t259": None}),
    ("LZW", {"t259": ("short", [5])}),
    ("PACKBITS", {"t259": ("short", [32773])}),
    ("ZSTD", {"t259": ("short", [50000])}),
    ("old DEFLATE", {"t259": ("short", [32946])}),
    ("palette with DEFLATE", {"t262": ("short", [3])}),
    ("RGB with LZW", {"t259": ("short", [5]), "t262": ("short", [2])}),
    ("1 bit", {"t258": ("short", [1])}),
    ("INT8", {"t258": ("short", [8]), "t339": ("short", [2])}),
    ("FLOAT32", {"t258": ("short", [32]), "t339": ("short", [3])}),
    ("10 chunky bands", {"t277": ("short", [10]), "t258": ("short", [16] * 10)}),
    ("data left out", {"t324": ("long", [0]), "t325": ("long", [0])}),
    ("blocks of 2048", {"t322": ("short", [2048]), "t323": ("short", [2048])}),
    (
        "up to the pole",
        {"t34735": make_keys(4326, 2), "t33550": ("double", [0.5, 0.5, 0.0]), "t33922": make_tie(0, 90)},
    ),
    ("web mercator", {"t34735": make_keys(3857)}),
]


@pytest.mark.parametrize("changes", [changes for _, changes in SOUND], ids=[name for name, _ in SOUND])
def test_what_the_service_takes_passes(changes: dict[str, Any]) -> None:
    assert judge(make_tiff(make_fields(**changes))) == []


def test_a_header_over_a_megabyte_breaks_its_rule() -> None:
    blocks = 130_000
    fields = make_fields(t256=("long", [256 * blocks]), t324=("long", [4] * blocks), t325=("long", [4] * blocks))

    assert judge(make_tiff(fields)) == [("header-size", "the header goes on to byte 1,040,194")]


def test_every_overview_and_mask_is_looked_at() -> None:
    overview = make_fields(t254=("long", [1]), t259=("short", [7]), t322=("short", [4096]))

    found = judge(make_tiff(make_fields(), overview))

    assert found == [("blocks", "image 1 has internal tiles of 4096 x 256"), ("compression", "JPEG is not supported")]


def test_small_blocks_of_overviews_and_missing_overviews_are_advice() -> None:
    small = make_fields(
        t254=("long", [1]), t256=("short", [128]), t257=("short", [128]), t322=("short", [128]), t323=("short", [128])
    )
    large = make_fields(t256=("short", [1280]), t324=("long", [4000] * 5), t325=("long", [1] * 5))

    verdicts = [judge_file("x", ByteFile(make_tiff(*images)).read)[0] for images in ([make_fields(), small], [large])]

    assert [verdict.findings for verdict in verdicts] == [
        (Finding("overview-blocks", "an overview has internal tiles of 128 x 128", is_advice=True),),
        (Finding("overviews", "there is no overview of 1,280 x 256 pixels", is_advice=True),),
    ]
    assert not any(verdict.is_refused for verdict in verdicts)


def test_exactly_the_documented_systems_are_supported() -> None:
    supported = [code for code in range(1, 40_000) if is_supported(code)]

    assert supported == [3035, 3857, 4326, *range(32601, 32661), *range(32701, 32761)]
    assert not is_supported(None)


@pytest.mark.parametrize("epsg", [32601, 32633, 32760, 3035])
def test_the_poles_lie_where_pyproj_says(epsg: int) -> None:
    transform = Transformer.from_crs(4326, epsg, always_xy=True).transform
    shift = 1e7 if epsg > 32700 else 0.0
    poles = LAEA_POLES if epsg == 3035 else ((UTM_POLE[0], shift + UTM_POLE[1]), (UTM_POLE[0], shift - UTM_POLE[1]))

    expected = [transform(0.0, latitude) for latitude in (90.0, -90.0)]

    assert [pytest.approx(pole, abs=0.01) for pole in poles] == expected


def test_every_rule_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.name for rule in RULES} <= set(SAYINGS)
    assert all(SAYINGS.values())
