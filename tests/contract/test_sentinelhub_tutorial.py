"""The emulator as sentinelhub-py from PyPI sees it: the whole BYOC tutorial, step by step."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cogs import make_cog

if TYPE_CHECKING:
    from sentinelhub.api.byoc import SentinelHubBYOC

    from byocplan.emulator import Emulator

SENSED = dt.datetime(2019, 11, 27, tzinfo=dt.UTC)
BANDS = ("B02", "B03", "B04", "dataMask")


@pytest.fixture
def byoc(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> SentinelHubBYOC:
    """Return sentinelhub-py's client of the emulator, configured as a user would."""
    # Its OAuth library refuses plain http, even on loopback, unless it is told.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    from sentinelhub.api.byoc import SentinelHubBYOC
    from sentinelhub.config import SHConfig

    config = SHConfig(use_defaults=True)
    exports = emulator.exports()
    config.sh_base_url, config.sh_token_url = exports["SH_BASE_URL"], exports["SH_TOKEN_URL"]
    config.sh_client_id, config.sh_client_secret = exports["SH_CLIENT_ID"], exports["SH_CLIENT_SECRET"]
    return SentinelHubBYOC(config=config)


def wait(byoc: SentinelHubBYOC, collection: Any, tile: Any) -> Any:
    for _ in range(500):
        found = byoc.get_tile(collection, tile["id"])
        if found["status"] in {"INGESTED", "FAILED"}:
            return found
        time.sleep(0.01)
    raise AssertionError(found)


def make_scene(**changes: Any) -> list[tuple[str, bytes]]:
    return [(f"2019/11/27/28V/{band}.tif", make_cog(epsg=32628, **changes)) for band in BANDS]


def test_a_collection_is_created_read_iterated_renamed_and_deleted(byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection
    from sentinelhub.exceptions import DownloadFailedException

    created = byoc.create_collection(ByocCollection(name="new collection", s3_bucket="my-s3-bucket"))

    assert byoc.get_collection(created["id"])["name"] == "new collection"
    assert [each["id"] for each in byoc.iter_collections()] == [created["id"]]
    assert [each["name"] for each in byoc.iter_collections(search="new&coll|other")] == ["new collection"]
    assert list(byoc.iter_collections(search="old")) == []
    renamed = byoc.get_collection(created["id"]) | {"name": "renamed new collection"}
    assert byoc.update_collection(renamed) == ""
    assert byoc.get_collection(created["id"])["name"] == "renamed new collection"
    assert byoc.delete_collection(created) == ""
    with pytest.raises(DownloadFailedException, match="404"):
        byoc.get_collection(created["id"])


def test_a_tile_lives_from_creation_to_deletion(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocTile
    from sentinelhub.exceptions import DownloadFailedException

    emulator.put_objects("mosaic", make_scene())
    collection = byoc.create_collection(ByocCollection(name="mosaic", s3_bucket="mosaic"))

    created = byoc.create_tile(collection, ByocTile(path="2019/11/27/28V/(BAND).tif", sensing_time=SENSED))
    tile = wait(byoc, collection, created)

    assert created["status"] == "WAITING"
    assert tile["status"] == "INGESTED"
    make_tile: Any = ByocTile
    parsed = make_tile.from_dict(tile)
    assert parsed.sensing_time == SENSED
    assert parsed.cover_geometry.crs.epsg == parsed.tile_geometry.crs.epsg == 32628
    assert 0 < parsed.cover_geometry.geometry.symmetric_difference(parsed.tile_geometry.geometry).area < 1
    tile["sensingTime"] = "2021-06-29T18:02:34"
    assert byoc.update_tile(collection, tile) == ""
    assert byoc.get_tile(collection, tile)["sensingTime"] == "2021-06-29T18:02:34Z"
    assert byoc.reingest_tile(collection, tile) == ""
    assert wait(byoc, collection, tile)["status"] == "INGESTED"
    assert byoc.delete_tile(collection, tile) == ""
    assert list(byoc.iter_tiles(collection)) == []
    with pytest.raises(DownloadFailedException, match="404"):
        byoc.get_tile(collection, tile)


def test_a_prefix_in_the_path_takes_its_own_files_only(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocTile

    names = [f"folder/tile_{number}_{band}_2019.tiff" for number in (1, 2) for band in ("R", "G")]
    emulator.put_objects("prefixes", [(name, make_cog()) for name in [*names, "folder/tile_2_B_2019.tiff"]])
    collection = byoc.create_collection(ByocCollection(name="prefixes", s3_bucket="prefixes"))

    tile = wait(byoc, collection, byoc.create_tile(collection, ByocTile(path="folder/tile_1_(BAND)_2019.tiff")))

    assert list(tile["additionalData"]["filesMetadata"]) == ["G", "R"]
    assert list(byoc.get_collection(collection)["additionalData"]["bands"]) == ["G", "R"]


def test_bands_are_configured_by_the_first_tile(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocTile

    emulator.put_objects("rgb-auto", [("RGB_COG.tiff", make_cog(bands=3, dtype="uint8"))])
    collection = byoc.create_collection(ByocCollection(name="auto", s3_bucket="rgb-auto"))
    assert collection["isConfigured"] is False

    wait(byoc, collection, byoc.create_tile(collection, ByocTile(path="(BAND)_COG.tiff", sensing_time=SENSED)))

    configured = byoc.get_collection(collection)
    assert configured["isConfigured"] is True
    band = {"bitDepth": 8, "source": "RGB", "sampleFormat": "UINT"}
    assert configured["additionalData"]["bands"] == {f"RGB_{n}": band | {"bandIndex": n} for n in (1, 2, 3)}


@pytest.mark.parametrize("chosen", [{"R": 1, "G": 2, "B": 3}, {"G": 2}], ids=["all bands", "one band"])
def test_bands_are_configured_by_hand(emulator: Emulator, byoc: SentinelHubBYOC, chosen: dict[str, int]) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocCollectionAdditionalData, ByocCollectionBand, ByocTile

    emulator.put_objects("rgb-manual", [("RGB_COG.tiff", make_cog(bands=3, dtype="uint8"))])
    bands = {name: ByocCollectionBand(bit_depth=8, source="RGB", band_index=index) for name, index in chosen.items()}
    additional = ByocCollectionAdditionalData(bands=bands)
    wanted = ByocCollection(name="manual", s3_bucket="rgb-manual", additional_data=additional)

    collection = byoc.create_collection(wanted)
    tile = wait(byoc, collection, byoc.create_tile(collection, ByocTile(path="(BAND)_COG.tiff")))

    assert tile["status"] == "INGESTED"
    band = {"bitDepth": 8, "source": "RGB", "sampleFormat": "UINT"}
    found = byoc.get_collection(collection)
    assert found["isConfigured"] is True
    assert found["additionalData"]["bands"] == {name: band | {"bandIndex": n} for name, n in chosen.items()}


def test_a_failed_tile_tells_its_cause(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocTile

    emulator.put_objects("failing", make_scene(blocksize=128))
    collection = byoc.create_collection(ByocCollection(name="failing", s3_bucket="failing"))

    wait(byoc, collection, byoc.create_tile(collection, ByocTile(path="2019/11/27/28V/(BAND).tif")))

    (failed,) = byoc.iter_tiles(collection, status="FAILED")
    assert failed["additionalData"]["failedIngestionCause"] == (
        "Ensure tiles of image at index 0 have width and height between 256 and 2048."
    )


def test_tiles_are_copied_between_collections(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocCollection, ByocTile

    emulator.put_objects("copies", make_scene())
    source, target = (
        byoc.create_collection(ByocCollection(name=name, s3_bucket="copies")) for name in ("source", "target")
    )
    tile = wait(byoc, source, byoc.create_tile(source, ByocTile(path="2019/11/27/28V", sensing_time=SENSED)))

    assert byoc.copy_tiles(source, target) == ""
    assert byoc.copy_tiles(source, target) == ""

    (copied,) = byoc.iter_tiles(target)
    assert copied["id"] != tile["id"]
    assert copied["path"] == tile["path"] == "2019/11/27/28V/(BAND).tif"
    assert (
        byoc.get_collection(target)["additionalData"]["bands"] == byoc.get_collection(source)["additionalData"]["bands"]
    )


def test_every_tile_is_iterated_once_page_by_page(emulator: Emulator, byoc: SentinelHubBYOC) -> None:
    from sentinelhub.api.byoc import ByocTile

    from byocplan.emulator.service.seed import seed

    assert emulator.state is not None
    (seeded,) = seed(emulator.state, {"collections": [{"name": "many", "s3Bucket": "many", "synthetic": 250}]})

    oldest = list(byoc.iter_tiles(seeded["id"]))
    newest = list(byoc.iter_tiles(seeded["id"], sort="created:desc", count=99))
    (one,) = byoc.iter_tiles(seeded["id"], path=oldest[7]["path"])

    assert len({tile["id"] for tile in oldest}) == 250
    assert newest == oldest[::-1]
    assert one == oldest[7]
    make_tile: Any = ByocTile
    assert make_tile.from_dict(one).cover_geometry.crs.epsg == 32601


def test_the_rate_limit_is_understood_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    from sentinelhub.api.byoc import SentinelHubBYOC
    from sentinelhub.config import SHConfig
    from sentinelhub.exceptions import SHRateLimitWarning

    from byocplan.emulator import Emulator, EmulatorSettings

    with Emulator(EmulatorSettings(port=0, rate_per_minute=300, rate_capacity=1)) as emulator:
        config = SHConfig(use_defaults=True, sh_client_id="a", sh_client_secret="b")
        config.sh_base_url, config.sh_token_url = emulator.base_url, emulator.token_url
        client = SentinelHubBYOC(config=config)
        started = time.monotonic()

        with pytest.warns(SHRateLimitWarning):
            answers = [list(client.iter_collections()) for _ in range(3)]

    assert answers == [[], [], []]
    assert time.monotonic() - started < 3
