"""Writing the state on a disk that fails: old or new, never mixed, and nothing lost on the way."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from byocplan.errors import StateError
from byocplan.model.failpoint import Failpoint
from byocplan.state import LocalState
from tests.support.states import DEPLOYMENT, S2, bind, make_binding

#: A child that may write so many bytes a file, as on a full disk; it tells what became of each try.
SWEEP = """
import json, resource, sys
from dataclasses import replace
from pathlib import Path
from byocplan.errors import StateError
from byocplan.state import LocalState
from tests.support.states import DEPLOYMENT, S2, make_binding

folder, step = Path(sys.argv[1]), int(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
state = LocalState(folder, "mosaics", DEPLOYMENT)
bindings = replace(state.read(), by_address={S2: make_binding("new")})
before, told, limit = state.pull(), [], 0
while True:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        state.write(bindings)
        message = ""
    except StateError as error:
        message = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    told.append([limit, state.pull() == before, message])
    if not message:
        break
    limit += step
print(json.dumps(told))
"""


def make_state(folder: Path) -> LocalState:
    return LocalState(folder, "mosaics", DEPLOYMENT)


def sweep(folder: Path, step: int) -> list[tuple[int, bool, str]]:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", SWEEP, str(folder), str(step)],
        env={**os.environ, "PYTHONPATH": str(root), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[tuple[int, bool, str]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.sweep)])
def test_a_disk_that_is_full_after_n_bytes_leaves_the_old_state_until_one_write_passes(
    tmp_path: Path, step: int
) -> None:
    bind(make_state(tmp_path), "old")

    *failed, (_, is_old, message) = sweep(tmp_path, step)

    assert len(failed) > 300 / step
    assert all(kept for _, kept, _ in failed)
    assert (is_old, message) == (False, "")
    assert make_state(tmp_path).read().by_address[S2].id == "new"


def test_a_full_disk_without_room_for_a_rescue_file_tells_the_ids(tmp_path: Path) -> None:
    bind(make_state(tmp_path), "old")

    (_, _, message), *_ = sweep(tmp_path, 100_000)

    assert "File too large" in message
    assert "collection/s2: id: new" in message


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("place", [Failpoint.BEFORE_RENAME, Failpoint.AFTER_RENAME])
def test_a_write_that_fails_leaves_old_or_new_and_a_rescue_file_with_the_way_back(
    tmp_path: Path, place: Failpoint, number: int
) -> None:
    bind(make_state(tmp_path), "old")

    def reach(name: Failpoint) -> None:
        if name is place:
            raise OSError(number, os.strerror(number))

    broken = LocalState(tmp_path, "mosaics", DEPLOYMENT, reach)

    with pytest.raises(StateError, match=os.strerror(number)) as refused:
        bind(broken, "new")

    kept = make_state(tmp_path).read().by_address[S2].id
    rescue = next((tmp_path / ".byocplan").glob("rescue-*.lock.yaml"))
    assert kept == ("old" if place is Failpoint.BEFORE_RENAME else "new")
    assert f"mv {rescue} {broken.lock_file}" in str(refused.value)
    rescue.replace(broken.lock_file)
    assert make_state(tmp_path).read().by_address[S2] == make_binding("new")


def test_a_rescue_file_goes_elsewhere_when_the_folder_cannot_hold_it(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    (tmp_path / ".byocplan").write_text("a file in its place")

    with pytest.raises(StateError, match=r"the bindings of this run are in /.*rescue-") as refused:
        bind(state, "new")

    rescue = Path(str(refused.value).partition("are in ")[2].partition(";")[0])
    assert "id: new" in rescue.read_text()
    assert rescue.stat().st_mode & 0o777 == 0o600
    assert rescue.parent.stat().st_mode & 0o777 == 0o700
    rescue.unlink()
    rescue.parent.rmdir()


def test_files_are_private_also_where_the_umask_is_not(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        state = make_state(tmp_path)
        with state.lease("run"):
            bind(state)
            bind(state, "id-2")
            state.record_begun("seal", "now")
    finally:
        os.umask(before)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {
        "byocplan.lock.yaml": 0o600,
        ".byocplan": 0o700,
        ".gitignore": 0o644,
        "byocplan.lock.backup.yaml": 0o600,
        "lease": 0o600,
        "begun": 0o700,
        "seal": 0o600,
    }


def test_a_state_that_its_owner_lets_others_read_stays_readable_but_not_writable(tmp_path: Path) -> None:
    state = make_state(tmp_path)
    bind(state)
    state.lock_file.chmod(0o666)

    bind(state, "id-2")

    assert state.lock_file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "name", ["byocplan.lock.yaml", ".byocplan.lock.yaml.tmp", ".byocplan/.byocplan.lock.backup.yaml.tmp"]
)
def test_a_link_slipped_in_before_a_write_is_replaced_and_its_target_untouched(tmp_path: Path, name: str) -> None:
    target, folder = tmp_path / "target", tmp_path / "project"
    folder.mkdir()
    target.write_text("precious")
    bind(make_state(folder), "old")

    def swap(place: Failpoint) -> None:
        if place is Failpoint.BEFORE_RENAME and name == "byocplan.lock.yaml":
            (folder / name).unlink()
            (folder / name).symlink_to(target)

    if name != "byocplan.lock.yaml":
        (folder / name).symlink_to(target)
    state = LocalState(folder, "mosaics", DEPLOYMENT, swap)
    state.write(replace(state.read(), by_address={}))

    assert target.read_text() == "precious"
    assert not state.lock_file.is_symlink()
    assert make_state(folder).read().by_address == {}


def test_a_linked_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".byocplan").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StateError, match="symbolic link"), make_state(tmp_path / "project").lease("run"):
        pass

    assert list((tmp_path / "elsewhere").iterdir()) == []
