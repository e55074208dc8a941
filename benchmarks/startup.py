"""How long byocplan takes before it does anything, beside ``import click``: by turns, medians.

python benchmarks/startup.py --runs 10
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from measure import get_median, run_interleaved, run_measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Cost

#: No words: what is measured beside.
CLICK: tuple[str, ...] = ()
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


def measure(words: tuple[str, ...], folder: str) -> Cost:
    """Run byocplan, or without words ``import click``. Exits when that fails."""
    byocplan = str(Path(sys.executable).with_name("byocplan"))
    cost = run_measured([byocplan, *words] if words else [sys.executable, "-c", "import click"], folder=folder)
    if cost.code:
        sys.exit(f"byocplan {' '.join(words)} left with {cost.code}: {cost.output}")
    return cost


def measure_in_turn(commands: Sequence[tuple[str, ...]], runs: int) -> dict[tuple[str, ...], list[Cost]]:
    """Return what each command took, run beside the manifests; no words stand for ``import click``."""
    with tempfile.TemporaryDirectory() as folder:
        write_manifests(Path(folder))
        return run_interleaved({words: partial(measure, words, folder) for words in commands}, runs)


def get_cpu_s(costs: Sequence[Cost]) -> float:
    """Return the median of the CPU seconds."""
    return get_median([cost.cpu_s for cost in costs])


def main() -> None:
    """Print one line a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    commands = (CLICK, ("--version",), ("--help",), ("plan", "--help"), ("validate", "."))
    costs = measure_in_turn(commands, parser.parse_args().runs)
    print(f"{'command':32} {'CPU s':>6} {'x import click':>15}")
    for words, each in costs.items():
        name = f"byocplan {' '.join(words)}" if words else "python -c import click"
        print(f"{name:32} {get_cpu_s(each):6.3f} {get_cpu_s(each) / get_cpu_s(costs[CLICK]):15.1f}")


if __name__ == "__main__":
    main()
