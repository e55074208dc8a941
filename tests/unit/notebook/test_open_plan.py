"""A plan whose tile sets are open: what it says, what it gives, and what is left when it is closed."""

import gc
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import byocplan
from byocplan.errors import ClosedError, InputError
from byocplan.model.change import Reason, TileAction
from byocplan.model.plan import Plan
from byocplan.model.tile import LiveTile
from byocplan.sets import Judges, Orphan, SourceRule, TileSets, compare_tiles
from tests.support.plans import make_change, make_part, make_plan, make_set
from tests.support.tile_sets import Wanted, make_desired, make_live

DAY_MS = 86_400_000
SQUARE = '{"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]}'
LIVE = (
    LiveTile("1", "g/same", "INGESTED", DAY_MS, files={"B1": "e1"}, cover=SQUARE),
    LiveTile("2", "g/late", "INGESTED", DAY_MS, files={"B1": "e1"}, cover=SQUARE),
    LiveTile("3", "g/gone", "INGESTED", None, cover=SQUARE),
)
WANTED = (
    Wanted("g/same", sensing_time_ms=DAY_MS),
    Wanted("g/late", sensing_time_ms=2 * DAY_MS),
    Wanted("g/new", sensing_time_ms=3 * DAY_MS),
    Wanted("g/timeless"),
)


def make_real_plan(sets: TileSets, *names: str) -> Plan:
    """Return a plan whose collections have two tiles to create, one to update, one to delete and one to keep."""
    parts = []
    for name in names:
        judges = Judges(lambda _path: Orphan(TileAction.DELETE, Reason.FILE_GONE, "g"), lambda _a, _b: True)
        rule = SourceRule("a:1", required=("B1",))
        comparison = compare_tiles(make_desired(sets, WANTED, [rule]), make_live(sets, LIVE), judges)
        part = make_part(make_change(name=name), *comparison.set_changes(), live=3)
        parts.append(replace(part, tiles=comparison))
    return make_plan(*parts)


@pytest.fixture
def opened() -> Iterator[byocplan.OpenPlan]:
    sets = TileSets()
    with byocplan.OpenPlan(make_real_plan(sets, "s2", "a"), sets, "byocplan apply here") as plan:
        yield plan


def test_changes_are_a_row_a_tile_by_address_action_and_path(opened: byocplan.OpenPlan) -> None:
    changes = opened.changes()

    own = changes[changes["address"] == "collection/s2"]
    assert list(changes["address"].unique()) == ["collection/a", "collection/s2"]
    assert list(zip(own["action"], own["path"], own["reason"], strict=True)) == [
        ("create", "g/new", "not-live"),
        ("create", "g/timeless", "not-live"),
        ("update", "g/late", "sensing-time"),
        ("delete", "g/gone", "file-gone"),
    ]
    assert list(own["id"].fillna("")) == ["", "", "2", "3"]
    assert list(own["group"].unique()) == ["g"]


def test_times_of_changes_are_utc_those_wanted_and_those_live(opened: byocplan.OpenPlan) -> None:
    late = opened.changes("update").iloc[0]
    timeless = opened.changes(["create"]).set_index("path").loc["g/timeless"].iloc[0]

    assert late["sensingTime"] == pd.Timestamp("1970-01-03", tz="UTC")
    assert late["liveSensingTime"] == pd.Timestamp("1970-01-02", tz="UTC")
    assert pd.isna(timeless["sensingTime"])


def test_tiles_to_which_nothing_is_done_are_given_when_asked_for(opened: byocplan.OpenPlan) -> None:
    kept = opened.changes([TileAction.KEEP])

    assert list(kept["path"]) == ["g/same", "g/same"]


def test_changes_have_geometries_when_asked_for(opened: byocplan.OpenPlan) -> None:
    changes = opened.changes(geometry=True).set_index("path")

    assert changes.loc["g/gone"].iloc[0].geometry.bounds == (10, 50, 11, 51)
    assert changes.loc["g/new"].iloc[0].geometry is None
    assert "geometry" not in opened.changes()


def test_the_columns_are_of_one_kind_whatever_is_in_them(opened: byocplan.OpenPlan) -> None:
    empty = byocplan.OpenPlan(make_plan(), TileSets())

    with empty:
        nothing = empty.changes(geometry=True)

    assert len(nothing) == 0
    assert list(map(str, nothing.dtypes)) == list(map(str, opened.changes(geometry=True).dtypes))
    assert opened.changes("create")["id"].dtype == opened.changes("delete")["id"].dtype


def test_an_action_that_is_none_is_refused_with_those_there_are(opened: byocplan.OpenPlan) -> None:
    with pytest.raises(InputError) as caught:
        opened.changes(["create", "destroy"])

    assert caught.value.problems[0].message == "no tiles are called 'destroy'"
    assert any("reingest" in note for note in caught.value.__notes__)


def test_words_and_hashes_are_those_of_the_plan(opened: byocplan.OpenPlan) -> None:
    document = opened.to_dict()

    assert opened.summary == document["summary"]
    assert (opened.plan_hash, opened.guard_hash) == (document["plan_hash"], document["guard_hash"])
    assert (opened.has_changes, opened.is_applyable) == (True, True)
    assert opened.summary["tiles"]["create"] == 4
    assert json.loads(json.dumps(document)) == document


def test_a_plan_is_text_for_print_and_one_line_for_a_list(opened: byocplan.OpenPlan) -> None:
    assert "Next:  byocplan apply here" in str(opened)
    assert "\x1b" not in str(opened)
    assert repr([opened]).startswith("[<OpenPlan: 2 collections to update; 4 tiles to create")


def test_files_are_written_whole_in_place_of_what_was_there(opened: byocplan.OpenPlan, tmp_path: Path) -> None:
    (tmp_path / "plan.html").write_text("<!doctype html> old")
    (tmp_path / "byocplan.yaml").write_text("kind: Project")

    opened.to_html(tmp_path / "plan.html")
    opened.write(str(tmp_path / "plan.byocplan"))
    for write in (opened.to_html, opened.write):
        with pytest.raises(InputError):
            write(tmp_path / "byocplan.yaml")

    assert (tmp_path / "plan.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "plan.byocplan").stat().st_size > 0
    assert (tmp_path / "byocplan.yaml").read_text() == "kind: Project"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_closed_plan_keeps_its_words_and_has_no_tiles(tmp_path: Path) -> None:
    sets = TileSets()
    folder = sets.make_path("")
    plan = byocplan.OpenPlan(make_real_plan(sets, "s2"), sets)

    plan.close()
    plan.close()

    assert plan.is_closed
    assert not folder.exists()
    assert plan.summary["tiles"]["delete"] == 1
    assert "delete" in str(plan)
    assert "delete" in plan._repr_html_()
    for ask in (plan.changes, lambda: plan.to_html(tmp_path / "a"), lambda: plan.write(tmp_path / "a")):
        with pytest.raises(ClosedError, match="plan again"):
            ask()


def test_a_cell_has_a_map_of_what_would_change_while_the_plan_is_open(opened: byocplan.OpenPlan) -> None:
    before = opened._repr_html_()
    opened.close()

    after = opened._repr_html_()

    assert before.count('<path class="s-') == 2
    assert ("s-update" in before.split("<svg")[1], "s-delete" in before.split("<svg")[1]) == (True, True)
    assert "<svg" not in after


def test_a_plan_that_nobody_holds_leaves_no_files() -> None:
    sets = TileSets()
    folder = sets.make_path("")
    plan = byocplan.OpenPlan(make_plan(make_part(make_change(), make_set(TileAction.CREATE, 1))), sets)
    assert folder.exists()

    del plan, sets
    gc.collect()

    assert not folder.exists()
