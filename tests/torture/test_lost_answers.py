"""R6: answers are lost after the service has done its work; each tile is there exactly once all the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from tests.support.faulty import Arena, count_repeats, make_lossy_rules, open_arena, write_project
from tests.support.manifests import make_document
from tests.support.memory_tiles import BUCKET, make_create, make_part, make_plan
from tests.support.torture import BANDS
from tests.torture.conftest import get_seed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.faulty import Figure

SMALL, WIDE, BESIDE = 60, 1000, 60
PARTS = (0.1, 0.3, 0.5)
LAGS_S = (0, 2, 10)
#: So many applies of the same plan at most, until one ends well.
TRIES = 8


def apply_until_well(arena: Arena, folder: Path, count: int) -> int:
    """Return how many applies of one plan it takes until all is well."""
    with arena.open_client() as client:
        live = client.create_collection(CollectionPayload("s2", BUCKET))
    plan = make_plan(make_part(Action.KEEP, [make_create(number) for number in range(count)], live_id=live.id))
    for run in range(1, TRIES + 1):
        ended = arena.apply_plan(plan, folder)
        if ended.code == 0:
            return run
        assert ended.code in {1, 7}, ended.text
    raise AssertionError(f"not done after {TRIES} applies: {ended.text}")


def lose_answers(folder: Path, rules: str, count: int, *, accepts: bool) -> tuple[int, int, int]:
    """Return how many paths there are, how many tiles too many, and how many applies it took."""
    # One worker: so the clock is exact, and a tile hidden for ten seconds is hidden for ten seconds.
    with open_arena(accept_duplicates=accepts, parallelism=1) as arena:
        arena.script(rules)
        runs = apply_until_well(arena, folder, count)
        return *count_repeats(arena.list_paths()), runs


def make_rules(part: float, lag_s: float) -> str:
    hide = f"POST */tiles hide={lag_s}s\n" if lag_s else ""
    return hide + make_lossy_rules("POST */tiles", part, get_seed())


@pytest.mark.parametrize("accepts", [False, True], ids=["with 409", "without 409"])
@pytest.mark.parametrize("lag_s", LAGS_S)
def test_a_third_of_the_answers_is_lost_and_each_tile_is_there_once(
    tmp_path: Path, lag_s: float, accepts: bool
) -> None:
    paths, repeats, runs = lose_answers(tmp_path, make_rules(0.3, lag_s), SMALL, accepts=accepts)

    assert (paths, repeats, runs) == (SMALL, 0, 1)


@pytest.mark.sweep
@pytest.mark.parametrize("accepts", [False, True], ids=["with 409", "without 409"])
@pytest.mark.parametrize("lag_s", LAGS_S)
@pytest.mark.parametrize("part", PARTS)
def test_a_thousand_tiles_are_exactly_a_thousand(
    tmp_path: Path, figure: Figure, part: float, lag_s: float, accepts: bool
) -> None:
    paths, repeats, runs = lose_answers(tmp_path, make_rules(part, lag_s), WIDE, accepts=accepts)

    mode = "without" if accepts else "with"
    figure(
        f"R6 {part:.0%} of answers lost, {mode} 409, visible after {lag_s} s",
        f"{paths + repeats:,} tiles of {WIDE:,} paths, {runs} apply",
    )
    assert (paths, repeats, runs) == (WIDE, 0, 1)


@pytest.mark.parametrize("accepts", [False, True], ids=["with 409", "without 409"])
@pytest.mark.parametrize(
    ("part", "count"),
    [(0.1, SMALL), pytest.param(0.1, WIDE, marks=pytest.mark.sweep), pytest.param(0.3, WIDE, marks=pytest.mark.sweep)],
)
def test_answers_to_every_request_are_lost_and_applies_end_well(
    tmp_path: Path, figure: Figure, part: float, count: int, accepts: bool
) -> None:
    rules = make_lossy_rules("* *", part, get_seed())

    with open_arena(accept_duplicates=accepts) as arena:
        runs = apply_until_well_despite_all(arena, tmp_path, count, rules)
        paths, repeats = count_repeats(arena.list_paths())

    mode = "without" if accepts else "with"
    figure(
        f"R6 {part:.0%} of all answers lost, {mode} 409, {count:,} tiles", f"{paths + repeats:,} tiles, {runs} apply"
    )
    assert (paths, repeats) == (count, 0)


def apply_until_well_despite_all(arena: Arena, folder: Path, count: int, rules: str) -> int:
    """Return how many times all is planned anew and applied until that goes well."""
    write_project(folder, ("s2", make_document("s2", "s2", adopt=True, bands=BANDS)))
    arena.keys = {"s2": [f"2020/1/1/t{number}/B02.tif" for number in range(count)]}
    arena.script(rules)
    for run in range(1, 100):
        if arena.apply(folder).code == 0:
            return run
    raise AssertionError("never done")


def create_in_a_loop(arena: Arena, monkeypatch: pytest.MonkeyPatch, count: int) -> int:
    """Create tiles as sentinelhub-py's tutorial does; return how many times it raised."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    from sentinelhub.api.byoc import ByocCollection, ByocTile, SentinelHubBYOC
    from sentinelhub.config import SHConfig
    from sentinelhub.exceptions import DownloadFailedException

    config = SHConfig(use_defaults=True, sh_client_id="a", sh_client_secret="b")
    config.sh_base_url, config.sh_token_url = arena.emulator.base_url, arena.emulator.token_url
    # Its own four attempts, without the pauses of 5, 15 and 45 seconds between them.
    config.download_sleep_time = 0
    byoc = SentinelHubBYOC(config=config)
    collection = byoc.create_collection(ByocCollection(name="beside", s3_bucket="beside"))
    arena.script(make_rules(1 / 3, 0))
    errors = 0
    for number in range(count):
        try:
            byoc.create_tile(collection, ByocTile(path=f"{number}/(BAND).tif"))
        except DownloadFailedException:
            errors += 1
    return errors


@pytest.mark.sweep
@pytest.mark.filterwarnings("ignore::sentinelhub.exceptions.SHDeprecationWarning")
@pytest.mark.parametrize("accepts", [False, True], ids=["with 409", "without 409"])
def test_the_same_faults_on_the_create_loop_of_sentinelhub_py(
    figure: Figure, monkeypatch: pytest.MonkeyPatch, accepts: bool
) -> None:
    began_s = time.monotonic()
    with open_arena(accept_duplicates=accepts) as arena:
        errors = create_in_a_loop(arena, monkeypatch, BESIDE)
        paths, repeats = count_repeats(arena.list_paths())

    mode = "without" if accepts else "with"
    figure(
        f"R6 beside: sentinelhub-py, a third of answers lost, {mode} 409",
        f"{paths + repeats} tiles of {BESIDE} paths, {errors} errors",
    )
    assert time.monotonic() - began_s < 120
