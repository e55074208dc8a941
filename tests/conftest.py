"""Fixtures that several folders of tests use."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from byocplan.emulator import Emulator
    from tests.support.service import Service

ROOT = Path(__file__).parents[1]

#: A busy machine is no failure, and laws that need more examples than this say so themselves.
settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first: at the end, one worker alone would be busy with them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def emulator() -> "Iterator[Emulator]":
    """A fresh emulator in memory with its own S3 server: full check, ingestion at once."""
    from byocplan.emulator import Emulator, EmulatorSettings

    with Emulator(EmulatorSettings(port=0)) as running:
        yield running


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real test data; the test skips when it is absent."""
    folder = (ROOT / os.environ.get("BYOCPLAN_TEST_DATA", "../shared/data")).resolve()
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"no test data at {folder}; set BYOCPLAN_TEST_DATA")
    return folder


@pytest.fixture
def service(emulator: "Emulator") -> "Iterator[Service]":
    """A plain HTTP client of the ``emulator`` fixture."""
    from tests.support.service import Service

    with Service(emulator) as client:
        yield client
