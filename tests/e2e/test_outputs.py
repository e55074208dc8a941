"""What is written for a user, through the installed command: what it replaces, and what is said where it cannot be."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import COMMAND, Workspace

BANDS = {"B02": {"bitDepth": 16, "sampleFormat": "UINT"}}
#: A space, a comma, a quote, a tab, what a CI system obeys, and what a spreadsheet computes.
FOLDERS = ('=1+1,"a"', "::set-output name=a", "tab\tbed", "##vso[task]")
NOTHING_MAY_BE_WRITTEN = ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"']
FULL = Path("/dev/full")


def run_under(command: Sequence[str], workspace: Workspace, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run ``byocplan`` by a command that gives it less than usual; without bytecode files, which a limit would cut."""
    return subprocess.run(
        [*command, COMMAND, *arguments],
        cwd=workspace.folder,
        env={
            "PATH": os.environ["PATH"],
            **workspace.environment,
            "HOME": str(workspace.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def drop_rights() -> list[str]:
    """Return what runs a command without the right of root to write anywhere."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and there is no setpriv to take that away")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


def list_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def described(workspace: Workspace) -> Workspace:
    for folder in FOLDERS:
        workspace.put(f"{folder}/B02.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write(
        "s2.yaml", make_document("s2", workspace.bucket, bands=BANDS, tiles=[{"pattern": "{x}/(BAND).tif"}])
    )
    return workspace


@pytest.fixture
def live(described: Workspace) -> Workspace:
    described.apply(code=0)
    return described


def test_a_plan_replaces_no_manifest_but_an_older_plan(described: Workspace) -> None:
    before = (described.folder / "byocplan.yaml").read_text()

    refused = described.run("plan", "--out", "byocplan.yaml", code=3)
    stdout = described.run("plan", "--out", "-", code=3)
    described.run("plan", "--out", "plan.byocplan", code=0)
    described.run("plan", "--out", "plan.byocplan", code=0)

    assert "byocplan.yaml is there and is no plan file, so it is not replaced" in refused.stderr
    assert "name another file" in refused.stderr
    assert "it is a file, not standard output" in stdout.stderr
    assert (described.folder / "byocplan.yaml").read_text() == before
    assert list_names(described.folder) == {"byocplan.yaml", "s2.yaml", "plan.byocplan"} | (
        list_names(described.folder) & {".byocplan"}
    )


@pytest.mark.parametrize("form", ["table", "csv", "json", "geojson", "parquet"])
def test_tiles_replace_files_of_their_format_alone(live: Workspace, form: str) -> None:
    lock = (live.folder / "byocplan.lock.yaml").read_bytes()
    live.run("tiles", "collection/s2", "--format", form, "--out", "tiles.out", code=0)

    live.run("tiles", "collection/s2", "--format", form, "--out", "tiles.out", code=0)
    refused = live.run("tiles", "collection/s2", "--format", form, "--out", "byocplan.lock.yaml", code=3)

    assert "byocplan.lock.yaml is there and is no" in refused.stderr
    assert (live.folder / "byocplan.lock.yaml").read_bytes() == lock


@pytest.mark.parametrize("ending", [".html", ".png", ".geojson"])
def test_a_map_is_drawn_over_an_older_map_and_over_nothing_else(live: Workspace, ending: str) -> None:
    live.write(f"notes{ending}", "dear diary")

    live.run("map", "collection/s2", "--out", f"map{ending}", code=0)
    live.run("map", "collection/s2", "--out", f"map{ending}", code=0)
    live.run("map", "collection/s2", "--out", f"notes{ending}", code=3)

    assert (live.folder / f"notes{ending}").read_text() == "dear diary"


def test_the_ending_of_a_file_of_tiles_says_its_format_and_csv_has_paths_as_they_are(live: Workspace) -> None:
    for name in ("a.csv", "a.json", "a.GEOJSON", "a.parquet", "a.txt"):
        live.run("tiles", "collection/s2", "--out", name, code=0)
    live.run("tiles", "collection/s2", "--format", "json", "--out", "b.csv", code=0)
    piped = run_under([], live, "tiles", "collection/s2", "--format", "csv").stdout

    text = (live.folder / "a.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["path"] for row in rows} == {f"{folder}/(BAND).tif" for folder in FOLDERS}
    assert piped == text
    assert len(json.loads((live.folder / "a.json").read_text())["tiles"]) == len(FOLDERS)
    assert json.loads((live.folder / "a.GEOJSON").read_text())["type"] == "FeatureCollection"
    assert (live.folder / "a.parquet").read_bytes().startswith(b"PAR1")
    assert (live.folder / "a.txt").read_text().startswith("INGESTED  ")
    assert json.loads((live.folder / "b.csv").read_text())["tiles"]


def test_csv_in_the_log_of_a_ci_system_has_nothing_that_it_obeys(live: Workspace) -> None:
    logged = run_under(["env", "CI=true"], live, "tiles", "collection/s2", "--format", "csv").stdout

    assert r"\x3a:set-output" in logged
    assert r"tab\tbed" in logged
    assert "##vso[" not in logged


def test_csv_on_a_terminal_has_nothing_that_it_obeys(live: Workspace) -> None:
    line = f"import pty; pty.spawn([{COMMAND!r}, 'tiles', 'collection/s2', '--format', 'csv'])"

    shown = run_under([sys.executable, "-c", line], live).stdout

    assert r"tab\tbed" in shown


def test_an_export_without_room_leaves_no_file(live: Workspace) -> None:
    [collection] = live.ask("")
    command = ["sh", "-c", 'cd "$HOME" && mkdir there && cd there && ulimit -f 0; exec "$0" "$@"']

    done = run_under(command, live, "export", str(collection["id"]), "--out", "new")

    assert done.returncode == 1, done.stderr
    assert "the temporary files of this run cannot be written" in done.stderr
    assert "set TMPDIR to a folder with more" in done.stderr
    assert [path for path in (live.folder / "there").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("arguments", "where"),
    [(["fmt"], "byocplan.yaml"), (["init", "--dir", "sub"], "sub/byocplan.yaml")],
)
def test_a_writer_without_room_names_its_file_and_leaves_what_was_there(
    workspace: Workspace, arguments: list[str], where: str
) -> None:
    workspace.write("byocplan.yaml", "kind: 'Project'\napiVersion: byocplan/v1\nmetadata: {name: test}\n")

    done = run_under(NOTHING_MAY_BE_WRITTEN, workspace, *arguments)

    assert done.returncode == 1
    assert f"{where}: cannot be written: File too large; files may not become so long here" in done.stderr
    assert [path.name for path in workspace.folder.rglob("*") if path.is_file()] == ["byocplan.yaml"]
    assert (workspace.folder / "byocplan.yaml").read_text().startswith("kind: 'Project'")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fmt", "byocplan.yaml"], "byocplan.yaml: cannot be written: Permission denied; change its permissions"),
        (["init", "--dir", "sub"], "sub: cannot be written: Permission denied; change its permissions"),
        (["plan", "--offline", "closed"], "closed: error: cannot be read: Permission denied"),
        (["validate", "closed"], "hint: change its permissions"),
    ],
)
def test_where_nobody_may_write_or_read_the_place_is_named(
    workspace: Workspace, arguments: list[str], said: str
) -> None:
    workspace.write("byocplan.yaml", "kind: 'Project'\napiVersion: byocplan/v1\nmetadata: {name: test}\n")
    (workspace.folder / "closed").mkdir(mode=0)
    without_rights = drop_rights()
    workspace.folder.chmod(0o500)
    try:
        done = run_under(without_rights, workspace, *arguments)
    finally:
        workspace.folder.chmod(0o700)
        (workspace.folder / "closed").chmod(0o700)

    assert "Errno" not in done.stderr
    assert said in done.stderr + done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_tiles_on_a_full_disk_say_that_standard_output_is_full(live: Workspace, form: str) -> None:
    command = ["sh", "-c", f'exec "$0" "$@" > {FULL}']

    done = run_under(command, live, "tiles", "collection/s2", "--format", form)

    assert done.returncode == 1
    assert (
        done.stderr
        == "Error: standard output: cannot be written: No space left on device; free disk space and run again\n"
    )


def test_a_folder_in_place_of_the_lock_file_is_told(described: Workspace) -> None:
    (described.folder / "byocplan.lock.yaml").mkdir()

    told = described.run("plan", code=1).stderr

    assert "byocplan.lock.yaml: is no regular file; move it away and run again" in told


def test_a_file_in_place_of_the_folder_of_the_state_is_told(described: Workspace) -> None:
    described.write(".byocplan", "")

    told = described.apply(code=1).stderr

    assert ".byocplan: cannot be made: File exists; something else has this name: move it away" in told
