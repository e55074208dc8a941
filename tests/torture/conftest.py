"""Sweeps: the wide versions run by `make torture`, each with a small seeded part in the normal run.

``BYOCPLAN_TORTURE_SEED`` chooses the points; a figure that a sweep reports is printed in a table at the end.
"""

import os
import random
from collections.abc import Callable

import pytest

FIGURE = "figure"


def get_seed() -> int:
    return int(os.environ.get("BYOCPLAN_TORTURE_SEED") or 1)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance by the seed and the test's own name, so that a test alone meets what it met among others."""
    return random.Random(f"{get_seed()} {request.node.nodeid}")


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, str], None]:
    """What to report: ``figure("R1 kill points", "400, duplicates 0, lost 0")``."""
    return lambda name, text: record_property(FIGURE, f"{name}: {text}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for key in ("passed", "failed") for each in terminalreporter.getreports(key)]
    figures = sorted({str(value) for each in reports for name, value in each.user_properties if name == FIGURE})
    if figures:
        terminalreporter.section(f"torture figures, seed {get_seed()}")
        for line in figures:
            terminalreporter.line(line)
