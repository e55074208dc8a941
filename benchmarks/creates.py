"""Create tiles: byocplan's plan and apply beside sentinelhub-py's loop, each on an emulator of its own that is empty.

The emulator and its S3 server run in this process, byocplan and the peer in processes of their own, by turns; medians.
Counted is each process whole, start-up included. Neither waits for ingestion. Of sentinelhub-py the gate of 50 ms
between two requests is off: ``client.rate_limit.wait_time = 0``; and nothing goes over TLS, where it sets up a
connection and its certificates for every request. byocplan also lists the bucket, looks at what is live, and writes
its journal.

    python benchmarks/creates.py --tiles 2000 --rounds 3
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from measure import render_table, run_interleaved, run_measured, take_median_cost
from mosaic import BUCKET, COLLECTION, PEER, PROJECT, iter_folders

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.s3_server import put_objects

if TYPE_CHECKING:
    from measure import Cost

OURS, THEIRS = "byocplan apply", "sentinelhub-py loop"


def measure(way: str, tiles: int) -> Cost:
    """Create so many tiles and return what that took. Exits when not all of them are there."""
    with Emulator(EmulatorSettings(port=0, check="none")) as emulator, tempfile.TemporaryDirectory() as folder:
        exports = emulator.exports()
        cost = (create_ours if way == OURS else create_theirs)(exports, folder, tiles)
        assert emulator.state is not None
        made = emulator.state.database.read_all("SELECT count(*) FROM tile")[0][0]
    if cost.code or made != tiles:
        sys.exit(f"{way}: exit {cost.code}, {made} of {tiles} tiles; {cost.output}")
    return cost


def create_ours(exports: dict[str, str], folder: str, tiles: int) -> Cost:
    """Plan and apply a collection of one file a tile."""
    Path(folder, "byocplan.yaml").write_text(PROJECT, encoding="utf-8")
    Path(folder, "mosaic.yaml").write_text(COLLECTION, encoding="utf-8")
    put_objects(BUCKET, ((f"{path}/B02.tif", path.encode()) for path in iter_folders(tiles)))
    command = [sys.executable, "-m", "byocplan", "apply", "--auto-approve", "--no-wait"]
    return run_measured(command, exports, folder=folder)


def create_theirs(exports: dict[str, str], folder: str, tiles: int) -> Cost:
    """Run ``create_tile`` for each path of a list, the gate between requests off."""
    command = [sys.executable, "-W", "ignore", "-c", PEER, exports["SH_BASE_URL"], exports["SH_TOKEN_URL"], "0"]
    paths = json.dumps([f"{path}/(BAND).tif" for path in iter_folders(tiles)])
    return run_measured(command, {"OAUTHLIB_INSECURE_TRANSPORT": "1"}, folder=folder, text=paths)


def measure_in_turn(tiles: int, rounds: int) -> dict[str, list[Cost]]:
    """Return what each way took in each round."""
    return run_interleaved({way: partial(measure, way, tiles) for way in (OURS, THEIRS)}, rounds)


def main() -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    for way, costs in measure_in_turn(arguments.tiles, arguments.rounds).items():
        cost = take_median_cost(costs)
        each = f"{1000 * cost.cpu_s / arguments.tiles:.2f}"
        figures = [f"{cost.cpu_s:.2f}", each, f"{cost.wall_s:.2f}", f"{cost.peak_mb:.0f}"]
        rows.append([way, f"{arguments.tiles:,}", *figures])
    print(render_table(["way", "tiles", "CPU s", "CPU ms a tile", "wall s", "peak MB"], rows))


if __name__ == "__main__":
    main()
