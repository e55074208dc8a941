"""Looking at what is live: status and tiles, through the installed command."""

import csv
import io
import json
import os

import duckdb
import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

FOLDERS = ("2019/1/1/28V", "2019/1/1/15X", "2019/2/1/28V", "2019/6/1/28V", "2019/6/1/15X")


@pytest.fixture
def live(workspace: Workspace) -> Workspace:
    """Return a workspace with four INGESTED tiles and a FAILED one."""
    good = make_cog()
    for folder in FOLDERS:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", good if folder != "2019/6/1/15X" else b"no tiff")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    workspace.run("apply", "--auto-approve")
    return workspace


def test_status_counts_tiles_and_causes_and_finds_gaps_by_group(live: Workspace) -> None:
    text = live.run("status", code=0).stdout
    (found,) = live.run("status", "collection/s2", "--format", "json", code=0).json()["collections"]

    assert "INGESTED 4 (80 %)" in text
    assert "FAILED 1 (20 %)" in text
    assert "gaps    3 months without tiles: 2019-03..2019-05" in text
    assert "15X  4 months: 2019-02..2019-05" in text
    assert found["by_status"] == {"FAILED": 1, "INGESTED": 4}
    assert len(found["by_cause"]) == 1
    assert (found["from"], found["to"]) == ("2019-01-01T00:00:00Z", "2019-06-01T00:00:00Z")
    assert [each["group"] for each in found["group_gaps"]] == ["15X", "28V"]


def test_options_are_read_from_the_environment_by_their_own_names(live: Workspace) -> None:
    environment = {"BYOCPLAN_TILES_STATUS": "FAILED", "BYOCPLAN_TILES_FORMAT": "json"}

    listed = live.run("tiles", "collection/s2", environment=environment, code=0).json()["tiles"]

    assert [each["status"] for each in listed] == ["FAILED"]


def test_watching_ends_when_nothing_is_being_ingested(live: Workspace) -> None:
    done = live.run("status", "--watch", "--interval", "0.1", code=0)

    assert done.stdout.count("collection/s2") == 1


def test_tiles_are_listed_narrowed_and_limited(live: Workspace) -> None:
    failed = live.run("tiles", "collection/s2", "--status", "failed", code=0).stdout
    both = live.run("tiles", "collection/s2", "--status", "failed, Ingested", code=0).stdout
    none = live.run("tiles", "collection/s2", "--status", "DONE", code=3).stderr
    some = live.run("tiles", "collection/s2", "--prefix", "2019/1/", code=0).stdout
    one = live.run("tiles", "collection/s2", "--limit", "1", code=0).stdout

    assert failed.startswith("FAILED     2019-06-01T00:00:00Z")
    assert "2019/6/1/15X/(BAND).tif" in failed
    assert len(failed.splitlines()) == len(one.splitlines()) == 1
    assert len(some.splitlines()) == 2
    assert len(both.splitlines()) == 5
    assert "name some of WAITING, QUEUED, INGESTING, INGESTED, FAILED, parted by commas" in none


def test_tiles_come_in_formats_that_other_tools_read(live: Workspace) -> None:
    listed = json.loads(live.run("tiles", "collection/s2", "--format", "json", code=0).stdout)["tiles"]
    rows = list(csv.DictReader(io.StringIO(live.run("tiles", "collection/s2", "--format", "csv", code=0).stdout)))
    features = json.loads(live.run("tiles", "collection/s2", "--format", "geojson", code=0).stdout)["features"]
    live.run("tiles", "collection/s2", "--format", "parquet", "--out", "it's.parquet", code=0)

    paths = {f"{folder}/(BAND).tif" for folder in FOLDERS}
    assert {each["path"] for each in listed} == {each["path"] for each in rows} == paths
    west, south = next(each["geometry"]["coordinates"][0][0] for each in features if each["geometry"])
    assert (round(west), round(south)) == (15, 47)
    file = live.folder / "it's.parquet"
    assert duckdb.read_parquet(str(file)).aggregate("count(DISTINCT path), max(sensing_time)::VARCHAR").fetchall() == [
        (5, "2019-06-01 00:00:00")
    ]


def test_what_cannot_be_looked_at_is_told(live: Workspace) -> None:
    unknown = live.run("status", "collection/s3", code=3)
    binary = live.run("tiles", "collection/s2", "--format", "parquet", code=3)
    folder = live.run("tiles", "collection/s2", "--out", ".", code=3)
    os.mkfifo(live.folder / "pipe.csv")
    piped = live.run("tiles", "collection/s2", "--out", "pipe.csv", code=3)

    assert "did you mean collection/s2?" in unknown.stderr
    assert "--out FILE" in binary.stderr
    assert "--out . cannot be written" in folder.stderr
    assert "pipe.csv cannot be written" in piped.stderr


@pytest.mark.parametrize("output", ["csv", "parquet"])
def test_a_file_of_tiles_takes_the_place_of_a_file_or_a_link_and_follows_none(live: Workspace, output: str) -> None:
    beginning = {"csv": "id,path,status,", "parquet": "PAR1"}[output]
    victim = live.write("victim.txt", f"{beginning} untouched")
    live.write("old.out", f"{beginning} old")
    (live.folder / "link.out").symlink_to(victim)

    for name in ("old.out", "link.out"):
        live.run("tiles", "collection/s2", "--format", output, "--out", name, code=0)

    assert victim.read_text() == f"{beginning} untouched"
    assert (
        (live.folder / "old.out").read_bytes() == (live.folder / "link.out").read_bytes() != f"{beginning} old".encode()
    )
    assert not (live.folder / "link.out").is_symlink()
    assert [path.name for path in live.folder.iterdir() if path.suffix == ".tmp"] == []
