"""R7: at every request of a small apply every fault, once and from then on: it converges, or leaves with a clean code."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from byocplan.api.options import Patience
from tests.support.faulty import Arena, JumpClock, open_arena, seed, write_project
from tests.support.manifests import make_document
from tests.support.torture import BANDS, LIVE_BANDS, RAILS, Mix, iter_live_tiles, list_wanted

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.support.faulty import Figure

MIX = Mix(create=1, update=1, reingest=1, delete=1, new=1, keep=1)
#: Fourteen faults, those that leave open whether the service has done its work both ways.
FAULTS = {
    "timeout": "delay=1",
    "timeout, done": "delay=1 commit",
    "reset": "drop=before",
    "reset, done": "drop=after",
    "cut in the headers": "drop=headers",
    "cut in the body": "drop=half",
    "429": "status=429 retry-after=1000",
    "500": "status=500",
    "500, done": "status=500 commit",
    "502": "status=502",
    "502, done": "status=502 commit",
    "503": "status=503",
    "503, done": "status=503 commit",
    "504": "status=504",
    "504, done": "status=504 commit",
    "HTML with 200": "answer=html",
    "truncated JSON": "answer=truncated",
    "wrong JSON type": "answer=wrong-type",
    "401": "status=401",
    "403": "status=403",
    "404": "status=404",
    "409": "status=409",
}
#: What the documents name, interruption by a signal apart.
CODES = {0, 1, 4, 5, 6, 7, 8, 9, 10}
A_WHILE_S = 100 * 86_400


class LingeringClock(JumpClock):
    """Sleeps take a moment too, so that what the service is late with is done while the client looks for it."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        time.sleep(0.1)


def make_arena_settings(name: str) -> dict[str, Any]:
    """Return how to open an arena for a fault; an answer that is late must be late on the client's own clock."""
    if not name.startswith("timeout"):
        return {"parallelism": 1}
    return {
        "parallelism": 1,
        "clock": LingeringClock(),
        "patience": Patience(timeout_s=0.2),
        "settings": {"sleep": lambda _: time.sleep(0.3), "threads": 30},
    }


def prepare(arena: Arena, folder: Path) -> None:
    """Begin anew: one collection needs every kind of change, the other is to be made."""
    arena.reset()
    documents = (
        ("old", make_document("old", "old", adopt=True, noData=0, bands=BANDS, rails=RAILS)),
        ("new", make_document("new", "new", bands=BANDS, rails=RAILS)),
    )
    write_project(folder, *documents)
    arena.keys = {name: [path.replace("(BAND)", "B02") for path in paths] for name, paths in list_wanted(MIX).items()}
    with arena.long_ago(A_WHILE_S):
        tiles = list(iter_live_tiles(MIX))
        seed(arena, {"name": "old", "s3Bucket": "old", "additionalData": {"bands": LIVE_BANDS}, "tiles": tiles})


def count_requests(arena: Arena, folder: Path) -> int:
    """Return how many requests an apply sends that nothing disturbs."""
    prepare(arena, folder)
    ended = arena.apply(folder)
    assert ended.code == 0, ended.text
    return len(arena.log())


def check_point(arena: Arena, folder: Path, rule: str) -> tuple[int, str]:
    """Apply under a fault, then without; return the first code and what is wrong in the end, if anything."""
    prepare(arena, folder)
    arena.script(rule)
    first = arena.apply(folder)
    if first.code not in CODES:
        return first.code, f"left with {first.code}: {first.text}"
    arena.script("")
    second = arena.apply(folder)
    if second.code != 0:
        return first.code, f"the second apply left with {second.code}: {second.text}\nafter {first.text}"
    return first.code, find_wrong(arena, folder)


def find_wrong(arena: Arena, folder: Path) -> str:
    """Return what is not as it must be after an apply that went well."""
    for name, wanted in list_wanted(MIX).items():
        if sorted(arena.list_paths(name)) != sorted(wanted):
            return f"{name} holds {sorted(arena.list_paths(name))}, not {sorted(wanted)}"
    if arena.count_collections() != 2:
        return f"{arena.count_collections()} collections"
    before = len(arena.log())
    third = arena.apply(folder)
    writes = [each for each in arena.log()[before:] if each["method"] != "GET" and not each["path"].endswith("token")]
    return f"a third apply writes {writes}" if writes or third.code else ""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_some_request_ends_cleanly(tmp_path: Path, chance: random.Random, name: str) -> None:
    with open_arena(**make_arena_settings(name)) as arena:
        last = count_requests(arena, tmp_path / "calm")
        number = chance.randint(1, last)

        code, wrong = check_point(arena, tmp_path / "faulty", f"* * nth={number} {FAULTS[name]}")

    assert code in CODES
    assert not wrong, f"request {number}: {wrong}"


@pytest.mark.sweep
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_at_every_request(tmp_path: Path, figure: Figure, name: str, lasting: bool) -> None:
    codes: dict[int, int] = {}
    wrong = []
    with open_arena(**make_arena_settings(name)) as arena:
        last = count_requests(arena, tmp_path / "calm")
        for number in range(1, last + 1):
            when = f"after={number - 1}" if lasting else f"nth={number}"
            code, what = check_point(arena, tmp_path / str(number), f"* * {when} {FAULTS[name]}")
            codes[code] = codes.get(code, 0) + 1
            wrong += [f"request {number}: {what}"] if what else []

    shown = ", ".join(f"{count} x exit {code}" for code, count in sorted(codes.items()))
    figure(
        f"R7 {name}, {'from then on' if lasting else 'once'}",
        f"{last} points, 0 tracebacks, {len(wrong)} not converged ({shown})",
    )
    assert not wrong, "\n".join(wrong)
