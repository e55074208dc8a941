"""The benchmarks run, and count what they say they count; how long anything takes is not asked."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_listing_is_measured_beside_the_peer_on_the_same_keys() -> None:
    command = [sys.executable, "benchmarks/listing.py", "--keys", "3500", "--rounds", "1"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()]
    assert [row[:3] for row in cells[2:]] == [["byocplan", "3,500", "500"], ["boto3 + re + dict", "3,500", "500"]]
    assert cells[0][-3:] == ["CPU µs a key", "peak MB", "× peer"]
