"""Tiles that a table lists: plan, apply, empty plan, and what becomes of a tile that leaves the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import shapely

from tests.support.cogs import make_cog
from tests.support.manifests import PATTERN, make_document
from tests.support.tables import make_features, make_geoparquet

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

FOLDERS = ("2019/1/1/28V", "2019/1/1/33T", "2020/6/1/28V")
PATHS = [f"{folder}/(BAND).tif" for folder in FOLDERS]
TIME = "2019-11-27T10:00:00Z"
#: Inside of the square that ``make_cog`` writes, in its own system.
BOX = shapely.box(500_100, 5_195_000, 505_000, 5_199_900)
UTM = {"crs": {"id": {"authority": "EPSG", "code": 32633}}}
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}


def make_csv(*rows: str) -> str:
    return "\n".join(("path,sensingTime,geometry", *rows)) + "\n"


def prepare(workspace: Workspace, name: str, content: str | bytes, **source: object) -> None:
    for folder in FOLDERS:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    path = workspace.write(name, "")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=[{"table": name, **source}]))


def ask_tiles(workspace: Workspace) -> dict[str, dict[str, object]]:
    return {tile["path"]: tile for one in workspace.ask("") for tile in workspace.ask(f"/{one['id']}/tiles")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "tiles.csv",
            make_csv(f'{PATHS[0]},{TIME},"SRID=32633;{BOX.wkt}"', f"{PATHS[1]},,", f"{PATHS[2]},2020-06-01,"),
        ),
        (
            "tiles.geojson",
            make_features(
                ({"path": PATHS[0], "sensingTime": TIME}, {**json.loads(shapely.to_geojson(BOX)), "crs": CRS}),
                ({"path": PATHS[1]}, None),
                ({"path": PATHS[2], "sensingTime": "2020-06-01"}, None),
            ),
        ),
        (
            "tables/tiles.parquet",
            make_geoparquet([(PATHS[0], TIME, BOX.wkb), (PATHS[1], None, None), (PATHS[2], "2020-06-01", None)], **UTM),
        ),
    ],
    ids=["csv", "geojson", "geoparquet"],
)
def test_listed_tiles_are_created_with_their_times_and_covers(
    workspace: Workspace, name: str, content: str | bytes
) -> None:
    prepare(workspace, name, content)

    plan = workspace.plan()
    workspace.apply()

    tiles = ask_tiles(workspace)
    assert workspace.count(plan) == {"collection create": 1, "tile create": 3}
    assert {path: str(tile.get("sensingTime"))[:10] for path, tile in tiles.items()} == {
        PATHS[0]: "2019-11-27",
        PATHS[1]: "None",
        PATHS[2]: "2020-06-01",
    }
    cover = tiles[PATHS[0]]["coverGeometry"]
    assert isinstance(cover, dict)
    corners = {(round(x), round(y)) for x, y in cover["coordinates"][0]}
    assert corners == {(round(x), round(y)) for x, y in BOX.exterior.coords}
    assert workspace.is_settled()


def test_a_table_of_live_tiles_as_a_source_plans_nothing(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", make_csv(f'{PATHS[0]},{TIME},"SRID=32633;{BOX.wkt}"', f"{PATHS[1]},,", f"{PATHS[2]},,"))
    workspace.apply()

    workspace.run("tiles", "collection/s2", "--out", "live.parquet", code=0)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=[{"table": "live.parquet"}]))

    assert all(tile["coverGeometry"] for tile in ask_tiles(workspace).values())
    assert workspace.count(workspace.plan()) == {}


def test_a_time_and_a_cover_that_change_in_the_table_are_updated(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", make_csv(*(f"{path},{TIME}," for path in PATHS)))
    workspace.apply()
    workspace.write(
        "t.csv", make_csv(f"{PATHS[0]},{TIME},", f'{PATHS[1]},{TIME},"SRID=32633;{BOX.wkt}"', f"{PATHS[2]},,")
    )

    plan = workspace.plan()
    workspace.apply()

    assert workspace.count(plan) == {"tile update": 2}
    assert workspace.is_settled()


def test_a_tile_that_leaves_the_table_is_an_orphan_that_needs_an_ack(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", "path\n" + "\n".join(PATHS))
    workspace.apply()
    workspace.write("t.csv", "path\n" + "\n".join(PATHS[:2]))

    refused = workspace.apply(code=5)
    workspace.apply("--ack", "scopeRemoved=1")

    assert "scopeRemoved@collection/s2=1" in refused.text
    assert workspace.ask_paths() == set(PATHS[:2])
    assert workspace.is_settled()


def test_a_tile_that_leaves_a_table_that_is_never_pruned_stays(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", "path\n" + "\n".join(PATHS), prune=False)
    workspace.apply()
    workspace.write("t.csv", f"path\n{PATHS[0]}\n")

    plan = workspace.plan()

    assert workspace.count(plan) == {"tile unmanaged": 2}


def test_without_a_record_what_left_the_table_is_unmanaged(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", "path\n" + "\n".join(PATHS))
    workspace.apply()
    (workspace.folder / "byocplan.lock.yaml").unlink()
    workspace.write("t.csv", f"path\n{PATHS[0]}\n")
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=[{"table": "t.csv"}], adopt=True))

    plan = workspace.plan()

    assert plan["summary"]["tiles"]["unmanaged"] == 2
    assert not plan["summary"]["tiles"].get("delete")


def test_many_listed_paths_are_one_line_of_the_state_and_still_owned(workspace: Workspace) -> None:
    absent = [f"none/{number}_(BAND).tif" for number in range(300)]
    prepare(workspace, "t.csv", "path\n" + "\n".join([*PATHS, *absent]))
    workspace.plan("--out", "p.plan")
    applied = workspace.run("apply", "--auto-approve", "--plan", "p.plan")
    lock = (workspace.folder / "byocplan.lock.yaml").read_text()
    workspace.write("t.csv", "path\n" + "\n".join([*PATHS[:2], *absent]))

    plan = workspace.plan()

    assert applied.code == 10, applied.text  # ingestion FAILED for the tiles without files
    assert "packed: " in lock
    assert len(lock.splitlines()) < 30
    assert plan["summary"]["tiles"]["delete"] == 1


def test_the_bucket_is_not_read_for_a_table(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", "path\n" + "\n".join(PATHS))
    nowhere = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}

    report = workspace.run("discover", "--format", "json", environment=nowhere, code=0).json()["collections"][
        "collection/s2"
    ]
    text = workspace.run("discover", environment=nowhere, code=0).stdout

    assert (report["tiles"], report["incomplete"], report["leftover_keys"]) == (3, 0, 0)
    assert "taken at its word" in text


def test_a_path_of_a_pattern_and_a_table_is_claimed_twice(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", f"path\n{PATHS[0]}\n")
    tiles = [{"pattern": PATTERN}, {"table": "t.csv"}]
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, tiles=tiles))

    refused = workspace.apply(code=5)

    assert "sourceOverlap" in refused.text
    assert "claimed by more than one source" in refused.text


@pytest.mark.parametrize("command", [["validate"], ["plan"], ["apply", "--auto-approve"], ["discover"]])
def test_bad_rows_are_told_with_their_lines_and_nothing_is_planned(workspace: Workspace, command: list[str]) -> None:
    prepare(workspace, "t.csv", make_csv(f"{PATHS[0]},,", "\x1b[31mred,,", "=1+1,,", f"{PATHS[1]},soon,"))

    refused = workspace.run(*command, code=3)

    assert all(f"t.csv:{line}" in refused.text for line in (3, 4, 5))
    assert "\x1b[31mred" not in refused.text


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("missing.csv", "does not exist"),
        ("../outside.csv", "leads out of the project's folder"),
        ("link.csv", "leads out of the project's folder"),
        ("/etc/passwd.csv", "absolute path"),
        ("folder.csv", "not an ordinary file"),
        ("tiles.xlsx", "is no table"),
        ("s3://bucket/tiles.csv", "does not exist"),
    ],
)
def test_a_table_is_an_ordinary_file_of_the_project(workspace: Workspace, table: str, says: str) -> None:
    outside = workspace.folder.parent / "outside.csv"
    outside.write_text("path\na.tif\n")
    (workspace.folder / "folder.csv").mkdir()
    (workspace.folder / "link.csv").symlink_to(outside)
    workspace.write("s2.yaml", make_document("s2", "imagery", tiles=[{"table": table}]))

    refused = workspace.run("validate", code=3)

    assert says in refused.text


def test_explain_tells_whether_a_table_lists_the_tile_of_a_key(workspace: Workspace) -> None:
    prepare(workspace, "t.csv", make_csv(f"{PATHS[0]},{TIME},"))

    listed = workspace.run("explain", f"{FOLDERS[0]}/B02.tif", "--format", "json", code=0).json()
    other = workspace.run("explain", f"{FOLDERS[1]}/B02.tif").stdout

    (match,) = listed["matches"]
    assert (match["path"], match["band"], match["sensingTime"]) == (PATHS[0], "B02", TIME)
    assert "a file of a tile that the table lists" in other
