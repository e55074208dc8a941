"""Live collections become manifests whose plan is empty, through the installed command."""

import csv
from collections.abc import Mapping

import yaml

from tests.support.cogs import make_cog
from tests.support.manifests import B02_B03, make_document
from tests.support.workspace import Workspace

DAYS = ("2019/1/1", "2019/1/11", "2019/11/27", "2020/2/3")
GRIDS = ("28V", "15X", "1C")


def put_tiles(workspace: Workspace, *folders: str) -> None:
    body = make_cog()
    for folder in folders:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", body)


def go_live(workspace: Workspace, name: str, /, **spec: object) -> None:
    """Make a live collection, and forget how."""
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("live.yaml", make_document(name, workspace.bucket, **spec))
    workspace.apply()
    for file in ("byocplan.yaml", "live.yaml", "byocplan.lock.yaml"):
        (workspace.folder / file).unlink()


def read_spec(workspace: Workspace, name: str) -> Mapping[str, object]:
    spec: Mapping[str, object] = yaml.safe_load((workspace.folder / "out" / f"{name}.yaml").read_text())["spec"]
    return spec


def is_settled(workspace: Workspace) -> bool:
    done = workspace.run("plan", "out", "--detailed-exitcode")
    assert done.code in {0, 2}, done.text
    return done.code == 0


def test_tile_paths_fold_back_into_the_pattern_and_the_plan_is_empty(workspace: Workspace) -> None:
    put_tiles(workspace, *(f"{day}/{grid}" for day in DAYS for grid in GRIDS))
    go_live(workspace, "s2", name="Mosaic: 120 m", noData=0)

    done = workspace.run("export", "--all", "--out", "out", code=0)

    assert "12 tiles in 1 pattern and 0 paths" in done.stderr
    spec = read_spec(workspace, "mosaic-120-m")
    assert spec["tiles"] == [{"pattern": "{year}/{month}/{day}/{grid}/(BAND).tif"}]
    assert spec["bands"] == B02_B03
    assert spec["noData"] == 0
    assert is_settled(workspace)


def test_what_lies_in_the_bucket_and_is_not_live_stays_out(workspace: Workspace) -> None:
    put_tiles(workspace, *(f"{day}/{grid}" for day in DAYS for grid in GRIDS))
    go_live(workspace, "s2")
    put_tiles(workspace, "2019/1/11/60D", "2021/5/5/28V")

    workspace.run("export", "--all", "--out", "out", code=0)

    assert is_settled(workspace)


def test_tiles_without_files_times_of_their_own_and_odd_paths_are_exported(workspace: Workspace) -> None:
    put_tiles(workspace, "2019/1/1/28V", "2019/1/2/28V", "2019/1/3/28V", "odd/${x} [1]", "odd/two")
    odd = {"path": "odd/$${x} [1]/(BAND).tif", "sensingTime": "2001-02-03T04:05:06.789Z"}
    tiles = [{"pattern": "{year}/{month}/{day}/{grid}/(BAND).tif"}, odd, {"path": "odd/two/(BAND).tif"}]
    go_live(workspace, "s2", tiles=tiles)
    for band in ("B02", "B03"):
        workspace.remove(f"2019/1/2/28V/{band}.tif")

    workspace.run("export", "--all", "--out", "out", code=0)

    assert is_settled(workspace)
    assert {"path": odd["path"], "sensingTime": odd["sensingTime"]} in read_spec(workspace, "s2")["tiles"]  # type: ignore[operator]


def test_a_bucket_that_cannot_be_read_is_no_obstacle(workspace: Workspace) -> None:
    put_tiles(workspace, *(f"{day}/28V" for day in DAYS))
    go_live(workspace, "s2")

    done = workspace.run("export", "--all", environment={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, code=0)

    assert "{year}/{month}/{day}/28V/(BAND).tif" in done.stdout
    assert "# The bucket was not read" in done.stdout


def test_nothing_is_overwritten_and_what_is_described_is_left_out(workspace: Workspace) -> None:
    put_tiles(workspace, "2019/1/1/28V")
    go_live(workspace, "s2")
    workspace.run("export", "--all", "--out", "out", code=0)
    live_id = workspace.ask("")[0]["id"]
    (workspace.folder / "elsewhere").mkdir()

    again = workspace.run("export", live_id, "--out", "out", "--project", "elsewhere", code=3)
    rest = workspace.run("export", "--all", "--project", "out", code=0)
    named = workspace.run("export", live_id, "--project", "out", code=0)

    assert "is there already" in again.stderr
    assert "1 of 1 collections are described or bound already" in rest.stderr
    assert "metadata: {name: s2-2}" in named.stdout


def test_an_export_has_to_be_told_what(workspace: Workspace) -> None:
    neither = workspace.run("export", code=3)
    unknown = workspace.run("export", "00000000-0000-4000-8000-000000000000", code=3)

    assert "--all" in neither.stderr
    assert "is live" in unknown.stderr


def test_when_all_is_described_nothing_is_printed(workspace: Workspace) -> None:
    put_tiles(workspace, "2019/1/1/28V")
    go_live(workspace, "s2")
    workspace.run("export", "--all", "--out", ".", code=0)

    done = workspace.run("export", "--all", code=0)

    assert done.stdout == ""
    assert "1 of 1 collections are described or bound already." in done.stderr


def test_variables_of_the_manifests_can_be_given_and_its_folder_has_to_be_there(workspace: Workspace) -> None:
    put_tiles(workspace, "2019/1/1/28V")
    go_live(workspace, "s2")
    workspace.write("other.yaml", make_document("other", "${other}"))

    done = workspace.run("export", "--all", "--var", "other=elsewhere", code=0)
    lost = workspace.run("export", "--all", "--project", "gone", code=3)

    assert "kind: Collection" in done.stdout
    assert "'gone' does not exist" in lost.stderr


def test_live_paths_that_no_manifest_may_name_are_left_out_and_not_pruned(workspace: Workspace) -> None:
    put_tiles(workspace, *(f"{day}/{grid}" for day in DAYS for grid in GRIDS))
    go_live(workspace, "s2")
    live_id = workspace.ask("")[0]["id"]
    hostile = ("x\x1b[2J/(BAND).tif", "y\n::error::/(BAND).tif", "a/b/c/d/e\x07.tif")
    for path in hostile:
        workspace.call("POST", f"/{live_id}/tiles", {"path": path})

    done = workspace.run("export", "--all", "--out", "out", code=0)
    plan = workspace.plan("out")

    assert "left out" in done.stderr
    assert done.text.replace("\n", "").isprintable()
    assert plan["summary"]["tiles"]["delete"] == 0
    assert plan["applyable"]
    assert plan["complete"]


def go_live_with_odd_tiles(workspace: Workspace) -> dict[str, object]:
    """Make 30 live tiles that no pattern gives, every third of them without files."""
    put_tiles(workspace, *(f"{day}/{grid}" for day in DAYS for grid in GRIDS))
    go_live(workspace, "s2")
    live_id = workspace.ask("")[0]["id"]
    odd: dict[str, object] = {}
    for number in range(30):
        path = f'{"_-, "[number % 4] * (number + 1)}"{"xyz" * (number % 5)}",/(BAND).tif'
        odd[path] = None if number % 5 == 0 else f"20{number:02}-02-03T04:05:06.{number:03}Z"
        if number % 3:
            for band in ("B02", "B03"):
                workspace.put(path.replace("(BAND)", band), make_cog())
        time = {"sensingTime": odd[path]} if odd[path] else {}
        workspace.call("POST", f"/{live_id}/tiles", {"path": path, **time})
    return odd


def test_what_no_pattern_gives_goes_into_a_table_beside_the_manifest(workspace: Workspace) -> None:
    odd = go_live_with_odd_tiles(workspace)

    done = workspace.run("export", "--all", "--out", "out", code=0)
    plan = workspace.plan("out")

    assert "42 tiles in 1 pattern, 0 paths and 1 table of 30 tiles" in done.stderr
    assert [list(source) for source in read_spec(workspace, "s2")["tiles"]] == [["pattern"], ["table"]]  # type: ignore[attr-defined]
    with (workspace.folder / "out" / "s2.tiles.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row["sensingTime"] or None for row in csv.DictReader(file)}
    assert rows == {path: str(time).replace(".000Z", "Z") if time else None for path, time in odd.items()}
    assert workspace.count(plan).keys() <= {"tile failed", "tile pending"}
    assert is_settled(workspace)
    assert workspace.run("validate", "out").code == 0


def test_a_table_is_not_written_over_a_file_or_through_a_link(workspace: Workspace) -> None:
    go_live_with_odd_tiles(workspace)
    (workspace.folder / "out").mkdir()
    (workspace.folder / "out" / "s2.tiles.csv").symlink_to(workspace.folder / "elsewhere.csv")

    done = workspace.run("export", "--all", "--out", "out", code=3)

    assert "out/s2.tiles.csv is there already" in done.stderr
    assert [path.name for path in (workspace.folder / "out").iterdir()] == ["s2.tiles.csv"]
    assert not (workspace.folder / "elsewhere.csv").exists()


def test_to_standard_output_all_are_single_paths_and_the_table_is_pointed_at(workspace: Workspace) -> None:
    odd = go_live_with_odd_tiles(workspace)

    done = workspace.run("export", "--all", code=0)

    assert "42 tiles in 1 pattern and 30 paths; --out DIR writes them into a table" in done.stderr
    tiles = list(yaml.safe_load_all(done.stdout))[-1]["spec"]["tiles"]
    assert {each["path"] for each in tiles if "path" in each} == odd.keys()
