"""Files that are read: none outside of the project. Files that are written: their owner's alone, through no link.

Limits of YAML: ``tests/unit/manifest/test_reading.py``. The state's own files: ``tests/unit/state``.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from byocplan.manifest import ReadOptions, check_manifests
from tests.e2e.conftest import make_workspace
from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

GEOMETRY = '{"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}'
SECRET = "a-secret-outside-of-the-project"


def make_link(target: Path) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def make_circle(path: Path) -> None:
    path.symlink_to(path.name)


#: A path as a manifest writes it, and what lies there.
PATHS: dict[str, tuple[str, Callable[[Path], None] | None]] = {
    "a folder up": ("../outside.json", None),
    "up in the middle": ("a/../../outside.json", None),
    "up by a folder that is not there": ("b/../../outside.json", None),
    "absolute": ("{root}/outside.json", None),
    "a link to a file": ("link.json", make_link(Path("../outside.json"))),
    "through a link to a folder": ("link/outside.json", None),
    "a link in a circle": ("circle.json", make_circle),
    "NUL": ("a\\0.json", None),
    "very long": ("x" * 5000 + ".json", None),
    "very deep": ("a/../" * 2000 + "../outside.json", None),
    "a device": ("/dev/zero", None),
    "a link to a device": ("zero.json", make_link(Path("/dev/zero"))),
    "a pipe": ("pipe.json", os.mkfifo),
    "a folder": ("a", None),
    "a process's memory": ("/proc/self/environ", None),
    "home": ("~/outside.json", None),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with secrets beside it."""
    (tmp_path / "outside.json").write_text(f'{{"type": "{SECRET}"}}')
    folder = tmp_path / "project"
    (folder / "a").mkdir(parents=True)
    (folder / "inside.json").write_text(GEOMETRY)
    (folder / "link").symlink_to("..")
    return folder


def write_manifest(folder: Path, name: str) -> None:
    cover = f'coverGeometry: {{file: "{name}"}}'
    spec = f"{{s3Bucket: bkt, tiles: [{{path: 'x/(BAND).tif', {cover}}}]}}"
    text = f"apiVersion: byocplan/v1\nkind: Collection\nmetadata: {{name: s2}}\nspec: {spec}\n"
    (folder / "s2.yaml").write_text(text)


@pytest.mark.parametrize("case", PATHS)
def test_a_manifest_reads_no_file_outside_of_its_folder(project: Path, case: str) -> None:
    name, make = PATHS[case]
    if make is not None:
        make(project / name)
    write_manifest(project, name.replace("{root}", str(project.parent)))

    problems = check_manifests([str(project / "s2.yaml")], ReadOptions())

    assert problems
    assert {problem.line for problem in problems} == {4}
    assert not [problem for problem in problems if SECRET in f"{problem.message} {problem.hint}"]


def test_a_file_inside_is_read(project: Path) -> None:
    write_manifest(project, "a/../inside.json")

    assert check_manifests([str(project / "s2.yaml")], ReadOptions()) == ()


@pytest.mark.parametrize("kind", ["file", "folder", "device", "pipe"])
def test_manifests_behind_links_out_of_the_folder_are_refused(project: Path, kind: str) -> None:
    write_manifest(project, "inside.json")
    if kind == "pipe":
        os.mkfifo(project / "more.yaml")
    else:
        target = {"file": Path("../outside.json"), "folder": Path(".."), "device": Path("/dev/zero")}[kind]
        (project / ("more" if kind == "folder" else "more.yaml")).symlink_to(target)

    problems = check_manifests([str(project)], ReadOptions())

    assert any("more" in problem.file for problem in problems)
    assert not [problem for problem in problems if SECRET in f"{problem.message} {problem.snippet}"]


@pytest.fixture
def open_workspace(emulator: "object", tmp_path: Path) -> Workspace:
    """A workspace that would have succeeded, whose command runs under umask 000."""
    workspace = make_workspace(emulator, tmp_path / "work", "imagery")  # type: ignore[arg-type]
    for band in ("B02", "B03"):
        workspace.put(f"2019/1/1/28V/{band}.tif", make_cog())
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket))
    return workspace


def test_what_a_run_writes_is_private_whatever_the_umask(open_workspace: Workspace) -> None:
    workspace = open_workspace
    given = {path.name for path in workspace.folder.iterdir()}
    before = os.umask(0)
    try:
        workspace.run("plan", "--out", "plan.byocplan", code=0)
        workspace.apply()
    finally:
        os.umask(before)

    written = [path for path in workspace.folder.rglob("*") if path.name not in given]
    modes = {str(path.relative_to(workspace.folder)): stat.S_IMODE(path.stat().st_mode) for path in written}
    shared = {"byocplan.lock.yaml", ".byocplan/.gitignore", ".byocplan/settled/.gitignore"}
    assert modes["plan.byocplan"] == 0o600
    assert {name: mode for name, mode in modes.items() if mode & 0o022} == {}
    assert {name for name, mode in modes.items() if mode & 0o077} <= shared


@pytest.mark.parametrize("name", ["byocplan.lock.yaml", ".byocplan", ".byocplan/lease", "plan.byocplan"])
def test_a_link_planted_where_a_run_writes_is_not_followed(open_workspace: Workspace, name: str) -> None:
    workspace, victim = open_workspace, open_workspace.folder.parent / "victim"
    victim.mkdir() if name == ".byocplan" else victim.write_text("untouched")
    planted = workspace.folder / name
    planted.parent.mkdir(exist_ok=True)
    planted.symlink_to(victim)

    run = workspace.run("plan", "--out", "plan.byocplan") if name.startswith("plan") else workspace.apply(code=1)

    assert run.code in (1, 3)
    assert list(victim.iterdir()) == [] if victim.is_dir() else victim.read_text() == "untouched"


@pytest.mark.sweep
def test_the_demo_keeps_its_credentials_to_its_owner(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    workspace = Workspace(tmp_path, environment, "", None)
    before = os.umask(0)
    try:
        workspace.run("demo", "--folder", "demo", code=0)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "demo" / "env.sh").stat().st_mode) == 0o600
