"""Causes are grouped in the engine before they are normalised; that changes no count and no name."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from byocplan.model.cause import MAX_GROUPS, CauseTally
from byocplan.model.tile import LiveTile
from byocplan.sets import TileSets
from tests.support.tile_sets import make_live

ID = "017aa0ae-33a6-45d3-8548-0f7d1041b40c"
FOLDERS = [
    "a/",
    "b/",
    "ab/12/",
    "ac/2019-11-27/",
    "0/",
    "/a/",
    "s3/",
    f"{ID}/",
    "0f7d1041b40c/",
    "x/017aa0ae",
    "é/",
    "-/",
]
PIECES = [
    "a", "b", "ab", "s3", "s3:", "://", "/", "'", '"', "`", " ", "\n", "\u2003", "x", ".tif", ".TIFF", "12", "3.5", ".",
    "٣", "é", ":", ";", "=", "<", ">", "-", ID, ID[:9], ID[9:], "017aa0ae-33a6-45d3-8548-", "-33a6-45d3-8548-0f7d1041b40c",
    "x" * 1990, "/" * 1990, *FOLDERS,
]  # fmt: skip


@pytest.fixture(scope="module")
def sets() -> Iterator[TileSets]:
    with TileSets() as opened:
        yield opened


@st.composite
def failures(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Paths, and causes of which many differ in the folder of the path and in digits alone."""
    form = draw(st.lists(st.sampled_from([None, None, *PIECES]), max_size=7))
    found = []
    for folder in draw(st.lists(st.sampled_from(FOLDERS) | st.text("ab1/-. ", max_size=6), min_size=1, max_size=9)):
        text = "".join(folder if piece is None else piece for piece in form)
        found.append((f"{folder}B", text.replace("2", draw(st.sampled_from("259")))))
    return found


def count_one_by_one(tiles: list[tuple[str, str]]) -> dict[str, int]:
    tally = CauseTally()
    for cause in sorted(cause.strip(" \u2003") or "no cause given" for _, cause in tiles):
        tally.add(cause)
    return tally.count_by_cause()


def count_in_engine(sets: TileSets, tiles: list[tuple[str, str]]) -> dict[str, int]:
    live = make_live(sets, [LiveTile(str(n), path, "FAILED", cause=cause) for n, (path, cause) in enumerate(tiles)])
    try:
        return live.by_cause()
    finally:
        sets.engine.run("DROP TABLE $live", live=live.table)


@given(failures())
@example([("a/B", "s3:/a/x"), ("b/B", "s3:/b/x"), ("c/B", "s3://x")])
@example([(f"{name}/B", "x" * 1997 + f" {name}/") for name in ("cat", "cow", "dog")])
@example([(f"{name}-{ID}/B", f"{name}-{ID}/ no") for name in ("cat", "cow", "dog")])
@example([(f"{name} x/B", f"{name} x/ no") for name in ("cat", "cow", "dog")])
@settings(max_examples=200, deadline=None)
def test_grouping_in_the_engine_changes_nothing(sets: TileSets, tiles: list[tuple[str, str]]) -> None:
    assert count_in_engine(sets, tiles) == count_one_by_one(tiles)


def test_of_too_many_kinds_the_same_ones_are_told(sets: TileSets) -> None:
    kinds = [chr(ord("a") + n // 26) + chr(ord("a") + n % 26) for n in range(2 * MAX_GROUPS)]
    tiles = [(f"{kind}/{n}/B", f"{kind}/{n}/B02.tif: {kind} {n}") for kind in kinds[::-1] for n in range(3)]

    assert count_in_engine(sets, tiles) == count_one_by_one(tiles)
