"""A first project, and a first collection from what lies in a bucket, through the installed command."""

import yaml

from tests.support.cogs import make_cog
from tests.support.workspace import Workspace


def put(workspace: Workspace, *keys: str) -> None:
    body = make_cog()
    for key in keys:
        workspace.put(key, body if key.endswith(("tif", "TIF")) else b"x")


def test_a_bucket_becomes_a_collection_that_validates_plans_and_applies(workspace: Workspace) -> None:
    for day in ("2019/1/1", "2019/11/27", "2020/2/13"):
        for grid in ("28V", "15X"):
            put(workspace, *(f"mosaic/{day}/{grid}/{name}" for name in ("B02.tif", "B03.tif", "preview.jpg")))

    done = workspace.run("init", f"s3://{workspace.bucket}/mosaic/", "--dir", "made", code=0)

    manifest = yaml.safe_load((workspace.folder / "made/imagery-mosaic.yaml").read_text())
    assert manifest["spec"]["tiles"] == [{"pattern": "mosaic/{year}/{month}/{day}/{grid}/(BAND).tif"}]
    assert "6 tiles" in done.stdout
    assert "B02, B03" in done.stdout
    assert "3 keys like mosaic/#/#/#/#V/preview.jpg" in done.stdout
    workspace.run("validate", "made", code=0)
    assert workspace.count(workspace.plan("made")) == {"collection create": 1, "tile create": 6}
    workspace.apply("made")
    assert workspace.run("plan", "made", "--detailed-exitcode").code == 0


def test_scene_ids_in_folder_and_file_with_two_dates_are_understood(workspace: Workspace) -> None:
    for row, day in ((62, "20201031"), (63, "20201116"), (64, "20201202")):
        scene = f"LC08_L2SP_0010{row}_{day}_20210106_02_T2"
        put(workspace, *(f"c2/2020/001/0{row}/{scene}/{scene}_{band}.TIF" for band in ("SR_B2", "QA_PIXEL")))

    workspace.run("init", f"s3://{workspace.bucket}", code=0)

    manifest = yaml.safe_load((workspace.folder / "imagery.yaml").read_text())
    (source,) = manifest["spec"]["tiles"]
    assert source["pattern"].startswith("c2/{sensed:%Y}/001/{n1:3d}/LC08_L2SP_{n2:6d}_{sensed:%Y%m%d}_20210106")
    assert source["pattern"].endswith("_(BAND).TIF")
    workspace.run("validate", code=0)


def test_without_a_bucket_a_minimal_project_is_written_once(workspace: Workspace) -> None:
    workspace.run("init", code=0)
    before = (workspace.folder / "byocplan.yaml").read_text()

    again = workspace.run("init", code=3)

    assert "is there already" in again.stderr
    assert (workspace.folder / "byocplan.yaml").read_text() == before
    workspace.run("validate", code=0)
    assert workspace.count(workspace.plan()) == {}


def test_what_cannot_be_a_collection_is_told_and_nothing_is_written(workspace: Workspace) -> None:
    put(workspace, "readme.txt")

    empty = workspace.run("init", f"s3://{workspace.bucket}", code=1)
    missing = workspace.run("init", "s3://no-such-bucket-here", code=1)
    wrong = workspace.run("init", "gs://bucket", code=3)

    assert "no .tif or .tiff among 1 sampled keys" in empty.stderr
    assert "there is no such bucket" in missing.stderr
    assert "s3://bucket/prefix/" in wrong.stderr
    assert list(workspace.folder.iterdir()) == []


def test_the_next_step_can_be_pasted_whatever_the_folder_is_called(workspace: Workspace) -> None:
    done = workspace.run("init", "--dir", "my maps", code=0)

    assert "Next:  byocplan init s3://BUCKET/PREFIX --dir 'my maps'" in done.stdout
