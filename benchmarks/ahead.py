"""Fetch the next page of live tiles while the last one is decoded and held: what that brings (ADR 2).

Lists the same tiles in turn and one page ahead, which is how byocplan lists them. Over TLS, from an emulator in a
process of its own that takes so long to answer as told.

    python benchmarks/ahead.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

import urllib3
from live import make_options, open_emulator, seed

from byocplan.api.client import open_read_client
from byocplan.sets import TileSets
from byocplan.workflow.live import LISTING_ORDER, LONG_COVER

if TYPE_CHECKING:
    from live import Place

WAYS = ("in turn", "ahead")
#: How many tiles, and how long each answer takes (s).
RUNS = ((50_000, 0.0), (20_000, 0.02), (5_000, 0.1))


def measure(place: Place, collection_id: str, *, ahead: bool) -> tuple[float, float]:
    """Return CPU and wall time (µs a tile) of one listing."""
    with open_read_client(make_options(place)) as client, TileSets() as sets:
        live = sets.make_live(LONG_COVER)
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        for page in client.iter_tile_pages(collection_id, sort=LISTING_ORDER, ahead=ahead):
            live.add_page(page)
        live.finish()
        cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
        return 1e6 * cpu_s / live.count, 1e6 * wall_s / live.count


def delay_answers(place: Place, delay_s: float) -> None:
    """Have every page of tiles take so long."""
    faults = [{"path": "/tiles", "delay_s": delay_s, "times": None}] if delay_s else []
    with urllib3.PoolManager(ca_certs=place.trusted or None) as pool:
        pool.request("DELETE", f"{place.base_url}/_emulator/faults")
        pool.request("POST", f"{place.base_url}/_emulator/faults", json={"faults": faults})


def main() -> None:
    """Print the medians of both ways for each delay."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(f"{'an answer takes':18} {'way':8} {'CPU µs/tile':>12} {'wall µs/tile':>13}")
    with open_emulator(tls=True) as place:
        for tiles, delay_s in RUNS:
            collection_id, _ = seed(place, tiles)
            delay_answers(place, delay_s)
            runs = [[measure(place, collection_id, ahead=ahead) for ahead in (False, True)] for _ in range(rounds)]
            for ahead, way in enumerate(WAYS):
                cpu_us, wall_us = (statistics.median(run[ahead][kind] for run in runs) for kind in (0, 1))
                print(f"{1000 * delay_s:.0f} ms more{'':9} {way:8} {cpu_us:12.1f} {wall_us:13.1f}", flush=True)


if __name__ == "__main__":
    main()
