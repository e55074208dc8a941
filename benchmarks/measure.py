"""What several benchmarks share: a child process in, what it took out; rows in, a Markdown table out.

Children are run one after the other, so that what is counted for one is not of another; servers they talk to are
other processes and are not counted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, its threads and start-up included; ``output`` is what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    output: str


def run_measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return what it took; what it writes to stderr goes where ours goes."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        start_s = time.perf_counter()
        child = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - start_s
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode, output.read())


def run_interleaved(runs: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Return the costs of each run by name: all of them once, then all once more, so that noise meets them alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            costs[name].append(run())
    return costs


def get_median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def render_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are numbers and stand right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
