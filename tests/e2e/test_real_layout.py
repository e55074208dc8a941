"""Real files under their real keys, end to end: what ingests, what is refused and why, what is left alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.support.manifests import make_document
from tests.support.workspace import Workspace

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

LANDSAT = (
    "c1/L8/{path:3d}/{row:3d}/LC08_{level}_{path}{row}_{t:%Y%m%d}_{processed:%Y%m%d}_01_{tier}/"
    "LC08_{level}_{path}{row}_{t:%Y%m%d}_{processed}_01_{tier}_(BAND).TIF"
)
SENTINEL_2 = "sentinel-s2-l2a-cogs/{zone:d}/{lat:1w}/{square:2w}/{year}/{month}/{scene}/(BAND).tif"

#: Bucket → pattern, sensing time, bands, and what an apply says of its tile.
LAYOUTS = {
    "copernicus-dem-90m": (
        "Copernicus_DSM_COG_30_{lat}_00_{lon}_00_DEM/Copernicus_DSM_COG_30_{lat}_00_{lon}_00_(BAND).tif",
        ...,
        {"DEM": {"bitDepth": 32, "sampleFormat": "FLOAT"}},
        "1 INGESTED",
    ),
    "landsat-pds": (LANDSAT, "{t}", {"B1": {"bitDepth": 16, "sampleFormat": "UINT"}}, "tile"),
    "modis-pds": (
        "MCD43A4.006/{h:2d}/{v:2d}/{t:%Y%j}/MCD43A4.A{t:%Y%j}.h{h}v{v}.006.{made:%Y%j%H%M%S}_(BAND).TIF",
        "{t}",
        {"B01": {"bitDepth": 16, "sampleFormat": "INT"}},
        "rojection",
    ),
    "sentinel-cogs": (SENTINEL_2, ..., {"B01": {"bitDepth": 16, "sampleFormat": "UINT"}}, "256"),
    "sentinel-s1-l1c": (
        "GRD/{year}/{month}/{day}/{mode}/{polarisation}/{scene}/measurement/s1-(BAND).tiff",
        ...,
        {"vh": {"bitDepth": 16, "sampleFormat": "UINT"}},
        "geo",
    ),
}


@pytest.fixture
def bucket_of(emulator: "Emulator", test_data: Path, tmp_path: Path) -> Workspace:
    """A workspace whose S3 holds every bucket of ``real_layout``."""
    root = test_data / "real_layout"
    for bucket in sorted(root.iterdir()):
        files = sorted(path for path in bucket.rglob("*") if path.is_file())
        emulator.put_objects(bucket.name, [(path.relative_to(bucket).as_posix(), path.read_bytes()) for path in files])
    environment = dict(emulator.exports())
    s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL_S3"], region_name="us-east-1")
    return Workspace(tmp_path, environment, "", s3)


def test_real_keys_become_tiles_and_their_verdicts_are_told(bucket_of: Workspace) -> None:
    bucket_of.write("byocplan.yaml", bucket_of.project)
    for bucket, (pattern, time, bands, _) in LAYOUTS.items():
        tiles = [{"pattern": pattern, **({} if time is ... else {"sensingTime": time})}]
        bucket_of.write(f"{bucket}.yaml", make_document(bucket, bucket, bands=bands, tiles=tiles))

    plan = bucket_of.plan()
    run = bucket_of.apply(code=10)
    told = bucket_of.run("plan", code=0)

    assert bucket_of.count(plan) == {"collection create": 5, "tile create": 5}
    assert "1 INGESTED" in run.text
    assert "4 FAILED" in run.text
    for _, _, _, says in LAYOUTS.values():
        assert says in run.text + told.text
    assert bucket_of.count(bucket_of.plan()) == {"tile failed": 4}


def test_sidecars_and_quality_bands_are_left_over(bucket_of: Workspace) -> None:
    for bucket in ("modis-pds", "sentinel-cogs"):
        pattern, time, bands, _ = LAYOUTS[bucket]
        tiles = [{"pattern": pattern, **({} if time is ... else {"sensingTime": time})}]
        bucket_of.write(f"{bucket}.yaml", make_document(bucket, bucket, bands=bands, tiles=tiles))

    found = bucket_of.run("discover", "--format", "json", code=0).json()["collections"]

    assert (found["collection/modis-pds"]["tiles"], found["collection/modis-pds"]["leftover_keys"]) == (1, 1)
    assert (found["collection/sentinel-cogs"]["tiles"], found["collection/sentinel-cogs"]["leftover_keys"]) == (1, 2)


def test_jpeg_2000_gives_no_tile(bucket_of: Workspace) -> None:
    pattern = "tiles/{zone:d}/{lat:1w}/{square:2w}/{year}/{month}/{day}/{n:d}/{resolution}/(BAND).tif"
    bucket_of.write("s2.yaml", make_document("s2", "sentinel-s2-l2a", bands=..., tiles=[{"pattern": pattern}]))

    found = bucket_of.run("discover", "--format", "json", code=0).json()["collections"]

    assert (found["collection/s2"]["tiles"], found["collection/s2"]["leftover_keys"]) == (0, 1)
