"""Single tile changes as lines."""

import json
from dataclasses import replace

import pytest

from byocplan.model.address import Address
from byocplan.model.change import Precondition, Reason, TileAction, TileChange
from byocplan.model.instant import make_instant
from byocplan.view.style import PLAIN, Style
from byocplan.view.tile_line import render_tile_json, render_tile_line

S2 = Address("collection/s2")
AFTER_MS, BEFORE_MS = make_instant("2019-11-27"), make_instant("2020-01-01")
UPDATE = TileChange(
    TileAction.UPDATE,
    "a/(BAND).tif",
    Reason.SENSING_TIME,
    "id-1",
    AFTER_MS,
    sensing_managed=True,
    before=Precondition(BEFORE_MS),
)
TO_TIMELESS = replace(UPDATE, sensing_time_ms=None)
FROM_TIMELESS = replace(UPDATE, before=Precondition(None))
COVER = replace(UPDATE, reason=Reason.COVER_GEOMETRY, before=Precondition(AFTER_MS))
#: As plan files had it before they said what differs.
OLD = replace(UPDATE, reason=Reason.FIELD_CHANGED)
DELETE = replace(UPDATE, action=TileAction.DELETE, reason=Reason.FILE_GONE)
BLIND = replace(UPDATE, before=None)


@pytest.mark.parametrize(
    ("change", "end"),
    [
        (UPDATE, "2020-01-01T00:00:00Z → 2019-11-27T00:00:00Z  sensing-time"),
        (TO_TIMELESS, "2020-01-01T00:00:00Z → timeless  sensing-time"),
        (FROM_TIMELESS, "timeless → 2019-11-27T00:00:00Z  sensing-time"),
        (COVER, "2019-11-27T00:00:00Z  cover-geometry"),
        (OLD, "2020-01-01T00:00:00Z → 2019-11-27T00:00:00Z  field-changed"),
        (DELETE, "2019-11-27T00:00:00Z  file-gone"),
        (BLIND, "2019-11-27T00:00:00Z  sensing-time"),
    ],
)
def test_a_line_has_the_time_before_and_after_where_an_update_changes_it(change: TileChange, end: str) -> None:
    assert render_tile_line(S2, change, Style()).split("(BAND).tif  ")[1] == end


def test_a_plain_line_is_ascii() -> None:
    assert render_tile_line(S2, UPDATE, PLAIN).split("(BAND).tif  ")[1].startswith("2020-01-01T00:00:00Z -> 2019")


@pytest.mark.parametrize(
    ("change", "times"),
    [
        (UPDATE, {"sensingTime": "2019-11-27T00:00:00Z", "liveSensingTime": "2020-01-01T00:00:00Z"}),
        (TO_TIMELESS, {"sensingTime": None, "liveSensingTime": "2020-01-01T00:00:00Z"}),
        (FROM_TIMELESS, {"sensingTime": "2019-11-27T00:00:00Z", "liveSensingTime": None}),
        (COVER, {"sensingTime": "2019-11-27T00:00:00Z"}),
        (DELETE, {"sensingTime": "2019-11-27T00:00:00Z"}),
    ],
)
def test_json_has_the_live_time_where_an_update_changes_it(change: TileChange, times: dict[str, str | None]) -> None:
    document = json.loads(render_tile_json(S2, change))

    assert {key: value for key, value in document.items() if "Time" in key} == times
    assert document["reason"] == change.reason
