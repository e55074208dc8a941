"""Tiles that differ in their bands while nothing configures them: told before the first one decides for all."""

import pytest

from tests.support.cogs import make_cog
from tests.support.manifests import make_document
from tests.support.workspace import Workspace

TILES = [{"pattern": "{sensed:%Y/%m/%d}/(BAND).tif"}]
SAID = "these tiles have 2 sets: B02,B03,B04 in 2; B02 in 1"
TYPES = {"bitDepth": 16, "sampleFormat": "UINT"}


@pytest.fixture
def partial(workspace: Workspace) -> Workspace:
    """Three days, the first of which has one band of three."""
    body = make_cog()
    for day, bands in (("01", "2"), ("02", "234"), ("03", "234")):
        for band in bands:
            workspace.put(f"2024/01/{day}/B0{band}.tif", body)
    workspace.write("byocplan.yaml", workspace.project)
    workspace.write("s2.yaml", make_document("s2", workspace.bucket, bands=..., tiles=TILES))
    return workspace


def test_plan_preflight_and_discover_name_the_sets_and_what_to_write(partial: Workspace) -> None:
    planned = partial.run("plan", code=0)
    judged = partial.run("preflight", code=0)

    assert "warning: collection/s2: write `bands:`; a collection that has none takes those of the tile" in planned.text
    for text in (planned.text, judged.text, partial.run("discover").text):
        assert SAID in text
    notes = partial.run("preflight", "--format", "json").json()["collections"]["collection/s2"]["notes"]
    assert [SAID in note for note in notes] == [True]


def test_with_bands_written_nothing_is_said_and_the_partial_tile_waits(partial: Workspace) -> None:
    bands = dict.fromkeys(("B02", "B03", "B04"), TYPES)
    partial.write("s2.yaml", make_document("s2", partial.bucket, bands=bands, tiles=TILES))

    plan = partial.run("plan", "--format", "json", code=0).json()

    assert partial.count(plan) == {"collection create": 1, "tile create": 2, "tile incomplete": 1}
    assert plan["diagnostics"] == []
    assert "sets" not in partial.run("preflight", code=0).text


def test_once_bands_are_live_a_plan_says_nothing_of_them(partial: Workspace) -> None:
    # One by one, so that the tile of the first day, whose one band all have, is ingested first.
    partial.apply("--parallelism", "1")

    assert partial.plan()["diagnostics"] == []
