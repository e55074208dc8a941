"""All benchmarks at sizes that take less than ten minutes on two idle cores: what was measured, beside whom, the aim.

``make bench`` runs this; how far it is goes to stderr. What grows with the number of tiles alone is measured on fewer
of them and told for one: listing on 700,000 keys and 50,000 live tiles, peers that take long on fewer still. Each row
names the script that measures it alone, at any size.

    python benchmarks/bench.py
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

import limit
import listing
import live
import plan
import plan_peers
import startup
import terraform
from measure import get_median, render_table, run_interleaved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Row = tuple[str, str, str, str]

MILLION = 1_000_000
HEADS = ("work (script)", "byocplan", "beside it", "aim")


def iter_plan_rows(tiles: int) -> Iterator[Row]:
    """Yield the rows of planning from finished sets."""
    small, large = tiles // 10, tiles
    cases = {case: [plan.measure(plan.Task(size, case)) for size in (small, large)] for case in plan.CASES}
    _, after = cases["no-op"]
    deepdiff_s = plan_peers.measure(5_000, is_keyed=True)
    yield (
        f"plan {large:,} tiles, nothing to do (plan.py)",
        f"{after.cpu_s:.1f} CPU s, {after.peak_mb:.0f} MB",
        f"deepdiff keyed by path: {deepdiff_s:.1f} CPU s for 5,000",
        "≤ 5 CPU s, ≤ 500 MB",
    )
    for case, (few, many) in cases.items():
        yield f"growth from {small:,} tiles, {case}", f"{many.cpu_s / few.cpu_s:.1f} ×", "–", "≤ 11 ×"
    _, after = cases["all created"]
    yield (
        f"plan {large:,} creates",
        f"{after.lines} lines; {after.member_bytes / after.creates:.1f} bytes of plan file a create",
        "–",
        "≤ 80 lines, ≤ 20 bytes",
    )
    after = cases["1 % changed"][1]
    yield f"plan {large:,} tiles, 1 % changed", f"{after.lines} lines, {after.cpu_s:.1f} CPU s", "–", "≤ 80 lines"


def iter_terraform_rows(_tiles: int) -> Iterator[Row]:
    """Yield the row of Terraform with one object a tile."""
    work, binary = "one object a tile (terraform.py)", terraform.find_terraform()
    if binary is None:
        yield work, "–", "no terraform on the PATH", "–"
        return
    few, many = terraform.measure(binary, 300), terraform.measure(binary, 600)
    growth = many.again_s / few.again_s
    again = f"Terraform, empty plan of 600: {many.again_s:.1f} CPU s, {growth:.1f} × that of 300"
    yield work, "–", f"{again}; {many.lines:,} lines for the first plan", "–"


def iter_live_rows(tiles: int) -> Iterator[Row]:
    """Yield the rows of listing live tiles, and of refreshing them incrementally."""
    for scheme, tls in (("over TLS", True), ("without TLS", False)):
        with live.open_emulator(tls=tls) as place:
            runs = live.measure(place, tiles // 20, 3)
        each = {name: get_median([1e6 * run["cpu_s"] / run["tiles"] for run in done]) for name, done in runs.items()}
        ours = each.pop("byocplan")
        for name, peer in each.items():
            yield (
                f"decode and hold live tiles {scheme} (live.py)",
                f"{ours:.1f} CPU µs a tile, {peer / ours:.1f} ×",
                f"{name}: {peer:.1f}",
                "≥ 10 ×" if tls else "–",
            )
    with live.open_emulator(tls=False) as place:
        known, requests, _ = live.count_requests(place, live.seed(place, tiles // 5)[0])
    yield f"incremental listing of {known:,} unchanged tiles", f"{requests} requests", "–", "≤ 20 requests"


def iter_listing_rows(tiles: int) -> Iterator[Row]:
    """Yield the row of listing, matching and grouping keys."""
    ours, peer = listing.WAYS
    keys = {ours: tiles * 7 // 10, peer: tiles * 7 // 200}
    with listing.run_server(keys[ours]) as url, listing.run_server(keys[peer]) as peer_url:
        runs = {
            ours: partial(listing.start_way, ours, url, keys[ours]),
            peer: partial(listing.start_way, peer, peer_url, keys[peer]),
        }
        costs = run_interleaved(runs, 3)
    each = {
        name: get_median([1e6 * json.loads(cost.output)["cpu_s"] / keys[name] for cost in done])
        for name, done in costs.items()
    }
    yield (
        f"list, match and group {keys[ours]:,} keys (listing.py)",
        f"{each[ours]:.1f} CPU µs a key, {each[peer] / each[ours]:.1f} ×",
        f"{peer}: {each[peer]:.1f}",
        "≥ 10 ×",
    )


def iter_limit_rows(_tiles: int) -> Iterator[Row]:
    """Yield the row of creating at a limit."""
    spent = limit.measure(2_000, 1_200)
    yield (
        "2,000 creates at 1,200 requests a minute (limit.py)",
        f"{spent.minutes / spent.least_minutes:.2f} × the least time, {spent.refused / spent.sent:.1%} refused",
        "–",
        "≤ 1.05 ×, ≤ 1 %",
    )


def iter_startup_rows(_tiles: int) -> Iterator[Row]:
    """Yield the rows of start-up."""
    byocplan = str(Path(sys.executable).with_name("byocplan"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        startup.write_manifests(folder)
        click_s = startup.measure([sys.executable, "-c", "import click"], folder, 10)
        help_s, validate_s = (startup.measure([byocplan, *words], folder, 10) for words in (["--help"], ["validate"]))
    yield "byocplan --help (startup.py)", f"{help_s / click_s:.1f} ×", f"import click: {click_s:.3f} CPU s", "≤ 2.5 ×"
    yield f"validate {startup.MANIFESTS} manifests", f"{validate_s:.2f} CPU s", "–", "≤ 0.5 CPU s"


PARTS: tuple[Callable[[int], Iterator[Row]], ...] = (
    iter_plan_rows,
    iter_listing_rows,
    iter_live_rows,
    iter_limit_rows,
    iter_startup_rows,
    iter_terraform_rows,
)


def main() -> None:
    """Print the machine and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=MILLION, help="of the largest sets")
    tiles = parser.parse_args().tiles
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, CPython {platform.python_version()}, load before: {load:.1f}\n"
    )
    print(render_table(HEADS, [row for part in PARTS for row in run(part, tiles)]))


def run(part: Callable[[int], Iterator[Row]], tiles: int) -> list[Row]:
    """Return the rows of a part, and tell stderr when it begins and how long it took."""
    name = part.__name__.removeprefix("iter_").removesuffix("_rows")
    print(f"{name} …", end="", file=sys.stderr, flush=True)
    start_s = time.perf_counter()
    rows = list(part(tiles))
    print(f" {time.perf_counter() - start_s:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    main()
