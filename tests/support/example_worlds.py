"""What the bucket and the service hold when an example is planned: few keys, files of a few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.inventories import Listed, make_inventory

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

#: Where the committed plan is → the folders that are read.
PLANS = {
    "minimal": "minimal",
    "mosaic": "mosaic",
    "multi-band": "multi-band",
    "environments/dev": "environments/base environments/dev",
    "environments/prod": "environments/base environments/prod",
    "adoption": "adoption",
    "inventory": "inventory",
    "table": "table",
    "ci-repository": "ci-repository/manifests",
}

#: Bucket → keys of tiles, and one or two that no pattern takes.
KEYS = {
    "my-imagery": ("land-cover/2021/alps_LC.tif", "land-cover/2022/alps_LC.tif", "land-cover/readme.txt"),
    "my-mosaic": (
        *(f"2019/11/27/28V/{band}.tif" for band in ("B02", "B03", "B04", "dataMask")),
        *(f"2019/12/7/33T/{band}.tif" for band in ("B02", "B03", "B04")),
        *(f"2020/1/5/28V/{band}.tif" for band in ("B02", "B03", "B04", "dataMask")),
        *(f"special/scene-7_{band}.tiff" for band in ("B02", "B03", "B04", "dataMask")),
    ),
    "my-orthophotos": ("2021/sheet-12_RGBN.tif", "2021/sheet-13_RGBN.tif", "2024/sheet-12_RGBN.tif"),
    "my-ndvi-dev": ("2024/05/30/33T_NDVI.tif", "2024/06/01/33T_NDVI.tif", "2024/06/01/33U_NDVI.tif"),
    "my-ndvi-prod": ("2024/05/30/33T_NDVI.tif", "2024/06/01/33T_NDVI.tif", "2024/06/01/33U_NDVI.tif"),
    "my-state": ("elsewhere.txt",),
    "my-team-state": ("elsewhere.txt",),
    "my-snow": ("2024/001/SWE.tif", "2024/009/SWE.tif", "2024/017/SWE.tif"),
    "my-soil-moisture": ("2024/1/SM.tif", "2024/2/SM.tif"),
    "my-scenes": ("orbit-022/scene-1_VV.tif",),
}

LIVE: dict[str, Any] = {
    "collections": [
        {
            "id": "017aa0ae-33a6-45d3-8548-0f7d1041b40c",
            "name": "Snow cover",
            "s3Bucket": "my-snow",
            "additionalData": {"bands": {"SWE": {"bitDepth": 16}}},
            "tiles": [
                {"path": "2024/001/(BAND).tif", "sensingTime": "2024-01-01T00:00:00Z"},
                {"path": "2024/009/(BAND).tif", "sensingTime": "2024-01-10T00:00:00Z"},
            ],
        },
        {
            "name": "Soil moisture",
            "s3Bucket": "my-soil-moisture",
            "additionalData": {"bands": {"SM": {"bitDepth": 16}}},
            "tiles": [
                {"path": "2024/1/(BAND).tif", "sensingTime": "2024-01-01T00:00:00Z"},
                {"path": "by-hand/(BAND).tif", "sensingTime": "2020-01-01T00:00:00Z"},
            ],
        },
    ]
}

ARCHIVE = ("2016/1/3/33T/B02.tif", "2016/1/3/33T/B03.tif", "2016/1/13/33T/B02.tif", "2016/1/13/33T/B03.tif")


def fill(emulator: Emulator) -> None:
    """Put in the buckets, the inventory and the live collections of all examples."""
    from byocplan.emulator.service.seed import seed

    assert emulator.state is not None
    for bucket, keys in KEYS.items():
        emulator.put_objects(bucket, [(key, key.encode()) for key in keys])
    objects = make_inventory([Listed(key) for key in ARCHIVE], source="my-archive")
    emulator.put_objects("my-inventories", list(objects.items()))
    seed(emulator.state, LIVE)
