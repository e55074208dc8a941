"""The rules for the files of one tile together."""

from __future__ import annotations

from typing import Any

import pytest

from byocplan.cog.judge import judge_file, judge_tile
from byocplan.model.preflight import BandNeed, TileVerdict
from tests.support.tiffs import ByteFile, make_fields, make_tiff

OTHER_ZONE = ("short", [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32634])


def judge(bands: tuple[BandNeed, ...] = (), /, **files: dict[str, Any]) -> TileVerdict:
    contents = {source: make_tiff(make_fields(**changes)) for source, changes in files.items()}
    judged = {source: judge_file(f"{source}.tif", ByteFile(content).read) for source, content in contents.items()}
    return judge_tile("(BAND).tif", judged, bands)


def make_tie(x: float) -> tuple[str, list[float]]:
    return "double", [0.0, 0.0, 0.0, x, 5200000.0, 0.0]


def test_files_that_agree_pass_and_come_in_order() -> None:
    verdict = judge(B2={}, B1={})

    assert not verdict.is_refused
    assert [file.key for file in verdict.files] == ["B1.tif", "B2.tif"]


def test_a_shift_of_one_pixel_passes() -> None:
    assert judge(B1={}, B2={"t33922": make_tie(500010.0)}).findings == ()


def test_a_shift_of_more_is_told_of_every_file_that_is_off() -> None:
    verdict = judge(B1={}, B2={"t33922": make_tie(500011.0)})

    assert [(finding.rule, finding.text) for finding in verdict.findings] == [
        ("same-box", "the file of B1 differs by more than a pixel"),
        ("same-box", "the file of B2 differs by more than a pixel"),
    ]


def test_files_of_different_resolution_pass_where_their_boxes_agree() -> None:
    coarse = {"t256": ("short", [128]), "t257": ("short", [128]), "t33550": ("double", [20.0, 20.0, 0.0])}

    assert not judge(B1={}, B2=coarse).is_refused


def test_files_in_different_systems_are_told() -> None:
    verdict = judge(B1={}, B2={"t34735": OTHER_ZONE})

    assert [finding.text for finding in verdict.findings] == ["its files are in EPSG:32633, EPSG:32634"]


@pytest.mark.parametrize(
    ("need", "says"),
    [
        (BandNeed("R", "B1", 2), "R is band 2 of a file that has 1"),
        (BandNeed("R", "B1", 1, 8), "R has 8 bits and its file 16"),
        (BandNeed("R", "B1", 1, 16, "INT"), "R is INT and its file UINT"),
    ],
)
def test_a_file_that_is_not_what_its_band_asks_for_is_told(need: BandNeed, says: str) -> None:
    verdict = judge((need,), B1={})

    assert [finding.text for finding in verdict.findings] == [says]
    assert verdict.is_refused


def test_a_band_that_fits_passes_and_one_of_another_file_is_not_judged() -> None:
    needs = (BandNeed("R", "B1", 1, 16, "UINT"), BandNeed("other", "B9", 5, 8))

    assert not judge(needs, B1={}).is_refused


def test_small_samples_count_as_8_bits() -> None:
    assert not judge((BandNeed("R", "B1", 1, 8, "UINT"),), B1={"t258": ("short", [4])}).is_refused


def test_files_that_fail_alone_are_not_compared() -> None:
    verdict = judge(B1={"t259": ("short", [7])}, B2={"t34735": OTHER_ZONE})

    assert verdict.findings == ()
    assert verdict.is_refused
