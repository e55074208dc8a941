"""Files that are written whole or not at all, and what is said where they cannot be."""

import errno
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from byocplan.errors import ArgumentError, OutputError
from byocplan.outfile import write_new_files, write_whole

#: Writes under a limit on the length of files, which works as a full disk does: the first block fits, the rest does not.
CHILD = """
import resource, sys
from pathlib import Path
from byocplan.errors import OutputError
from byocplan.outfile import write_new_files, write_whole

def write_one():
    with write_whole(Path("map.html")) as file:
        file.write(b"x" * 100_000)

def write_several():
    write_new_files({Path("sub/small.yaml"): "kind: Project", Path("sub/large.yaml"): "x" * 100_000})

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    {"one": write_one, "several": write_several}[sys.argv[1]]()
except OutputError as error:
    print(error)
"""


def write(path: Path, content: bytes = b"new", mode: int | None = None) -> None:
    with write_whole(path, mode) as file:
        file.write(content)


def write_half(path: Path, error: BaseException) -> None:
    with write_whole(path) as file:
        file.write(b"half of i")
        raise error


def run_limited(what: str, folder: Path) -> str:
    """Run the child in ``folder``; without bytecode files, which the limit would cut."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    child = [sys.executable, "-c", CHILD, what]
    return subprocess.run(child, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


def list_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_whole_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "map.html").write_text("old")

    with write_whole(tmp_path / "map.html") as file:
        file.write(b"new")
        meanwhile = (tmp_path / "map.html").read_text()

    assert meanwhile == "old"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"map.html": "new"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), FileNotFoundError(errno.ENOENT, "gone", "another file")])
def test_after_an_error_of_something_else_nothing_is_left_and_the_error_is_the_same(
    tmp_path: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)) as caught:
        write_half(tmp_path / "tiles.csv", error)

    assert caught.value is error
    assert list_files(tmp_path) == []


def test_on_a_full_disk_the_old_file_stays_and_the_error_says_which_why_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "map.html").write_text("old")

    said = run_limited("one", tmp_path)

    assert said.startswith("map.html: cannot be written: File too large; ")
    assert "ulimit -f" in said
    assert list_files(tmp_path) == ["map.html"]
    assert (tmp_path / "map.html").read_text() == "old"


def test_of_several_new_files_none_is_left_when_one_cannot_be_written(tmp_path: Path) -> None:
    said = run_limited("several", tmp_path)

    assert said.startswith("sub/large.yaml: cannot be written: File too large; ")
    assert list_files(tmp_path) == []


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_file_has_the_mode_that_was_asked_for_or_that_the_mask_leaves(tmp_path: Path, umask: int) -> None:
    held = os.umask(umask)
    try:
        write(tmp_path / "exact", mode=0o640)
        write(tmp_path / "usual")
        write_new_files({tmp_path / "new": ""})
    finally:
        os.umask(held)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"exact": 0o640, "usual": 0o666 & ~umask, "new": 0o666 & ~umask}


def test_a_symbolic_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("untouched")
    (tmp_path / "link").symlink_to("victim")

    write(tmp_path / "link")

    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "victim").read_text() == "untouched"


@pytest.mark.parametrize(
    ("place", "mend"),
    [
        ("folder", "a folder has this name"),
        ("file/below", "a part of this path is a file"),
        ("gone/file", "its folder is there"),
        ("n" * 250, "choose a shorter name"),
    ],
)
def test_what_to_do_follows_what_the_system_said(tmp_path: Path, place: str, mend: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match=re.escape(f"{tmp_path / place}: cannot be written: ")) as caught:
        write(tmp_path / place)

    assert mend in caught.value.mend
    assert list_files(tmp_path) == ["file"]


def test_new_files_are_made_with_their_folders_and_leave_nothing_beside(tmp_path: Path) -> None:
    write_new_files({tmp_path / "a/b/c.yaml": "kind: Ä\n", tmp_path / "d.csv": iter(["x", "\r\n"])})

    assert list_files(tmp_path) == ["a/b/c.yaml", "d.csv"]
    assert (tmp_path / "a/b/c.yaml").read_bytes() == "kind: Ä\n".encode()
    assert (tmp_path / "d.csv").read_bytes() == b"x\r\n"


@pytest.mark.parametrize("there", ["file", "link"])
def test_no_new_file_is_written_over_one_that_is_there_and_no_other_then(tmp_path: Path, there: str) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("gone")

    with pytest.raises(ArgumentError, match="1 problem") as caught:
        write_new_files({tmp_path / "first": "new", tmp_path / there: "new"})

    assert "is there already" in caught.value.problems[0].message
    assert list_files(tmp_path) == ["file", "link"]


def test_a_file_where_the_folder_of_a_new_one_belongs_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").write_text("")

    with pytest.raises(OutputError) as caught:
        write_new_files({tmp_path / "sub/byocplan.yaml": "new"})

    assert caught.value.where == str(tmp_path / "sub")
    assert "something else has this name" in caught.value.mend
