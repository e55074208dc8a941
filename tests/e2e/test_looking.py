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
    assert found["s3Bucket"] == live.bucket
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


def test_watching_with_json_prints_one_object_a_line(live: Workspace) -> None:
    once = live.run("status", "--format", "json", code=0)
    watched = live.run("status", "--format", "json", "--watch", "--interval", "0.1", code=0).stdout

    assert watched.count("\n") == 1
    assert json.loads(watched) == once.json()


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
    assert duckdb.read_parquet(str(file)).aggregate(
        'count(DISTINCT path), epoch_ms(max("sensingTime"))'
    ).fetchall() == [(5, 1_559_347_200_000)]


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


def test_explain_tells_what_is_live_of_the_tile(live: Workspace) -> None:
    listed = live.run("tiles", "collection/s2", "--format", "json", code=0).json()["tiles"]
    ids = {tile["path"]: tile["id"] for tile in listed}

    good = live.run("explain", "2019/1/1/28V/B02.tif", "--live", code=0).stdout
    failed = live.run("explain", "2019/6/1/15X/B02.tif", "--live", "--format", "json", code=0).json()["matches"][0]
    missing = live.run("explain", "2019/9/1/28V/B02.tif", "--live", code=0).stdout
    offline = live.run("explain", "2019/1/1/28V/B02.tif", "--format", "json", code=0).json()["matches"][0]

    assert "live         INGESTED\n" in good
    assert "live time    2019-01-01T00:00:00Z" in good
    assert ids["2019/1/1/28V/(BAND).tif"] in good
    assert (failed["status"], failed["id"]) == ("FAILED", ids["2019/6/1/15X/(BAND).tif"])
    assert failed["reason"]
    assert failed["liveSensingTime"] == "2019-06-01T00:00:00Z"
    assert "not live: the collection" in missing
    assert "status" not in offline


def test_explain_asks_nobody_about_a_key_that_no_source_takes_or_without_live(live: Workspace) -> None:
    nowhere = {"SH_BASE_URL": "http://127.0.0.1:9", "SH_TOKEN_URL": "http://127.0.0.1:9/token"}

    live.run("explain", "2019/1/1/28V/B02.tif", environment=nowhere, code=0)
    live.run("explain", "nothing/like/it.txt", "--live", environment=nowhere, code=0)
    unreachable = live.run("explain", "2019/1/1/28V/B02.tif", "--live", environment=nowhere)

    assert unreachable.code == 1


def test_a_lost_lock_file_leaves_a_live_collection_that_status_explain_and_plan_say_how_to_bind(
    live: Workspace,
) -> None:
    (live.folder / "byocplan.lock.yaml").unlink()
    (found,) = live.ask("")
    command = f"byocplan import collection/s2 {found['id']}"

    status = live.run("status", code=0).stdout
    one = live.run("status", "collection/s2", code=3).stderr
    plan = live.run("plan", code=0).stdout
    looked = live.run("explain", "2019/1/1/28V/B02.tif", "--live", code=0).stdout
    live.run(*command.split()[1:], code=0)

    for text in (status, one, plan, looked):
        assert command in text
    assert "called 's2' on bucket 'imagery' is live and not bound here" in status
    assert live.is_settled()


def test_no_tile_that_fits_is_told_beside_the_empty_list(live: Workspace) -> None:
    live.run("plan", "--out", "p.byocplan", code=0)

    for arguments in (
        ("tiles", "collection/s2", "--prefix", "2020/"),
        ("tiles", "collection/s2", "--status", "WAITING"),
        ("tiles", "collection/s2", "--prefix", "2020/", "--format", "parquet", "--out", "none.parquet"),
    ):
        run = live.run(*arguments, code=0)
        assert run.stdout == ""
        assert "No live tile fits." in run.stderr
    listed = live.run("tiles", "collection/s2", "--prefix", "2020/", "--format", "json", code=0)
    assert listed.json()["tiles"] == []
    assert "No live tile fits." in listed.stderr
    assert "No live tile fits." not in live.run("tiles", "collection/s2", "--prefix", "2019/", code=0).stderr
    shown = live.run("show", "p.byocplan", "--select", "action=delete", code=0)
    assert shown.stdout == ""
    assert "No tile that the plan changes fits." in shown.stderr
    assert "The plan changes no tile." in live.run("show", "p.byocplan", "--limit", "3", code=0).stderr


def test_an_address_that_is_none_is_answered_with_how_one_reads(live: Workspace) -> None:
    folder = live.run("tiles", ".", code=3).stderr
    name = live.run("tiles", "h", code=3).stderr
    bound = live.run("import", "h", "some-id", code=3).stderr

    assert "byocplan tiles collection/NAME" in folder
    for text in (name, bound):
        assert "an address reads collection/NAME, for example collection/s2" in text


def test_what_keeps_from_a_bucket_is_told_with_the_bucket_and_the_profile(live: Workspace) -> None:
    profile = live.run("doctor", environment={"AWS_PROFILE": "nobody"}, code=1).text
    endpoint = live.run("doctor", environment={"AWS_ENDPOINT_URL_S3": "nonsense"}, code=1).text
    discovered = live.run("discover", environment={"AWS_ENDPOINT_URL_S3": "nonsense"}, code=1).stderr

    assert "s3://imagery: there is no profile 'nobody'" in profile
    assert "s3://: " not in endpoint + discovered
    assert "s3://imagery: the S3 endpoint is no URL" in discovered
