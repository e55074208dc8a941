"""deepdiff on the sets of ``plan.py``, 1 % changed: what a general comparison costs, at sizes it can bear.

The sets are made as ``plan.py`` makes them and given to deepdiff, in a process of its own, as what a plan compares:
each tile's path, sensing time and files with their ETags. Covers are left out, since the plan keeps those too. Counted
is the comparison alone, which is neither printed nor written; the peak is that of the process, reading the sets
included. By turns; medians.

    python benchmarks/plan_peers.py --sizes 1000 5000
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, astuple, dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from measure import get_median, read_peak_mb, render_table, run_interleaved, run_measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.sets.engine import Engine

WAYS = ("keyed by path", "lists, ignore_order")
CASE = "1 % changed"


@dataclass(frozen=True, slots=True)
class PeerCost:
    """What a comparison took, and how many tiles it found to differ."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    changed: float

    @classmethod
    def take_medians(cls, costs: Sequence[PeerCost]) -> PeerCost:
        """Return the median of each figure."""
        return cls(*map(get_median, zip(*map(astuple, costs), strict=True)))


@cache
def make_sides(tiles: int) -> str:
    """Return the live and the desired tiles of a plan as JSON: two lists."""
    from plan import Task, build_sets

    from byocplan.sets import TileSets

    with TileSets() as sets:
        desired, live = build_sets(sets, Task(tiles, CASE))
        return json.dumps([read_tiles(each.engine, each.table) for each in (live, desired)])


def read_tiles(engine: Engine, table: str) -> list[dict[str, Any]]:
    """Return the tiles of a set, each with its files by band."""
    rows = engine.iter_rows("SELECT path, sensing_ms, files FROM $tiles", tiles=table)
    return [
        {"path": path, "sensing_ms": time_ms, "files": dict(line.split("=") for line in files.split("\n"))}
        for path, time_ms, files in rows
    ]


def compare(way: str) -> PeerCost:
    """Compare the sides that standard input holds, in this process."""
    from deepdiff import DeepDiff

    before, after = json.load(sys.stdin)
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    if way == WAYS[0]:
        found = DeepDiff(*({tile["path"]: tile for tile in side} for side in (before, after)))
    else:
        found = DeepDiff(before, after, ignore_order=True)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    # ``root['PATH']['files']['B02']`` and ``root[7]['files']['B02']``: what differs of one tile counts once.
    changed = {(kind, place.partition("]")[0]) for kind, places in found.items() for place in places}
    return PeerCost(cpu_s, wall_s, read_peak_mb(), len(changed))


def measure(tiles: int, way: str = WAYS[0]) -> PeerCost:
    """Compare so many tiles in a process of its own. Exits when that fails."""
    cost = run_measured([sys.executable, __file__, "--child", way], text=make_sides(tiles))
    if cost.code:
        sys.exit(f"deepdiff {way} left with {cost.code}")
    return PeerCost(**json.loads(cost.output))


def main() -> None:
    """Print a row a way and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--ways", choices=WAYS, nargs="+", default=WAYS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--child", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(asdict(compare(arguments.child))))
        return
    runs = {(way, tiles): partial(measure, tiles, way) for way in arguments.ways for tiles in arguments.sizes}
    costs = {key: PeerCost.take_medians(each) for key, each in run_interleaved(runs, arguments.rounds).items()}
    rows = [
        [f"deepdiff, {way}", f"{tiles:,}", *(f"{each:.2f}" for each in (cost.cpu_s, cost.wall_s))]
        + [f"{each:,.0f}" for each in (cost.peak_mb, cost.changed)]
        for (way, tiles), cost in costs.items()
    ]
    print(render_table(["way", "tiles", "CPU s", "wall s", "peak MB", "changed"], rows))


if __name__ == "__main__":
    main()
