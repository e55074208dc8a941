"""Create tiles at a rate that the service limits, and look at how near the limit byocplan stays.

The emulator takes L requests a minute, at most a tenth of them at once; byocplan is not told. Counted are the tile
creates of one apply and what was refused among them, from the first to the last. Once, since a run takes as long as the
limit has it take.

    python benchmarks/limit.py --creates 2000 --per-minute 1200
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from measure import render_table
from mosaic import BUCKET, COLLECTION, PROJECT, iter_folders

from byocplan.emulator import Emulator, EmulatorSettings
from byocplan.emulator.s3_server import put_objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from byocplan.emulator.request_log import LogEntry

TOO_MANY = 429
#: Creates and the limit a minute that ``make bench`` measures: long enough to learn it, and a short run at a low one.
CASES = ((2_000, 1_200), (600, 300))


@dataclass(frozen=True, slots=True)
class Spent:
    """What an apply sent. ``least_minutes`` is what the limit asks for, what may come at once taken off."""

    creates: int
    sent: int
    refused: int
    minutes: float
    least_minutes: float


def measure(creates: int, per_minute: int) -> Spent:
    """Apply so many creates and return what was sent. Exits when the apply fails."""
    at_once = per_minute // 10
    settings = EmulatorSettings(port=0, check="none", rate_per_minute=per_minute, rate_capacity=at_once)
    with Emulator(settings) as emulator, tempfile.TemporaryDirectory() as name:
        Path(name, "byocplan.yaml").write_text(PROJECT, encoding="utf-8")
        Path(name, "mosaic.yaml").write_text(COLLECTION, encoding="utf-8")
        put_objects(BUCKET, ((f"{path}/B02.tif", path.encode()) for path in iter_folders(creates)))
        command = [sys.executable, "-m", "byocplan", "apply", "--auto-approve", "--no-wait"]
        done = subprocess.run(
            command, cwd=name, env={**os.environ, **emulator.exports()}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        assert emulator.state is not None
        entries, _ = emulator.state.log.read()
        spent = count(entries, creates, (creates - at_once) / per_minute)
        if spent.sent - spent.refused != creates:
            sys.exit(f"{spent.sent - spent.refused} of {creates} creates were taken")
        return spent


def measure_at_once(cases: Sequence[tuple[int, int]]) -> list[Spent]:
    """Measure several pairs of creates and limit at the same time: most of it is waiting.

    Each in a process of its own, since the buckets of one process are shared by all its emulators.
    """
    with ProcessPoolExecutor(len(cases), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(measure, *zip(*cases, strict=True)))


def count(entries: list[LogEntry], creates: int, least_minutes: float) -> Spent:
    """Return what the log says of the creates of tiles."""
    posts = [entry for entry in entries if entry.method == "POST" and entry.path.endswith("/tiles")]
    refused = sum(entry.status == TOO_MANY for entry in posts)
    minutes = (posts[-1].at_s - posts[0].at_s) / 60
    return Spent(creates, len(posts), refused, minutes, least_minutes)


def main() -> None:
    """Print one row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--creates", type=int, default=2_000)
    parser.add_argument("--per-minute", type=int, default=1_200)
    arguments = parser.parse_args()
    spent = measure(arguments.creates, arguments.per_minute)
    heads = ["limit a minute", "creates", "requests", "refused", "minutes", "least", "× least"]
    row = [
        f"{arguments.per_minute:,}",
        f"{spent.creates:,}",
        f"{spent.sent:,}",
        f"{spent.refused} ({spent.refused / spent.sent:.1%})",
        f"{spent.minutes:.2f}",
        f"{spent.least_minutes:.2f}",
        f"{spent.minutes / spent.least_minutes:.2f}",
    ]
    print(render_table(heads, [row]))


if __name__ == "__main__":
    main()
