"""All benchmarks at sizes that take less than 15 minutes on two idle cores: what was measured, beside whom, the aim.

``make bench`` runs this; how far it is goes to stderr. What grows with the number of tiles alone is measured on fewer
of them and told for one: listing on 700,000 keys and 50,000 live tiles, peers that take long on fewer still. Each row
names the script that measures it alone, at any size. byocplan and peers go by turns, and figures are medians of
``--rounds`` (start-up: of ten); creating at a limit, counted requests and Terraform are measured once.

    python benchmarks/bench.py [--parts plan live]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

import creates
import limit
import listing
import live
import plan
import plan_peers
import startup
import terraform
from measure import get_median, render_table, run_interleaved, take_median_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from measure import Cost

    Row = tuple[str, str, str, str]
    Part = Callable[[int, int], Iterator[Row]]

MILLION = 1_000_000
HEADS = ("work (script)", "byocplan", "beside it", "aim")


@dataclass(frozen=True, slots=True)
class Each:
    """What one tile or key took (µs), and the peak of the process; medians."""

    cpu_us: float
    wall_us: float
    peak_mb: float

    def render(self, what: str) -> str:
        """Return a cell of a table."""
        return f"{self.cpu_us:.1f} CPU µs a {what} ({self.wall_us:.1f} wall, {self.peak_mb:.0f} MB)"


def take_each(figures: Sequence[dict[str, float]], counts: Sequence[float]) -> Each:
    """Return the medians of runs, whose CPU and wall time (s) and peak are given, by how many each run had."""
    cpu_us, wall_us = (
        get_median([1e6 * run[kind] / count for run, count in zip(figures, counts, strict=True)])
        for kind in ("cpu_s", "wall_s")
    )
    return Each(cpu_us, wall_us, get_median([run["peak_mb"] for run in figures]))


def render_cost(cost: plan.Cost | plan_peers.PeerCost | Cost) -> str:
    """Return what a process took, as a cell of a table."""
    return f"{cost.cpu_s:.2f} CPU s, {cost.wall_s:.2f} wall, {cost.peak_mb:.0f} MB"


def iter_plan_rows(tiles: int, rounds: int) -> Iterator[Row]:
    """Yield the rows of planning from finished sets."""
    sizes, large, peer_tiles = (tiles // 100, tiles // 10, tiles), tiles, max(400, tiles // 200)
    tasks = [plan.Task(size, case) for size in sizes for case in plan.CASES]
    runs: dict[plan.Task | str, Callable[[], Any]] = {task: partial(plan.measure, task) for task in tasks}
    done = run_interleaved(runs | {"peer": partial(plan_peers.measure, peer_tiles)}, rounds)
    peer = plan_peers.PeerCost.take_medians(done.pop("peer"))
    costs = {task: plan.Cost.take_medians(each) for task, each in done.items()}
    beside = {plan_peers.CASE: f"deepdiff keyed by path, {peer_tiles:,} of the tiles: {render_cost(peer)}"}
    aims = {"no-op": "≤ 5 CPU s, ≤ 500 MB", "1 % changed": "≤ 80 lines", "all created": "≤ 80 lines, ≤ 20 bytes"}
    for case in plan.CASES:
        cost = costs[plan.Task(large, case)]
        each = f", {cost.member_bytes / cost.creates:.1f} bytes of plan file a create" if cost.creates else ""
        work = f"plan {large:,} tiles, {case} (plan.py)"
        yield work, f"{render_cost(cost)}; {cost.lines:.0f} lines{each}", beside.get(case, "–"), aims[case]
    for case in plan.CASES:
        small, middle, most = (costs[plan.Task(size, case)].cpu_s for size in sizes)
        work = f"growth of CPU from {sizes[0]:,} to {sizes[1]:,} to {large:,} tiles, {case}"
        yield work, f"{middle / small:.1f} ×, {most / middle:.1f} ×", "–", "≤ 11 ×"


def iter_creates_rows(tiles: int, rounds: int) -> Iterator[Row]:
    """Yield the row of creating tiles without a limit."""
    count = tiles // 400
    ours, theirs = (
        take_each([asdict(cost) for cost in costs], [count] * rounds)
        for costs in creates.measure_in_turn(count, rounds).values()
    )
    yield (
        f"plan and apply {count:,} creates, without TLS (creates.py)",
        f"{ours.render('tile')}, {theirs.cpu_us / ours.cpu_us:.1f} ×",
        f"{creates.THEIRS}, no gate: {theirs.render('tile')}",
        "–",
    )


def iter_terraform_rows(_tiles: int, _rounds: int) -> Iterator[Row]:
    """Yield the row of Terraform with one object a tile, measured once."""
    work, binary = "one object a tile (terraform.py)", terraform.find_terraform()
    if binary is None:
        yield work, "–", "no terraform on the PATH", "–"
        return
    few, many = terraform.measure(binary, 300), terraform.measure(binary, 600)
    growth = many.again_s / few.again_s
    again = f"Terraform, empty plan of 600: {many.again_s:.1f} CPU s, {growth:.1f} × that of 300"
    yield work, "–", f"{again}; {many.lines:,} lines for the first plan", "–"


def iter_live_rows(tiles: int, rounds: int) -> Iterator[Row]:
    """Yield the rows of listing live tiles, and of refreshing them incrementally."""
    for scheme, tls in (("over TLS", True), ("without TLS", False)):
        with live.open_emulator(tls=tls) as place:
            runs = live.measure(place, tiles // 20, rounds)
        each = {name: take_each(done, [run["tiles"] for run in done]) for name, done in runs.items()}
        ours = each.pop("byocplan")
        for name, peer in each.items():
            yield (
                f"decode and hold live tiles {scheme} (live.py)",
                f"{ours.render('tile')}, {peer.cpu_us / ours.cpu_us:.1f} ×",
                f"{name}: {peer.render('tile')}",
                "≥ 10 ×" if tls else "–",
            )
    with live.open_emulator(tls=False) as place:
        known, requests, _ = live.count_requests(place, live.seed(place, tiles // 5)[0])
    yield f"incremental listing of {known:,} unchanged tiles", f"{requests} requests", "–", "≤ 20 requests"


def iter_listing_rows(tiles: int, rounds: int) -> Iterator[Row]:
    """Yield the row of listing, matching and grouping keys."""
    ours, peer = listing.WAYS
    keys = {ours: tiles * 7 // 10, peer: tiles * 7 // 200}
    with listing.run_server(keys[ours]) as url, listing.run_server(keys[peer]) as peer_url:
        runs = {
            ours: partial(listing.start_way, ours, url, keys[ours]),
            peer: partial(listing.start_way, peer, peer_url, keys[peer]),
        }
        costs = run_interleaved(runs, rounds)
    each = {
        name: take_each([json.loads(cost.output) for cost in done], [keys[name]] * rounds)
        for name, done in costs.items()
    }
    yield (
        f"list, match and group {keys[ours]:,} keys (listing.py)",
        f"{each[ours].render('key')}, {each[peer].cpu_us / each[ours].cpu_us:.1f} ×",
        f"{peer}: {each[peer].render('key')}",
        "≥ 10 ×",
    )


def iter_limit_rows(_tiles: int, _rounds: int) -> Iterator[Row]:
    """Yield the rows of creating at a limit, measured once: a run takes as long as the limit has it take."""
    for (made, per_minute), spent in zip(limit.CASES, limit.measure_at_once(limit.CASES), strict=True):
        yield (
            f"{made:,} creates at {per_minute:,} requests a minute (limit.py)",
            f"{spent.minutes / spent.least_minutes:.2f} × the least time, {spent.refused / spent.sent:.1%} refused",
            "–",
            "≤ 1.05 ×, ≤ 1 %",
        )


def iter_startup_rows(_tiles: int, _rounds: int) -> Iterator[Row]:
    """Yield the rows of start-up."""
    costs = startup.measure_in_turn((startup.CLICK, ("--help",), ("validate",)), 10)
    click, help_, validate = map(take_median_cost, costs.values())
    times = f"{help_.cpu_s / click.cpu_s:.1f} ×"
    yield (
        "byocplan --help (startup.py)",
        f"{render_cost(help_)}, {times}",
        f"import click: {render_cost(click)}",
        "≤ 2.5 ×",
    )
    yield f"validate {startup.MANIFESTS} manifests", render_cost(validate), "–", "≤ 0.5 CPU s"


PARTS: tuple[Part, ...] = (
    iter_plan_rows,
    iter_listing_rows,
    iter_live_rows,
    iter_creates_rows,
    iter_limit_rows,
    iter_startup_rows,
    iter_terraform_rows,
)


def main() -> None:
    """Print the machine and the table."""
    names = {name_part(part): part for part in PARTS}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=MILLION, help="of the largest sets")
    parser.add_argument("--rounds", type=int, default=3, help="of all but start-up and what is measured once")
    parser.add_argument("--parts", choices=names, nargs="+", default=list(names))
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, CPython {platform.python_version()}, load before: {load:.1f}\n"
    )
    print(
        render_table(
            HEADS, [row for name in arguments.parts for row in run(names[name], arguments.tiles, arguments.rounds)]
        )
    )


def name_part(part: Part) -> str:
    """Return what a part is called."""
    return part.__name__.removeprefix("iter_").removesuffix("_rows")


def run(part: Part, tiles: int, rounds: int) -> list[Row]:
    """Return the rows of a part, and tell stderr when it begins and how long it took."""
    print(f"{name_part(part)} …", end="", file=sys.stderr, flush=True)
    start_s = time.perf_counter()
    rows = list(part(tiles, rounds))
    print(f" {time.perf_counter() - start_s:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    main()
