"""Somebody changes things between plan and apply: nothing is written over, and what still holds is carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from byocplan.errors import StaleError
from byocplan.planfile import open_plan_file, write_plan_file
from byocplan.sets import TileSets
from byocplan.workflow.apply_file import apply_file
from byocplan.workflow.plan import Surroundings, compute_plan
from tests.support.project_oracle import UNSAID, Doc, Entry
from tests.support.project_world import ProjectWorld, make_quick, open_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan

TIME_MS = 1_600_000_000_000
OTHER = "2021-02-02T00:00:00Z"
UPDATED, TAKEN, DELETED = "a/20200101/(BAND).tif", "a/20200102/(BAND).tif", "b/20200101/(BAND).tif"
KINDS = (UPDATED, TAKEN, DELETED)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectWorld]:
    with open_world(tmp_path_factory.mktemp("between"), "conflict") as world:
        yield world


@pytest.fixture
def world(opened: ProjectWorld) -> ProjectWorld:
    """Two live tiles of which one is to be updated and one deleted, and one to be created."""
    opened.reset()
    for path in (UPDATED, DELETED, "b/20200102/(BAND).tif"):
        opened.put_file(path.replace("(BAND)", "R"), 0)
    opened.docs["x"] = Doc("x", {"R": UNSAID}, entries=(Entry(frozenset("ab")),))
    opened.apply(lambda _plan: True)
    opened.docs["x"] = replace(opened.docs["x"], entries=(Entry(frozenset("ab"), time=TIME_MS),))
    opened.put_file(TAKEN.replace("(BAND)", "R"), 0)
    opened.remove_file(DELETED.replace("(BAND)", "R"))
    return opened


def write_plan(world: ProjectWorld, path: Path) -> None:
    with world.open_request((), {}, make_quick()) as request, TileSets() as sets:
        reader = request.client.make_reader()
        around = Surroundings(request.project, reader, request.state, request.open_bucket, request.now_ms)
        write_plan_file(path, compute_plan(request.loaded, around, sets))


def apply_plan_file(world: ProjectWorld, path: Path) -> Outcome | None:
    def approve(plan: Plan) -> bool:
        return plan.is_applyable

    with world.open_request((), {}, make_quick()) as request, open_plan_file(path) as file:
        return apply_file(file, request, approve, lambda _event: None)


def count_writes(world: ProjectWorld) -> int:
    log = world.service.admin("GET", "/requests")["requests"]
    return sum(each["method"] != "GET" and "token" not in each["path"] for each in log)


def test_tiles_changed_since_the_plan_are_conflicts_and_stay_as_somebody_made_them(
    world: ProjectWorld, tmp_path: Path
) -> None:
    write_plan(world, tmp_path / "p")
    [live_id] = world.observe()
    for path in (UPDATED, DELETED):
        tile = world.find_tile_id(live_id, path)
        world.service.call("PUT", f"/collections/{live_id}/tiles/{tile}", {"sensingTime": OTHER}).raise_for_status()
    world.service.create_tile(live_id, TAKEN, sensingTime=OTHER)
    before = world.observe()[live_id].tiles
    world.service.admin("DELETE", "/requests")

    outcome = apply_plan_file(world, tmp_path / "p")

    after = world.observe()[live_id].tiles
    assert outcome is not None
    assert (outcome.exit_code, outcome.conflict, outcome.applied) == (7, 3, {"tile.update": 1})
    assert {path: after[path] for path in KINDS} == {path: before[path] for path in KINDS}


@pytest.mark.parametrize("what", ["a binding", "the state"])
def test_a_plan_whose_ground_has_moved_is_stale_and_nothing_is_written(
    world: ProjectWorld, tmp_path: Path, what: str
) -> None:
    write_plan(world, tmp_path / "p")
    if what == "a binding":
        kept = Entry(frozenset("ab"), prune=False, time="keep")
        world.docs["x"] = replace(world.docs["x"], prevent_destroy=True, entries=(kept,))
        world.apply(lambda _plan: True)
    else:
        world.lose_state()
    before = world.observe()
    world.service.admin("DELETE", "/requests")

    with pytest.raises(StaleError):
        apply_plan_file(world, tmp_path / "p")

    assert count_writes(world) == 0
    assert world.observe() == before
