"""A project lived through by chance: edits, files that come and go, other clients, crashes, against a small oracle.

Each step does one thing that happens to a project. After every apply that came to its end the service has to show
exactly what ``tests/support/project_oracle.py`` says; after one that did not, nothing may be lost, doubled or forgotten.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from byocplan.applier import ApplyOptions, StopFlag
from byocplan.model.address import get_name, make_address
from byocplan.model.collection import OnRemove
from byocplan.model.rail import Ack, Rule
from tests.support.project_oracle import UNSAID, Bound, Doc, Entry, Forecast, Live, Scene, foresee
from tests.support.project_world import BUCKET, Crash, ProjectWorld, open_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from byocplan.model.event import Event
    from byocplan.model.failpoint import Failpoint
    from byocplan.model.outcome import Outcome
    from byocplan.model.plan import Plan

SEED = int(os.environ.get("BYOCPLAN_TORTURE_SEED") or 1)
EXAMPLES = int(os.environ.get("BYOCPLAN_MACHINE_EXAMPLES") or 2_000)
STEPS = 50
#: Shrinking takes many runs of half a second: asked for when a seed has failed.
SHRINKS = bool(os.environ.get("BYOCPLAN_MACHINE_SHRINK"))
SITES, DAYS, BANDS = ("a", "b", "c"), ("20200101", "20200102"), ("R", "G")
PATHS = tuple(f"{site}/{day}/(BAND).tif" for site in SITES for day in DAYS)
FOREIGN = "else/20200101/(BAND).tif"
NAMES = ("x", "y", "z")
FIXED_MS = 1_600_000_000_000

SPLITS: tuple[list[set[str]], ...] = ([{"a", "b"}], [{"a"}, {"b"}], [{"a", "b", "c"}], [{"c"}], [])
NO_DATA = st.sampled_from([UNSAID, None, 0.0, 255.0])
TIMES = st.sampled_from(["auto", "auto", "keep", FIXED_MS, None])
ENTRIES = st.sampled_from(SPLITS).flatmap(
    lambda split: st.tuples(
        *(st.builds(Entry, st.just(frozenset(sites)), st.sampled_from([True, True, False]), TIMES) for sites in split)
    )
)
LEVELS = st.one_of(
    st.tuples(
        st.lists(st.sampled_from(BANDS), min_size=1, unique=True).map(lambda b: dict.fromkeys(b, UNSAID)), NO_DATA
    ),
    st.tuples(st.dictionaries(st.sampled_from(BANDS), NO_DATA, min_size=1), st.just(UNSAID)),
)
RARELY = st.sampled_from([False, False, False, True])


def draw_docs(name: str) -> st.SearchStrategy[Doc]:
    """Draw a document, by preference one that nothing hinders."""
    return st.builds(
        lambda levels, **more: Doc(bands=levels[0], no_data=levels[1], **more),
        LEVELS,
        name=st.sampled_from([name, name, f"{name} renamed"]),
        entries=ENTRIES,
        adopt=RARELY,
        prevent_destroy=RARELY,
        retain=RARELY,
        in_place=RARELY,
    )


class ProjectMachine(RuleBasedStateMachine):
    """``bound`` is what the oracle believes to be recorded."""

    def __init__(self, world: ProjectWorld) -> None:
        super().__init__()
        self.world = world
        self.bound: dict[str, Bound] = {}
        world.reset()

    @initialize()
    def begin_with_a_document_and_files(self) -> None:
        for path in PATHS[:4]:
            self.put_tile(path, 0)
        self.world.docs["x"] = Doc("x", dict.fromkeys(BANDS, UNSAID), entries=(Entry(frozenset("ab")),))

    @rule(name=st.sampled_from(NAMES), data=st.data())
    def write_document(self, name: str, data: st.DataObject) -> None:
        self.world.docs[name] = data.draw(draw_docs(name))

    @precondition(lambda self: self.world.docs)
    @rule(data=st.data())
    def edit_document(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.docs)))
        other, key = data.draw(draw_docs(name)), data.draw(st.sampled_from(["name", "levels", "entries", "lifecycle"]))
        keys = {"levels": ["bands", "no_data"], "lifecycle": ["prevent_destroy", "retain", "in_place", "adopt"]}
        fields = {field: getattr(other, field) for field in keys.get(key, [key])}
        self.world.docs[name] = replace(self.world.docs[name], **fields)

    @precondition(lambda self: self.world.docs)
    @rule(data=st.data())
    def remove_document(self, data: st.DataObject) -> None:
        del self.world.docs[data.draw(st.sampled_from(sorted(self.world.docs)))]

    @precondition(lambda self: self.world.docs)
    @rule(data=st.data())
    def name_the_collection(self, data: st.DataObject) -> None:
        """Write ``id``, or take it out again."""
        name = data.draw(st.sampled_from(sorted(self.world.docs)))
        taken = {doc.id for doc in self.world.docs.values()}
        live = self.world.observe()
        free = [key for key in sorted(live, key=lambda key: (live[key].name, *live[key].tiles)) if key not in taken]
        self.world.docs[name] = replace(self.world.docs[name], id=data.draw(st.sampled_from([None, *free])))

    @rule(path=st.sampled_from(PATHS), version=st.integers(0, 2))
    def put_tile(self, path: str, version: int) -> None:
        for band in BANDS:
            self.world.put_file(path.replace("(BAND)", band), version)

    @rule(path=st.sampled_from(PATHS), band=st.sampled_from(BANDS), version=st.integers(0, 2))
    def put_file(self, path: str, band: str, version: int) -> None:
        self.world.put_file(path.replace("(BAND)", band), version)

    @precondition(lambda self: self.world.files)
    @rule(data=st.data())
    def remove_file(self, data: st.DataObject) -> None:
        self.world.remove_file(data.draw(st.sampled_from(sorted(self.world.files))))

    @rule(sites=st.sets(st.sampled_from(SITES), min_size=1))
    def remove_sites(self, sites: set[str]) -> None:
        for key in [key for key in self.world.files if key.partition("/")[0] in sites]:
            self.world.remove_file(key)

    @rule()
    def lose_the_state(self) -> None:
        self.world.lose_state()
        self.bound = {}

    @rule(name=st.sampled_from(NAMES), bands=st.sampled_from([("R",), BANDS]), path=st.sampled_from((*PATHS, FOREIGN)))
    def another_makes_a_collection(self, name: str, bands: tuple[str, ...], path: str) -> None:
        """With a tile in it: an empty one of the same name cannot be told from one that a lost answer made."""
        form = {"bitDepth": 16, "sampleFormat": "UINT"}
        more = {"name": name, "additionalData": {"bands": dict.fromkeys(bands, form)}}
        self.world.service.create_tile(self.world.service.create_collection(BUCKET, **more), path)

    @rule(data=st.data(), path=st.sampled_from((*PATHS, FOREIGN)), time=st.sampled_from([None, "2021-01-01T00:00:00Z"]))
    def another_makes_a_tile(self, data: st.DataObject, path: str, time: str | None) -> None:
        live_id, live = self.draw_live(data)
        if live_id and path not in live.tiles:
            self.world.clock.tick()
            self.world.service.create_tile(live_id, path, **({"sensingTime": time} if time else {}))

    @rule(data=st.data(), what=st.sampled_from(["delete", "time", "reingest"]))
    def another_changes_a_tile(self, data: st.DataObject, what: str) -> None:
        live_id, live = self.draw_live(data)
        if not live.tiles:
            return
        tile = self.world.find_tile_id(live_id, data.draw(st.sampled_from(sorted(live.tiles))))
        path = f"/collections/{live_id}/tiles/{tile}"
        self.world.clock.tick()
        if what == "delete":
            self.world.service.call("DELETE", path).raise_for_status()
        elif what == "time":
            body = {"sensingTime": "2021-02-02T00:00:00Z"}
            self.world.service.call("PUT", path, body).raise_for_status()
        else:
            self.world.service.call("POST", f"{path}/reingest").raise_for_status()

    @rule(data=st.data(), what=st.sampled_from(["delete", "rename", "noData"]))
    def another_changes_a_collection(self, data: st.DataObject, what: str) -> None:
        live_id, live = self.draw_live(data)
        if not live_id:
            return
        path = f"/collections/{live_id}"
        if what == "delete":
            self.world.service.call("DELETE", path).raise_for_status()
            return
        body: dict[str, object] = {"name": live.name, "s3Bucket": BUCKET} | (
            {"noData": live.no_data} if live.no_data is not None else {}
        )
        bands = self.world.service.get_collection(live_id)["additionalData"]["bands"]
        bands = {name: {key: each for key, each in band.items() if key != "noData"} for name, band in bands.items()}
        body = {**body, **({"name": "by another"} if what == "rename" else {"noData": 7})}
        body = {**body, "additionalData": {"bands": bands}}
        self.world.service.call("PUT", path, body).raise_for_status()

    @rule(with_acks=st.booleans(), loses=st.frozensets(st.integers(1, 8), max_size=2))
    def apply(self, with_acks: bool, loses: frozenset[int]) -> None:
        """Apply, some answers lost on the way; with acks whatever asks for one gets one."""
        before, forecast, plan, outcome = self.try_apply((), loses)
        wanted = +forecast.acks
        if forecast.refused:
            assert plan.tripped, f"this has to be refused: {forecast.refused}"
        else:
            assert count_tripped(plan) == wanted
        if plan.tripped:
            assert outcome is None
            assert self.world.observe() == before
            if not with_acks or forecast.refused:
                return
            before, forecast, plan, outcome = self.try_apply(make_acks(forecast), loses)
        assert outcome is not None, f"still blocked by {plan.tripped}"
        assert outcome.exit_code == 0, outcome
        self.check_done(before, forecast)
        assert not self.world.plan().has_changes

    @rule(at=st.integers(1, 12), how=st.sampled_from(["before", "after", "failpoint", "interrupt", "stop"]))
    def apply_that_dies(self, at: int, how: str) -> None:
        """Apply, all acks given, until something ends it early; the next run has to find its way from there."""
        before, forecast = self.world.observe(), foresee(self.make_scene())
        acks = make_acks(forecast)
        stop, turns = StopFlag(), itertools.count(1)

        def reach(_name: Failpoint) -> None:
            if how == "failpoint" and next(turns) == at:
                raise Crash

        def report(_event: Event) -> None:
            if how in {"interrupt", "stop"} and next(turns) == at:
                if how == "interrupt":
                    raise KeyboardInterrupt
                stop.stop("this is enough")

        trouble: dict[str, object] = {"dies_at": at, "dies_after": how == "after"} if how in {"before", "after"} else {}
        options = ApplyOptions(parallelism=1, timeout_s=60, stop=stop, reach=reach)
        try:
            self.world.apply(may_go_on, acks, trouble=trouble, options=options, report=report)
        except (Crash, KeyboardInterrupt):
            hypothesis.event("died")
        self.world.plan()
        self.check_left(before, forecast)

    def try_apply(
        self, acks: tuple[Ack, ...], loses: frozenset[int]
    ) -> tuple[dict[str, Live], Forecast, Plan, Outcome | None]:
        before, seen = self.world.observe(), []
        forecast = foresee(self.make_scene())

        def approve(plan: Plan) -> bool:
            seen.append(plan)
            return plan.is_applyable

        outcome = self.world.apply(approve, acks, trouble={"loses": loses})
        return before, forecast, seen[0], outcome

    def check_done(self, before: dict[str, Live], forecast: Forecast) -> None:
        """Everything is as the oracle says: what is live, tile by tile, and what is recorded."""
        after = self.world.observe()
        made = {key: after[key] for key in after if key not in before}
        assert {key: each for key, each in after.items() if key in before} == forecast.kept
        assert len(made) == len(forecast.made)
        recorded = self.read_bound()
        for name, bound in forecast.bound.items():
            if name in forecast.made:
                assert made[recorded[name].id] == forecast.made[name]
                bound = replace(bound, id=recorded[name].id)  # noqa: PLW2901 - the id is known only now
            assert recorded[name] == bound
        assert recorded.keys() == forecast.bound.keys()
        self.bound = recorded

    def check_left(self, before: dict[str, Live], forecast: Forecast) -> None:
        """Each thing is as before or as it is to be; whatever was made is bound; nothing is recorded out of thin air."""
        after, recorded = self.world.observe(), self.read_bound()
        ids = [bound.id for bound in recorded.values()]
        assert len(set(ids)) == len(ids)
        for live_id in after.keys() - before.keys():
            assert live_id in ids, "a collection was made and forgotten"
        assert len(after.keys() - before.keys()) <= len(forecast.made)
        assert before.keys() & forecast.kept.keys() <= after.keys()
        for live_id in before.keys() & forecast.kept.keys():
            old, new, now = before[live_id].tiles, forecast.kept[live_id].tiles, after[live_id].tiles
            assert old.keys() & new.keys() <= now.keys() <= old.keys() | new.keys()
        for name, bound in recorded.items():
            old_scopes = (
                self.bound[name].scopes if name in self.bound and self.bound[name].id == bound.id else frozenset()
            )
            new_scopes = forecast.bound[name].scopes if name in forecast.bound else frozenset()
            assert bound.scopes in (old_scopes, new_scopes, old_scopes | new_scopes)
        self.bound = recorded

    def make_scene(self) -> Scene:
        return Scene(self.world.docs, self.world.observe(), self.world.files, self.bound)

    def read_bound(self) -> dict[str, Bound]:
        """Return what is recorded; of scopes, which sites they own."""
        return {
            get_name(address): Bound(
                binding.id,
                binding.prevent_destroy,
                binding.on_remove is OnRemove.RETAIN,
                frozenset(
                    (frozenset(site for site in SITES if scope.owns(f"{site}/20200101/(BAND).tif")), scope.prune)
                    for scope in binding.scopes
                ),
            )
            for address, binding in self.world.state.read().by_address.items()
        }

    def draw_live(self, data: st.DataObject) -> tuple[str, Live]:
        """Draw a live collection, by looks since ids differ from run to run."""
        live = self.world.observe()
        if not live:
            return "", Live("", {}, None, {})
        ordered = sorted(live, key=lambda key: (live[key].name, *live[key].tiles))
        chosen = ordered[data.draw(st.integers(0, len(ordered) - 1))]
        return chosen, live[chosen]


def may_go_on(plan: Plan) -> bool:
    return plan.is_applyable


def make_acks(forecast: Forecast) -> tuple[Ack, ...]:
    """Return acks for exactly what the oracle counts."""
    return tuple(Ack(Rule(rule), count, make_address(name)) for (rule, name), count in (+forecast.acks).items())


def count_tripped(plan: Plan) -> Counter[tuple[str, str]]:
    return Counter({(rail.rule.value, get_name(rail.address)): rail.count for rail in plan.tripped})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectWorld]:
    with open_world(tmp_path_factory.mktemp("machine")) as opened:
        yield opened


def run_machine(world: ProjectWorld, examples: int, steps: int) -> None:
    class Machine(ProjectMachine):
        def __init__(self) -> None:
            super().__init__(world)

    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if SHRINKS else [Phase.generate],
    )
    run_state_machine_as_test(hypothesis.seed(SEED)(Machine), settings=profile)


def test_a_project_lived_through_for_a_while_stays_as_the_oracle_says(world: ProjectWorld) -> None:
    run_machine(world, examples=6, steps=12)


@pytest.mark.sweep
def test_thousands_of_projects_stay_as_the_oracle_says(
    world: ProjectWorld, record_property: Callable[[str, object], None]
) -> None:
    print(f"seed {SEED}: {EXAMPLES} examples of up to {STEPS} steps")  # noqa: T201 - to be repeated

    run_machine(world, EXAMPLES, STEPS)

    record_property("figure", f"R17 projects: {EXAMPLES} of up to {STEPS} steps, seed {SEED}, differences 0")
