"""Hold many desired tiles as preflight and plan do: time, memory and disk for filling, sampling and walking through.

Tiles go the way that patterns, inventories and listings take: files are folded by ``TileBuffer``, which hands tiles to
the engine. Synthetic keys, seven files a tile with MD5 sums for ETags, which do not compress; no bucket is listed, and
making them up is in the time of filling. Memory is the most this process ever held. One run.

    python benchmarks/desired.py --tiles 1000000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

from measure import read_peak_mb

from byocplan.discovery.tile_buffer import FoundTile, TileBuffer
from byocplan.sets import SourceRule, TileSets
from byocplan.sets.engine import EngineOptions

if TYPE_CHECKING:
    from byocplan.sets import DesiredTiles

BANDS = ("B02", "B03", "B04", "B08", "B11", "B12", "SCL")
GRIDS = 1_000
FIRST_MS = 1_600_000_000_000


def fill(desired: DesiredTiles, tiles: int) -> None:
    """Find tiles as a listing does, in order of their keys."""
    buffer = TileBuffer(0, desired)
    for number in range(tiles):
        group, time_ms = f"{number // GRIDS:06d}", FIRST_MS + number
        etags = [md5(f"{number}{band}".encode(), usedforsecurity=False).hexdigest() for band in BANDS]
        tile = buffer.start(FoundTile(f"{group}/{number % GRIDS:04d}/(BAND).tif", time_ms, group))
        tile.add(BANDS, etags, [time_ms] * len(BANDS))
        if buffer.is_full:
            buffer.flush()
    buffer.flush()
    desired.finish()


def main() -> None:
    """Print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=1_000_000)
    tiles = parser.parse_args().tiles
    with tempfile.TemporaryDirectory() as folder, TileSets(EngineOptions(folder=folder)) as sets:
        desired = sets.make_desired([SourceRule("bench:1", required=BANDS)])
        clock_s = [time.perf_counter()]

        def tell(step: str) -> None:
            clock_s.append(time.perf_counter())
            disk_mb = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
            print(
                f"{step:12} {clock_s[-1] - clock_s[-2]:8.1f} s {read_peak_mb():8.0f} MB memory {disk_mb:8.0f} MB disk"
            )

        fill(desired, tiles)
        tell("fill")
        sample = sum(1 for _ in desired.iter_sample(100))
        tell(f"sample {sample}")
        walked = sum(1 for _ in desired.iter_complete())
        tell("walk")
        print(f"{walked:,} tiles, {desired.count:,} complete")


if __name__ == "__main__":
    main()
