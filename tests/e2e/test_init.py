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


def test_bands_are_written_as_files_have_them_and_a_partial_first_tile_settles_nothing(workspace: Workspace) -> None:
    dtypes = {"B02": "uint16", "B03": "int16", "QA": "uint8", "NDVI": "float32"}
    for day in ("01", "02", "03"):
        for band, dtype in list(dtypes.items())[: 1 if day == "01" else None]:
            workspace.put(f"2024/01/{day}/{band}.tif", make_cog(dtype=dtype))

    done = workspace.run("init", f"s3://{workspace.bucket}", code=0)

    spec = yaml.safe_load((workspace.folder / "imagery.yaml").read_text())["spec"]
    assert spec["bands"] == {
        "B02": {"bitDepth": 16, "sampleFormat": "UINT"},
        "B03": {"bitDepth": 16, "sampleFormat": "INT"},
        "NDVI": {"bitDepth": 32, "sampleFormat": "FLOAT"},
        "QA": {"bitDepth": 8, "sampleFormat": "UINT"},
    }
    assert "bands  B02, B03, NDVI, QA" in done.stdout
    assert "incomplete  1 tile of the sample without all bands" in done.stdout
    assert workspace.count(workspace.plan()) == {"collection create": 1, "tile create": 2, "tile incomplete": 1}
    workspace.run("preflight", code=0)
    workspace.apply()
    assert set(workspace.ask("")[0]["additionalData"]["bands"]) == set(dtypes)


def test_tiles_that_share_no_set_of_bands_are_told(workspace: Workspace) -> None:
    put(workspace, "2024/01/01/B02.tif", "2024/01/02/B03.tif")

    done = workspace.run("init", f"s3://{workspace.bucket}", code=0)

    assert "no tile of the sample has all bands, so none would be created" in done.stdout


def test_bands_of_a_file_with_several_are_named_as_the_service_would_name_them(workspace: Workspace) -> None:
    for day in ("01", "02"):
        workspace.put(f"2024/01/{day}/visual.tif", make_cog(bands=3, dtype="uint8"))
        workspace.put(f"2024/01/{day}/nir.tif", make_cog())
    workspace.run("init", f"s3://{workspace.bucket}", "--dir", "written", code=0)
    written = yaml.safe_load((workspace.folder / "written/imagery.yaml").read_text())
    left = {key: value for key, value in written["spec"].items() if key != "bands"}
    workspace.write("left/byocplan.yaml", workspace.project)
    workspace.write("left/left.yaml", yaml.safe_dump({**written, "metadata": {"name": "left"}, "spec": left}))

    workspace.apply("written")
    workspace.apply("left")

    both = {live["name"]: live["additionalData"]["bands"] for live in workspace.ask("")}
    assert both["imagery"] == both["left"]
    assert set(both["left"]) == {"visual_1", "visual_2", "visual_3", "nir"}


def test_a_file_that_tells_no_band_leaves_a_comment_to_complete(workspace: Workspace) -> None:
    for day in ("01", "02"):
        workspace.put(f"2024/01/{day}/B02.tif", make_cog())
        workspace.put(f"2024/01/{day}/B03.tif", make_cog(dtype="float64"))
        workspace.put(f"2024/01/{day}/B04.tif", b"no TIFF")

    done = workspace.run("init", f"s3://{workspace.bucket}", code=0)

    text = (workspace.folder / "imagery.yaml").read_text()
    assert "left as a comment, for you to write: 2024/01/01/B03.tif: FLOAT64 is not supported" in done.stdout
    assert "# 2024/01/01/B03.tif: FLOAT64 is not supported" in text
    assert "#   B02: {bitDepth: 16, sampleFormat: UINT}    # in 2 of 2 tiles" in text
    workspace.run("validate", code=0)
    lines = [
        line.replace("  # ", "  ", 1) if "# bands:" in line or "#   B0" in line else line for line in text.split("\n")
    ]
    workspace.write("imagery.yaml", "\n".join(lines))
    assert "8|16|32" in workspace.run("validate", code=3).text


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
