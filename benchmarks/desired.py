"""Hold many desired tiles as preflight and plan do: time, memory and disk for filling, sampling and walking through.

Synthetic keys, three files a tile; no bucket is listed. Memory is the most this process ever held.

    python benchmarks/desired.py --tiles 1000000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from byocplan.sets import FileBatch, SourceRule, TileSets
from byocplan.sets.engine import EngineOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

BANDS = ("B02", "B03", "B04")
TILES_A_BATCH = 5_000
GRIDS = 1_000


def iter_batches(tiles: int) -> Iterator[FileBatch]:
    """Yield files as a listing brings them."""
    for start in range(0, tiles, TILES_A_BATCH):
        numbers = [number for number in range(start, min(start + TILES_A_BATCH, tiles)) for _ in BANDS]
        size = len(numbers)
        groups = [f"{number // GRIDS:06d}" for number in numbers]
        paths = [f"{group}/{number % GRIDS:04d}/(BAND).tif" for group, number in zip(groups, numbers, strict=True)]
        etags = [f"{number * 3 + at % 3:032x}" for at, number in enumerate(numbers)]
        times = [1_600_000_000_000 + number for number in numbers]
        yield FileBatch(0, paths, list(BANDS) * (size // len(BANDS)), etags, times, times, groups)


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
            memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            disk_mb = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
            print(f"{step:12} {clock_s[-1] - clock_s[-2]:8.1f} s {memory_mb:8.0f} MB memory {disk_mb:8.0f} MB disk")

        for batch in iter_batches(tiles):
            desired.add_files(batch)
        desired.finish()
        tell("fill")
        sample = sum(1 for _ in desired.iter_sample(100))
        tell(f"sample {sample}")
        walked = sum(1 for _ in desired.iter_complete())
        tell("walk")
        print(f"{walked:,} tiles")


if __name__ == "__main__":
    main()
