"""Every kind of change, once, through the installed command; each followed by an empty plan."""

import time

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import B02_B03, make_document
from tests.support.workspace import Workspace

TILES = ("2019/1/1/28V", "2019/1/1/33T", "2019/11/27/28V")


def put_tile(workspace: Workspace, folder: str, fill: int = 1) -> None:
    for band in ("B02", "B03"):
        workspace.put(f"{folder}/{band}.tif", make_cog(fill=fill))


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    """A project with one collection of three tiles, applied."""
    for folder in TILES:
        put_tile(workspace, folder)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.apply()
    return workspace


def test_the_first_apply_creates_the_collection_and_its_tiles(workspace: Workspace) -> None:
    for folder in TILES:
        put_tile(workspace, folder)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    plan = workspace.plan("--detailed-exitcode", code=2)
    outcome = workspace.apply("--format", "json").json()

    assert workspace.count(plan) == {"collection create": 1, "tile create": 3}
    assert outcome["applied"]["tile.create"] == 3
    assert outcome["outputs"]["collection/s2"]["collection"].startswith("byoc-")
    assert workspace.is_settled()


def test_a_new_scene_in_the_bucket_is_created(applied: Workspace) -> None:
    put_tile(applied, "2020/2/9/28V")

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"tile create": 1}
    assert applied.is_settled()


def test_a_file_written_anew_is_reingested(applied: Workspace) -> None:
    put_tile(applied, TILES[0], fill=7)

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"tile reingest": 1}
    assert applied.is_settled()


def test_a_scene_that_left_the_bucket_is_deleted(applied: Workspace) -> None:
    for band in ("B02", "B03"):
        applied.remove(f"{TILES[0]}/{band}.tif")

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"tile delete": 1}
    assert applied.is_settled()


def test_another_sensing_time_updates_every_tile(applied: Workspace) -> None:
    tiles = [{"pattern": "{year}/{month}/{day}/{grid}/(BAND).tif", "sensingTime": "2001-02-03T04:05:06Z"}]
    applied.write("s2.yaml", make_document("s2", applied.bucket, tiles=tiles))

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"tile update": 3}
    assert applied.is_settled()


def test_a_rename_and_another_no_data_update_the_collection(applied: Workspace) -> None:
    applied.write("s2.yaml", make_document("s2", applied.bucket, name="Another name", noData=0))

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"collection update": 1}
    assert {field for change in plan["resource_changes"] for field in change["change"]["after"]} >= {"name", "noData"}
    assert applied.is_settled()


def test_a_band_is_renamed_in_place(applied: Workspace) -> None:
    bands = {"Blue": {"source": "B02", "bitDepth": 16, "previousName": "B02"}, "B03": B02_B03["B03"]}
    applied.write("s2.yaml", make_document("s2", applied.bucket, bands=bands))

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"collection update": 1}
    assert applied.is_settled()


def test_a_removed_band_needs_an_ack(applied: Workspace) -> None:
    applied.write("s2.yaml", make_document("s2", applied.bucket, bands={"B02": B02_B03["B02"]}))

    refused = applied.apply(code=5)
    applied.apply("--ack", "bandRemoval@collection/s2=1")

    assert "bandRemoval@collection/s2=1" in refused.text
    assert applied.is_settled()


def test_another_bucket_is_refused_unless_the_manifest_says_replace(applied: Workspace) -> None:
    other = f"{applied.bucket}-other"
    applied.s3.create_bucket(Bucket=other)
    for band in ("B02", "B03"):
        applied.s3.put_object(Bucket=other, Key=f"{TILES[0]}/{band}.tif", Body=make_cog())
    applied.write("s2.yaml", make_document("s2", other))

    refused = applied.apply(code=5)
    applied.write("s2.yaml", make_document("s2", other, lifecycle={"replace": "in-place"}))
    plan = applied.plan()
    applied.apply("--ack", "collectionDeletes@collection/s2=1")

    assert "replace" in refused.text
    assert applied.count(plan) == {"collection replace": 1, "tile create": 1}
    assert applied.is_settled()


def test_a_removed_document_deletes_its_collection_once_acked(applied: Workspace) -> None:
    (applied.folder / "s2.yaml").unlink()

    refused = applied.apply(code=5)
    applied.apply("--ack", "collectionDeletes@collection/s2=1")

    assert "collectionDeletes" in refused.text
    assert "all its 3 live tiles go with it" in refused.text
    assert applied.is_settled()


def test_a_retained_collection_is_forgotten_and_stays_live(applied: Workspace) -> None:
    applied.write("s2.yaml", make_document("s2", applied.bucket, lifecycle={"onRemove": "retain"}))
    applied.apply()
    (applied.folder / "s2.yaml").unlink()

    plan = applied.plan()
    applied.apply()

    assert applied.count(plan) == {"collection forget": 1}
    assert applied.is_settled()
    applied.write("s2.yaml", make_document("s2", applied.bucket, adopt=True))
    assert applied.count(applied.plan())["collection adopt"] == 1


def test_prevent_destroy_outlives_its_document(applied: Workspace) -> None:
    applied.write("s2.yaml", make_document("s2", applied.bucket, lifecycle={"preventDestroy": True}))
    applied.apply()
    (applied.folder / "s2.yaml").unlink()

    refused = applied.apply("--ack", "collectionDeletes@collection/s2=1", code=5)

    assert "preventDestroy" in refused.text


def test_a_collection_that_is_live_already_is_adopted_only_when_asked(applied: Workspace) -> None:
    (applied.folder / "byocplan.lock.yaml").unlink()

    refused = applied.apply(code=5)
    applied.write("s2.yaml", make_document("s2", applied.bucket, adopt=True))
    plan = applied.plan()
    applied.apply()

    assert "adopt" in refused.text
    assert applied.count(plan) == {"collection adopt": 1}
    assert applied.is_settled()


def test_a_tile_of_one_file_is_created_and_read_again_when_it_changes(workspace: Workspace) -> None:
    bands = {"Map": {"source": "RGB", "bandIndex": 1, "bitDepth": 16, "sampleFormat": "UINT"}}
    workspace.put("maps/2021/N45E006.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    tiles = [{"pattern": "maps/{year}/{square}.tif"}]
    workspace.write("maps.yaml", make_document("maps", workspace.bucket, bands=bands, tiles=tiles))

    created = workspace.plan()
    workspace.apply()
    settled = workspace.is_settled()
    workspace.put("maps/2021/N45E006.tif", make_cog(fill=9))
    changed = workspace.plan()
    workspace.apply()

    assert workspace.count(created) == {"collection create": 1, "tile create": 1}
    assert settled
    assert workspace.count(changed) == {"tile reingest": 1}
    assert workspace.ask_paths() == {"maps/2021/N45E006.tif"}
    assert workspace.is_settled()


def wait_for_next_second() -> None:
    """S3 keeps the time of a file in whole seconds: one put in the second that ingestion began in is no newer."""
    time.sleep(1 - time.time() % 1)


def test_a_failed_tile_is_told_by_cause_and_mended_by_a_new_file(applied: Workspace) -> None:
    for band in ("B02", "B03"):
        applied.put(f"2020/2/9/28V/{band}.tif", make_cog(blocksize=128))

    failed = applied.apply(code=10)
    still = applied.plan()
    wait_for_next_second()
    put_tile(applied, "2020/2/9/28V")
    mended = applied.plan()
    applied.apply()

    assert "between 256 and 2048" in failed.text
    assert applied.count(still) == {"tile failed": 1}
    assert applied.count(mended) == {"tile reingest": 1}
    assert applied.is_settled()
