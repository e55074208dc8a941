"""Files that are written whole or not at all."""

import os
from pathlib import Path

import pytest

from byocplan.cli.writing import check_out, write_whole
from byocplan.errors import ArgumentError


def test_a_whole_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "map.html").write_text("old")

    with write_whole(tmp_path / "map.html") as whole:
        whole.write_text("new")
        meanwhile = (tmp_path / "map.html").read_text()

    assert meanwhile == "old"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"map.html": "new"}


def write_half(path: Path, error: type[BaseException]) -> None:
    with write_whole(path) as whole:
        whole.write_text("half of i")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_after_an_error_no_half_of_a_file_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        write_half(tmp_path / "tiles.csv", error)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".", "folder", "pipe", "gone/file", "file/below", ""])
def test_only_a_file_can_be_written_and_only_in_a_folder_that_is_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ArgumentError) as caught:
        check_out(tmp_path / name)

    assert "cannot be written" in caught.value.problems[0].message


@pytest.mark.parametrize("name", ["new", "file", "link", "dangling"])
def test_a_new_file_an_old_one_and_a_link_are_all_places_for_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("gone")

    check_out(tmp_path / name)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["dangling", "file", "link"]
