"""Files that are written whole or not at all."""

from pathlib import Path

import pytest

from byocplan.cli.writing import write_whole


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
