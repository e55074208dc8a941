"""A run of hours: what has ended is let go of while the rest is written, at hardly a request more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from byocplan.applier import apply_plan
from byocplan.model.change import Action
from byocplan.model.collection import CollectionPayload
from byocplan.model.event import Ingesting
from byocplan.state import LocalState
from tests.support.faulty import open_arena
from tests.support.memory_tiles import BUCKET, make_create, make_part, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from byocplan.model.event import Event
    from tests.support.faulty import Figure

PER_MINUTE = 600.0


@pytest.mark.parametrize(
    ("count", "every"), [(5000, 1000), pytest.param(60_000, 10_000, marks=pytest.mark.sweep)], ids=["5k", "60k"]
)
def test_what_has_ended_is_not_held_while_more_is_written(
    tmp_path: Path, figure: Figure, count: int, every: int
) -> None:
    events: list[Event] = []
    settings = {"rate_per_minute": PER_MINUTE, "ingest": "seconds:20"}
    with open_arena(settings=settings, requests_per_minute=PER_MINUTE) as arena:
        with arena.open_client() as client:
            live = client.create_collection(CollectionPayload("s2", BUCKET))
        plan = make_plan(make_part(Action.KEEP, [make_create(number) for number in range(count)], live_id=live.id))
        with arena.open_client() as client:
            state = LocalState(tmp_path, "mosaics", arena.emulator.base_url)
            outcome = apply_plan(plan, client, state, arena.make_apply_options(release_every=every), events.append)

    held = [event.remaining for event in events if isinstance(event, Ingesting)]
    figure(
        f"a long apply, {count:,} tiles at {PER_MINUTE:.0f} a minute",
        f"{max(held):,} tiles held at most, {outcome.requests:,} requests ({outcome.requests / count - 1:+.1%})",
    )
    assert (outcome.exit_code, outcome.ingested, outcome.pending) == (0, count, 0)
    assert max(held) <= 3 * every
    assert outcome.requests <= count * 1.05
