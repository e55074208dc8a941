"""Maps of what a plan writes: which tiles are on them, and what is said of the others."""

import json
from dataclasses import replace

import pytest

from byocplan.model.change import Action, Reason, TileAction, TileChange
from byocplan.model.plan import CollectionPlan, Plan
from byocplan.view.planned_geojson import iter_planned_geojson
from byocplan.view.report.plan_map import list_lost, render_map_summary, render_planned_map, tally_planned
from tests.support.memory_tiles import MemoryTiles
from tests.support.plans import make_change, make_keep, make_plan
from tests.support.report_plans import COUNTS, make_report_plan, make_square
from tests.unit.view.test_hostile_text import HOSTILE

WRITTEN = {"create": 340, "update": 36, "reingest": 118, "delete": 64}


def make_odd_plan(path: str, cover: str | None) -> Plan:
    tile = TileChange(TileAction.DELETE, path, Reason.FILE_GONE, "id", cover=cover)
    return make_plan(CollectionPlan(make_change(), tiles=MemoryTiles((tile,))))


def read_geojson(plan: Plan) -> dict[str, object]:
    whole: dict[str, object] = json.loads("".join(iter_planned_geojson(plan)))
    return whole


def test_only_tiles_that_are_written_are_counted() -> None:
    tally = tally_planned(make_report_plan())

    assert dict(tally.counts) == WRITTEN
    assert sum(COUNTS.values()) > sum(WRITTEN.values())
    assert tally.count_unplaced() == {"create": 340}


def test_geojson_has_a_feature_for_each_and_counts_those_without_a_geometry() -> None:
    whole = read_geojson(make_report_plan())

    features = whole["features"]
    assert isinstance(features, list)
    assert len(features) == sum(WRITTEN.values())
    assert {each["properties"]["action"] for each in features if each["geometry"] is None} == {"create"}
    assert whole["counts"] == WRITTEN
    assert whole["without_geometry"] == {"create": 340, "update": 0, "reingest": 0, "delete": 0}
    assert features[-1]["properties"].keys() == {"collection", "action", "path", "id", "sensingTime", "reason"}
    updates = [each["properties"] for each in features if each["properties"]["action"] == "update"]
    assert {"sensingTime", "liveSensingTime"} <= updates[0].keys()
    assert updates[0]["liveSensingTime"] > updates[0]["sensingTime"]


def test_geojson_of_nothing_to_do_has_no_features() -> None:
    whole = read_geojson(make_plan(make_keep()))

    assert (whole["type"], whole["features"]) == ("FeatureCollection", [])


@pytest.mark.parametrize("cover", [None, "nonsense", '{"type": "Polygon", "coordinates": []}'])
def test_a_cover_that_is_none_is_not_guessed(cover: str | None) -> None:
    plan = make_odd_plan("a/(BAND).tif", cover)

    whole = read_geojson(plan)

    assert whole["without_geometry"] == {"create": 0, "update": 0, "reingest": 0, "delete": 1}
    assert render_map_summary(tally_planned(plan)) == (
        "1 delete; not on the map, since no cover geometry is known: 1 delete"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_paths_stay_data(text: str) -> None:
    plan = make_odd_plan(text, make_square(1, 1, 1))

    geojson = "".join(iter_planned_geojson(plan))
    html = render_planned_map(text, plan, tally_planned(plan))

    assert geojson.isascii()
    assert html.isascii()
    assert json.loads(geojson)["features"][0]["properties"]["path"] == text
    assert "<script>alert" not in html


def test_a_page_says_what_the_plan_comes_to() -> None:
    plan = make_report_plan()

    html = render_planned_map("collection/s2", plan, tally_planned(plan))

    assert "<title>Map of collection/s2</title>" in html
    assert "340 tiles to create, 36 to update, 118 to reingest, 64 to delete." in html
    assert "asked for: 340 create." in html
    assert "1,500" not in html


def test_a_plan_without_changes_has_a_page_without_a_map() -> None:
    html = render_planned_map("collection/s2", make_plan(make_keep()), tally_planned(make_plan(make_keep())))

    assert "No changes. Live state matches the manifests." in html
    assert "<canvas" not in html


@pytest.mark.parametrize(("action", "blocked", "told"), [(Action.DELETE, "", 1), (Action.REPLACE, "so", 0)])
def test_tiles_that_go_with_their_collection_are_told(action: Action, blocked: str, told: int) -> None:
    part = make_keep()
    part = replace(part, change=replace(part.change, action=action, blocked=blocked), live_tiles=1234)

    lost = list_lost(make_plan(part))

    assert len(lost) == told
    assert all("1,234 live tiles" in note for note in lost)
