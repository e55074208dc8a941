"""What varies from file to file of one tile is the band."""

import pytest

from byocplan.inference import fold_keys
from tests.support.layouts import read_recorded

#: Layouts whose recorded keys show the band: a band folder's name or a single file show none.
FOLDED = (1, 2, 3, 4, 6, 11, 13, 14, 22, 25)


@pytest.mark.parametrize("number", FOLDED)
def test_the_keys_of_a_real_layout_fold_into_its_recorded_tile(number: int) -> None:
    layout = read_recorded()[number]

    folded = fold_keys(layout["keys"])

    assert layout["tile_path"] in folded.files


@pytest.mark.parametrize("number", [7, 8, 16, 18, 28])
def test_keys_that_are_no_files_of_tiles_are_left(number: int) -> None:
    layout = read_recorded()[number]

    folded = fold_keys(layout["keys"])

    assert folded.files == {}
    assert folded.left == tuple(layout["keys"])


def test_squares_of_a_grid_are_no_bands() -> None:
    folded = fold_keys(["2020/T33UXP.tif", "2020/T32TLT.tif"])

    assert folded.files == {"2020/T33UXP.tif": [""], "2020/T32TLT.tif": [""]}
    assert folded.bands == {}


def test_polarisations_in_the_middle_of_a_name_are_bands() -> None:
    keys = [f"s1/{scene}_{band}_20210204.tif" for scene in ("a", "b") for band in ("VV", "VH")]

    folded = fold_keys(keys)

    assert folded.files == {f"s1/{scene}_(BAND)_20210204.tif": ["VV", "VH"] for scene in ("a", "b")}
    assert folded.bands == {"VH": 2, "VV": 2}
