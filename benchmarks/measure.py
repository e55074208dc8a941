"""What several benchmarks share: a child process in, what it took out; rows in, a Markdown table out.

Children are run one after the other, so that what is counted for one is not of another; servers they talk to are
other processes and are not counted.

A process starts with the peak memory of whoever started it, as far as Linux's ``ru_maxrss`` goes. So ``run_measured``
has this file start the command, which is small, and a process that measures itself asks ``read_peak_mb``.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Name = TypeVar("Name")
Result = TypeVar("Result")
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took, its threads and start-up included; ``output`` is what it printed."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int
    output: str


def run_measured(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, folder: str | None = None, text: str = ""
) -> Cost:
    """Run a command to its end, in a folder and with a text to read, and return what it took.

    What it writes to stderr goes where ours goes. Python keeps its bytecode, as what is installed has it.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as given, tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        given.write(text)
        given.seek(0)
        inside, outside = os.pipe()
        with os.fdopen(inside) as taken:
            child = subprocess.Popen(
                [sys.executable, "-S", __file__, str(outside), *command],
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
                cwd=folder,
                stdin=given,
                stdout=out,
                pass_fds=[outside],
            )
            os.close(outside)
            figures = json.loads(taken.read())
        child.wait()
        out.seek(0)
        return Cost(**figures, output=out.read())


def start(tell: int, command: Sequence[str]) -> None:
    """Run a command to its end and write what it took to a descriptor, as JSON. The body of the process between."""
    start_s = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    figures = {"wall_s": time.perf_counter() - start_s, "cpu_s": usage.ru_utime + usage.ru_stime}
    peak_mb, code = usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)
    os.write(tell, json.dumps({**figures, "peak_mb": peak_mb, "code": code}).encode())


def read_peak_mb() -> float:
    """Return the most memory that this process ever held."""
    if STATUS.exists():
        return next(int(line.split()[1]) / 1024 for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_interleaved(runs: Mapping[Name, Callable[[], Result]], rounds: int) -> dict[Name, list[Result]]:
    """Return what each run returned, by name: all of them once, then all once more, so that noise meets them alike."""
    results: dict[Name, list[Result]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            results[name].append(run())
    return results


def get_median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def take_median_cost(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure, with what the first run printed."""
    wall_s, cpu_s = get_median([cost.wall_s for cost in costs]), get_median([cost.cpu_s for cost in costs])
    peak_mb = get_median([cost.peak_mb for cost in costs])
    return Cost(wall_s, cpu_s, peak_mb, max(cost.code for cost in costs), costs[0].output)


def render_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are numbers and stand right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    start(int(sys.argv[1]), sys.argv[2:])
