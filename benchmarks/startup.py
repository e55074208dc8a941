"""How long byocplan takes before it does anything, beside ``import click``; CPU time, the least of several runs.

python benchmarks/startup.py
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MANIFESTS = 10
PROJECT = "apiVersion: byocplan/v1\nkind: Project\nmetadata: {name: many}\n"
COLLECTION = """\
apiVersion: byocplan/v1
kind: Collection
metadata: {name: mosaic-%d}
spec:
  s3Bucket: mosaic
  bands:
    B02: {bitDepth: 16, sampleFormat: UINT}
  tiles:
    - pattern: "{year}/{month}/{day}/{grid}/(BAND).tif"
"""


def write_manifests(folder: Path) -> None:
    """Write a Project and some collections."""
    (folder / "byocplan.yaml").write_text(PROJECT, encoding="utf-8")
    for number in range(MANIFESTS):
        (folder / f"mosaic-{number}.yaml").write_text(COLLECTION % number, encoding="utf-8")


def measure(command: list[str], folder: Path, runs: int) -> float:
    """Return the CPU seconds of a command."""
    return min(_measure_once(command, folder) for _ in range(runs))


def _measure_once(command: list[str], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one line a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    byocplan = str(Path(sys.executable).with_name("byocplan"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifests(folder)
        click_s = measure([sys.executable, "-c", "import click"], folder, runs)
        print(f"{'command':32} {'CPU s':>6} {'x import click':>15}")
        print(f"{'python -c import click':32} {click_s:6.3f}")
        for words in (["--version"], ["--help"], ["plan", "--help"], ["validate", "."]):
            took_s = measure([byocplan, *words], folder, runs)
            print(f"{'byocplan ' + ' '.join(words):32} {took_s:6.3f} {took_s / click_s:15.1f}")


if __name__ == "__main__":
    main()
