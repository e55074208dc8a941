"""Tiles from an S3 Inventory: plan, apply and the empty plan after it, through the installed command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cogs import make_cog
from tests.support.inventories import CHECKSUM, COLUMNS, CURRENT, FOLDER, MANIFEST, Listed, make_inventory
from tests.support.manifests import PATTERN, make_document

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

LISTS = "lists"
TILES = [{"pattern": PATTERN, "inventory": f"s3://{LISTS}/{MANIFEST}"}]
FOLDERS = ("2019/1/1/28V", "2019/1/1/33T", "2020/6/1/28V")


def fill_bucket(workspace: Workspace, *folders: str) -> None:
    for folder in folders:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", make_cog())


def list_objects(workspace: Workspace) -> list[Listed]:
    """Return what S3 would write into an inventory of the bucket now."""
    answer = workspace.s3.list_objects_v2(Bucket=workspace.bucket)
    return [
        Listed(each["Key"], each["ETag"].strip('"'), int(each["LastModified"].timestamp() * 1000))
        for each in answer.get("Contents", ())
    ]


def put_inventory(workspace: Workspace, objects: dict[str, bytes]) -> None:
    if LISTS not in {each["Name"] for each in workspace.s3.list_buckets()["Buckets"]}:
        workspace.s3.create_bucket(Bucket=LISTS)
    for key, body in objects.items():
        workspace.s3.put_object(Bucket=LISTS, Key=key, Body=body)


def prepare(workspace: Workspace, **options: object) -> None:
    """Fill the bucket, write its inventory in two files, and the manifests that name it."""
    fill_bucket(workspace, *FOLDERS)
    rows = list_objects(workspace)
    put_inventory(workspace, make_inventory(rows[:3], rows[3:], **options))  # type: ignore[arg-type]
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=TILES))


@pytest.mark.parametrize(
    "options",
    [
        {"columns": CURRENT},
        {"columns": COLUMNS, "file_format": "Parquet"},
    ],
    ids=["csv", "versioned-parquet"],
)
def test_tiles_of_an_inventory_are_created_and_the_next_plan_is_empty(
    workspace: Workspace, options: dict[str, object]
) -> None:
    prepare(workspace, **options)

    plan = workspace.plan()
    workspace.apply()

    assert workspace.count(plan) == {"collection create": 1, "tile create": 3}
    assert any("2026-11-24T01:00:00Z" in each["summary"] for each in plan["diagnostics"])
    assert workspace.ask_paths() == {f"{folder}/(BAND).tif" for folder in FOLDERS}
    assert workspace.is_settled()


def test_a_listing_and_an_inventory_of_the_same_bucket_ask_for_the_same(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))

    assert workspace.is_settled()


def test_discover_tells_the_inventory_and_its_age(workspace: Workspace) -> None:
    prepare(workspace)

    text = workspace.run("discover", code=0).stdout
    report = workspace.run("discover", "--format", "json", code=0).json()["collections"]["collection/s2"]

    assert f"read from s3://{LISTS}/{MANIFEST}" in text
    assert "was made at 2026-11-24T01:00:00Z" in text
    assert (report["tiles"], report["sources"][0]["keys"], report["sources"][0]["complete"]) == (3, 6, True)


def test_a_damaged_inventory_plans_nothing_and_says_what_to_do(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    workspace.s3.put_object(Bucket=LISTS, Key=CHECKSUM, Body=b"0" * 32)

    damaged = workspace.run("plan", code=1)
    workspace.s3.delete_object(Bucket=LISTS, Key=MANIFEST)
    missing = workspace.run("apply", "--auto-approve", code=1)

    assert "MD5" in damaged.stderr
    assert "take the manifest of the next inventory" in damaged.stderr
    assert f"s3://{LISTS}/{MANIFEST}: there is no such object" in missing.stderr
    assert len(workspace.ask_paths()) == len(FOLDERS)


def test_an_inventory_that_breaks_off_deletes_nothing(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    workspace.s3.delete_object(Bucket=LISTS, Key=f"{FOLDER}/data/1.csv.gz")

    refused = workspace.apply(code=5)

    assert "sourceIncomplete" in refused.text
    assert len(workspace.ask_paths()) == len(FOLDERS)


def test_files_that_an_inventory_does_not_show_but_that_exist_block_their_deletes(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    rows = [row for row in list_objects(workspace) if not row.key.startswith(FOLDERS[0])]
    put_inventory(workspace, make_inventory(rows))

    refused = workspace.apply("--ack", "deletes=1", code=5)

    assert "evidence" in refused.text
    assert "have files that exist" in refused.text
    assert len(workspace.ask_paths()) == len(FOLDERS)


def test_a_file_replaced_before_the_inventory_is_read_again(workspace: Workspace) -> None:
    prepare(workspace)
    workspace.apply()
    workspace.put(f"{FOLDERS[0]}/B02.tif", make_cog(fill=7))
    put_inventory(workspace, make_inventory(list_objects(workspace)))

    plan = workspace.plan()

    assert workspace.count(plan) == {"tile reingest": 1}


def test_explain_takes_a_key_as_a_pattern_does(workspace: Workspace) -> None:
    prepare(workspace)

    explained = workspace.run("explain", "2019/1/1/28V/B02.tif", "--format", "json", code=0).json()

    assert [match["path"] for match in explained["matches"]] == ["2019/1/1/28V/(BAND).tif"]


@pytest.mark.parametrize("address", ["s3://b/x", "https://b/manifest.json", "manifest.json", "s3://B_/manifest.json"])
def test_an_inventory_is_a_manifest_in_s3(workspace: Workspace, address: str) -> None:
    workspace.write("s2.yaml", make_document("s2", "imagery", tiles=[{"pattern": PATTERN, "inventory": address}]))

    refused = workspace.run("validate", code=3)

    assert "s3://bucket/prefix/.../manifest.json" in refused.text
