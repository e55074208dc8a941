"""Plans and live tiles in a Python that is not the command's: a script as a kernel runs it, against the emulator."""

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import CLEAN, Workspace

if TYPE_CHECKING:
    from byocplan.emulator import Emulator

FOLDERS = ("2019/1/1/28V", "2019/2/1/28V", "2019/6/1/15X")


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Return a workspace whose bucket has two good tiles and one that is none; nothing is live."""
    good = make_cog()
    for folder in FOLDERS:
        for band in ("B02", "B03"):
            workspace.put(f"{folder}/{band}.tif", good if "15X" not in folder else b"no tiff")
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    return workspace


def run(workspace: Workspace, script: str, *, code: int = 0, **environment: str) -> "subprocess.CompletedProcess[str]":
    held = {name: value for name, value in os.environ.items() if name in CLEAN}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import byocplan, json\n{script}"],
        cwd=workspace.folder,
        env={**held, **workspace.environment, "HOME": str(workspace.folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def read(workspace: Workspace, script: str) -> Any:
    return json.loads(run(workspace, script).stdout)


def test_a_plan_is_the_one_of_the_command(filled: Workspace) -> None:
    text = run(filled, "print(byocplan.plan('.'), end='')").stdout
    document = read(filled, "print(json.dumps(byocplan.plan('.').to_dict()))")

    assert text == filled.run("plan", ".").stdout
    assert document == filled.plan()


@pytest.mark.parametrize(
    ("keywords", "options"),
    [
        ("target='collection/s2:2019/1/*'", ["--target", "collection/s2:2019/1/*"]),
        (
            "exclude=['collection/s2:2019/1/*', 'collection/s2:2019/6/*'], only=['create', 'delete']",
            ["--exclude", "collection/s2:2019/1/*", "--exclude", "collection/s2:2019/6/*", "--only", "create,delete"],
        ),
        ("status='failed'", ["--status", "FAILED"]),
    ],
)
def test_a_plan_of_a_part_is_the_one_of_the_command(filled: Workspace, keywords: str, options: list[str]) -> None:
    text = run(filled, f"print(byocplan.plan({keywords}), end='')").stdout

    assert text == filled.run("plan", *options, ".").stdout


def test_a_plan_with_variables_is_the_one_of_the_command_with_what_to_type(filled: Workspace) -> None:
    filled.write("s2.yaml", make_document("s2", "${bucket}", name="maps of ${whom}"))
    keywords = "variables={'bucket': 'imagery', 'whom': 'us all'}, allow_hosts=(each for each in ['sh.example.org'])"
    options = ("--var", "bucket=imagery", "--var", "whom=us all", "--allow-host", "sh.example.org")

    text = run(filled, f"print(byocplan.plan({keywords}), end='')").stdout

    assert "Next:  byocplan apply --var bucket=imagery --var 'whom=us all' --allow-host sh.example.org .\n" in text
    assert text == filled.run("plan", *options, ".", code=0).stdout


@pytest.mark.parametrize(
    ("keywords", "said"),
    [("target='s2'", "--target 's2': an address begins with"), ("only='destroy'", "--only 'destroy' is unknown")],
)
def test_a_part_that_cannot_be_is_an_error_with_what_to_write(filled: Workspace, keywords: str, said: str) -> None:
    done = run(filled, f"byocplan.plan({keywords})", code=1)

    assert said in done.stderr


def test_nothing_is_written_by_reading(filled: Workspace) -> None:
    run(
        filled,
        "byocplan.plan(); byocplan.discover(); byocplan.validate(); byocplan.status()\nbyocplan.plan()._repr_html_()",
    )

    assert filled.ask("") == []
    assert {path.name for path in filled.folder.iterdir()} == {"byocplan.yaml", "s2.yaml"}


def test_a_plan_file_is_applied_by_the_command(filled: Workspace) -> None:
    run(filled, "byocplan.plan().write('plan.byocplan')")

    filled.run("apply", "--plan", "plan.byocplan", "--auto-approve")

    assert len(filled.ask_paths()) == 3


def test_live_tiles_come_as_a_table_with_geometries(filled: Workspace) -> None:
    filled.run("apply", "--auto-approve")

    found = read(
        filled,
        "tiles = byocplan.tiles('collection/s2')\n"
        "good = tiles[tiles['status'] == 'INGESTED']\n"
        "print(json.dumps([type(tiles).__name__, str(tiles.crs), list(tiles['path']), list(good.total_bounds.round()),"
        " list(byocplan.tiles('collection/s2', status='failed')['path']),"
        " len(byocplan.tiles('collection/s2', prefix='2019/2', geometry=False)),"
        " type(byocplan.tiles('collection/s2', geometry=False)).__name__]))",
    )

    paths = [f"{folder}/(BAND).tif" for folder in FOLDERS]
    assert found == ["GeoDataFrame", "EPSG:4326", paths, [15, 47, 15, 47], [paths[2]], 1, "DataFrame"]


def test_geometries_of_tiles_are_those_of_the_command(filled: Workspace) -> None:
    filled.run("apply", "--auto-approve")

    features = filled.run("tiles", "collection/s2", "--format", "geojson").json()["features"]
    found = read(
        filled,
        "tiles = byocplan.tiles('collection/s2').set_index('path')\n"
        "print(json.dumps({path: shape and list(shape.bounds) for path, shape in tiles.geometry.items()}))",
    )

    for feature in features:
        ring = feature["geometry"]["coordinates"][0] if feature["geometry"] else None
        bounds = [f(p[i] for p in ring) for f in (min, max) for i in (0, 1)] if ring else None
        assert found[feature["properties"]["path"]] == (pytest.approx(bounds, abs=1e-6) if bounds else None)


def test_a_table_of_the_status_has_a_row_a_collection(filled: Workspace) -> None:
    filled.run("apply", "--auto-approve")

    found = read(
        filled,
        "import pandas as pd\n"
        "print(pd.DataFrame(byocplan.status()).set_index('address')[['tiles', 'by_status']].to_json())",
    )

    assert found["tiles"] == {"collection/s2": 3}
    assert found["by_status"] == {"collection/s2": {"FAILED": 1, "INGESTED": 2}}


@pytest.mark.parametrize("address", [None, "collection/s2"])
def test_a_status_prints_as_the_command(filled: Workspace, address: str | None) -> None:
    filled.run("apply", "--auto-approve")

    text = run(filled, f"print(byocplan.status(address={address!r}), end='')").stdout

    assert text == filled.run("status", *([address] if address else []), code=0).stdout


def test_a_status_tells_what_is_live_and_not_bound_as_the_command_does(filled: Workspace) -> None:
    filled.run("apply", "--auto-approve")
    (filled.folder / "byocplan.lock.yaml").unlink()

    text = run(filled, "print(byocplan.status(), end='')").stdout
    found = read(filled, "found = byocplan.status(); print(json.dumps([len(found), found.unbound]))")

    told = filled.run("status", "--format", "json", code=0).json()
    assert "  not bound: " in text
    assert text == filled.run("status", code=0).stdout
    assert found == [len(told["collections"]), {each["address"]: each["reason"] for each in told["unbound"]}]


def test_an_environment_that_changes_is_read_anew(filled: Workspace, emulator: "Emulator") -> None:
    found = run(
        filled,
        "import os\n"
        "kept = {name: os.environ.pop(name) for name in ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')}\n"
        "try: byocplan.discover()\n"
        "except byocplan.errors.AccessError as error: print('refused')\n"
        "else: print([each.sources[0].failure or each.problems for each in byocplan.discover()])\n"
        "os.environ.update(kept)\n"
        "print(byocplan.discover()[0].tiles)\n",
    ).stdout.splitlines()

    assert found[-1] == "3"
    assert found[0] != "3"


def test_an_error_is_one_of_the_package_and_says_what_to_do(filled: Workspace) -> None:
    missing = run(filled, "byocplan.plan()", code=1, SH_CLIENT_SECRET="")
    unknown = run(filled, "byocplan.tiles('collection/s3')", code=1)

    assert missing.stderr.splitlines()[-1].startswith("byocplan.errors.AccessError: ")
    assert "collection/s3 is neither described nor bound" in unknown.stderr
    assert "did you mean collection/s2?" in unknown.stderr
    assert "SystemExit" not in missing.stderr + unknown.stderr


def test_what_is_unwise_in_manifests_is_a_warning_of_python(filled: Workspace) -> None:
    done = run(
        filled,
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    byocplan.plan('.', variables={'nobody': 'x'})\n"
        "print([(each.filename, str(each.message)) for each in caught])",
    )

    assert "('<string>'," in done.stdout
    assert "nobody" in done.stdout
