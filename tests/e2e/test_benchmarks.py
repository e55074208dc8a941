"""The benchmarks run, and count what they say they count; how long anything takes is not asked.

Those that take more than seconds run with ``make torture``. Left out: ``ahead.py`` takes minutes, ``report.py`` needs a
browser, ``terraform.py`` its binary, and ``bench.py``'s parts ``limit`` and ``startup`` have no small size.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(script: str, *options: str) -> list[str]:
    """Run a benchmark and return the lines it printed; it must not fail."""
    command = [sys.executable, f"benchmarks/{script}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def read_cells(lines: list[str]) -> list[list[str]]:
    """Return the cells of each row of a Markdown table, its two lines of heads left away."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_listing_is_measured_beside_the_peer_on_the_same_keys() -> None:
    lines = run("listing.py", "--keys", "3500", "--rounds", "1")

    assert [row[:3] for row in read_cells(lines)] == [
        ["byocplan", "3,500", "500"],
        ["boto3 + re + dict", "3,500", "500"],
    ]
    assert lines[0].endswith("| CPU µs a key | peak MB | × peer |")


def test_deepdiff_is_given_sets_of_which_one_percent_differs() -> None:
    lines = run("plan_peers.py", "--sizes", "800", "--ways", "keyed by path")

    assert [[row[0], row[1], row[-1]] for row in read_cells(lines)] == [["deepdiff, keyed by path", "800", "8"]]


def test_a_plan_is_measured_at_several_sizes() -> None:
    lines = run("plan.py", "--sizes", "400", "4000", "--cases", "1 % changed", "--rounds", "2")

    assert [line.split()[4] for line in lines[1:]] == ["400", "4,000"]


def test_creates_are_counted_on_the_emulator_of_each_way() -> None:
    rows = read_cells(run("creates.py", "--tiles", "20", "--rounds", "1"))

    assert [row[:2] for row in rows] == [["byocplan apply", "20"], ["sentinelhub-py loop", "20"]]


def test_refused_creates_are_sent_again() -> None:
    # At most a tenth of 600 come at once, so 20 of 80 have to wait.
    (row,) = read_cells(run("limit.py", "--creates", "80", "--per-minute", "600"))

    assert row[:2] == ["600", "80"]
    assert int(row[2]) == 80 + int(row[3].split()[0])


def test_live_tiles_are_listed_by_each_lister() -> None:
    *listers, _, requests = run("live.py", "--tiles", "300", "--rounds", "1", "--plain")[1:]

    assert [line.split()[-1] for line in listers] == ["300", "300", "30"]
    assert "incremental listing of 300 unchanged tiles: 7 requests" in requests


def test_desired_tiles_are_filled_from_folded_files() -> None:
    *steps, found = run("desired.py", "--tiles", "12000")

    assert [step.split()[0] for step in steps] == ["fill", "sample", "walk"]
    assert found == "12,000 tiles, 12,000 complete"


@pytest.mark.parametrize(
    ("script", "options", "first"),
    [
        ("startup.py", ["--runs", "1"], "python -c import click"),
        pytest.param("mosaic.py", ["--tiles", "20", "--peer-tiles", "2"], "plan again ", marks=pytest.mark.sweep),
        pytest.param("headers.py", ["--files", "60", "--rounds", "1"], "rasterio /vsis3", marks=pytest.mark.sweep),
        pytest.param("emulator.py", ["--tiles", "8000"], "| seed, s", marks=pytest.mark.sweep),
    ],
)
def test_a_script_prints_its_table(script: str, options: list[str], first: str) -> None:
    assert any(line.startswith(first) for line in run(script, *options))


@pytest.mark.sweep
def test_the_table_of_all_has_wall_time_and_peak_beside_cpu() -> None:
    lines = run("bench.py", "--tiles", "4000", "--rounds", "1", "--parts", "plan", "creates", "listing")

    rows = read_cells(lines[2:])
    assert [row[0].partition(" (")[0] for row in rows if "CPU" in row[1]] == [
        "plan 4,000 tiles, no-op",
        "plan 4,000 tiles, 1 % changed",
        "plan 4,000 tiles, all created",
        "plan and apply 10 creates, without TLS",
        "list, match and group 2,800 keys",
    ]
    assert all(re.search(r"CPU.*wall.* MB", row[1]) for row in rows if "CPU" in row[1])
